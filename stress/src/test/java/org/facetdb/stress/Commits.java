package org.facetdb.stress;

import java.util.Arrays;
import org.facetdb.storage.log.WriteBatch;
import org.facetdb.storage.tree.entry.Bytes;
import org.facetdb.storage.tree.entry.EntryCursor;
import org.facetdb.storage.tree.entry.Lookup;
import org.facetdb.storage.tree.memtable.Memtable;

/** Small commits to a memtable, and what a reader makes of them. */
final class Commits {
  static final int SPACE = 1;
  static final byte[] FIRST = {10};
  static final byte[] SECOND = {20};

  /** What a reader found under a key that is neither nothing nor what was written. */
  static final int GARBAGE = -1;

  private Commits() {}

  /** Puts the same value under each key. */
  static WriteBatch of(byte[] value, byte[]... keys) {
    WriteBatch batch = new WriteBatch(256);
    for (byte[] key : keys) {
      batch.put(SPACE, key, value, -1, 0);
    }
    return batch;
  }

  /** A value that tells a torn one: length bytes, all 7. */
  static byte[] value(int length) {
    byte[] value = new byte[length];
    Arrays.fill(value, (byte) 7);
    return value;
  }

  /** 0 if a key has nothing at a timestamp, 1 if it has its whole value. */
  static int look(Memtable memtable, byte[] key, long timestamp, int length) {
    Lookup lookup = new Lookup(timestamp);
    if (!memtable.find(SPACE, key, Bytes.hash(SPACE, key, 0, key.length), lookup)) {
      return 0;
    }
    return Arrays.equals(lookup.copy(), value(length)) ? 1 : GARBAGE;
  }

  /** Number of keys that a scan meets, {@link #GARBAGE} if their order is wrong. */
  static int scan(Memtable memtable) {
    EntryCursor cursor = memtable.cursor(SPACE, null);
    int count = 0;
    int before = -1;
    while (cursor != null && cursor.nextKey()) {
      int key = cursor.keyArray()[cursor.keyOffset()] & 0xff;
      if (key <= before) {
        return GARBAGE;
      }
      before = key;
      count++;
    }
    return count;
  }
}
