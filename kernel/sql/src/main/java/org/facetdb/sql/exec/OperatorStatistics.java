package org.facetdb.sql.exec;

/** What EXPLAIN ANALYZE tells of one operator. Not thread-safe; written by {@link Profiled}. */
public final class OperatorStatistics {
  private long rows;
  private long batches;
  private long nanos;

  void add(long moreNanos, long moreRows) {
    nanos += moreNanos;
    rows += moreRows;
    batches += moreRows > 0 ? 1 : 0;
  }

  /** Rows handed out. */
  public long rows() {
    return rows;
  }

  /** Batches handed out. */
  public long batches() {
    return batches;
  }

  /** Time spent in the operator and in those beneath it. */
  public long nanos() {
    return nanos;
  }
}
