package org.facetdb.storage.tree;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.facetdb.storage.tree.entry.ConcatCursor;
import org.facetdb.storage.tree.entry.EntryCursor;
import org.facetdb.storage.tree.entry.MergeCursor;
import org.facetdb.storage.tree.entry.SpaceKey;
import org.facetdb.storage.tree.manifest.Change;
import org.facetdb.storage.tree.table.TableInfo;
import org.facetdb.storage.tree.table.TableKind;
import org.facetdb.storage.tree.table.TableReader;
import org.jspecify.annotations.Nullable;

/**
 * One merge, of a whole range of keys or of two ranges side by side, each with tables of its own,
 * and all of it one edit. Used by one thread, which may lend the second range to another; the
 * caller holds the version.
 */
final class MergeStep {
  /** How many blocks one of the keys stands for among which the middle is sought. */
  private static final int BLOCKS_PER_SAMPLE = 16;

  private final TreeContents contents;
  private final TreeOptions options;
  private final Version version;
  private final Compaction.Merge merge;
  private final Retention retention;
  private final TimeBands bands;
  private final Pace pace;
  private final Map<Long, TableReader> readers = new HashMap<>();
  private volatile boolean abandoned;
  private long currentEntries;

  MergeStep(
      TreeContents contents,
      TreeOptions options,
      Version version,
      Compaction.Merge merge,
      Retention retention,
      Pace pace) {
    this.contents = contents;
    this.options = options;
    this.version = version;
    this.merge = merge;
    this.retention = retention;
    this.pace = pace;
    this.bands = HistoryPolicy.bands(merge, contents.state(), options);
    for (TableReader[] level : isCurrent() ? version.current() : version.history()) {
      for (TableReader reader : level) {
        readers.put(reader.info().number(), reader);
      }
    }
  }

  private boolean isCurrent() {
    return merge.kind() == TableKind.CURRENT;
  }

  /** Merges in the caller's thread; false if the tree closes meanwhile. */
  boolean run() {
    try (Rewriter out = rewriter(retention, null)) {
      return fill(out, null) && publish(List.of(out));
    }
  }

  /**
   * Merges the keys above the middle in another thread, if one is free before the caller's has
   * merged those below; false if the tree closes meanwhile.
   *
   * @param others runs a task in a thread that is or comes free, or not at all
   */
  boolean runShared(Executor others) {
    long bytes = merge.inputs().stream().mapToLong(CompactionPolicy::bytes).sum();
    SpaceKey middle = bytes < 2 * options.tableBytes() ? null : middle();
    if (middle == null) {
      return run();
    }
    try (Rewriter lower = rewriter(retention, middle);
        Rewriter upper = rewriter(retention.copy(), null)) {
      FutureTask<Boolean> first = new FutureTask<>(() -> fill(lower, null));
      FutureTask<Boolean> second = new FutureTask<>(() -> fill(upper, middle));
      others.execute(second);
      first.run();
      // Does nothing where another thread has it.
      second.run();
      await(second);
      return result(first) && result(second) && publish(List.of(lower, upper));
    }
  }

  private static void await(FutureTask<Boolean> work) {
    boolean interrupted = false;
    while (!work.isDone()) {
      try {
        work.get();
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (ExecutionException e) {
        // The result tells.
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean result(FutureTask<Boolean> done) {
    if (done.state() == Future.State.SUCCESS) {
      return done.resultNow();
    }
    switch (done.exceptionNow()) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException("a merge failed", e);
    }
  }

  /** The key in the middle of all that is merged, by blocks; null where there is one block. */
  private @Nullable SpaceKey middle() {
    List<SpaceKey> keys = new ArrayList<>();
    for (List<TableInfo> tables : merge.inputs()) {
      for (TableInfo table : tables) {
        readerOf(table).sampleKeys(BLOCKS_PER_SAMPLE, keys);
      }
    }
    Collections.sort(keys);
    return keys.size() < 2 ? null : keys.get(keys.size() / 2);
  }

  private Rewriter rewriter(Retention kept, @Nullable SpaceKey to) {
    return new Rewriter(
        contents,
        options,
        kept,
        (keySpace, key) -> version.mayLieBelow(merge.toLevel(), keySpace, key),
        isLowest(),
        bands,
        new Rewriter.Limit(to, () -> abandoned, pace));
  }

  private boolean isLowest() {
    if (!isCurrent()) {
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

  private boolean fill(Rewriter out, @Nullable SpaceKey from) {
    boolean whole = false;
    try (EntryCursor versions = inputs(from)) {
      whole = isCurrent() ? out.addCurrent(versions) : out.addHistory(versions);
      if (whole) {
        // Here, so that halves do it side by side.
        out.complete();
      }
      return whole;
    } finally {
      if (!whole) {
        abandoned = true;
      }
    }
  }

  private EntryCursor inputs(@Nullable SpaceKey from) {
    List<EntryCursor> cursors = new ArrayList<>();
    for (int i = 0; i < merge.inputs().size(); i++) {
      List<TableReader> tables = new ArrayList<>();
      for (TableInfo table : merge.inputs().get(i)) {
        if (from == null || table.largest().compareTo(from) >= 0) {
          tables.add(readerOf(table));
        }
      }
      if (merge.firstLevel() + i == 0) {
        tables.forEach(table -> cursors.add(table.cursor(from)));
      } else if (!tables.isEmpty()) {
        cursors.add(new ConcatCursor(tables.size(), at -> tables.get(at).cursor(from)));
      }
    }
    return new MergeCursor(cursors, false);
  }

  private TableReader readerOf(TableInfo table) {
    TableReader reader = readers.get(table.number());
    if (reader == null) {
      throw new IllegalStateException("table is not in its tree: number=" + table.number());
    }
    return reader;
  }

  private boolean publish(List<Rewriter> parts) {
    List<Change> edit = Compactor.removals(merge.tables());
    for (Rewriter part : parts) {
      edit.addAll(part.finish(merge.toLevel(), isCurrent() ? 0 : merge.toLevel()));
      currentEntries += part.currentEntries();
    }
    Rewriter.publish(contents, retention, parts, edit, null, contents.counters()::compacted);
    return true;
  }

  /** Versions that went into the current tree; 0 before the step has run. */
  long currentEntries() {
    return currentEntries;
  }
}
