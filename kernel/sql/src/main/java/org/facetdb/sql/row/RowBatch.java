package org.facetdb.sql.row;

import java.util.Arrays;
import org.facetdb.spi.type.Batch;

/**
 * Up to a batch of row values as the storage gave them, before columns are decoded from them. Not
 * thread-safe. Refers to the storage's arrays, which stay unchanged for as long as it does.
 */
final class RowBatch {
  private static final int FIRST_CAPACITY = 32;

  private byte[][] arrays;
  private int[] offsets;
  private int[] lengths;
  private int count;

  RowBatch() {
    this(FIRST_CAPACITY);
  }

  RowBatch(int capacity) {
    arrays = new byte[capacity][];
    offsets = new int[capacity];
    lengths = new int[capacity];
  }

  void clear() {
    count = 0;
  }

  void add(byte[] array, int offset, int length) {
    if (count == arrays.length) {
      int capacity = Math.min(Batch.CAPACITY, count * 4);
      arrays = Arrays.copyOf(arrays, capacity);
      offsets = Arrays.copyOf(offsets, capacity);
      lengths = Arrays.copyOf(lengths, capacity);
    }
    arrays[count] = array;
    offsets[count] = offset;
    lengths[count++] = length;
  }

  int count() {
    return count;
  }

  boolean isFull() {
    return count == Batch.CAPACITY;
  }

  byte[][] arrays() {
    return arrays;
  }

  int[] offsets() {
    return offsets;
  }

  int[] lengths() {
    return lengths;
  }
}
