package org.facetdb.sql.extension;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts who uses something that may be retired: it stays whole for as long as anybody holds a
 * lease, and ends when it was retired and the last lease has ended. Safe for any number of threads;
 * lock-free.
 *
 * <pre>
 *  63                        1 0
 * +---------------------------+-+
 * |          leases           |r|    r: retired
 * +---------------------------+-+
 * </pre>
 *
 * Invariant: once r is set and the leases are 0, no lease is given any more. An entry that comes
 * too late counts for a moment, so the end may be reached twice; it acts once.
 */
public final class Leases {
  private static final long LEASE = 2;
  private static final long RETIRED = 1;

  private final AtomicLong state = new AtomicLong();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final Runnable end;

  /**
   * @param end runs once, in the thread that ends the last lease or retires without one
   */
  public Leases(Runnable end) {
    this.end = end;
  }

  /** Takes a lease; false where it was retired before. */
  public boolean enter() {
    long before = state.getAndAdd(LEASE);
    if ((before & RETIRED) == 0) {
      return true;
    }
    leave();
    return false;
  }

  /** Ends a lease. */
  public void leave() {
    if (state.addAndGet(-LEASE) == RETIRED) {
      finish();
    }
  }

  /** Gives no more leases. */
  public void retire() {
    if (state.getAndUpdate(s -> s | RETIRED) == 0) {
      finish();
    }
  }

  private void finish() {
    if (ended.compareAndSet(false, true)) {
      end.run();
    }
  }

  /** Leases held now. */
  public long count() {
    return state.get() >> 1;
  }

  public boolean isRetired() {
    return (state.get() & RETIRED) != 0;
  }

  /** True once the end has begun. */
  public boolean isEnded() {
    return ended.get();
  }
}
