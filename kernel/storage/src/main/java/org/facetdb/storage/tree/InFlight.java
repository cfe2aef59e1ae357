package org.facetdb.storage.tree;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.facetdb.storage.tree.table.TableInfo;
import org.facetdb.storage.tree.table.TableKind;

/**
 * Compactions that run, or are about to, and what they have taken. Immutable.
 *
 * <p>Two may run at once if they share no table and do not write to the same keys of one level. As
 * each takes all tables of its target level that its keys meet, and all older ones above it, that
 * is enough: no version passes another of its key, and no range of a sorted level meets another.
 */
final class InFlight {
  static final InFlight NONE = new InFlight(List.of());

  private final List<Compaction> compactions;
  private final Set<Long> taken = new HashSet<>();

  private InFlight(List<Compaction> compactions) {
    this.compactions = compactions;
    for (Compaction compaction : compactions) {
      compaction.tables().forEach(table -> taken.add(table.number()));
    }
  }

  /** These and one more. */
  InFlight with(Compaction compaction) {
    List<Compaction> more = new ArrayList<>(compactions);
    more.add(compaction);
    return new InFlight(List.copyOf(more));
  }

  /** These and others. */
  InFlight with(InFlight others) {
    List<Compaction> more = new ArrayList<>(compactions);
    more.addAll(others.compactions);
    return new InFlight(List.copyOf(more));
  }

  /** These without one of them. */
  InFlight without(Compaction compaction) {
    List<Compaction> fewer = new ArrayList<>(compactions);
    fewer.remove(compaction);
    return new InFlight(List.copyOf(fewer));
  }

  /** Whether one of these has taken a table. */
  boolean isTaken(TableInfo table) {
    return taken.contains(table.number());
  }

  /** Whether a compaction may run beside these. */
  boolean isFree(Compaction compaction) {
    if (compaction.tables().stream().anyMatch(this::isTaken)) {
      return false;
    }
    Compaction.Target target = compaction.target();
    for (Compaction other : compactions) {
      Compaction.Target its = other.target();
      if (target != null && its != null && target.meets(its)) {
        return false;
      }
    }
    return true;
  }

  /** The tables of a list that none of these has taken. */
  List<TableInfo> free(List<TableInfo> tables) {
    return tables.stream().filter(table -> !isTaken(table)).toList();
  }

  /** The deepest level of the current tree that one of these writes to, 0 if none does. */
  int deepestLevel() {
    int deepest = 0;
    for (Compaction compaction : compactions) {
      Compaction.Target target = compaction.target();
      if (target != null && target.kind() == TableKind.CURRENT) {
        deepest = Math.max(deepest, target.level());
      }
    }
    return deepest;
  }
}
