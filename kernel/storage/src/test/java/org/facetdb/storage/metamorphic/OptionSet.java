package org.facetdb.storage.metamorphic;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.facetdb.storage.BottomCompression;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.TableOptions;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.tree.TreeOptions;
import org.facetdb.storage.txn.FacetStore;
import org.facetdb.storage.txn.StoreThreads;

/**
 * One way to set a store up; none may change an answer.
 *
 * @param memtablesMax full memtables that may wait
 * @param levelZeroFiles files that start a compaction
 * @param levelOneBytes size of the first sorted level
 * @param logBytes log kept for consumers, -1 for no change log
 * @param background whether threads of the store flush and compact, or the caller
 * @param tables how tables are written and read
 */
record OptionSet(
    int memtableBytes,
    int memtablesMax,
    int blockBytes,
    int tableBytes,
    int cacheBytes,
    int levelZeroFiles,
    int levelOneBytes,
    int segmentBytes,
    long logBytes,
    boolean background,
    TableOptions tables) {
  private static final int KB = 1 << 10;
  private static final int MB = 1 << 20;
  private static final long ALL = 1L << 30;
  private static final TableOptions LZ4 = TableOptions.defaults();
  private static final TableOptions ZSTD = LZ4.withBottom(BottomCompression.ZSTD);
  private static final TableOptions MAPPED = LZ4.withMapped(true);
  private static final TableOptions ZSTD_MAPPED = ZSTD.withMapped(true);
  private static final int COMPACTIONS = 3;

  /**
   * Each size at both ends of what is sensible, and below, in mixtures. A memtable of 4 KB is full
   * after each commit.
   */
  static final List<OptionSet> ALL_SETS =
      List.of(
          new OptionSet(4 * MB, 4, 4 * KB, 32 * MB, 4 * MB, 4, 64 * MB, 256 * KB, -1, false, LZ4),
          new OptionSet(4 * MB, 4, 4 * KB, 32 * MB, 4 * MB, 4, 64 * MB, 64 * KB, ALL, true, ZSTD),
          new OptionSet(4 * KB, 1, 256, 2 * KB, 0, 1, 4 * KB, 4 * KB, -1, false, ZSTD_MAPPED),
          new OptionSet(4 * KB, 1, 256, 2 * KB, 0, 1, 4 * KB, 4 * KB, ALL, true, ZSTD),
          new OptionSet(4 * KB, 4, 1, 1, 0, 2, 1, 4 * KB, -1, false, LZ4),
          new OptionSet(
              16 * KB, 4, 64, 512, 16 * KB, 2, 2 * KB, 8 * KB, 12 * KB, false, ZSTD_MAPPED),
          new OptionSet(
              20 * KB, 2, 512, 4 * KB, 64 * KB, 2, 16 * KB, 8 * KB, ALL, false, ZSTD_MAPPED),
          new OptionSet(
              20 * KB, 2, 512, 4 * KB, 64 * KB, 2, 16 * KB, 8 * KB, -1, true, ZSTD_MAPPED),
          new OptionSet(32 * KB, 4, 1 * KB, 8 * KB, 0, 4, 32 * KB, 4 * KB, 20 * KB, true, MAPPED),
          new OptionSet(32 * KB, 4, 16 * KB, 8 * KB, 256 * KB, 4, 8 * KB, 16 * KB, -1, false, ZSTD),
          new OptionSet(32 * KB, 8, 32 * KB, 64 * KB, 2 * KB, 8, 64 * KB, 64 * KB, ALL, false, LZ4),
          new OptionSet(48 * KB, 1, 4 * KB, 16 * KB, 16 * KB, 1, 1, 4 * KB, -1, false, ZSTD_MAPPED),
          new OptionSet(48 * KB, 8, 128, 1 * KB, 4 * MB, 3, 128 * KB, 16 * KB, ALL, false, LZ4),
          new OptionSet(48 * KB, 4, 2 * KB, 32 * MB, 0, 12, 64 * MB, 8 * KB, -1, true, ZSTD),
          new OptionSet(
              96 * KB, 2, 8 * KB, 16 * KB, 32 * KB, 2, 16 * KB, 32 * KB, 40 * KB, false, MAPPED),
          new OptionSet(96 * KB, 4, 64 * KB, 32 * MB, 1 * MB, 4, 64 * MB, 4 * KB, -1, false, ZSTD),
          new OptionSet(128 * KB, 2, 1 * KB, 2 * KB, 8 * KB, 1, 2 * KB, 128 * KB, ALL, true, LZ4),
          new OptionSet(128 * KB, 4, 4 * KB, 64 * KB, 0, 2, 1, 4 * KB, ALL, false, ZSTD_MAPPED),
          new OptionSet(1 * MB, 1, 16, 256, 64 * KB, 1, 1 * KB, 8 * KB, -1, false, LZ4),
          new OptionSet(
              1 * MB, 4, 32 * KB, 4 * KB, 128 * KB, 6, 8 * KB, 4 * KB, 8 * KB, true, ZSTD),
          new OptionSet(4 * MB, 2, 1, 32 * MB, 4 * KB, 2, 64 * MB, 1 * MB, ALL, false, MAPPED),
          new OptionSet(4 * MB, 4, 4 * KB, 1, 0, 1, 1, 4 * KB, -1, true, ZSTD));

  Store open(FileSystem files, InstantSource clock) {
    StoreOptions options =
        StoreOptions.defaults()
            .withMemtableBytes(memtableBytes)
            .withBlockCacheBytes(cacheBytes)
            .withSegmentBytes(segmentBytes)
            .withTimelineRetention(Duration.ofMinutes(1))
            .withClock(clock)
            .withChangeLog(logBytes >= 0)
            .withChangeLogBytes(Math.max(0, logBytes))
            // From after each write to never.
            .withSpillBytes(tableBytes)
            .withTables(tables)
            .withCompactions(COMPACTIONS);
    StoreThreads threads = background ? StoreThreads.background(options) : StoreThreads.direct();
    TreeOptions tree =
        new TreeOptions(
            memtableBytes,
            memtablesMax,
            blockBytes,
            tableBytes,
            cacheBytes,
            levelZeroFiles,
            levelOneBytes,
            ALL,
            tables,
            options.compactions(),
            0,
            threads.tree());
    return FacetStore.open(files, options, tree, threads);
  }
}
