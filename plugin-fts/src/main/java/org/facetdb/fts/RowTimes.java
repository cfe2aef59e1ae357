package org.facetdb.fts;

/**
 * A set of (row id, time) pairs by open addressing, without an object per pair. Not thread-safe. At
 * most half of the slots are in use.
 */
final class RowTimes {
  private static final int SLOTS_MIN = 64;

  private long[] pairs = new long[2 * SLOTS_MIN];
  private boolean[] used = new boolean[SLOTS_MIN];
  private int size;

  int size() {
    return size;
  }

  boolean contains(long rowId, long time) {
    return used[slot(rowId, time)];
  }

  /** Whether the pair is new. */
  boolean add(long rowId, long time) {
    int slot = slot(rowId, time);
    if (used[slot]) {
      return false;
    }
    used[slot] = true;
    pairs[2 * slot] = rowId;
    pairs[2 * slot + 1] = time;
    size++;
    if (size > used.length / 2) {
      grow();
    }
    return true;
  }

  void clear() {
    if (size > 0) {
      pairs = new long[2 * SLOTS_MIN];
      used = new boolean[SLOTS_MIN];
      size = 0;
    }
  }

  private int slot(long rowId, long time) {
    int mask = used.length - 1;
    int slot = (int) (EndTimes.mix(rowId * 31 + time) & mask);
    while (used[slot] && (pairs[2 * slot] != rowId || pairs[2 * slot + 1] != time)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    long[] oldPairs = pairs;
    boolean[] oldUsed = used;
    pairs = new long[2 * oldPairs.length];
    used = new boolean[2 * oldUsed.length];
    size = 0;
    for (int i = 0; i < oldUsed.length; i++) {
      if (oldUsed[i]) {
        add(oldPairs[2 * i], oldPairs[2 * i + 1]);
      }
    }
  }
}
