package org.facetdb.sql.index;

import org.jspecify.annotations.Nullable;

/** Rows that a search found, in the order in which they are wanted. Used by one thread. */
interface HitSource extends AutoCloseable {
  /** Some of the rows. The arrays are reused. */
  final class Buffer {
    final long[] rowIds;
    final double[] scores;

    /** Where a row lies, where that is known; null elsewhere. */
    final byte[] @Nullable [] keys;

    int count;

    Buffer(int capacity) {
      rowIds = new long[capacity];
      scores = new double[capacity];
      keys = new byte[capacity][];
    }
  }

  /** Takes up to {@code limit} rows; none at the end alone. */
  void next(Buffer into, int limit);

  /** True if the rows satisfy the conditions for certain. */
  boolean exact();

  @Override
  void close();
}
