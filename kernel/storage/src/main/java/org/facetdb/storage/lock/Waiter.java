package org.facetdb.storage.lock;

import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A request in the queue of a lock. Made by the thread that waits. */
final class Waiter implements LockWait.Request {
  final LockOwner owner;
  final Lock lock;
  final LockMode mode;
  final boolean session;
  private final LockManager manager;
  private final Thread thread = Thread.currentThread();
  private volatile boolean granted;
  private boolean ended;

  Waiter(LockManager manager, LockOwner owner, Lock lock, LockMode mode, boolean session) {
    this.manager = manager;
    this.owner = owner;
    this.lock = lock;
    this.mode = mode;
    this.session = session;
  }

  @Override
  public boolean isGranted() {
    return granted;
  }

  @Override
  public List<LockOwner> blockers() {
    return manager.blockers(this);
  }

  void grant() {
    granted = true;
    LockSupport.unpark(thread);
  }

  /** Ends the request; false if it was ended before. Guarded as the lock is. */
  boolean end() {
    boolean first = !ended;
    ended = true;
    return first;
  }
}
