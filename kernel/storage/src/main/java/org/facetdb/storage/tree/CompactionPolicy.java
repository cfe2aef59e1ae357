package org.facetdb.storage.tree;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.facetdb.storage.tree.entry.SpaceKey;
import org.facetdb.storage.tree.manifest.TreeState;
import org.facetdb.storage.tree.table.TableInfo;
import org.facetdb.storage.tree.table.TableKind;
import org.jspecify.annotations.Nullable;

/**
 * Leveled compaction of the current tree, and that of the history, {@link HistoryPolicy}: a range
 * of level 0 is merged into level 1 where it has too many sublevels or where that costs little, the
 * deepest first, and a table of a level below goes down when its level is too large. Immutable; a
 * pick follows from what is given.
 *
 * <p>What is merged is contiguous in age for every key in it: all tables of level 0 that are older
 * than one taken and meet the range are taken too. So no version passes a newer one. What is picked
 * may run beside all that is in flight; and where level 0 must wait for that, nothing is picked
 * that it would have to wait for next.
 */
final class CompactionPolicy {
  /** How many times larger than a level the one below it is. */
  static final int GROWTH = 10;

  /** Share of what was merged that was superseded, from which keys count as written again. */
  private static final double REWRITTEN_SHARE = 0.2;

  private static final int REWRITTEN_FACTOR = 4;

  private final TreeOptions options;

  CompactionPolicy(TreeOptions options) {
    this.options = options;
  }

  /** The most urgent step that may run now, null if there is none. */
  @Nullable Compaction pick(
      TreeState state, Retention retention, PolicyMemory memory, InFlight inFlight) {
    List<TableInfo> expired = inFlight.free(expired(state, retention));
    if (!expired.isEmpty()) {
      return new Compaction.Drop(expired);
    }
    InFlight taken = inFlight;
    List<List<TableInfo>> levels = state.current();
    for (Compaction ofTop : due(levels, memory)) {
      if (taken.isFree(ofTop)) {
        return ofTop;
      }
      taken = taken.with(ofTop);
    }
    Compaction ofHistory = HistoryPolicy.pick(state, options);
    if (ofHistory != null && taken.isFree(ofHistory)) {
      return ofHistory;
    }
    long target = options.levelOneBytes();
    for (int level = 1; level < levels.size() - 1; level++) {
      if (bytes(inFlight.free(levels.get(level))) > target) {
        Compaction down = fromLevel(levels, level, memory.lastLargest().get(level), taken);
        if (down != null) {
          return down;
        }
      }
      target *= GROWTH;
    }
    return null;
  }

  /** What is due of level 0, the most urgent first. */
  private List<Compaction> due(List<List<TableInfo>> levels, PolicyMemory memory) {
    List<TableInfo> top = levels.get(0);
    List<TableInfo> below = levels.get(1);
    List<Compaction> due = new ArrayList<>();
    Sublevels sublevels = new Sublevels(top);
    Set<TableInfo> seen = new HashSet<>();
    if (top.size() >= options.levelZeroFiles()) {
      for (int i = top.size() - 1; i >= 0; i--) {
        TableInfo table = top.get(i);
        if (sublevels.heightOf(i) == 1
            && meeting(below, table.smallest(), table.largest()).isEmpty()) {
          due.add(new Compaction.Move(table, 1));
          seen.add(table);
        }
      }
    }
    for (int height = sublevels.depth(); height > 0; height--) {
      for (int i = 0; i < top.size(); i++) {
        if (sublevels.heightOf(i) == height && !seen.contains(top.get(i))) {
          List<TableInfo> group = sublevels.group(i, below);
          List<TableInfo> met = meeting(below, smallest(group), largest(group));
          seen.addAll(group);
          if (height >= options.levelZeroFiles() || isCheap(group, met, memory)) {
            due.add(new Compaction.Merge(TableKind.CURRENT, List.of(group, met), 0, 1));
          }
        }
      }
    }
    return due;
  }

  /**
   * Whether tables of level 0 weigh enough beside what they must be merged with. Where the same
   * keys are written again and again, level 1 does not grow by merging and scans would meet every
   * key in each table; where keys are new, each early merge is one more write of them.
   */
  private static boolean isCheap(List<TableInfo> group, List<TableInfo> met, PolicyMemory memory) {
    long below = bytes(met);
    long factor = memory.rewrittenShare() >= REWRITTEN_SHARE ? REWRITTEN_FACTOR : 1;
    return below > 0 && below <= factor * bytes(group);
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

  /** The next table in key order that is free goes down, null if none is. */
  private static @Nullable Compaction fromLevel(
      List<List<TableInfo>> levels, int level, @Nullable SpaceKey last, InFlight taken) {
    List<TableInfo> tables = levels.get(level);
    int first = 0;
    while (last != null
        && first < tables.size()
        && tables.get(first).smallest().compareTo(last) <= 0) {
      first++;
    }
    for (int i = 0; i < tables.size(); i++) {
      Compaction down = down(levels, level, tables.get((first + i) % tables.size()));
      if (taken.isFree(down)) {
        return down;
      }
    }
    return null;
  }

  private static Compaction down(List<List<TableInfo>> levels, int level, TableInfo table) {
    List<TableInfo> below = meeting(levels.get(level + 1), table.smallest(), table.largest());
    return below.isEmpty()
        ? new Compaction.Move(table, level + 1)
        : new Compaction.Merge(TableKind.CURRENT, List.of(List.of(table), below), level, level + 1);
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
