package org.facetdb.storage.tree;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.facetdb.storage.tree.entry.SpaceKey;
import org.facetdb.storage.tree.table.TableInfo;

/**
 * Level 0 in sublevels, as Pebble divides it: tables of one do not meet, and each table lies right
 * above the highest of the older ones that it meets. So for every key the versions are newer in a
 * higher sublevel, and their number, not that of the tables, is what a reader pays for. Immutable.
 */
final class Sublevels {
  private record Range(SpaceKey from, SpaceKey to) {
    Range with(TableInfo table) {
      return new Range(
          Collections.min(List.of(from, table.smallest())),
          Collections.max(List.of(to, table.largest())));
    }
  }

  private final List<TableInfo> tables;
  private final int[] heights;
  private final int depth;

  /**
   * Divides tables.
   *
   * @param tables newest first
   */
  Sublevels(List<TableInfo> tables) {
    this.tables = tables;
    this.heights = new int[tables.size()];
    int highest = 0;
    for (int i = tables.size() - 1; i >= 0; i--) {
      int below = 0;
      for (int older = i + 1; older < heights.length; older++) {
        if (heights[older] > below && tables.get(i).overlaps(tables.get(older))) {
          below = heights[older];
        }
      }
      heights[i] = below + 1;
      highest = Math.max(highest, heights[i]);
    }
    this.depth = highest;
  }

  /** How many sublevels there are, 0 if there are no tables. */
  int depth() {
    return depth;
  }

  /** The sublevel of a table by its place in the list: 1 where it meets no older one. */
  int heightOf(int index) {
    return heights[index];
  }

  /**
   * Which tables go down with one: all older ones that it meets, or that those meet, so that no
   * version of theirs is passed. What else lies in their range and meets nothing below that they do
   * not meet goes with them.
   *
   * @param seed place of the table in the list
   * @param below level 1
   * @return newest first
   */
  List<TableInfo> group(int seed, List<TableInfo> below) {
    boolean[] taken = new boolean[heights.length];
    taken[seed] = true;
    TableInfo first = tables.get(seed);
    Range range = new Range(first.smallest(), first.largest());
    for (int i = seed + 1; i < taken.length; i++) {
      if (meetsTaken(i, seed, taken)) {
        taken[i] = true;
        range = range.with(tables.get(i));
      }
    }
    int met = CompactionPolicy.meeting(below, range.from(), range.to()).size();
    for (int i = taken.length - 1; i >= 0; i--) {
      Range wider = range.with(tables.get(i));
      if (!taken[i]
          && tables.get(i).overlaps(range.from(), range.to())
          && lacksNoOlder(i, taken)
          && CompactionPolicy.meeting(below, wider.from(), wider.to()).size() == met) {
        taken[i] = true;
        range = wider;
      }
    }
    List<TableInfo> group = new ArrayList<>();
    for (int i = 0; i < taken.length; i++) {
      if (taken[i]) {
        group.add(tables.get(i));
      }
    }
    return group;
  }

  private boolean meetsTaken(int index, int from, boolean[] taken) {
    for (int newer = from; newer < index; newer++) {
      if (taken[newer] && tables.get(newer).overlaps(tables.get(index))) {
        return true;
      }
    }
    return false;
  }

  private boolean lacksNoOlder(int index, boolean[] taken) {
    for (int older = index + 1; older < taken.length; older++) {
      if (!taken[older] && tables.get(older).overlaps(tables.get(index))) {
        return false;
      }
    }
    return true;
  }
}
