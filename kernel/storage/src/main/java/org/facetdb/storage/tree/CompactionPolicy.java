package org.facetdb.storage.tree;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.facetdb.storage.tree.entry.SpaceKey;
import org.facetdb.storage.tree.manifest.TreeState;
import org.facetdb.storage.tree.table.TableInfo;
import org.facetdb.storage.tree.table.TableKind;
import org.jspecify.annotations.Nullable;

/**
 * Leveled compaction of the current tree, and that of the history, {@link HistoryPolicy}: level 0
 * is merged into level 1 when it has too many tables or when that costs little, and a table of a
 * level below goes down when its level is too large. Used by one thread.
 *
 * <p>What is merged is contiguous in age for every key in it: all tables of level 0 that are older
 * than one taken and meet the range are taken too. So no version passes a newer one.
 */
final class CompactionPolicy {
  private static final int GROWTH = 10;

  /** Share of what was merged that was superseded, from which keys count as written again. */
  private static final double REWRITTEN_SHARE = 0.2;

  private static final int REWRITTEN_FACTOR = 4;

  private final TreeOptions options;
  private final SpaceKey[] lastLargest = new SpaceKey[TreeState.LEVELS];
  private double rewrittenShare;

  CompactionPolicy(TreeOptions options) {
    this.options = options;
  }

  /** The most urgent step, null if every level is within its bounds. */
  @Nullable Compaction pick(TreeState state, Retention retention) {
    List<TableInfo> expired = expired(state, retention);
    if (!expired.isEmpty()) {
      return new Compaction.Drop(expired);
    }
    List<List<TableInfo>> levels = state.current();
    if (levels.get(0).size() >= options.levelZeroFiles() || isCheap(levels)) {
      return fromLevelZero(levels);
    }
    Compaction ofHistory = HistoryPolicy.pick(state, options);
    if (ofHistory != null) {
      return ofHistory;
    }
    long target = options.levelOneBytes();
    for (int level = 1; level < levels.size() - 1; level++) {
      if (bytes(levels.get(level)) > target) {
        return fromLevel(levels, level);
      }
      target *= GROWTH;
    }
    return null;
  }

  /**
   * Whether level 0 weighs enough beside what it must be merged with. Where the same keys are
   * written again and again, level 1 does not grow by merging and scans would meet every key in
   * each table; where keys are new, each early merge is one more write of them.
   */
  private boolean isCheap(List<List<TableInfo>> levels) {
    List<TableInfo> top = levels.get(0);
    if (top.isEmpty()) {
      return false;
    }
    long below = bytes(meeting(levels.get(1), smallest(top), largest(top)));
    long factor = rewrittenShare >= REWRITTEN_SHARE ? REWRITTEN_FACTOR : 1;
    return below > 0 && below <= factor * bytes(top);
  }

  /** Tells how many current versions went into a merge of level 0, and how many came out. */
  void merged(long entriesBefore, long entriesAfter) {
    rewrittenShare = 1 - (double) entriesAfter / Math.max(1, entriesBefore);
  }

  static long bytes(List<TableInfo> tables) {
    return tables.stream().mapToLong(TableInfo::bytes).sum();
  }

  private static List<TableInfo> expired(TreeState state, Retention retention) {
    List<TableInfo> expired = new ArrayList<>();
    for (TableInfo table : state.tables()) {
      int from = table.smallest().keySpace();
      int to = table.largest().keySpace();
      if (retention.allExpired(from, to)
          || (table.kind() == TableKind.HISTORY
              && table.maxEnd() <= retention.watermark(from, to))) {
        expired.add(table);
      }
    }
    return expired;
  }

  private static Compaction fromLevelZero(List<List<TableInfo>> levels) {
    List<TableInfo> top = levels.get(0);
    TableInfo oldest = top.get(top.size() - 1);
    if (meeting(levels.get(1), oldest.smallest(), oldest.largest()).isEmpty()) {
      return new Compaction.Move(oldest, 1);
    }
    List<TableInfo> below = meeting(levels.get(1), smallest(top), largest(top));
    return new Compaction.Merge(TableKind.CURRENT, List.of(top, below), 0, 1);
  }

  private Compaction fromLevel(List<List<TableInfo>> levels, int level) {
    TableInfo chosen = levels.get(level).get(0);
    SpaceKey last = lastLargest[level];
    if (last != null) {
      for (TableInfo table : levels.get(level)) {
        if (table.smallest().compareTo(last) > 0) {
          chosen = table;
          break;
        }
      }
    }
    lastLargest[level] = chosen.largest();
    List<TableInfo> below = meeting(levels.get(level + 1), chosen.smallest(), chosen.largest());
    return below.isEmpty()
        ? new Compaction.Move(chosen, level + 1)
        : new Compaction.Merge(
            TableKind.CURRENT, List.of(List.of(chosen), below), level, level + 1);
  }

  static SpaceKey smallest(List<TableInfo> tables) {
    return Collections.min(tables.stream().map(TableInfo::smallest).toList());
  }

  static SpaceKey largest(List<TableInfo> tables) {
    return Collections.max(tables.stream().map(TableInfo::largest).toList());
  }

  static List<TableInfo> meeting(List<TableInfo> level, SpaceKey from, SpaceKey to) {
    return level.stream().filter(table -> table.overlaps(from, to)).toList();
  }
}
