package org.facetdb.storage.tree.table;

import java.util.Arrays;
import org.facetdb.storage.tree.entry.Bytes;

/**
 * The first key and begin of each of a row of blocks, parts or tables. Immutable; binary search
 * over eight bytes of each key, taken behind what all keys share.
 */
public final class FirstKeys {
  private static final int FIXED_BYTES = 160;
  private static final int ENTRY_BYTES = 24;

  /** From how many keys on the heads are found by their first byte. */
  private static final int BUCKETS_FROM = 16;

  private static final int BUCKETS = 256;

  private final int[] keySpaces;
  private final long[] begins;

  /** Eight bytes behind the prefix, with the sign turned so that the order of numbers is theirs. */
  private final long[] heads;

  /** How many heads have a smaller first byte, for each; empty where there are few or too many. */
  private final char[] buckets;

  private final byte[] prefix;
  private final boolean oneSpace;

  /** What follows the prefix, of all keys; where the rest of each ends. */
  private final byte[] rests;

  private final int[] ends;

  /** Of at least one; the arrays of key spaces and begins are kept. */
  public FirstKeys(int[] keySpaces, byte[][] keys, long[] begins) {
    int count = keys.length;
    this.keySpaces = keySpaces;
    this.begins = begins;
    this.heads = new long[count];
    this.ends = new int[count];
    this.oneSpace = keySpaces[0] == keySpaces[count - 1];
    int common = oneSpace ? commonPrefix(keys[0], keys[count - 1]) : 0;
    this.prefix = Arrays.copyOf(keys[0], common);
    int bytes = 0;
    for (int i = 0; i < count; i++) {
      heads[i] = head(keys[i], common);
      bytes += keys[i].length - common;
      ends[i] = bytes;
    }
    this.buckets = buckets(heads, oneSpace);
    this.rests = new byte[bytes];
    for (int i = 0; i < count; i++) {
      System.arraycopy(keys[i], common, rests, start(i), keys[i].length - common);
    }
  }

  private static char[] buckets(long[] heads, boolean oneSpace) {
    if (!oneSpace || heads.length < BUCKETS_FROM || heads.length > Character.MAX_VALUE) {
      return new char[0];
    }
    char[] buckets = new char[BUCKETS + 1];
    for (long head : heads) {
      buckets[bucket(head) + 1]++;
    }
    for (int i = 1; i <= BUCKETS; i++) {
      buckets[i] += buckets[i - 1];
    }
    return buckets;
  }

  private static int bucket(long head) {
    return (int) ((head ^ Long.MIN_VALUE) >>> 56);
  }

  private static int commonPrefix(byte[] a, byte[] b) {
    int mismatch = Arrays.mismatch(a, b);
    return mismatch < 0 ? a.length : mismatch;
  }

  private int start(int at) {
    return at == 0 ? 0 : ends[at - 1];
  }

  int count() {
    return heads.length;
  }

  int keySpace(int at) {
    return keySpaces[at];
  }

  byte[] key(int at) {
    int start = start(at);
    byte[] key = Arrays.copyOf(prefix, prefix.length + ends[at] - start);
    System.arraycopy(rests, start, key, prefix.length, ends[at] - start);
    return key;
  }

  long begin(int at) {
    return begins[at];
  }

  private static long head(byte[] key, int common) {
    return Bytes.head(key, common, key.length - common) ^ Long.MIN_VALUE;
  }

  /** The last one that is at or before (key, begin) in the order; the first if there is none. */
  public int find(int keySpace, byte[] key, long begin) {
    int last = heads.length - 1;
    if (last == 0) {
      return 0;
    }
    int side = comparePrefix(key);
    long head = side == 0 ? head(key, prefix.length) : 0;
    if (side == 0 && oneSpace && keySpaces[0] == keySpace) {
      int found = lastUpTo(head);
      if (heads[found] != head) {
        return found;
      }
    }
    int from = 0;
    int to = last;
    while (from < to) {
      int middle = (from + to + 1) >>> 1;
      int order = Integer.compareUnsigned(keySpaces[middle], keySpace);
      if (order == 0) {
        order = side == 0 ? Long.compare(heads[middle], head) : side;
        if (order == 0) {
          order = compareRest(middle, key);
        }
      }
      if (order < 0 || (order == 0 && begins[middle] >= begin)) {
        from = middle;
      } else {
        to = middle - 1;
      }
    }
    return from;
  }

  /** The last one whose head is at most another, the first if there is none; without branches. */
  private int lastUpTo(long head) {
    int from = 0;
    int count = heads.length;
    if (buckets.length > 0) {
      int bucket = bucket(head);
      from = Math.max(0, buckets[bucket] - 1);
      count = buckets[bucket + 1] - from;
    }
    while (count > 1) {
      int half = count >>> 1;
      from += heads[from + half] <= head ? half : 0;
      count -= half;
    }
    return from;
  }

  /** Order of all keys here against one that does not begin as they do, else 0. */
  private int comparePrefix(byte[] key) {
    int common = prefix.length;
    return common == 0
        ? 0
        : Arrays.compareUnsigned(prefix, 0, common, key, 0, Math.min(common, key.length));
  }

  private int compareRest(int at, byte[] key) {
    return Arrays.compareUnsigned(rests, start(at), ends[at], key, prefix.length, key.length);
  }

  /** Whether one is a key; false behind the last one. */
  boolean is(int at, int keySpace, byte[] key) {
    return at < heads.length
        && keySpaces[at] == keySpace
        && comparePrefix(key) == 0
        && compareRest(at, key) == 0;
  }

  /** Whether one is in a key space and below a bound. */
  boolean isBelow(int at, int keySpace, byte[] bound) {
    if (keySpaces[at] != keySpace) {
      return false;
    }
    int side = comparePrefix(bound);
    return (side == 0 ? compareRest(at, bound) : side) < 0;
  }

  int heapBytes() {
    return FIXED_BYTES
        + prefix.length
        + rests.length
        + 2 * buckets.length
        + ENTRY_BYTES * heads.length;
  }
}
