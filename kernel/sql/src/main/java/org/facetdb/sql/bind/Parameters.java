package org.facetdb.sql.bind;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.facetdb.spi.type.LogicalType;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of one statement, with the types that declarations and contexts gave them. Used by
 * the binding thread.
 */
public final class Parameters {
  private final List<@Nullable LogicalType> declared;
  private final List<@Nullable RelDataType> types = new ArrayList<>();

  Parameters(List<@Nullable LogicalType> declared) {
    this.declared = declared;
  }

  /** The number of parameters that the statement needs. */
  public int count() {
    return types.size();
  }

  /** The type of a parameter, {@code null} if nothing decided it. */
  public @Nullable RelDataType type(int index) {
    return types.get(index);
  }

  /** Notes that a parameter occurs. */
  void use(int index, Coercion coercion) {
    while (types.size() <= index) {
      int next = types.size();
      LogicalType type = next < declared.size() ? declared.get(next) : null;
      types.add(type == null ? null : coercion.relType(type, true));
    }
  }

  void decide(int index, RelDataType type) {
    types.set(index, type);
  }
}
