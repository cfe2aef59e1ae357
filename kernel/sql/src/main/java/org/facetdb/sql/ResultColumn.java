package org.facetdb.sql;

import java.util.Objects;
import org.facetdb.spi.type.LogicalType;
import org.jspecify.annotations.Nullable;

/**
 * A column of a result.
 *
 * @param name as PostgreSQL would name it; need not be unique
 * @param precision digits of a numeric, length of a varchar or char, -1 where none is declared
 * @param scale digits after the point of a numeric, -1 where none is declared
 * @param nullable false only where no row can hold NULL
 * @param table name of the table that the column is taken from unchanged, {@code null} otherwise
 */
public record ResultColumn(
    String name,
    LogicalType type,
    int precision,
    int scale,
    boolean nullable,
    @Nullable String table) {
  public ResultColumn {
    Objects.requireNonNull(name);
    Objects.requireNonNull(type);
  }
}
