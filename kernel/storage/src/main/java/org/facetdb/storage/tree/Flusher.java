package org.facetdb.storage.tree;

import java.util.ArrayList;
import java.util.List;
import org.facetdb.storage.tree.entry.EntryCursor;
import org.facetdb.storage.tree.manifest.Change;
import org.facetdb.storage.tree.memtable.Memtable;
import org.jspecify.annotations.Nullable;

/**
 * Writes to tables of level 0 what is in the log alone: frozen memtables, oldest first, and commits
 * that are larger than one. Run by one thread at a time, since a commit comes when no memtable is
 * left; owns nothing beyond a run.
 */
final class Flusher {
  private final TreeContents contents;
  private final TreeOptions options;
  private final TreeHost host;

  Flusher(TreeContents contents, TreeOptions options, TreeHost host) {
    this.contents = contents;
    this.options = options;
    this.host = host;
  }

  /** Flushes the oldest frozen memtable; false if there is none or the tree closes. */
  boolean flushOne() {
    Memtable memtable = contents.oldestFrozen();
    if (memtable == null || contents.isClosing()) {
      return false;
    }
    TimeBands bands = HistoryPolicy.bands(memtable, contents.state(), options);
    Change.Flushed end = new Change.Flushed(memtable.lastSequence(), memtable.lastTimestamp());
    try (EntryCursor versions = memtable.cursor()) {
      if (!write(versions, bands, end, memtable)) {
        return false;
      }
    }
    host.flushed(end.sequence());
    return true;
  }

  /**
   * Writes a commit as if it had been a memtable: the log has it already, and all before it is in
   * tables. So its rows are sorted once, by the transaction, and what a crash leaves is what it
   * leaves of a flush. Readers at its timestamp find it when this returns.
   *
   * @param sequence the last of the commit
   * @return false if the tree closes: nothing happened
   */
  boolean ingest(SortedBatches batches, long timestamp, long sequence) {
    try (EntryCursor versions = new BatchCursor(batches, timestamp)) {
      return write(versions, TimeBands.ONE, new Change.Flushed(sequence, timestamp), null);
    }
  }

  private boolean write(
      EntryCursor versions, TimeBands bands, Change.Flushed end, @Nullable Memtable flushed) {
    Retention retention = Retention.cut(contents.state().keySpaces(), contents.published(), host);
    View view = contents.acquire();
    try (Rewriter out =
        new Rewriter(
            contents,
            options,
            retention,
            view.version()::mayHold,
            false,
            bands,
            Rewriter.Limit.NONE)) {
      if (!out.addCurrent(versions)) {
        return false;
      }
      List<Change> edit = new ArrayList<>(out.finish(0, 0));
      host.awaitDurable(end.sequence());
      edit.add(end);
      Rewriter.publish(
          contents, retention, List.of(out), edit, flushed, contents.counters()::flushed);
      return true;
    } finally {
      view.version().release();
    }
  }
}
