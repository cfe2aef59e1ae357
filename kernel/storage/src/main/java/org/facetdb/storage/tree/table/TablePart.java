package org.facetdb.storage.tree.table;

import org.jspecify.annotations.Nullable;

/**
 * A part of a table on the heap: where its data blocks lie, a filter over exactly their keys, and
 * those of the blocks that the cache keeps.
 *
 * <p>Safe for use by any number of threads. A part that has left its table's slots stays usable for
 * who holds it, but keeps no more blocks, since nobody would find them; those that it kept leave
 * one by one, as the cache's queues come to them.
 */
final class TablePart {
  private static final int FIXED_BYTES = 48 + CacheSlots.FIXED_BYTES;

  private final TableReader table;
  private final int number;
  private final TableIndex index;
  private final HashFilter filter;
  private final CacheSlots blocks;

  TablePart(TableReader table, int number, TableIndex index, HashFilter filter, BlockCache cache) {
    this.table = table;
    this.number = number;
    this.index = index;
    this.filter = filter;
    this.blocks = new CacheSlots(cache, table, index.count());
  }

  int number() {
    return number;
  }

  TableIndex index() {
    return index;
  }

  HashFilter filter() {
    return filter;
  }

  /** What it takes on the heap, without data blocks. */
  int heapBytes() {
    return Math.toIntExact(
        FIXED_BYTES
            + index.heapBytes()
            + filter.heapBytes()
            + (long) CacheSlots.ENTRY_BYTES * index.count());
  }

  /** Whether the filter lets a key with this hash pass. */
  boolean mayContain(long hash) {
    return filter.mayContain(hash);
  }

  // ---- blocks

  /** A data block's raw bytes, from the cache if there, else from the file into the cache. */
  byte[] block(int block) {
    byte[] raw = cached(block);
    if (raw == null) {
      raw = table.readBlock(index, block);
      keep(block, raw);
    }
    return raw;
  }

  byte @Nullable [] cached(int block) {
    return (byte[]) blocks.get(block);
  }

  /** As {@link #cached}, and leaves no mark. */
  byte @Nullable [] peek(int block) {
    return (byte[]) blocks.peek(block);
  }

  void keep(int block, byte[] raw) {
    if (table.holds(this)) {
      blocks.keep(block, raw, raw.length);
    }
  }

  // ---- reading

  /** Position in the view of the one version of a key in a current table; -1 if none. */
  int locateCurrent(int keySpace, byte[] key, BlockView view) {
    view.reset(block(index.find(keySpace, key, 0)));
    return seek(keySpace, key, Long.MAX_VALUE, view);
  }

  /**
   * Position in the view of a key's newest version at or before a timestamp among this part's
   * blocks; -1 if none.
   */
  int locate(int keySpace, byte[] key, long timestamp, BlockView view) {
    int block = index.find(keySpace, key, timestamp);
    view.reset(block(block));
    int at = seek(keySpace, key, timestamp, view);
    if (at >= 0 || !index.firsts().is(block + 1, keySpace, key)) {
      return at;
    }
    // The newest version wanted is the first of the block after.
    view.reset(block(block + 1));
    return 0;
  }

  private static int seek(int keySpace, byte[] key, long timestamp, BlockView view) {
    if (view.keySpace() != keySpace) {
      return -1;
    }
    int at = view.seek(key, 0, key.length, timestamp);
    return at < view.count() && view.keyEquals(at, key, 0, key.length) ? at : -1;
  }
}
