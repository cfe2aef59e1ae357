package org.facetdb.storage.lock;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.facetdb.storage.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * Locks in memory, of rows, tables and what applications name: shared or exclusive, first come
 * first served, with deadlocks found the moment they arise. They end with the process.
 *
 * <p>Safe for use by any number of threads, but each owner asks for one lock at a time. Who waits
 * parks his own thread, which costs nothing more if it is a virtual one. What is locked is spread
 * over shards, each under a lock of its own that is held for a few steps; nobody holds two.
 *
 * <p>Invariant: whoever waits was looked at by the search for deadlocks after he had begun to, so
 * the last one to close a circle finds it.
 */
public final class LockManager {
  private static final int SHARDS = 64;

  private static final class Shard {
    final ReentrantLock guard = new ReentrantLock();
    final Map<LockTarget, Lock> locks = new HashMap<>();
  }

  private final Shard[] shards = new Shard[SHARDS];
  private final Deadlocks deadlocks = new Deadlocks(this);
  private final LongAdder count = new LongAdder();
  private final AtomicInteger lastOwner = new AtomicInteger();
  private final long locksMax;

  /**
   * A manager without locks.
   *
   * @param locksMax how many things may be locked at once
   */
  public LockManager(long locksMax) {
    this.locksMax = locksMax;
    for (int i = 0; i < SHARDS; i++) {
      shards[i] = new Shard();
    }
  }

  /** Somebody new, who holds nothing, under the next number. */
  public LockOwner newOwner() {
    return new LockOwner(lastOwner.incrementAndGet());
  }

  private Shard shard(LockTarget target) {
    int hash = target.hashCode() * 0x9e3779b9;
    return shards[hash >>> 26];
  }

  /** Takes a lock until the transaction ends, or goes back to before it. */
  public LockResult acquire(
      LockOwner owner, LockTarget target, LockMode mode, @Nullable LockWait wait) {
    return acquire(owner, target, mode, false, wait);
  }

  /** Takes a lock until {@link #release}, which has to be called as often as this. */
  public LockResult acquireForSession(
      LockOwner owner, LockTarget target, LockMode mode, @Nullable LockWait wait) {
    return acquire(owner, target, mode, true, wait);
  }

  /**
   * Takes a lock.
   *
   * @param wait how to wait where others hold it; null not to wait, nor to pass over those who do
   * @throws StorageException SQLSTATE 53200 if too much is locked
   */
  private LockResult acquire(
      LockOwner owner, LockTarget target, LockMode mode, boolean session, @Nullable LockWait wait) {
    Shard shard = shard(target);
    Waiter waiter;
    shard.guard.lock();
    try {
      Lock lock = shard.locks.get(target);
      if (lock == null) {
        lock = add(shard, target);
      } else if (!session && lock.isHeld(owner, mode)) {
        return LockResult.Granted.AT_ONCE;
      }
      if (wait == null ? lock.isFreeToAll(owner, mode) : lock.isFree(owner, mode)) {
        lock.hold(owner, mode, session);
        note(owner, lock, mode, session);
        return LockResult.Granted.AT_ONCE;
      }
      if (wait == null) {
        return new LockResult.Busy(lock.blockers(owner, mode, null));
      }
      waiter = new Waiter(this, owner, lock, mode, session);
      lock.enqueue(waiter);
      owner.waiting = waiter;
    } finally {
      shard.guard.unlock();
    }
    return await(waiter, wait);
  }

  private Lock add(Shard shard, LockTarget target) {
    if (count.sum() >= locksMax) {
      throw new StorageException(
          "53200",
          StorageException.Category.RESOURCE,
          "too much is locked at once: locks=" + count.sum() + " most=" + locksMax);
    }
    Lock lock = new Lock(target);
    shard.locks.put(target, lock);
    count.increment();
    return lock;
  }

  private static void note(LockOwner owner, Lock lock, LockMode mode, boolean session) {
    if (session) {
      owner.sessionLocks.add(lock);
    } else {
      owner.log(lock, mode);
    }
  }

