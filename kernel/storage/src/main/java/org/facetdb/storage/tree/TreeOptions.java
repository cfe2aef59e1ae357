package org.facetdb.storage.tree;

import java.util.concurrent.Executor;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.TableOptions;

/**
 * Sizes and threads of a tree.
 *
 * @param memtableBytes size at which a memtable is queued for flushing
 * @param memtablesMax full memtables that may wait before writers block
 * @param blockBytes raw size of a data block
 * @param tableBytes size at which a compaction starts a new file
 * @param cacheBytes upper bound of what is cached: blocks, decompressed, indexes and filters
 * @param levelZeroFiles sublevels of the topmost level that start a compaction, and tables in it
 *     from which those that meet nothing go down
 * @param levelOneBytes size of the first sorted level; each one below is ten times larger
 * @param verifyOnOpenBytes tables are read and verified in full at open up to this sum of sizes
 * @param tables how tables are written and read
 * @param compactions compactions that run at once in the background, halves that were lent included
 * @param compactionBytesPerSecond what compactions in the background write in a second at most, as
 *     long as they are not behind; 0 for no bound
 * @param background runs flushes and compactions; a direct executor makes them synchronous
 */
public record TreeOptions(
    long memtableBytes,
    int memtablesMax,
    int blockBytes,
    long tableBytes,
    long cacheBytes,
    int levelZeroFiles,
    long levelOneBytes,
    long verifyOnOpenBytes,
    TableOptions tables,
    int compactions,
    long compactionBytesPerSecond,
    Executor background) {
  public TreeOptions {
    if (memtableBytes < 1
        || memtablesMax < 1
        || blockBytes < 1
        || tableBytes < 1
        || levelOneBytes < 1
        || compactionBytesPerSecond < 0
        || compactions < 1) {
      throw new IllegalArgumentException(
          "sizes are out of range: memtableBytes="
              + memtableBytes
              + " memtablesMax="
              + memtablesMax
              + " blockBytes="
              + blockBytes
              + " tableBytes="
              + tableBytes
              + " levelOneBytes="
              + levelOneBytes
              + " compactions="
              + compactions
              + " compactionBytesPerSecond="
              + compactionBytesPerSecond);
    }
  }

  /** The tree's part of a store's options. */
  public static TreeOptions of(StoreOptions options, Executor background) {
    return new TreeOptions(
        options.memtableBytes(),
        4,
        4 << 10,
        32L << 20,
        options.blockCacheBytes(),
        8,
        Math.max(64L << 20, 4 * options.memtableBytes()),
        64L << 20,
        options.tables(),
        options.compactions(),
        options.compactionBytesPerSecond(),
        background);
  }
}
