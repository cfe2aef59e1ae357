package org.facetdb.storage.tree;

import java.util.HashMap;
import java.util.Map;
import org.facetdb.storage.tree.entry.SpaceKey;
import org.facetdb.storage.tree.table.TableKind;

/**
 * What the policy is told of earlier compactions. Immutable.
 *
 * @param lastLargest by level, the largest key of the table that went down last, if one has
 * @param rewrittenShare share of the last merge of level 0 that was superseded
 */
record PolicyMemory(Map<Integer, SpaceKey> lastLargest, double rewrittenShare) {
  static final PolicyMemory NONE = new PolicyMemory(Map.of(), 0);

  /** After a compaction that the policy picked was taken up. */
  PolicyMemory taken(Compaction compaction) {
    return switch (compaction) {
      case Compaction.Move(var table, int toLevel) when table.kind() == TableKind.CURRENT ->
          wentDown(toLevel - 1, table.largest());
      case Compaction.Merge merge when merge.kind() == TableKind.CURRENT ->
          wentDown(merge.firstLevel(), CompactionPolicy.largest(merge.inputs().getFirst()));
      case Compaction.Move move -> this;
      case Compaction.Merge merge -> this;
      case Compaction.Drop drop -> this;
    };
  }

  private PolicyMemory wentDown(int level, SpaceKey largest) {
    Map<Integer, SpaceKey> levels = new HashMap<>(lastLargest);
    levels.put(level, largest);
    return new PolicyMemory(Map.copyOf(levels), rewrittenShare);
  }

  /** After a merge of level 0, into which so many current versions went, and so many came out. */
  PolicyMemory merged(long entriesBefore, long entriesAfter) {
    return new PolicyMemory(lastLargest, 1 - (double) entriesAfter / Math.max(1, entriesBefore));
  }
}