  private LockResult await(Waiter waiter, LockWait wait) {
    LockOwner owner = waiter.owner;
    boolean granted = false;
    try {
      List<LockResult.Edge> cycle = deadlocks.withdrawIfCaught(waiter);
      if (cycle != null) {
        return new LockResult.Deadlock(cycle);
      }
      wait.await(waiter);
      granted = waiter.isGranted();
      if (!granted) {
        throw new IllegalStateException("whoever waits for a lock has to wait until he has it");
      }
      note(owner, waiter.lock, waiter.mode, waiter.session);
      return LockResult.Granted.LATER;
    } finally {
      owner.waiting = null;
      if (!granted) {
        withdraw(waiter);
      }
    }
  }

  /** Withdraws a request; one that is not waiting any more is no error. */
  void withdraw(Waiter waiter) {
    Shard shard = shard(waiter.lock.target);
    shard.guard.lock();
    try {
      waiter.lock.withdraw(waiter);
      dropUnused(shard, waiter.lock);
    } finally {
      shard.guard.unlock();
    }
  }

  private void dropUnused(Shard shard, Lock lock) {
    if (lock.isUnused() && shard.locks.remove(lock.target, lock)) {
      count.decrement();
    }
  }

  List<LockOwner> blockers(Waiter waiter) {
    Shard shard = shard(waiter.lock.target);
    shard.guard.lock();
    try {
      return waiter.isGranted()
          ? List.of()
          : waiter.lock.blockers(waiter.owner, waiter.mode, waiter);
    } finally {
      shard.guard.unlock();
    }
  }

  /** Whether who waits holds the lock in another mode already. */
  boolean isHolder(Waiter waiter) {
    Shard shard = shard(waiter.lock.target);
    shard.guard.lock();
    try {
      return waiter.lock.isHolder(waiter.owner);
    } finally {
      shard.guard.unlock();
    }
  }

  /** Gives back what the transaction took after a mark. */
  public void releaseAfter(LockOwner owner, int mark) {
    while (owner.isAfter(mark)) {
      Lock lock = owner.lastLock();
      Shard shard = shard(lock.target);
      shard.guard.lock();
      try {
        lock.release(owner, owner.lastMode(), false);
        dropUnused(shard, lock);
      } finally {
        shard.guard.unlock();
      }
      owner.dropLast();
    }
  }

  /** Gives back all that the transaction holds, and leaves what the session does. */
  public void releaseTransaction(LockOwner owner) {
    releaseAfter(owner, 0);
    owner.trim();
  }

  /** Gives a lock of the session back once; false if it does not hold it in that mode. */
  public boolean release(LockOwner owner, LockTarget target, LockMode mode) {
    Shard shard = shard(target);
    shard.guard.lock();
    try {
      Lock lock = shard.locks.get(target);
      if (lock == null || !lock.release(owner, mode, true)) {
        return false;
      }
      if (!lock.isHeldBySession(owner)) {
        owner.sessionLocks.remove(lock);
      }
      dropUnused(shard, lock);
      return true;
    } finally {
      shard.guard.unlock();
    }
  }

  /** Gives back all that the session holds beyond its transaction. */
  public void releaseSession(LockOwner owner) {
    for (Lock lock : owner.sessionLocks) {
      Shard shard = shard(lock.target);
      shard.guard.lock();
      try {
        lock.releaseSession(owner);
        dropUnused(shard, lock);
      } finally {
        shard.guard.unlock();
      }
    }
    owner.sessionLocks.clear();
  }

  /** What is held and waited for; not of one moment where much changes. */
  public List<LockStatus> status() {
    List<LockStatus> status = new ArrayList<>();
    for (Shard shard : shards) {
      shard.guard.lock();
      try {
        shard.locks.values().forEach(lock -> lock.report(status));
      } finally {
        shard.guard.unlock();
      }
    }
    return status;
  }

  /** How many things are locked. */
  public long count() {
    return count.sum();
  }
}
