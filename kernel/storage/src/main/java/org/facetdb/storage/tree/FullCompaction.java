package org.facetdb.storage.tree;

import java.util.ArrayList;
import java.util.List;
import org.facetdb.storage.tree.entry.SpaceKey;
import org.facetdb.storage.tree.manifest.TreeState;
import org.facetdb.storage.tree.table.TableInfo;
import org.facetdb.storage.tree.table.TableKind;
import org.jspecify.annotations.Nullable;

/**
 * One pass that brings the current tree into one sorted level, gathers what arrived in the history
 * into runs, and prunes these, in steps of bounded size between which other compactions take their
 * turns. Used by one thread.
 *
 * <p>Each step is picked from the state as it is then: a pass goes through the levels from the top,
 * through each level in key order, and takes what it meets, then through the runs; so it ends
 * however much is written meanwhile. What is merged is contiguous in age for every key in it, as in
 * {@link CompactionPolicy}, and no table of its level lies between those taken.
 */
final class FullCompaction {
  private static final int STEP_TABLES = 8;

  private final TreeOptions options;
  private final long stepBytes;
  private final @Nullable Integer keySpace;
  private final long newerThanPass;
  private int level = -1;
  private int last;
  private boolean isGathered;
  private int run;
  private @Nullable SpaceKey after;

  /**
   * Begins a pass.
   *
   * @param keySpace the key space whose tables are taken, with what else they hold; null for all
   */
  FullCompaction(TreeState state, TreeOptions options, @Nullable Integer keySpace) {
    this.options = options;
    this.stepBytes = STEP_TABLES * options.tableBytes();
    this.keySpace = keySpace;
    this.newerThanPass = state.nextFile();
  }

  private FullCompaction(FullCompaction from) {
    options = from.options;
    stepBytes = from.stepBytes;
    keySpace = from.keySpace;
    newerThanPass = from.newerThanPass;
    moveTo(from);
  }

  /** Another that is where this one is. */
  FullCompaction copy() {
    return new FullCompaction(this);
  }

  /** Goes on from where a copy of this one is. */
  void moveTo(FullCompaction copy) {
    level = copy.level;
    last = copy.last;
    isGathered = copy.isGathered;
    run = copy.run;
    after = copy.after;
  }

  /**
   * The next step, null when the pass is over. It may take what is in flight, and has to wait then;
   * it is picked anew after that.
   */
  @Nullable Compaction next(TreeState state, Retention retention, InFlight inFlight) {
    Compaction step = ofCurrent(state.current(), inFlight);
    return step != null ? step : ofHistory(state, retention);
  }

  private @Nullable Compaction ofCurrent(List<List<TableInfo>> levels, InFlight inFlight) {
    if (level < 0) {
      last = Math.max(deepest(levels), inFlight.deepestLevel());
      level = 0;
      Compaction all = atOnce(levels);
      if (all != null) {
        return all;
      }
    }
    while (level < last) {
      Compaction step = down(levels);
      if (step != null) {
        return step;
      }
      level++;
      after = null;
    }
    return null;
  }

  private @Nullable Compaction ofHistory(TreeState state, Retention retention) {
    List<TableInfo> arrived = HistoryPolicy.arrived(state);
    if (!isGathered) {
      isGathered = true;
      run = 1;
      after = null;
      long bytes = state.history().values().stream().mapToLong(CompactionPolicy::bytes).sum();
      boolean isLittle = bytes <= Math.min(stepBytes, HistoryPolicy.runBytes(state, options));
      if (keySpace == null && isLittle && (!arrived.isEmpty() || state.history().size() > 2)) {
        return HistoryPolicy.gatherAll(state);
      }
      if (arrived.stream().anyMatch(this::isAsked)) {
        return HistoryPolicy.gather(state);
      }
    }
    while (true) {
      var next = state.history().tailMap(run).entrySet().iterator();
      if (!next.hasNext()) {
        return null;
      }
      var found = next.next();
      if (found.getKey() > run) {
        run = found.getKey();
        after = null;
      }
      Compaction step = rewrite(found.getValue(), retention);
      if (step != null) {
        return step;
      }
      run++;
      after = null;
    }
  }

