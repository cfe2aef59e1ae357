package org.facetdb.storage;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Sizes and sources of an open store.
 *
 * @param memtableBytes size at which a memtable is queued for flushing
 * @param blockCacheBytes upper bound of cached sstable blocks, decompressed
 * @param segmentBytes size of a log segment, written ahead before first use
 * @param defaultRetention retention of key spaces that name none
 * @param clock wall clock behind commit timestamps
 * @param changeLog whether log segments stay after open until {@link ChangeLog#retainAfter} was
 *     called for the first time; else what recovery does not need goes at once
 * @param changeLogBytes upper bound of log kept for consumers and the archive, beyond what recovery
 *     needs
 * @param archive folder into which each closed log segment is copied before its file is used again,
 *     for {@link Stores#restore(Path, Path, RestorePoint, Path)}; null for none. It belongs to this
 *     store alone: one that was restored needs another. Where it cannot be written, the store goes
 *     on and says so in {@link StoreStatistics#archive}; closing waits for what the folder answers
 */
public record StoreOptions(
    long memtableBytes,
    long blockCacheBytes,
    int segmentBytes,
    Duration defaultRetention,
    InstantSource clock,
    boolean changeLog,
    long changeLogBytes,
    @Nullable Path archive) {
  private static final long CHANGE_LOG_BYTES = 1L << 30;

  public StoreOptions {
    if (memtableBytes < 4096 || blockCacheBytes < 0 || segmentBytes < 4096 || changeLogBytes < 0) {
      throw new IllegalArgumentException(
          "sizes are out of range: memtableBytes="
              + memtableBytes
              + " blockCacheBytes="
              + blockCacheBytes
              + " segmentBytes="
              + segmentBytes
              + " changeLogBytes="
              + changeLogBytes);
    }
  }

  /** No consumer of the log, until one asks. */
  public StoreOptions(
      long memtableBytes,
      long blockCacheBytes,
      int segmentBytes,
      Duration defaultRetention,
      InstantSource clock) {
    this(
        memtableBytes,
        blockCacheBytes,
        segmentBytes,
        defaultRetention,
        clock,
        false,
        CHANGE_LOG_BYTES,
        null);
  }

  /** Defaults for two cores: a quarter of the heap for blocks, memtables of 64 MB. */
  public static StoreOptions defaults() {
    long heap = Runtime.getRuntime().maxMemory();
    return new StoreOptions(
        Math.clamp(heap / 16, 4L << 20, 64L << 20),
        heap / 4,
        16 << 20,
        Duration.ofHours(1),
        InstantSource.system());
  }

  public StoreOptions withMemtableBytes(long bytes) {
    return new StoreOptions(
        bytes,
        blockCacheBytes,
        segmentBytes,
        defaultRetention,
        clock,
        changeLog,
        changeLogBytes,
        archive);
  }

  public StoreOptions withBlockCacheBytes(long bytes) {
    return new StoreOptions(
        memtableBytes,
        bytes,
        segmentBytes,
        defaultRetention,
        clock,
        changeLog,
        changeLogBytes,
        archive);
  }

  public StoreOptions withSegmentBytes(int bytes) {
    return new StoreOptions(
        memtableBytes,
        blockCacheBytes,
        bytes,
        defaultRetention,
        clock,
        changeLog,
        changeLogBytes,
        archive);
  }

  public StoreOptions withClock(InstantSource source) {
    return new StoreOptions(
        memtableBytes,
        blockCacheBytes,
        segmentBytes,
        defaultRetention,
        source,
        changeLog,
        changeLogBytes,
        archive);
  }

  public StoreOptions withChangeLog(boolean kept) {
    return new StoreOptions(
        memtableBytes,
        blockCacheBytes,
        segmentBytes,
        defaultRetention,
        clock,
        kept,
        changeLogBytes,
        archive);
  }

  public StoreOptions withChangeLogBytes(long bytes) {
    return new StoreOptions(
        memtableBytes,
        blockCacheBytes,
        segmentBytes,
        defaultRetention,
        clock,
        changeLog,
        bytes,
        archive);
  }

  public StoreOptions withArchive(@Nullable Path folder) {
    return new StoreOptions(
        memtableBytes,
        blockCacheBytes,
        segmentBytes,
        defaultRetention,
        clock,
        changeLog,
        changeLogBytes,
        folder);
  }
}
