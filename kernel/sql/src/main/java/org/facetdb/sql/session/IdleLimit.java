package org.facetdb.sql.session;

import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import org.facetdb.spi.DatabaseException;
import org.jspecify.annotations.Nullable;

/**
 * Ends a session whose client leaves a transaction open and calls nothing for too long. Calls may
 * contain one another; only between the outermost ones is the session idle.
 *
 * <p>Used by the session's thread, and by the timer's while an alarm rings. Invariant: the lock of
 * an alarm decides whether the next call or the timer has the session. A call that comes first
 * keeps the alarm from ringing; one that comes later waits until the session has given back all
 * that it had.
 */
final class IdleLimit {
  private final IdleTimer timer;
  private final Runnable end;
  private int calls;
  private boolean over;
  private @Nullable Throwable failure;

  /** Set while the session is idle; volatile for whoever closes the session from elsewhere. */
  private volatile @Nullable Alarm alarm;

  /**
   * @param end gives back all that the session has, without a call; runs on the timer's thread
   */
  IdleLimit(IdleTimer timer, Runnable end) {
    this.timer = timer;
    this.end = end;
  }

  /** A call begins. What the session is may be looked at only then. */
  void enter() {
    Alarm set = alarm;
    if (set != null) {
      // Until this returns the timer may have the session.
      over = set.stop();
      alarm = null;
    }
    calls++;
  }

  /**
   * A call ends.
   *
   * @param millis how long the session may be idle now, 0 for ever
   */
  void leave(long millis) {
    if (--calls == 0 && millis > 0) {
      Alarm next = new Alarm();
      alarm = next;
      next.set(millis);
    }
  }

  /** Whether the present call is within no other. */
  boolean isOutermost() {
    return calls == 1;
  }

  /** Whether an alarm is set or has rung since the last call. */
  boolean isSet() {
    return alarm != null;
  }

  /** Whether the session was ended; it may be known before the next call. */
  boolean isOver() {
    Alarm set = alarm;
    return set == null ? over : set.rang;
  }

  /** What the first call after the end is told. */
  DatabaseException error() {
    return new DatabaseException(
        "25P03",
        DatabaseException.Category.USER,
        "terminating connection due to idle-in-transaction timeout",
        null,
        null,
        0,
        failure);
  }

  private final class Alarm implements Runnable {
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Future<?> waiting;
    private boolean stopped;
    private volatile boolean rang;

    void set(long millis) {
      waiting = timer.after(millis, this);
    }

    @Override
    public void run() {
      lock.lock();
      try {
        if (!stopped) {
          rang = true;
          end.run();
        }
      } catch (Throwable e) {
        failure = e;
      } finally {
        lock.unlock();
      }
    }

    /** Keeps it from ringing, or waits until it has rung; true if it has. */
    boolean stop() {
      lock.lock();
      try {
        stopped = true;
        if (!rang && waiting != null) {
          waiting.cancel(false);
        }
        return rang;
      } finally {
        lock.unlock();
      }
    }
  }
}
