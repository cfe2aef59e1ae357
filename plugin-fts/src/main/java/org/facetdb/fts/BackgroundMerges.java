package org.facetdb.fts;

import java.util.concurrent.atomic.AtomicReference;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.jspecify.annotations.Nullable;

/**
 * Merges segments in one thread of its own, which ends when the index is closed. Thread-safe. A
 * merge that fails is reported to the applier, not to the thread's handler.
 */
final class BackgroundMerges extends ConcurrentMergeScheduler {
  private static final int WAITING_MERGES_MAX = 6;

  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  BackgroundMerges() {
    setMaxMergesAndThreads(WAITING_MERGES_MAX, 1);
  }

  @Override
  protected void handleMergeException(Throwable fault) {
    failure.compareAndSet(null, fault);
  }

  /** The first failure, null if there was none. */
  @Nullable Throwable failure() {
    return failure.get();
  }
}
