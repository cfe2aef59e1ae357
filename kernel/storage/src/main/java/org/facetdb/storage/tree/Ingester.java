package org.facetdb.storage.tree;

import java.util.ArrayList;
import java.util.List;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.tree.entry.EntryCursor;
import org.facetdb.storage.tree.manifest.Change;

/**
 * Writes a commit that is larger than a memtable to tables of level 0, as if it had been one: the
 * log has it already, and all before it is in tables. So its rows are sorted once, by the
 * transaction, and what a crash leaves is what it leaves of a flush. Used by the thread that
 * writes; owns nothing beyond a run.
 */
final class Ingester {
  private final TreeContents contents;
  private final TreeOptions options;
  private final TreeHost host;

  Ingester(TreeContents contents, TreeOptions options, TreeHost host) {
    this.contents = contents;
    this.options = options;
    this.host = host;
  }

  /**
   * Writes a commit to tables, in which readers at its timestamp find it when this returns. No
   * memtable holds anything.
   *
   * @param sequence the last of the commit
   * @return false if the disk is full or the tree closes: nothing happened
   */
  boolean ingest(SortedBatches batches, long timestamp, long sequence) {
    Retention retention = Retention.cut(contents.state().keySpaces(), contents.published(), host);
    View view = contents.acquire();
    try (Rewriter out =
            new Rewriter(
                contents,
                options,
                retention,
                view.version()::mayHold,
                false,
                TimeBands.ONE,
                Rewriter.Limit.NONE);
        EntryCursor versions = new BatchCursor(batches, timestamp)) {
      if (!out.addCurrent(versions)) {
        return false;
      }
      List<Change> edit = new ArrayList<>(out.finish(0, 0));
      host.awaitDurable(sequence);
      edit.add(new Change.Flushed(sequence, timestamp));
      Rewriter.publish(contents, retention, List.of(out), edit, null, contents.counters()::flushed);
      return true;
    } catch (StorageException e) {
      if (e.isDiskFull()) {
        return false;
      }
      throw e;
    } finally {
      view.version().release();
    }
  }
}
