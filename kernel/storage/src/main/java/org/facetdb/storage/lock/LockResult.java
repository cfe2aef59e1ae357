package org.facetdb.storage.lock;

import java.util.List;

/** What became of a request for a lock. */
public sealed interface LockResult {
  /**
   * The lock is held.
   *
   * @param waited whether somebody else held it before
   */
  record Granted(boolean waited) implements LockResult {
    static final Granted AT_ONCE = new Granted(false);
    static final Granted LATER = new Granted(true);
  }

  /** Others hold it, and the request was not to wait. */
  record Busy(List<LockOwner> blockers) implements LockResult {}

  /**
   * To wait would have been for ever: each owner of the list waits for the next, the last one for
   * the first, who asked.
   */
  record Deadlock(List<Edge> cycle) implements LockResult {}

  /** Somebody who waits for somebody. */
  record Edge(LockOwner waiter, LockTarget target, LockMode mode, LockOwner blocker) {}
}
