package org.facetdb.storage.tree;

import java.util.List;
import org.facetdb.storage.tree.entry.SpaceKey;
import org.facetdb.storage.tree.table.TableInfo;
import org.facetdb.storage.tree.table.TableKind;
import org.jspecify.annotations.Nullable;

/** What the policy wants done. Values; the {@link Compactor} acts on them. */
sealed interface Compaction {
  /**
   * A table goes down a level as it is: nothing there, or older beside it, meets its range. A table
   * of the history becomes a run.
   */
  record Move(TableInfo table, int toLevel) implements Compaction {
    @Override
    public List<TableInfo> tables() {
      return List.of(table);
    }

    @Override
    public Target target() {
      return new Target(table.kind(), toLevel, table.smallest(), table.largest());
    }
  }

  /**
   * Tables are rewritten into a level.
   *
   * @param kind tree
   * @param inputs tables by level, newest level first, or by run; those of number 0 newest first
   * @param firstLevel level of the first list; of several runs it is not 0
   * @param toLevel level of the results; the first of their runs, whose numbers follow each other
   */
  record Merge(TableKind kind, List<List<TableInfo>> inputs, int firstLevel, int toLevel)
      implements Compaction {
    @Override
    public List<TableInfo> tables() {
      return inputs.stream().flatMap(List::stream).toList();
    }

    @Override
    public Target target() {
      List<TableInfo> tables = tables();
      return new Target(
          kind, toLevel, CompactionPolicy.smallest(tables), CompactionPolicy.largest(tables));
    }
  }

  /** Tables go that hold nothing anybody reads. */
  record Drop(List<TableInfo> tables) implements Compaction {
    @Override
    public @Nullable Target target() {
      return null;
    }
  }

  /**
   * Where results go.
   *
   * @param level level of the current tree, or the first run of the history
   * @param from smallest key
   * @param to largest key, inclusive
   */
  record Target(TableKind kind, int level, SpaceKey from, SpaceKey to) {
    /**
     * Whether the results of two would meet in one level. What makes runs of the history, or
     * rewrites them, counts on their numbers and so meets all else that does.
     */
    boolean meets(Target other) {
      return kind == other.kind
          && (kind == TableKind.HISTORY
              || (level == other.level
                  && from.compareTo(other.to) <= 0
                  && to.compareTo(other.from) >= 0));
    }
  }

  /** The tables that leave their places. */
  List<TableInfo> tables();

  /** Where results go, null if there are none. */
  @Nullable Target target();
}
