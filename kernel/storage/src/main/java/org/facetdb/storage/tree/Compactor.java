package org.facetdb.storage.tree;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.facetdb.storage.tree.entry.ConcatCursor;
import org.facetdb.storage.tree.entry.EntryCursor;
import org.facetdb.storage.tree.entry.MergeCursor;
import org.facetdb.storage.tree.manifest.Change;
import org.facetdb.storage.tree.manifest.KeySpaceState;
import org.facetdb.storage.tree.manifest.TreeState;
import org.facetdb.storage.tree.table.TableInfo;
import org.facetdb.storage.tree.table.TableKind;
import org.facetdb.storage.tree.table.TableReader;
import org.jspecify.annotations.Nullable;

/** Carries out what the policy picks. Run by one thread at a time; owns nothing beyond a step. */
final class Compactor {
  private final TreeContents contents;
  private final TreeOptions options;
  private final TreeHost host;
  private final CompactionPolicy policy;

  Compactor(TreeContents contents, TreeOptions options, TreeHost host) {
    this.contents = contents;
    this.options = options;
    this.host = host;
    this.policy = new CompactionPolicy(options);
  }

  private Retention retention(TreeState state) {
    return Retention.cut(state.keySpaces(), contents.published(), host);
  }

  /** Takes the most urgent step; false if there is none or the tree closes. */
  boolean step() {
    TreeState state = contents.state();
    Retention retention = retention(state);
    Compaction compaction = contents.isClosing() ? null : policy.pick(state, retention);
    return compaction != null && run(compaction, retention);
  }

  /** Begins a pass over one key space, or over all for null. */
  FullCompaction beginPass(@Nullable Integer keySpace) {
    return new FullCompaction(contents.state(), options, keySpace);
  }

  /** Takes the next step of a pass; false if there is none or the tree closes. */
  boolean step(FullCompaction pass) {
    if (contents.isClosing()) {
      return false;
    }
    TreeState state = contents.state();
    Retention retention = retention(state);
    Compaction compaction = pass.next(state, retention);
    if (compaction == null) {
      forget();
      return false;
    }
    return run(compaction, retention);
  }

  private boolean run(Compaction compaction, Retention retention) {
    switch (compaction) {
      case Compaction.Move move -> {
        TableInfo table = move.table();
        contents.commit(
            List.of(
                new Change.RemoveTable(table.kind(), table.number()),
                new Change.AddTable(move.toLevel(), table)),
            Map.of(),
            null);
        return true;
      }
      case Compaction.Drop drop -> {
        contents.commit(removals(List.of(drop.tables())), retention.watermarks(), null);
        forget();
        return true;
      }
      case Compaction.Merge merge -> {
        return merge(merge, retention);
      }
    }
  }

  private static List<Change> removals(List<List<TableInfo>> levels) {
    List<Change> edit = new ArrayList<>();
    for (List<TableInfo> level : levels) {
      for (TableInfo table : level) {
        edit.add(new Change.RemoveTable(table.kind(), table.number()));
      }
    }
    return edit;
  }

  private boolean merge(Compaction.Merge merge, Retention retention) {
    View view = contents.acquire();
    Version version = view.version();
    try (Rewriter out =
            new Rewriter(
                contents,
                options,
                retention,
                (keySpace, key) -> version.mayLieBelow(merge.toLevel(), keySpace, key),
                isLowest(merge, version),
                HistoryPolicy.bands(merge, contents.state(), options));
        EntryCursor versions = inputs(merge, version)) {
      boolean whole =
          merge.kind() == TableKind.CURRENT ? out.addCurrent(versions) : out.addHistory(versions);
      if (!whole) {
        return false;
      }
      List<Change> edit = removals(merge.inputs());
      edit.addAll(
          out.finish(merge.toLevel(), merge.kind() == TableKind.CURRENT ? 0 : merge.toLevel()));
      if (merge.kind() == TableKind.CURRENT && merge.firstLevel() == 0) {
        policy.merged(
            merge.inputs().stream().flatMap(List::stream).mapToLong(TableInfo::entries).sum(),
            out.currentEntries());
      }
      out.publish(edit, null);
    } finally {
      version.release();
    }
    return true;
  }

  private static boolean isLowest(Compaction.Merge merge, Version version) {
    if (merge.kind() == TableKind.HISTORY) {
      return true;
    }
    TableReader[][] levels = version.current();
    for (int level = merge.toLevel() + 1; level < levels.length; level++) {
      if (levels[level].length > 0) {
        return false;
      }
    }
    return true;
  }

  private static EntryCursor inputs(Compaction.Merge merge, Version version) {
    Map<Long, TableReader> all =
        readers(merge.kind() == TableKind.CURRENT ? version.current() : version.history());
    List<EntryCursor> cursors = new ArrayList<>();
    for (int i = 0; i < merge.inputs().size(); i++) {
      List<TableReader> readers = new ArrayList<>();
      for (TableInfo table : merge.inputs().get(i)) {
        readers.add(readerOf(all, table));
      }
      if (merge.firstLevel() + i == 0) {
        readers.forEach(reader -> cursors.add(reader.cursor()));
      } else if (!readers.isEmpty()) {
        cursors.add(new ConcatCursor(readers.size(), at -> readers.get(at).cursor()));
      }
    }
    return new MergeCursor(cursors, false);
  }

  private static Map<Long, TableReader> readers(TableReader[][] levels) {
    Map<Long, TableReader> readers = new HashMap<>();
    for (TableReader[] level : levels) {
      for (TableReader reader : level) {
        readers.put(reader.info().number(), reader);
      }
    }
    return readers;
  }

  private static TableReader readerOf(Map<Long, TableReader> readers, TableInfo table) {
    TableReader reader = readers.get(table.number());
    if (reader == null) {
      throw new IllegalStateException("table is not in its tree: number=" + table.number());
    }
    return reader;
  }

  /** Forgets dropped key spaces of which no table can hold anything any more. */
  private void forget() {
    TreeState state = contents.state();
    Retention retention = retention(state);
    List<Change> edit = new ArrayList<>();
    for (Map.Entry<Integer, KeySpaceState> space : state.keySpaces().entrySet()) {
      int id = space.getKey();
      if (retention.expired(id)
          && !heldByTable(state, id)
          && host.mayForget(space.getValue().droppedAt())) {
        edit.add(new Change.ForgetKeySpace(id));
      }
    }
    if (!edit.isEmpty()) {
      contents.commit(edit, Map.of(), null);
    }
  }

  private static boolean heldByTable(TreeState state, int keySpace) {
    @Nullable TableInfo holder =
        state.tables().stream()
            .filter(
                table ->
                    table.smallest().keySpace() <= keySpace
                        && table.largest().keySpace() >= keySpace)
            .findFirst()
            .orElse(null);
    return holder != null;
  }
}
