package org.facetdb.storage;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sizes and sources of an open store.
 *
 * @param memtableBytes size at which a memtable is queued for flushing
 * @param blockCacheBytes upper bound of what is cached of sstables: blocks, decompressed, indexes
 *     and filters
 * @param segmentBytes size of a log segment, whose room is reserved before first use
 * @param timelineRetention how long it stays known at least which commit was when; longer where the
 *     history of a key space is kept for longer
 * @param clock wall clock behind commit timestamps
 * @param changeLog whether log segments stay after open until {@link ChangeLog#retainAfter} was
 *     called for the first time; else what recovery does not need goes at once
 * @param changeLogBytes upper bound of log kept for consumers and the archive, beyond what recovery
 *     needs
 * @param archive folder into which each closed log segment is copied before its file is used again,
 *     for {@link Stores#restore(Path, Path, RestorePoint, Path)}; null for none. It belongs to this
 *     store alone: one that was restored needs another. Where it cannot be written, the store goes
 *     on and says so in {@link StoreStatistics#archive}; closing waits for what the folder answers
 * @param spillBytes heap that the writes of one open transaction take before they go to a file
 * @param writesBytes upper bound of the heap that the writes of all open transactions take, those
 *     being committed included; a write beyond fails with SQLSTATE 53200
 * @param tables how sstables are written and read
 * @param compactions compactions that run at once in the background; a flush has a thread of its
 *     own beside them
 * @param compactionBytesPerSecond what compactions in the background write in a second at most, as
 *     long as they are not behind and nobody waits for them; 0 for no bound
 */
public record StoreOptions(
    long memtableBytes,
    long blockCacheBytes,
    int segmentBytes,
    Duration timelineRetention,
    InstantSource clock,
    boolean changeLog,
    long changeLogBytes,
    @Nullable Path archive,
    long spillBytes,
    long writesBytes,
    TableOptions tables,
    int compactions,
    long compactionBytesPerSecond) {
  private static final long CHANGE_LOG_BYTES = 1L << 30;

  public StoreOptions {
    if (memtableBytes < 4096
        || blockCacheBytes < 0
        || segmentBytes < 4096
        || changeLogBytes < 0
        || spillBytes < 0
        || writesBytes < 4096
        || compactions < 1
        || compactionBytesPerSecond < 0) {
      throw new IllegalArgumentException(
          "sizes are out of range: memtableBytes="
              + memtableBytes
              + " blockCacheBytes="
              + blockCacheBytes
              + " segmentBytes="
              + segmentBytes
              + " changeLogBytes="
              + changeLogBytes
              + " spillBytes="
              + spillBytes
              + " writesBytes="
              + writesBytes
              + " compactions="
              + compactions
              + " compactionBytesPerSecond="
              + compactionBytesPerSecond);
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
        InstantSource.system(),
        false,
        CHANGE_LOG_BYTES,
        null,
        Math.clamp(heap / 64, 1L << 20, 32L << 20),
        heap / 3,
        TableOptions.defaults(),
        1,
        0);
  }

  /** A copy on its way; used by one thread. */
  private static final class Copy {
    private long memtableBytes;
    private long blockCacheBytes;
    private int segmentBytes;
    private Duration timelineRetention;
    private InstantSource clock;
    private boolean changeLog;
    private long changeLogBytes;
    private @Nullable Path archive;
    private long spillBytes;
    private long writesBytes;
    private TableOptions tables;
    private int compactions;
    private long compactionBytesPerSecond;

    private Copy(StoreOptions from) {
      memtableBytes = from.memtableBytes;
      blockCacheBytes = from.blockCacheBytes;
      segmentBytes = from.segmentBytes;
      timelineRetention = from.timelineRetention;
      clock = from.clock;
      changeLog = from.changeLog;
      changeLogBytes = from.changeLogBytes;
      archive = from.archive;
      spillBytes = from.spillBytes;
      writesBytes = from.writesBytes;
      tables = from.tables;
      compactions = from.compactions;
      compactionBytesPerSecond = from.compactionBytesPerSecond;
    }
  }

  private StoreOptions with(Consumer<Copy> change) {
    Copy copy = new Copy(this);
    change.accept(copy);
    return new StoreOptions(
        copy.memtableBytes,
        copy.blockCacheBytes,
        copy.segmentBytes,
        copy.timelineRetention,
        copy.clock,
        copy.changeLog,
        copy.changeLogBytes,
        copy.archive,
        copy.spillBytes,
        copy.writesBytes,
        copy.tables,
        copy.compactions,
        copy.compactionBytesPerSecond);
  }

  public StoreOptions withMemtableBytes(long bytes) {
    return with(copy -> copy.memtableBytes = bytes);
  }

  public StoreOptions withBlockCacheBytes(long bytes) {
    return with(copy -> copy.blockCacheBytes = bytes);
  }

  public StoreOptions withSegmentBytes(int bytes) {
    return with(copy -> copy.segmentBytes = bytes);
  }

  public StoreOptions withTimelineRetention(Duration retention) {
    return with(copy -> copy.timelineRetention = retention);
  }

  public StoreOptions withClock(InstantSource source) {
    return with(copy -> copy.clock = source);
  }

  public StoreOptions withChangeLog(boolean kept) {
    return with(copy -> copy.changeLog = kept);
  }

  public StoreOptions withChangeLogBytes(long bytes) {
    return with(copy -> copy.changeLogBytes = bytes);
  }

  public StoreOptions withArchive(@Nullable Path folder) {
    return with(copy -> copy.archive = folder);
  }

  public StoreOptions withSpillBytes(long bytes) {
    return with(copy -> copy.spillBytes = bytes);
  }

  public StoreOptions withWritesBytes(long bytes) {
    return with(copy -> copy.writesBytes = bytes);
  }

  public StoreOptions withTables(TableOptions options) {
    return with(copy -> copy.tables = options);
  }

  public StoreOptions withCompactions(int count) {
    return with(copy -> copy.compactions = count);
  }

  public StoreOptions withCompactionBytesPerSecond(long bytes) {
    return with(copy -> copy.compactionBytesPerSecond = bytes);
  }
}
