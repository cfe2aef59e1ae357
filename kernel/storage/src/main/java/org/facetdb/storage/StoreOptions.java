package org.facetdb.storage;

import java.time.Duration;
import java.time.InstantSource;

/**
 * Sizes and sources of an open store.
 *
 * @param memtableBytes size at which a memtable is queued for flushing
 * @param blockCacheBytes upper bound of cached sstable blocks, decompressed
 * @param segmentBytes size of a log segment, written ahead before first use
 * @param defaultRetention retention of key spaces that name none
 * @param clock wall clock behind commit timestamps
 */
public record StoreOptions(
    long memtableBytes,
    long blockCacheBytes,
    int segmentBytes,
    Duration defaultRetention,
    InstantSource clock) {
  public StoreOptions {
    if (memtableBytes < 4096 || blockCacheBytes < 0 || segmentBytes < 4096) {
      throw new IllegalArgumentException(
          "sizes are out of range: memtableBytes="
              + memtableBytes
              + " blockCacheBytes="
              + blockCacheBytes
              + " segmentBytes="
              + segmentBytes);
    }
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
    return new StoreOptions(bytes, blockCacheBytes, segmentBytes, defaultRetention, clock);
  }

  public StoreOptions withBlockCacheBytes(long bytes) {
    return new StoreOptions(memtableBytes, bytes, segmentBytes, defaultRetention, clock);
  }

  public StoreOptions withSegmentBytes(int bytes) {
    return new StoreOptions(memtableBytes, blockCacheBytes, bytes, defaultRetention, clock);
  }

  public StoreOptions withClock(InstantSource source) {
    return new StoreOptions(memtableBytes, blockCacheBytes, segmentBytes, defaultRetention, source);
  }
}
