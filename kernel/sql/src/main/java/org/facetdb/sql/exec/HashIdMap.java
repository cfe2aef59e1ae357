package org.facetdb.sql.exec;

import java.util.Arrays;

/**
 * Open addressing from 32-bit hashes to ids whose keys are compared by the caller.
 *
 * <p>Not thread-safe. A walk over candidates: {@code for (p = first(h); (id = idAt(p)) >= 0; p =
 * next(p))} where {@link #hashAt} equals {@code h}. Load factor at most 1/2; keys are never
 * removed.
 */
final class HashIdMap {
  private int[] hashes = new int[64];
  private int[] ids = new int[64];
  private int size;
  private int mask = 63;

  HashIdMap() {
    Arrays.fill(ids, -1);
  }

  int first(int hash) {
    return spread(hash) & mask;
  }

  int next(int position) {
    return (position + 1) & mask;
  }

  int idAt(int position) {
    return ids[position];
  }

  int hashAt(int position) {
    return hashes[position];
  }

  /** Enters an id at the free position where a walk ended. */
  void put(int position, int hash, int id) {
    hashes[position] = hash;
    ids[position] = id;
    if (++size * 2 > ids.length) {
      grow();
    }
  }

  private static int spread(int hash) {
    int h = hash * 0x9E3779B9;
    return h ^ (h >>> 15);
  }

  private void grow() {
    int[] oldHashes = hashes;
    int[] oldIds = ids;
    int capacity = Math.multiplyExact(oldIds.length, 4);
    hashes = new int[capacity];
    ids = new int[capacity];
    mask = capacity - 1;
    Arrays.fill(ids, -1);
    for (int i = 0; i < oldIds.length; i++) {
      if (oldIds[i] >= 0) {
        int position = first(oldHashes[i]);
        while (ids[position] >= 0) {
          position = next(position);
        }
        hashes[position] = oldHashes[i];
        ids[position] = oldIds[i];
      }
    }
  }

  long memoryBytes() {
    return 8L * ids.length;
  }
}
