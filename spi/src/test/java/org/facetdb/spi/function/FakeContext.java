package org.facetdb.spi.function;

import java.util.Map;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.MemoryAccount;
import org.facetdb.spi.PluginContext;
import org.facetdb.spi.state.PluginState;
import org.facetdb.spi.type.KeyReader;
import org.facetdb.spi.type.KeyWriter;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.PhysicalKind;
import org.facetdb.spi.type.PhysicalKind.Fixed;
import org.facetdb.spi.type.PhysicalKind.VariableBytes;
import org.facetdb.spi.type.Vector;

/** Knows the types that annotated methods use, nothing else. */
final class FakeContext implements PluginContext {
  private static final Map<String, PhysicalKind> KINDS =
      Map.of(
          "boolean", Fixed.BOOLEAN,
          "integer", Fixed.INT,
          "bigint", Fixed.LONG,
          "real", Fixed.FLOAT,
          "double precision", Fixed.DOUBLE,
          "numeric", Fixed.DECIMAL,
          "text", VariableBytes.INSTANCE,
          "bytea", VariableBytes.INSTANCE);

  /** A type that is a name over a physical kind. */
  record FakeType(String name, PhysicalKind physicalKind) implements LogicalType {
    @Override
    public Object parse(String text) {
      throw new UnsupportedOperationException(text);
    }

    @Override
    public String format(Object value) {
      return value.toString();
    }

    @Override
    public void encodeKey(Vector vector, int row, KeyWriter out) {
      throw new UnsupportedOperationException(name);
    }

    @Override
    public void decodeKey(KeyReader in, Vector vector, int row) {
      throw new UnsupportedOperationException(name);
    }
  }

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public String version() {
    return "1";
  }

  @Override
  public LogicalType type(String name) {
    PhysicalKind kind = KINDS.get(name);
    if (kind == null) {
      throw DatabaseException.user("42704", "type does not exist: name=" + name);
    }
    return new FakeType(name, kind);
  }

  @Override
  public PluginState state() {
    throw new UnsupportedOperationException();
  }

  @Override
  public MemoryAccount memory() {
    throw new UnsupportedOperationException();
  }
}
