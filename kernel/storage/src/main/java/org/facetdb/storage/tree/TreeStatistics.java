package org.facetdb.storage.tree;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.StoreStatistics;
import org.facetdb.storage.tree.manifest.TreeState;
import org.facetdb.storage.tree.memtable.Memtable;
import org.facetdb.storage.tree.table.TableInfo;
import org.facetdb.storage.tree.table.TableKind;

/** Reads the statistics of a tree. Stateless. */
final class TreeStatistics {
  private TreeStatistics() {}

  /** The tree's part; what the log holds is given. */
  static StoreStatistics of(
      TreeContents contents, TreeOptions options, int logSegments, long logBytes) {
    TreeState state = contents.state();
    View view = contents.view();
    StorageException full = contents.full();
    TreeCounters counters = contents.counters();
    return new StoreStatistics(
        levels(state),
        1 + view.frozen().size(),
        view.active().entries() + view.frozen().stream().mapToLong(Memtable::entries).sum(),
        contents.cache().usedBytes(),
        options.cacheBytes(),
        logSegments,
        logBytes,
        state.flushedSequence(),
        counters.flushes(),
        counters.flushedBytes(),
        counters.compactions(),
        counters.compactedBytes(),
        full == null ? null : full.getMessage(),
        null);
  }

  private static List<StoreStatistics.Level> levels(TreeState state) {
    List<StoreStatistics.Level> levels = new ArrayList<>();
    for (TableKind kind : TableKind.values()) {
      state
          .levels(kind)
          .forEach(
              (level, tables) -> {
                if (!tables.isEmpty()) {
                  levels.add(
                      new StoreStatistics.Level(
                          kind.name().toLowerCase(Locale.ROOT),
                          level,
                          tables.size(),
                          tables.stream().mapToLong(TableInfo::entries).sum(),
                          CompactionPolicy.bytes(tables)));
                }
              });
    }
    return levels;
  }
}
