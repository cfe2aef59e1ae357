package org.facetdb.storage.backup;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.log.LogHold;
import org.facetdb.storage.log.Timeline;
import org.facetdb.storage.log.TimelineHold;
import org.facetdb.storage.side.SideHold;
import org.facetdb.storage.tree.TreeHold;
import org.facetdb.storage.tree.manifest.TreeState;
import org.jspecify.annotations.Nullable;

/**
 * One state of an open store, held on its disk until this is closed: the files from which exactly
 * the commits up to one sequence follow. Used by one thread; commits go on.
 *
 * <p>The order of the holds is what makes them fit: what the timeline lacks is in the log that was
 * held before it, what the tables lack is there too, and the last commit is chosen after both. Side
 * files are listed at the moment of that choice, so that all that a commit up to it names is there;
 * and key spaces are looked up after it, since each one is durable before a commit is in it.
 *
 * @param state the held tables, and the key spaces of the last commit
 * @param last the last commit of the state
 */
record BackupContents(
    LogHold log,
    TimelineHold timeline,
    TreeHold tree,
    SideHold side,
    TreeState state,
    Timeline.Commit last)
    implements AutoCloseable {

  static BackupContents hold(BackupSource source) {
    LogHold log = null;
    TimelineHold timeline = null;
    TreeHold tree = null;
    SideHold side = null;
    try {
      log = source.log().hold();
      timeline = source.timeline().hold();
      tree = source.tree().hold();
      source.settle().run();
      AtomicReference<Timeline.Commit> chosen = new AtomicReference<>(source.published().get());
      side = source.side().hold(() -> chosen.set(source.published().get()));
      Timeline.Commit last = Objects.requireNonNull(chosen.get());
      if (last.sequence() < tree.state().flushedSequence()) {
        throw StorageException.io("a store that has failed cannot be backed up", null);
      }
      // A crash must not take from the store what its backup has.
      source.log().syncThrough(last.sequence());
      TreeState state = tree.state().withKeySpacesOf(source.tree().state(), last.timestamp());
      return new BackupContents(log, timeline, tree, side, state, last);
    } catch (Throwable e) {
      release(log, timeline, tree, side);
      throw e;
    }
  }

  private static void release(
      @Nullable LogHold log,
      @Nullable TimelineHold timeline,
      @Nullable TreeHold tree,
      @Nullable SideHold side) {
    try (log;
        timeline;
        tree;
        side) {
      // Closing is all, in reverse order, whatever fails.
    }
  }

  @Override
  public void close() {
    release(log, timeline, tree, side);
  }
}
