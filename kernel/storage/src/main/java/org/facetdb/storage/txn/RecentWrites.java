package org.facetdb.storage.txn;

/**
 * For each hash of a key the timestamp of the newest commit that wrote a key with that hash: tells
 * quickly that a key was not written since, and never claims it wrongly.
 *
 * <p>{@link #note} and {@link #newest} belong to the commit pipeline, one thread at a time.
 */
final class RecentWrites {
  private final long[] newest = new long[1 << Character.SIZE];

  static char slot(int keySpace, byte[] array, int offset, int length) {
    int hash = keySpace * 0x9e3779b9;
    for (int i = offset; i < offset + length; i++) {
      hash = hash * 31 + array[i];
    }
    hash *= 0x85ebca6b;
    return (char) (hash >>> 16);
  }

  void note(char slot, long timestamp) {
    newest[slot] = timestamp;
  }

  long newest(char slot) {
    return newest[slot];
  }
}
