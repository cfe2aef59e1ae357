package org.facetdb.storage.txn;

import java.time.InstantSource;
import org.facetdb.storage.HybridTime;
import org.facetdb.storage.Snapshot;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.log.Timeline;

/**
 * Pins states of an open store, the latest one and those of the past. Safe for use by any number of
 * threads; owns nothing.
 */
final class Snapshots {
  /** A pinned state, which the caller releases, and the sequence of its last commit. */
  record Latest(View view, long sequence) {}

  private final FacetStore store;
  private final Pins pins;
  private final CommitPipeline pipeline;
  private final Timeline timeline;
  private final InstantSource clock;

  Snapshots(
      FacetStore store,
      Pins pins,
      CommitPipeline pipeline,
      Timeline timeline,
      InstantSource clock) {
    this.store = store;
    this.pins = pins;
    this.pipeline = pipeline;
    this.timeline = timeline;
    this.clock = clock;
  }

  /** Pins the latest state: one that was still the latest after it was pinned. */
  Latest pinLatest() {
    while (true) {
      CommitPipeline.Published published = pipeline.published();
      View view = new View(pins, published.timestamp());
      if (pipeline.published() == published) {
        return new Latest(view, published.sequence());
      }
      view.release();
    }
  }

  Snapshot latest() {
    Latest latest = pinLatest();
    return new StoreSnapshot(store, latest.view(), latest.sequence(), Long.MAX_VALUE);
  }

  /**
   * The state at a timestamp.
   *
   * @throws StorageException SQLSTATE 22023 if it lies in the future or before all commits
   */
  Snapshot at(long timestamp) {
    CommitPipeline.Published published = pipeline.published();
    if (timestamp >= published.timestamp()) {
      long now = HybridTime.lastOfMillis(clock.millis());
      if (timestamp > Math.max(now, published.timestamp())) {
        throw outside("the time lies in the future", "timestamp", timestamp, now);
      }
      pipeline.settle(timestamp);
    } else if (timestamp < 0) {
      throw outside("the time lies before all commits", "timestamp", timestamp, 0);
    }
    Timeline.Commit found = timeline.atTimestamp(timestamp);
    return past(timestamp, found == null ? 0 : found.sequence());
  }

  /**
   * The state after a commit.
   *
   * @throws StorageException SQLSTATE 22023 if there is no such commit, or it is forgotten
   */
  Snapshot atSequence(long sequence) {
    CommitPipeline.Published published = pipeline.published();
    if (sequence < 0 || sequence > published.sequence()) {
      throw outside("no such commit", "sequence", sequence, published.sequence());
    }
    if (sequence == 0) {
      return past(0, 0);
    }
    Timeline.Commit found = timeline.atSequence(sequence);
    if (found == null) {
      throw outside(
          "the commit lies before what is kept", "sequence", sequence, published.sequence());
    }
    return past(found.timestamp(), found.sequence());
  }

  /** The state at a timestamp, which is the same until the next commit. */
  private Snapshot past(long timestamp, long sequence) {
    View view = new View(pins, timestamp);
    long until = timeline.unchangedUntil(timestamp);
    return new StoreSnapshot(
        store, view, sequence, until >= pipeline.published().timestamp() ? Long.MAX_VALUE : until);
  }

  private static StorageException outside(String rule, String what, long asked, long last) {
    return new StorageException(
        "22023",
        StorageException.Category.USER,
        rule + ": " + what + "=" + asked + " last=" + last);
  }
}
