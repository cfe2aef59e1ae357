package org.facetdb.storage.tree;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.facetdb.storage.tree.manifest.Change;
import org.facetdb.storage.tree.manifest.KeySpaceState;
import org.facetdb.storage.tree.manifest.TreeState;
import org.facetdb.storage.tree.table.TableInfo;
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
    return compaction != null && run(compaction, retention, false);
  }

  /** Begins a pass over one key space, or over all for null. */
  FullCompaction beginPass(@Nullable Integer keySpace) {
    return new FullCompaction(contents.state(), options, keySpace);
  }

  /**
   * Takes the next step of a pass, which somebody waits for, with half of a merge in another thread
   * if one is free; false if there is none or the tree closes.
   */
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
    return run(compaction, retention, true);
  }

  private boolean run(Compaction compaction, Retention retention, boolean shared) {
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
        return merge(merge, retention, shared);
      }
    }
  }

  static List<Change> removals(List<List<TableInfo>> levels) {
    List<Change> edit = new ArrayList<>();
    for (List<TableInfo> level : levels) {
      for (TableInfo table : level) {
        edit.add(new Change.RemoveTable(table.kind(), table.number()));
      }
    }
    return edit;
  }

  private boolean merge(Compaction.Merge merge, Retention retention, boolean shared) {
    Version version = contents.acquire().version();
    try {
      MergeStep step = new MergeStep(contents, options, version, merge, retention);
      return shared ? step.runShared(policy, options.background()) : step.run(policy);
    } finally {
      version.release();
    }
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
