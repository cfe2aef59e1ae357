package org.facetdb.storage.txn;

import java.util.concurrent.atomic.AtomicLong;

/**
 * When the queue of commits must be taken: the earliest moment that any of them named.
 *
 * <p>Safe for use by any number of threads. A committer joins the queue first and names his moment
 * then; the log thread resets first and takes the queue then. So a moment that a reset forgets is
 * that of a commit which is taken, and one named later, for a commit that was taken already, only
 * makes the next group come early.
 */
final class QueueTime {
  private static final long NEVER = Long.MAX_VALUE;

  private final long origin = System.nanoTime();
  private final AtomicLong due = new AtomicLong(NEVER);

  private long now() {
    return System.nanoTime() - origin;
  }

  /**
   * The queue is due that many nanoseconds from now at the latest; 0 costs no look at the clock.
   */
  void within(long nanos) {
    long latest = nanos == 0 ? 0 : now() + nanos;
    if (due.get() > latest) {
      due.accumulateAndGet(latest, Math::min);
    }
  }

  /** Nanoseconds until the queue is due, 0 or less if it is. */
  long nanosLeft() {
    long moment = due.get();
    return moment == NEVER ? NEVER : moment - now();
  }

  /** No commit has named a moment. */
  void reset() {
    due.set(NEVER);
  }
}
