package org.facetdb.parser;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlTypeNameSpec;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.util.Litmus;

/**
 * A type as written: its canonical name, modifiers and array dimensions. What the name means is
 * decided by the SQL module, whose validator implements {@link Resolver}. Immutable.
 */
public final class TypeName extends SqlTypeNameSpec {
  /** Gives a type name its meaning; the validator implements it. */
  public interface Resolver {
    /** The relational type, or an error with SQLSTATE 42704 for an unknown name. */
    RelDataType resolve(TypeName type);
  }

  private static final Map<String, String> SYNONYMS =
      Map.ofEntries(
          Map.entry("bool", "boolean"),
          Map.entry("int2", "smallint"),
          Map.entry("int", "integer"),
          Map.entry("int4", "integer"),
          Map.entry("int8", "bigint"),
          Map.entry("float4", "real"),
          Map.entry("float8", "double precision"),
          Map.entry("decimal", "numeric"),
          Map.entry("dec", "numeric"),
          Map.entry("character", "char"),
          Map.entry("bpchar", "char"),
          Map.entry("character varying", "varchar"),
          Map.entry("char varying", "varchar"),
          Map.entry("string", "text"),
          Map.entry("serial2", "smallserial"),
          Map.entry("serial4", "serial"),
          Map.entry("serial8", "bigserial"),
          Map.entry("time without time zone", "time"),
          Map.entry("time with time zone", "timetz"),
          Map.entry("timestamp without time zone", "timestamp"),
          Map.entry("timestamp with time zone", "timestamptz"));

  private final String name;
  private final List<Integer> modifiers;
  private final int arrayDimensions;

  /** Makes the name canonical: {@code int4} becomes {@code integer}, {@code float(30)} double. */
  public TypeName(
      SqlIdentifier written, List<Integer> modifiers, int arrayDimensions, SqlParserPos pos) {
    super(written, pos);
    String last = written.names.get(written.names.size() - 1);
    String canonical = SYNONYMS.getOrDefault(last, last);
    List<Integer> rest = List.copyOf(modifiers);
    if (canonical.equals("float")) {
      boolean single = !rest.isEmpty() && rest.getFirst() <= 24;
      canonical = single ? "real" : "double precision";
      rest = List.of();
    } else if (canonical.equals("char") && rest.isEmpty()) {
      rest = List.of(1);
    }
    this.name = canonical;
    this.modifiers = rest;
    this.arrayDimensions = arrayDimensions;
  }

  /**
   * The canonical name in lower case: boolean, smallint, integer, bigint, real, double precision,
   * numeric, text, varchar, char, bytea, date, time, timetz, timestamp, timestamptz, interval,
   * uuid, json, jsonb, smallserial, serial, bigserial; any other name as written.
   */
  public String name() {
    return name;
  }

  /** What stood in parentheses: length, precision, or precision and scale; empty where nothing. */
  public List<Integer> modifiers() {
    return modifiers;
  }

  /** How many pairs of brackets followed, 0 for no array. */
  public int arrayDimensions() {
    return arrayDimensions;
  }

  /** The canonical spelling with modifiers and brackets. */
  public String text() {
    String list =
        modifiers.isEmpty()
            ? ""
            : modifiers.stream().map(String::valueOf).collect(Collectors.joining(", ", "(", ")"));
    boolean plain = name.matches("[a-z_][a-z0-9_ ]*");
    String shown = plain ? name.toUpperCase(Locale.ROOT) : '"' + name.replace("\"", "\"\"") + '"';
    return shown + list + "[]".repeat(arrayDimensions);
  }

  @Override
  public RelDataType deriveType(SqlValidator validator) {
    if (validator instanceof Resolver resolver) {
      return resolver.resolve(this);
    }
    throw new IllegalStateException("the validator gives type names no meaning: type=" + name);
  }

  @Override
  public void unparse(SqlWriter writer, int leftPrec, int rightPrec) {
    writer.keyword(text());
  }

  @Override
  public boolean equalsDeep(SqlTypeNameSpec other, Litmus litmus) {
    return other instanceof TypeName that && that.text().equals(text())
        ? litmus.succeed()
        : litmus.fail("type {} is not {}", this, other);
  }

  @Override
  public String toString() {
    return text();
  }
}
