package org.facetdb.sql.catalog;

import java.util.Objects;
import org.facetdb.spi.type.LogicalType;
import org.jspecify.annotations.Nullable;

/**
 * A column of a relation.
 *
 * @param id never reused within its table
 * @param precision digits of a numeric, length of a varchar or char, -1 where none is declared
 * @param scale digits after the point of a numeric, -1 where none is declared
 * @param defaultSql expression text, {@code null} for NULL
 */
public record ColumnDefinition(
    int id,
    String name,
    LogicalType type,
    int precision,
    int scale,
    boolean notNull,
    @Nullable String defaultSql) {
  public ColumnDefinition {
    Objects.requireNonNull(name);
    Objects.requireNonNull(type);
  }

  /** A nullable column without default, length or precision. */
  public static ColumnDefinition of(int id, String name, LogicalType type) {
    return new ColumnDefinition(id, name, type, -1, -1, false, null);
  }
}
