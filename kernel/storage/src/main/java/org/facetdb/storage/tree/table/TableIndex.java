package org.facetdb.storage.tree.table;

import java.util.Arrays;
import java.util.List;
import org.facetdb.storage.tree.entry.Bytes;

/**
 * Where a table's data blocks lie, and the first key and begin of each. Immutable; binary search
 * over eight bytes of each key, taken behind what all keys share.
 */
final class TableIndex {
  private final int[] keySpaces;
  private final byte[][] keys;
  private final long[] heads;
  private final long[] begins;
  private final long[] positions;
  private final int[] lengths;
  private final int common;

  TableIndex(List<BlockView> blocks) {
    int count = 0;
    for (BlockView block : blocks) {
      count += block.count();
    }
    keySpaces = new int[count];
    keys = new byte[count][];
    heads = new long[count];
    begins = new long[count];
    positions = new long[count];
    lengths = new int[count];
    int at = 0;
    for (BlockView block : blocks) {
      for (int i = 0; i < block.count(); i++) {
        int handle = block.valueOffset(i);
        keySpaces[at] = block.keySpace();
        keys[at] = block.key(i);
        begins[at] = block.begin(i);
        positions[at] = Bytes.getLong(block.array(), handle);
        lengths[at] = Bytes.getInt(block.array(), handle + 8);
        at++;
      }
    }
    common = keySpaces[0] == keySpaces[count - 1] ? commonPrefix(keys[0], keys[count - 1]) : 0;
    for (int i = 0; i < count; i++) {
      heads[i] = Bytes.head(keys[i], common, keys[i].length - common);
    }
  }

  private static int commonPrefix(byte[] a, byte[] b) {
    int mismatch = Arrays.mismatch(a, b);
    return mismatch < 0 ? a.length : mismatch;
  }

  int count() {
    return keys.length;
  }

  long position(int block) {
    return positions[block];
  }

  int length(int block) {
    return lengths[block];
  }

  int keySpace(int block) {
    return keySpaces[block];
  }

  byte[] firstKey(int block) {
    return keys[block];
  }

  long firstBegin(int block) {
    return begins[block];
  }

  /** The last block whose first entry is at or before (key, begin); the first if there is none. */
  int find(int keySpace, byte[] key, long begin) {
    int from = 0;
    int to = keys.length - 1;
    int shared = Math.min(common, key.length);
    boolean cut = Arrays.equals(keys[0], 0, shared, key, 0, shared) && shared == common;
    long head = cut ? Bytes.head(key, common, key.length - common) : 0;
    while (from < to) {
      int middle = (from + to + 1) >>> 1;
      int order = Integer.compareUnsigned(keySpaces[middle], keySpace);
      if (order == 0) {
        order = cut ? Long.compareUnsigned(heads[middle], head) : 0;
        if (order == 0) {
          order = Arrays.compareUnsigned(keys[middle], key);
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

  /** Whether a block's first key is in a key space and below a bound. */
  boolean startsBelow(int block, int keySpace, byte[] bound) {
    return keySpaces[block] == keySpace && Arrays.compareUnsigned(keys[block], bound) < 0;
  }
}
