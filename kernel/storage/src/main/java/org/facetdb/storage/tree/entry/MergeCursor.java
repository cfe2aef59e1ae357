package org.facetdb.storage.tree.entry;

import java.util.List;

/**
 * Merges cursors into one: a binary heap whose top is the entry it stands on, with the key space
 * and the eight first bytes of each key beside it. Used by one thread; owns the cursors. Where two
 * cursors hold the same version, the one given first comes first.
 */
public final class MergeCursor implements EntryCursor {
  private final EntryCursor[] all;
  private final EntryCursor[] heap;
  private final int[] spaces;
  private final long[] heads;
  private final int[] ranks;
  private final boolean oneKeySpace;
  private int size;
  private boolean started;

  /**
   * @param oneKeySpace whether all entries are of one key space
   */
  public MergeCursor(List<EntryCursor> cursors, boolean oneKeySpace) {
    this.all = cursors.toArray(new EntryCursor[0]);
    this.heap = new EntryCursor[all.length];
    this.spaces = new int[all.length];
    this.heads = new long[all.length];
    this.ranks = new int[all.length];
    this.oneKeySpace = oneKeySpace;
  }

  /** One cursor for several over one key space; the only one itself where there is one. */
  public static EntryCursor ofKeySpace(List<EntryCursor> cursors) {
    if (cursors.size() == 1) {
      return cursors.get(0);
    }
    return cursors.isEmpty() || cursors.size() > ScanCursor.CURSORS_MAX
        ? new MergeCursor(cursors, true)
        : new ScanCursor(cursors);
  }

  private boolean start() {
    started = true;
    for (int i = 0; i < all.length; i++) {
      if (all[i].next()) {
        heap[size] = all[i];
        load(size);
        ranks[size] = i;
        size++;
      }
    }
    for (int i = size / 2 - 1; i >= 0; i--) {
      sink(i);
    }
    return size > 0;
  }

  @Override
  public boolean next() {
    if (!started) {
      return start();
    }
    settle(0, heap[0].next());
    return size > 0;
  }

  @Override
  public boolean nextKey() {
    if (!started) {
      return start();
    }
    // Whatever else holds the top's key is, by the heap's order, a child of the top.
    while (size > 1 && sameKey(0, 1)) {
      settle(1, heap[1].nextKey());
    }
    while (size > 2 && sameKey(0, 2)) {
      settle(2, heap[2].nextKey());
    }
    settle(0, heap[0].nextKey());
    return size > 0;
  }

  @Override
  public boolean skipNewer(long timestamp) {
    settle(0, heap[0].skipNewer(timestamp));
    return size > 0;
  }

  /** Restores the order after the cursor at a place moved on, or ended. */
  private void settle(int place, boolean more) {
    if (more) {
      load(place);
    } else {
      size--;
      if (place == size) {
        return;
      }
      heap[place] = heap[size];
      spaces[place] = spaces[size];
      heads[place] = heads[size];
      ranks[place] = ranks[size];
    }
    sink(place);
  }

  /** Takes what is compared first from the cursor at a place. */
  private void load(int place) {
    if (!oneKeySpace) {
      spaces[place] = heap[place].keySpace();
    }
    heads[place] = heap[place].keyHead();
  }

  /** Moves the cursor at a place down to where none below it is smaller. */
  private void sink(int start) {
    EntryCursor cursor = heap[start];
    int space = spaces[start];
    long head = heads[start];
    int rank = ranks[start];
    int place = start;
    while (true) {
      int child = 2 * place + 1;
      if (child + 1 < size
          && compare(heap[child + 1], spaces[child + 1], heads[child + 1], ranks[child + 1], child)
              < 0) {
        child++;
      }
      if (child >= size || compare(cursor, space, head, rank, child) <= 0) {
        break;
      }
      heap[place] = heap[child];
      spaces[place] = spaces[child];
      heads[place] = heads[child];
      ranks[place] = ranks[child];
      place = child;
    }
    heap[place] = cursor;
    spaces[place] = space;
    heads[place] = head;
    ranks[place] = rank;
  }

  private boolean sameKey(int a, int b) {
    return heads[a] == heads[b] && compareKeys(heap[a], spaces[a], heads[a], b) == 0;
  }

  private int compareKeys(EntryCursor left, int space, long head, int b) {
    if (space != spaces[b]) {
      return Integer.compareUnsigned(space, spaces[b]);
    }
    if (head != heads[b]) {
      return Long.compareUnsigned(head, heads[b]);
    }
    return EntryCursor.compareBehindHeads(left, heap[b]);
  }

  private int compare(EntryCursor left, int space, long head, int rank, int b) {
    int order = compareKeys(left, space, head, b);
    if (order == 0) {
      order = Long.compare(heap[b].begin(), left.begin());
    }
    return order != 0 ? order : Integer.compare(rank, ranks[b]);
  }

  @Override
  public int keySpace() {
    return oneKeySpace ? heap[0].keySpace() : spaces[0];
  }

  @Override
  public byte[] keyArray() {
    return heap[0].keyArray();
  }

  @Override
  public int keyOffset() {
    return heap[0].keyOffset();
  }

  @Override
  public int keyLength() {
    return heap[0].keyLength();
  }

  @Override
  public long keyHead() {
    return heads[0];
  }

  @Override
  public long begin() {
    return heap[0].begin();
  }

  @Override
  public long end() {
    return heap[0].end();
  }

  @Override
  public boolean deleted() {
    return heap[0].deleted();
  }

  @Override
  public byte[] valueArray() {
    return heap[0].valueArray();
  }

  @Override
  public int valueOffset() {
    return heap[0].valueOffset();
  }

  @Override
  public int valueLength() {
    return heap[0].valueLength();
  }

  @Override
  public void close() {
    for (EntryCursor cursor : all) {
      cursor.close();
    }
    size = 0;
  }
}
