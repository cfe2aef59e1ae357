package org.facetdb.storage.lock;

import java.util.List;

/** How somebody waits for a lock. */
@FunctionalInterface
public interface LockWait {
  /** A request that is waiting. */
  interface Request {
    /** Whether the lock was given; the waiting thread is unparked then. */
    boolean isGranted();

    /** Whom it waits for: who holds the lock, and who is to have it before. */
    List<LockOwner> blockers();
  }

  /**
   * Returns once the request is granted.
   *
   * @throws RuntimeException to give up; the request is withdrawn
   */
  void await(Request request);
}
