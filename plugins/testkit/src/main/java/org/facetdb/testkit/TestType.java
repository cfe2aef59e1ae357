package org.facetdb.testkit;

import java.math.BigDecimal;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.KeyReader;
import org.facetdb.spi.type.KeyWriter;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.PhysicalKind;
import org.facetdb.spi.type.PhysicalKind.Fixed;
import org.facetdb.spi.type.PhysicalKind.VariableBytes;
import org.facetdb.spi.type.Vector;

/**
 * The built-in types that plug-ins meet most, without keys. Canonical values are those of the
 * kernel: {@code String} for text, {@code byte[]} for bytea, {@code BigDecimal} for numeric, the
 * boxed primitives elsewhere. Immutable.
 */
public final class TestType implements LogicalType {
  public static final LogicalType BOOLEAN =
      new TestType("boolean", Fixed.BOOLEAN, Boolean::valueOf);
  public static final LogicalType INTEGER = new TestType("integer", Fixed.INT, Integer::valueOf);
  public static final LogicalType BIGINT = new TestType("bigint", Fixed.LONG, Long::valueOf);
  public static final LogicalType REAL = new TestType("real", Fixed.FLOAT, Float::valueOf);
  public static final LogicalType DOUBLE =
      new TestType("double precision", Fixed.DOUBLE, Double::valueOf);
  public static final LogicalType NUMERIC = new TestType("numeric", Fixed.DECIMAL, BigDecimal::new);
  public static final LogicalType TEXT = new TestType("text", VariableBytes.INSTANCE, text -> text);
  public static final LogicalType BYTEA =
      new TestType(
          "bytea", VariableBytes.INSTANCE, text -> HexFormat.of().parseHex(text, 2, text.length()));

  private static final List<LogicalType> ALL =
      List.of(BOOLEAN, INTEGER, BIGINT, REAL, DOUBLE, NUMERIC, TEXT, BYTEA);

  private final String name;
  private final PhysicalKind kind;
  private final Function<String, Object> parser;

  private TestType(String name, PhysicalKind kind, Function<String, Object> parser) {
    this.name = name;
    this.kind = kind;
    this.parser = parser;
  }

  /**
   * A type by its name in SQL.
   *
   * @throws DatabaseException 42704 if the kit has none
   */
  public static LogicalType named(String name) {
    return ALL.stream()
        .filter(type -> type.name().equals(name))
        .findFirst()
        .orElseThrow(() -> DatabaseException.user("42704", "type does not exist: name=" + name));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public PhysicalKind physicalKind() {
    return kind;
  }

  @Override
  public Object parse(String text) {
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw DatabaseException.user(
          "22P02", "invalid input for type: type=" + name + " text=" + text);
    }
  }

  @Override
  public String format(Object value) {
    return value instanceof byte[] bytes
        ? "\\x" + HexFormat.of().formatHex(bytes)
        : value.toString();
  }

  @Override
  public Object box(Vector vector, int row) {
    return this == TEXT ? ((BytesVector) vector).getString(row) : vector.rawAt(row);
  }

  @Override
  public void unbox(Object value, Vector vector, int row) {
    if (this == TEXT) {
      ((BytesVector) vector).setString(row, (String) value);
    } else {
      vector.setRaw(row, value);
    }
  }

  @Override
  public boolean orderable() {
    return false;
  }

  @Override
  public void encodeKey(Vector vector, int row, KeyWriter out) {
    throw DatabaseException.unsupported("the kit's types have no keys: type=" + name);
  }

  @Override
  public void decodeKey(KeyReader in, Vector vector, int row) {
    throw DatabaseException.unsupported("the kit's types have no keys: type=" + name);
  }

  @Override
  public String toString() {
    return name;
  }
}
