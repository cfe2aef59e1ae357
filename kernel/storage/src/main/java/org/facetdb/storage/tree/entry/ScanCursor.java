package org.facetdb.storage.tree.entry;

import java.util.Arrays;
import java.util.List;

/**
 * Merges a few cursors over one key space into one, for scans: the first key is sought among all of
 * them, and all that stand on it are known and move on together, so that it is compared once. Used
 * by one thread; owns the cursors. Where two cursors hold the same version, the one given first
 * comes first.
 */
final class ScanCursor implements EntryCursor {
  /** From more cursors on, a heap compares less. */
  static final int CURSORS_MAX = 8;

  private static final int FEW = 4;
  private static final long SIGN = Long.MIN_VALUE;

  private final EntryCursor[] all;
  private final EntryCursor[] at;

  /** Of the keys, so that signed order is theirs. */
  private final long[] heads;

  private int size;
  private boolean started;

  /** Which cursors stand on the present key, by bit; those beyond {@link #size} do not count. */
  private int onKey;

  private int newest;
  private EntryCursor top;

  ScanCursor(List<EntryCursor> cursors) {
    this.all = cursors.toArray(new EntryCursor[0]);
    this.at = all.clone();
    this.heads = new long[Math.max(FEW, all.length)];
    Arrays.fill(heads, Long.MAX_VALUE);
    this.size = all.length;
    this.onKey = (1 << size) - 1;
    this.top = all[0];
  }

  @Override
  public boolean next() {
    if (!started) {
      return nextKey();
    }
    moved(newest, top.next());
    return select();
  }

  @Override
  public boolean nextKey() {
    if (started && onKey == 1 << newest) {
      moved(newest, top.nextKey());
      return select();
    }
    started = true;
    for (int i = size - 1; i >= 0; i--) {
      if ((onKey >>> i & 1) != 0) {
        moved(i, at[i].nextKey());
      }
    }
    return select();
  }

  @Override
  public boolean skipNewer(long timestamp) {
    for (int i = size - 1; i >= 0; i--) {
      if ((onKey >>> i & 1) != 0 && at[i].begin() > timestamp) {
        moved(i, at[i].skipNewer(timestamp));
      }
    }
    return select();
  }

  private void moved(int place, boolean more) {
    if (more) {
      heads[place] = at[place].keyHead() ^ SIGN;
      return;
    }
    // The order stays: of two equal versions the first counts.
    size--;
    for (int i = place; i < size; i++) {
      at[i] = at[i + 1];
      heads[i] = heads[i + 1];
    }
    heads[size] = Long.MAX_VALUE;
    int below = (1 << place) - 1;
    onKey = onKey & below | onKey >>> 1 & ~below;
  }

  /** Finds the first key, the cursors that stand on it, and its newest version. */
  private boolean select() {
    if (size == 0) {
      return false;
    }
    int found = size <= FEW ? leastOfFew() : least();
    int first = Integer.numberOfTrailingZeros(found);
    onKey = found;
    newest = first;
    top = at[first];
    if (found != 1 << first) {
      selectOfEqual(first, found);
    }
    return true;
  }

  /** The cursors with the least head, by bit, without a branch on which: it can't be foreseen. */
  private int least() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < size; i++) {
      least = Math.min(least, heads[i]);
    }
    int found = 0;
    for (int i = 0; i < size; i++) {
      found |= heads[i] == least ? 1 << i : 0;
    }
    return found;
  }

  /** As {@link #least}, and without a loop. */
  private int leastOfFew() {
    long a = heads[0];
    long b = heads[1];
    long c = heads[2];
    long d = heads[3];
    long least = Math.min(Math.min(a, b), Math.min(c, d));
    int found =
        (a == least ? 1 : 0) | (b == least ? 2 : 0) | (c == least ? 4 : 0) | (d == least ? 8 : 0);
    return found & (1 << size) - 1;
  }

  /** Of cursors whose keys have one head. */
  private void selectOfEqual(int start, int equal) {
    int first = start;
    int found = 1 << start;
    for (int i = start + 1; i < size; i++) {
      if ((equal >>> i & 1) == 0) {
        continue;
      }
      int order = EntryCursor.compareBehindHeads(at[i], at[first]);
      if (order < 0) {
        first = i;
        found = 1 << i;
      } else if (order == 0) {
        found |= 1 << i;
        if (at[i].begin() > at[first].begin()) {
          first = i;
        }
      }
    }
    onKey = found;
    newest = first;
    top = at[first];
  }

  @Override
  public int keySpace() {
    return top.keySpace();
  }

  @Override
  public byte[] keyArray() {
    return top.keyArray();
  }

  @Override
  public int keyOffset() {
    return top.keyOffset();
  }

  @Override
  public int keyLength() {
    return top.keyLength();
  }

  @Override
  public long keyHead() {
    return heads[newest] ^ SIGN;
  }

  @Override
  public long begin() {
    return top.begin();
  }

  @Override
  public long end() {
    return top.end();
  }

  @Override
  public boolean isInForce(long timestamp) {
    return top.isInForce(timestamp);
  }

  @Override
  public boolean deleted() {
    return top.deleted();
  }

  @Override
  public byte[] valueArray() {
    return top.valueArray();
  }

  @Override
  public int valueOffset() {
    return top.valueOffset();
  }

  @Override
  public int valueLength() {
    return top.valueLength();
  }

  @Override
  public void close() {
    for (EntryCursor cursor : all) {
      cursor.close();
    }
    size = 0;
  }
}
