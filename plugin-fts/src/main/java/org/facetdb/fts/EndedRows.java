package org.facetdb.fts;

import java.util.Arrays;

/**
 * Rows of which entries ended between two refreshes. Immutable and thread-safe. A bitmap of 16 bits
 * a row or more answers nearly all questions about other rows; the rest is found by halving.
 */
final class EndedRows {
  private static final int BITS_PER_ROW = 16;

  private final long[] ascending;
  private final long[] bitmap;
  private final int mask;

  /**
   * @param rowIds of which the first {@code count}, at least one, are taken, in any order and
   *     perhaps more than once
   */
  EndedRows(long[] rowIds, int count) {
    ascending = Arrays.copyOf(rowIds, count);
    Arrays.sort(ascending);
    int words = Integer.highestOneBit(Math.max(1, count * BITS_PER_ROW / Long.SIZE)) << 1;
    bitmap = new long[words];
    mask = words - 1;
    for (long rowId : ascending) {
      long hash = EndTimes.mix(rowId);
      bitmap[word(hash)] |= 1L << hash;
    }
  }

  private int word(long hash) {
    return (int) (hash >>> 6) & mask;
  }

  int count() {
    return ascending.length;
  }

  /** A row, in ascending order. */
  long rowId(int index) {
    return ascending[index];
  }

  long min() {
    return ascending[0];
  }

  long max() {
    return ascending[ascending.length - 1];
  }

  boolean contains(long rowId) {
    long hash = EndTimes.mix(rowId);
    return (bitmap[word(hash)] & 1L << hash) != 0 && Arrays.binarySearch(ascending, rowId) >= 0;
  }
}
