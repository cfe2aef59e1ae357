package org.facetdb.storage.tree;

import java.util.ArrayList;
import java.util.List;
import org.facetdb.storage.tree.entry.EntryCursor;
import org.facetdb.storage.tree.manifest.Change;
import org.facetdb.storage.tree.memtable.Memtable;

/**
 * Writes frozen memtables to tables of level 0, oldest first. Run by one thread at a time; owns
 * nothing beyond a run.
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
    Retention retention = Retention.cut(contents.state().keySpaces(), contents.published(), host);
    View view = contents.acquire();
    TimeBands bands = HistoryPolicy.bands(memtable, contents.state(), options);
    try (Rewriter out =
            new Rewriter(
                contents,
                options,
                retention,
                view.version()::mayHold,
                false,
                bands,
                Rewriter.Limit.NONE);
        EntryCursor versions = memtable.cursor()) {
      if (!out.addCurrent(versions)) {
        return false;
      }
      List<Change> edit = new ArrayList<>(out.finish(0, 0));
      host.awaitDurable(memtable.lastSequence());
      edit.add(new Change.Flushed(memtable.lastSequence(), memtable.lastTimestamp()));
      Rewriter.publish(
          contents, retention, List.of(out), edit, memtable, contents.counters()::flushed);
    } finally {
      view.version().release();
    }
    host.flushed(memtable.lastSequence());
    return true;
  }
}
