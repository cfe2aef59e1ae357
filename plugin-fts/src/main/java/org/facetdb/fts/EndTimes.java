package org.facetdb.fts;

import java.util.Arrays;

/**
 * When entries ended: for each row the ascending ends of its entries. The entry of a row that began
 * at b ended at the row's smallest end after b. Thread-safe by one lock: the applier writes, merges
 * read. Open addressing; a row with one end, as most have, needs no object of its own.
 */
final class EndTimes {
  /** The end of an entry that holds now. */
  static final long OPEN = Long.MAX_VALUE;

  private static final int SLOTS_MIN = 64;

  private long[] rowIds = new long[SLOTS_MIN];

  /** The first end of each slot's row; {@link #OPEN} marks a free slot. */
  private long[] first = freeSlots(SLOTS_MIN);

  /** The ends after the first, ascending; null for none. */
  private long[][] later = new long[SLOTS_MIN][];

  private int rows;
  private long size;

  private static long[] freeSlots(int count) {
    long[] ends = new long[count];
    Arrays.fill(ends, OPEN);
    return ends;
  }

  static long mix(long value) {
    long hash = value * 0x9E3779B97F4A7C15L;
    return hash ^ (hash >>> 32);
  }

  /** How many ends there are. */
  synchronized long size() {
    return size;
  }

  /** Adds an end; false if it was there. */
  synchronized boolean add(long rowId, long end) {
    int slot = slot(rowId);
    if (first[slot] == OPEN) {
      rowIds[slot] = rowId;
      first[slot] = end;
      rows++;
      size++;
      if (rows > rowIds.length / 2) {
        grow();
      }
      return true;
    }
    long[] ends = ends(slot);
    int at = Arrays.binarySearch(ends, end);
    if (at >= 0) {
      return false;
    }
    long[] more = new long[ends.length + 1];
    int insertion = -at - 1;
    System.arraycopy(ends, 0, more, 0, insertion);
    more[insertion] = end;
    System.arraycopy(ends, insertion, more, insertion + 1, ends.length - insertion);
    setEnds(slot, more);
    size++;
    return true;
  }

  /** The row's smallest end after a time, {@link #OPEN} if there is none. */
  synchronized long firstAfter(long rowId, long begin) {
    int slot = slot(rowId);
    if (first[slot] > begin) {
      return first[slot];
    }
    long[] rest = later[slot];
    if (rest != null) {
      for (long end : rest) {
        if (end > begin) {
          return end;
        }
      }
    }
    return OPEN;
  }

  /** Drops the ends at or before a time that are not in {@code used}. */
  synchronized void retain(long watermark, RowTimes used) {
    long[] oldRows = rowIds;
    long[] oldFirst = first;
    long[][] oldLater = later;
    reset(SLOTS_MIN);
    for (int i = 0; i < oldRows.length; i++) {
      if (oldFirst[i] == OPEN) {
        continue;
      }
      retain(oldRows[i], oldFirst[i], watermark, used);
      if (oldLater[i] != null) {
        for (long end : oldLater[i]) {
          retain(oldRows[i], end, watermark, used);
        }
      }
    }
  }

  private void retain(long rowId, long end, long watermark, RowTimes used) {
    if (end > watermark || used.contains(rowId, end)) {
      add(rowId, end);
    }
  }

  /** All ends as pairs of row id and end, ascending by both. */
  synchronized long[] sortedPairs() {
    long[] ids = new long[rows];
    int count = 0;
    for (int i = 0; i < rowIds.length; i++) {
      if (first[i] != OPEN) {
        ids[count++] = rowIds[i];
      }
    }
    Arrays.sort(ids);
    long[] pairs = new long[Math.toIntExact(2 * size)];
    int at = 0;
    for (long rowId : ids) {
      for (long end : ends(slot(rowId))) {
        pairs[at++] = rowId;
        pairs[at++] = end;
      }
    }
    return pairs;
  }

  private long[] ends(int slot) {
    long[] rest = later[slot];
    if (rest == null) {
      return new long[] {first[slot]};
    }
    long[] ends = new long[rest.length + 1];
    ends[0] = first[slot];
    System.arraycopy(rest, 0, ends, 1, rest.length);
    return ends;
  }

  private void setEnds(int slot, long[] ends) {
    first[slot] = ends[0];
    later[slot] = Arrays.copyOfRange(ends, 1, ends.length);
  }

  private int slot(long rowId) {
    int mask = rowIds.length - 1;
    int slot = (int) (mix(rowId) & mask);
    while (first[slot] != OPEN && rowIds[slot] != rowId) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void reset(int slots) {
    rowIds = new long[slots];
    first = freeSlots(slots);
    later = new long[slots][];
    rows = 0;
    size = 0;
  }

  private void grow() {
    long[] oldRows = rowIds;
    long[] oldFirst = first;
    long[][] oldLater = later;
    int oldCount = rows;
    long oldSize = size;
    reset(2 * oldRows.length);
    for (int i = 0; i < oldRows.length; i++) {
      if (oldFirst[i] != OPEN) {
        int slot = slot(oldRows[i]);
        rowIds[slot] = oldRows[i];
        first[slot] = oldFirst[i];
        later[slot] = oldLater[i];
      }
    }
    rows = oldCount;
    size = oldSize;
  }
}
