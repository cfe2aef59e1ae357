package org.facetdb.sql.exec;

/**
 * One column of a sort order.
 *
 * @param column input column index
 */
public record SortKey(int column, boolean descending, boolean nullsFirst) {
  /** Ascending, nulls last: PostgreSQL's default. */
  public static SortKey ascending(int column) {
    return new SortKey(column, false, false);
  }

  /** Descending, nulls first: PostgreSQL's default. */
  public static SortKey descending(int column) {
    return new SortKey(column, true, true);
  }
}
