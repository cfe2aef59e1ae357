package org.facetdb.sql.index;

import java.util.Arrays;
import org.facetdb.spi.index.RowIdSet;

/**
 * Row ids, each with a number: open addressing with linear probing. Changed by one thread, then
 * read by any.
 */
final class RowIdMap implements RowIdSet {
  private long[] keys;
  private int[] values;
  private boolean[] used;
  private int size;

  RowIdMap(int expected) {
    allocate(Math.max(16, Integer.highestOneBit(Math.max(1, expected) * 2 - 1) * 2));
  }

  private void allocate(int capacity) {
    keys = new long[capacity];
    values = new int[capacity];
    used = new boolean[capacity];
  }

  private static int slot(long key, int mask) {
    long mixed = key * 0x9E3779B97F4A7C15L;
    return (int) (mixed >>> 32) & mask;
  }

  private int find(long key) {
    int mask = keys.length - 1;
    int at = slot(key, mask);
    while (used[at] && keys[at] != key) {
      at = (at + 1) & mask;
    }
    return at;
  }

  /** Sets the number of an id. */
  void put(long rowId, int value) {
    if (size * 2 >= keys.length) {
      grow();
    }
    int at = find(rowId);
    if (!used[at]) {
      used[at] = true;
      keys[at] = rowId;
      size++;
    }
    values[at] = value;
  }

  void add(long rowId) {
    put(rowId, 0);
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldValues = values;
    boolean[] oldUsed = used;
    allocate(keys.length * 2);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldUsed[i]) {
        int at = find(oldKeys[i]);
        used[at] = true;
        keys[at] = oldKeys[i];
        values[at] = oldValues[i];
      }
    }
  }

  /** The number of an id, -1 where it isn't there. */
  int get(long rowId) {
    int at = find(rowId);
    return used[at] ? values[at] : -1;
  }

  @Override
  public boolean contains(long rowId) {
    return used[find(rowId)];
  }

  @Override
  public long size() {
    return size;
  }

  /** All ids, in no order. */
  long[] toArray() {
    long[] ids = new long[size];
    int count = 0;
    for (int i = 0; i < keys.length; i++) {
      if (used[i]) {
        ids[count++] = keys[i];
      }
    }
    return Arrays.copyOf(ids, count);
  }
}
