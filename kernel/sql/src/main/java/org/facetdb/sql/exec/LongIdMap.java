package org.facetdb.sql.exec;

import java.util.Arrays;

/**
 * Maps 64-bit keys to caller-chosen ids: open addressing, linear probing, load factor at most 1/2.
 *
 * <p>Not thread-safe. Ids are not negative. Keys are never removed.
 */
final class LongIdMap {
  private static final int EMPTY = -1;

  private long[] keys;
  private int[] ids;
  private int size;
  private int mask;
  private int shift;

  LongIdMap() {
    allocate(64);
  }

  private void allocate(int capacity) {
    keys = new long[capacity];
    ids = new int[capacity];
    Arrays.fill(ids, EMPTY);
    mask = capacity - 1;
    shift = 64 - Integer.numberOfTrailingZeros(capacity);
  }

  private int slot(long key) {
    return (int) ((key * 0x9E3779B97F4A7C15L) >>> shift);
  }

  /** The id of a key, -1 if absent. */
  int find(long key) {
    int slot = slot(key);
    int id;
    while ((id = ids[slot]) != EMPTY && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return id;
  }

  /** The id of a key; an absent key gets {@code newId}. */
  int findOrPut(long key, int newId) {
    int slot = slot(key);
    int id;
    while ((id = ids[slot]) != EMPTY) {
      if (keys[slot] == key) {
        return id;
      }
      slot = (slot + 1) & mask;
    }
    keys[slot] = key;
    ids[slot] = newId;
    if (++size * 2 > ids.length) {
      grow();
    }
    return newId;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldIds = ids;
    allocate(Math.multiplyExact(oldIds.length, 4));
    for (int i = 0; i < oldIds.length; i++) {
      if (oldIds[i] != EMPTY) {
        int slot = slot(oldKeys[i]);
        while (ids[slot] != EMPTY) {
          slot = (slot + 1) & mask;
        }
        keys[slot] = oldKeys[i];
        ids[slot] = oldIds[i];
      }
    }
  }

  long memoryBytes() {
    return 12L * ids.length;
  }
}
