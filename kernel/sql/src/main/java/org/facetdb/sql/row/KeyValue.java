package org.facetdb.sql.row;

import org.facetdb.sql.exec.ExecutionContext;
import org.jspecify.annotations.Nullable;

/** A value that a statement looks up: a constant, a parameter, or a column of an outer row. */
@FunctionalInterface
public interface KeyValue {
  /**
   * The canonical boxed value, of exactly the key column's type.
   *
   * @return {@code null} for NULL, to which no row compares
   */
  @Nullable Object value(ExecutionContext context);

  /** The same value each time. */
  static KeyValue constant(@Nullable Object value) {
    return context -> value;
  }

  /** A parameter, counted from 0. */
  static KeyValue parameter(int index) {
    return context -> context.parameter(index);
  }
}
