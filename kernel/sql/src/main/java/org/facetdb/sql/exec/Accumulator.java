package org.facetdb.sql.exec;

import org.facetdb.spi.type.Vector;

/**
 * The states of one aggregate for all groups, addressed by group id (0, 1, 2, ...).
 *
 * <p>Not thread-safe. Owned by the operator that created it.
 */
public interface Accumulator {
  /** Makes room for groups 0 to {@code groupCount - 1}; new groups start empty. */
  void ensureGroups(int groupCount);

  /**
   * Adds rows. A null argument is skipped by the aggregates that skip it in SQL.
   *
   * @param arguments the argument columns, none for {@code count(*)}
   * @param rows positions in the vectors, {@code count} of them
   * @param groups for each position its group id, parallel to {@code rows}
   */
  void add(Vector[] arguments, int[] rows, int[] groups, int count);

  /**
   * The results of groups {@code from} to {@code from + count - 1}; does not change the state, so
   * that a window can read running results.
   */
  Vector finish(int from, int count);

  /** Estimate of the bytes held on the heap. */
  long memoryBytes();
}
