package org.facetdb.storage.tree;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import org.facetdb.storage.tree.manifest.TreeState;
import org.facetdb.storage.tree.memtable.Memtable;
import org.facetdb.storage.tree.table.TableInfo;
import org.facetdb.storage.tree.table.TableKind;
import org.jspecify.annotations.Nullable;

/**
 * Compaction of the history by time. Stateless.
 *
 * <p>Superseded versions lie in runs by when they ended. A run is meant to be as large as what the
 * keys of the current tree take once, so it has about one version of each key where all keys are
 * written alike, and a reader of the past meets the runs of its time alone: the others began after
 * it, or had ended. What arrives is gathered into runs, and neighbours are merged while they are
 * smaller. A run is not written again after that; it goes as a whole when its time is past.
 */
final class HistoryPolicy {
  /** Neighbours that are merged at once. */
  private static final int FAN = 4;

  /** Smallest size that a run is meant to have, as a share of a table. */
  private static final int TABLE_SHARE = 8;

  private HistoryPolicy() {}

  /**
   * Bytes that a run is meant to have: those of the levels in which a key has one version, or of
   * the largest table in level 0, whose tables may hold the same keys again and again.
   */
  static long runBytes(TreeState state, TreeOptions options) {
    List<List<TableInfo>> levels = state.current();
    long sorted =
        levels.subList(1, levels.size()).stream().mapToLong(CompactionPolicy::bytes).sum();
    long arrived = levels.getFirst().stream().mapToLong(TableInfo::bytes).max().orElse(0);
    long least = Math.max(1, options.tableBytes() / TABLE_SHARE);
    return Math.max(least, Math.max(sorted, arrived));
  }

  /** The number of the next run. */
  static int nextRun(TreeState state) {
    return state.history().lastKey() + 1;
  }

  /** The most urgent step, null if there is none. */
  static @Nullable Compaction pick(TreeState state, TreeOptions options) {
    long enough = runBytes(state, options);
    List<TableInfo> arrived = arrived(state);
    for (TableInfo table : arrived.reversed()) {
      if (table.bytes() >= enough / 2) {
        return new Compaction.Move(table, nextRun(state));
      }
    }
    if (arrived.size() >= Math.min(FAN, options.levelZeroFiles())) {
      return gather(state);
    }
    return mergeNeighbours(state.history().tailMap(1), enough);
  }

  static List<TableInfo> arrived(TreeState state) {
    return state.history().getOrDefault(0, List.of());
  }

  /** All that has arrived into one run, or more where it is too much for one. */
  static Compaction gather(TreeState state) {
    return new Compaction.Merge(TableKind.HISTORY, List.of(arrived(state)), 0, nextRun(state));
  }

  /** All that has arrived, and all runs, into one. */
  static Compaction gatherAll(TreeState state) {
    return new Compaction.Merge(
        TableKind.HISTORY, List.copyOf(state.history().values()), 0, nextRun(state));
  }

  /** Four runs that follow each other, none of which is more than half of the four. */
  private static @Nullable Compaction mergeNeighbours(
      SortedMap<Integer, List<TableInfo>> runs, long enough) {
    List<Integer> numbers = List.copyOf(runs.keySet());
    List<List<TableInfo>> tables = new ArrayList<>(runs.values());
    for (int first = numbers.size() - FAN; first >= 0; first--) {
      List<List<TableInfo>> four = tables.subList(first, first + FAN);
      long bytes = four.stream().mapToLong(CompactionPolicy::bytes).sum();
      long largest = four.stream().mapToLong(CompactionPolicy::bytes).max().orElse(0);
      if (bytes <= enough && 2 * largest <= bytes) {
        return merge(numbers.get(first), four);
      }
    }
    return null;
  }

  /** How what a merge gives to the history is divided. */
  static TimeBands bands(Compaction.Merge merge, TreeState state, TreeOptions options) {
    List<TableInfo> first = merge.inputs().getFirst();
    if (merge.kind() == TableKind.CURRENT) {
      // As a rule the keys of one input are found in the others, or none is.
      long bytes = merge.inputs().stream().mapToLong(CompactionPolicy::bytes).sum();
      long stays =
          Math.max(
              merge.firstLevel() > 0
                  ? CompactionPolicy.bytes(first)
                  : first.stream().mapToLong(TableInfo::bytes).max().orElse(0),
              CompactionPolicy.bytes(merge.inputs().getLast()));
      List<TimeBands.Span> spans = first.stream().map(TimeBands.Span::ofBegins).toList();
      return TimeBands.of(spans, bytes - stays, runBytes(state, options));
    }
    if (merge.firstLevel() > 0) {
      return TimeBands.ONE;
    }
    List<TimeBands.Span> spans = first.stream().map(TimeBands.Span::ofEnds).toList();
    return TimeBands.of(spans, CompactionPolicy.bytes(first), runBytes(state, options));
  }

  /** How what a memtable gives to the history is divided. */
  static TimeBands bands(Memtable memtable, TreeState state, TreeOptions options) {
    long bytes = memtable.bytes();
    long stays = bytes * memtable.keys() / Math.max(1, memtable.entries());
    TimeBands.Span span =
        new TimeBands.Span(
            memtable.firstTimestamp(), memtable.lastTimestamp(), Math.max(1, bytes - stays));
    return TimeBands.of(List.of(span), bytes - stays, Math.max(stays, runBytes(state, options)));
  }

  /** Runs that become one. */
  static Compaction merge(int number, Collection<List<TableInfo>> runs) {
    return new Compaction.Merge(TableKind.HISTORY, List.copyOf(runs), number, number);
  }
}
