package org.facetdb.sql.catalog;

import java.util.List;
import java.util.Objects;

/**
 * An ordered secondary index in a key space of its own.
 *
 * @param columns in key order
 * @param unique no two rows share the key, but for NULLs; not so where UNIQUE is deferrable
 */
public record IndexDefinition(
    int id, String name, int tableId, int keySpace, boolean unique, List<IndexColumn> columns) {
  public IndexDefinition {
    Objects.requireNonNull(name);
    columns = List.copyOf(columns);
  }

  /** The same index with its entries elsewhere. */
  public IndexDefinition withKeySpace(int newKeySpace) {
    return new IndexDefinition(id, name, tableId, newKeySpace, unique, columns);
  }

  /**
   * A part of the key.
   *
   * @param column position in the table
   * @param descending largest first
   * @param nullsFirst NULL before all values; PostgreSQL's default is last when ascending, first
   *     when descending
   */
  public record IndexColumn(int column, boolean descending, boolean nullsFirst) {}
}
