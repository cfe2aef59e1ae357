package org.facetdb.spi.index;

/** Clauses bound to a view's statistics. Used by one thread, not after its view is closed. */
public interface Evaluator {
  /**
   * Evaluates rows.
   *
   * @param matches set to whether the row satisfies all clauses
   * @param scores set for the rows that match
   */
  void evaluate(PreparedRow[] rows, int count, boolean[] matches, double[] scores);
}
