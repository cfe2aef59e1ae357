package org.facetdb.storage;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Sizes of an open store, and what it did since it was opened. The parts are read one after
 * another, while others go on writing.
 *
 * @param levels those that hold tables: the current tree from the newest level, then history
 * @param memtables in memory, those that wait for their flush included
 * @param memtableEntries versions in them
 * @param cachedBytes of blocks, indexes and filters in the cache
 * @param cacheBytes upper bound of them
 * @param logSegments of the log, the active one and those kept for consumers included
 * @param logBytes size of their files
 * @param flushedSequence commits up to here are in tables
 * @param flushes memtables written to tables
 * @param flushedBytes size of those tables
 * @param compactions merges of tables
 * @param compactedBytes size of the tables that they wrote
 * @param problem why memtables cannot be written at present, null where they can
 * @param archive how far the archive of the log is, null if the store has none
 */
public record StoreStatistics(
    List<Level> levels,
    int memtables,
    long memtableEntries,
    long cachedBytes,
    long cacheBytes,
    int logSegments,
    long logBytes,
    long flushedSequence,
    long flushes,
    long flushedBytes,
    long compactions,
    long compactedBytes,
    @Nullable String problem,
    @Nullable Archive archive) {
  public StoreStatistics {
    levels = List.copyOf(levels);
  }

  /** These, and how far the archive is. */
  public StoreStatistics with(@Nullable Archive state) {
    return new StoreStatistics(
        levels,
        memtables,
        memtableEntries,
        cachedBytes,
        cacheBytes,
        logSegments,
        logBytes,
        flushedSequence,
        flushes,
        flushedBytes,
        compactions,
        compactedBytes,
        problem,
        state);
  }

  /**
   * How far the archive of the log is behind.
   *
   * @param sequence commits up to here are known to be archived; 0 until it is known after an open
   * @param waitingSegments closed and not archived; the active one is not counted
   * @param waitingBytes size of their files in the store
   * @param problem why they are not archived, or that segments had to go before they were, with the
   *     SQLSTATE; null if all is well
   */
  public record Archive(
      long sequence, int waitingSegments, long waitingBytes, @Nullable String problem) {}

  /**
   * The tables of one level.
   *
   * @param tree {@code current} for the newest version of each key, {@code history} for superseded
   *     ones
   * @param level 0 for the newest; of the history the number of a run, 0 for what arrived last
   * @param entries versions, removals included
   */
  public record Level(String tree, int level, int tables, long entries, long bytes) {
    public Level {
      Objects.requireNonNull(tree);
    }
  }
}
