package org.facetdb.storage.tree;

import java.util.List;
import org.facetdb.storage.tree.table.TableInfo;
import org.facetdb.storage.tree.table.TableKind;

/** What the policy wants done. Values; the {@link Compactor} acts on them. */
sealed interface Compaction {
  /**
   * A table goes down a level as it is: nothing there, or older beside it, meets its range. A table
   * of the history becomes a run.
   */
  record Move(TableInfo table, int toLevel) implements Compaction {}

  /**
   * Tables are rewritten into a level.
   *
   * @param kind tree
   * @param inputs tables by level, newest level first, or by run; those of number 0 newest first
   * @param firstLevel level of the first list; of several runs it is not 0
   * @param toLevel level of the results; the first of their runs, whose numbers follow each other
   */
  record Merge(TableKind kind, List<List<TableInfo>> inputs, int firstLevel, int toLevel)
      implements Compaction {}

  /** Tables go that hold nothing anybody reads. */
  record Drop(List<TableInfo> tables) implements Compaction {}
}