  private static int deepest(List<List<TableInfo>> levels) {
    int deepest = levels.size() - 1;
    while (deepest > 1 && levels.get(deepest).isEmpty()) {
      deepest--;
    }
    return deepest;
  }

  /** All levels in one merge, if that is not too much. */
  private @Nullable Compaction atOnce(List<List<TableInfo>> levels) {
    int first = 0;
    while (first < last && levels.get(first).isEmpty()) {
      first++;
    }
    long bytes = levels.stream().mapToLong(CompactionPolicy::bytes).sum();
    if (keySpace != null || first == last || bytes > stepBytes) {
      return null;
    }
    level = last;
    return new Compaction.Merge(
        TableKind.CURRENT, List.copyOf(levels.subList(first, last + 1)), first, last);
  }

  /** The next tables of the level into the one below. */
  private @Nullable Compaction down(List<List<TableInfo>> levels) {
    List<TableInfo> below = levels.get(level + 1);
    if (level == 0) {
      List<TableInfo> top = levels.get(0);
      if (after != null || top.stream().noneMatch(this::isAsked)) {
        return null;
      }
      SpaceKey from = CompactionPolicy.smallest(top);
      after = CompactionPolicy.largest(top);
      return new Compaction.Merge(
          TableKind.CURRENT, List.of(top, CompactionPolicy.meeting(below, from, after)), 0, 1);
    }
    List<TableInfo> chosen = new ArrayList<>();
    List<TableInfo> meeting = List.of();
    for (TableInfo table : levels.get(level)) {
      if (chosen.isEmpty() && (isPassed(table) || !isAsked(table))) {
        continue;
      }
      SpaceKey from = chosen.isEmpty() ? table.smallest() : chosen.getFirst().smallest();
      List<TableInfo> wider = CompactionPolicy.meeting(below, from, table.largest());
      long bytes = CompactionPolicy.bytes(chosen) + CompactionPolicy.bytes(wider) + table.bytes();
      if (!chosen.isEmpty() && (bytes > stepBytes || !isAsked(table))) {
        break;
      }
      chosen.add(table);
      meeting = wider;
    }
    if (chosen.isEmpty()) {
      return null;
    }
    after = chosen.getLast().largest();
    return new Compaction.Merge(TableKind.CURRENT, List.of(chosen, meeting), level, level + 1);
  }

  /** The next tables of the run that were there before the pass and may hold garbage. */
  private @Nullable Compaction rewrite(List<TableInfo> tables, Retention retention) {
    List<TableInfo> chosen = new ArrayList<>();
    for (TableInfo table : tables) {
      boolean wanted = !isPassed(table) && isAsked(table) && mayBePruned(table, retention);
      boolean room = CompactionPolicy.bytes(chosen) + table.bytes() <= stepBytes;
      if (wanted && (chosen.isEmpty() || room)) {
        chosen.add(table);
      } else if (!chosen.isEmpty()) {
        break;
      }
    }
    if (chosen.isEmpty()) {
      return null;
    }
    after = chosen.getLast().largest();
    return HistoryPolicy.merge(run, List.of(chosen));
  }

  private boolean mayBePruned(TableInfo table, Retention retention) {
    int from = table.smallest().keySpace();
    int to = table.largest().keySpace();
    return table.number() < newerThanPass
        && table.minBegin() < retention.largestWatermark(from, to);
  }

  private boolean isPassed(TableInfo table) {
    return after != null && table.smallest().compareTo(after) <= 0;
  }

  private boolean isAsked(TableInfo table) {
    return keySpace == null
        || (Integer.compareUnsigned(table.smallest().keySpace(), keySpace) <= 0
            && Integer.compareUnsigned(table.largest().keySpace(), keySpace) >= 0);
  }
}
