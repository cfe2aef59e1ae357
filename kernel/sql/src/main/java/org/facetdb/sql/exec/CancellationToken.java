package org.facetdb.sql.exec;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.facetdb.spi.DatabaseException;
import org.jspecify.annotations.Nullable;

/**
 * The flag by which a statement is stopped: by another thread, or by its deadline.
 *
 * <p>Thread-safe: any thread cancels, the executing thread polls. Never uses thread interrupts,
 * which would close file channels that others share.
 */
public final class CancellationToken {
  private volatile @Nullable String reason;
  private volatile @Nullable Thread parked;
  private final long deadlineNanos;
  private final boolean hasDeadline;

  /** A token without a deadline. */
  public CancellationToken() {
    this.deadlineNanos = 0;
    this.hasDeadline = false;
  }

  /**
   * A token that also stops the statement at a moment.
   *
   * @param deadlineNanos the moment on the scale of {@link System#nanoTime}
   */
  public CancellationToken(long deadlineNanos) {
    this.deadlineNanos = deadlineNanos;
    this.hasDeadline = true;
  }

  /** Asks the statement to stop; it does so at its next poll, with SQLSTATE 57014. */
  public void cancel() {
    cancel("canceling statement due to user request");
  }

  /** Asks the statement to stop, with a message of the caller's. */
  public void cancel(String message) {
    reason = message;
    Thread waiting = parked;
    if (waiting != null) {
      LockSupport.unpark(waiting);
    }
  }

  /** True once the statement was asked to stop. */
  public boolean isCancelled() {
    return reason != null || (hasDeadline && System.nanoTime() - deadlineNanos >= 0);
  }

  /**
   * Throws if the statement was asked to stop.
   *
   * @throws DatabaseException SQLSTATE 57014
   */
  public void check() {
    String message = reason;
    if (message != null) {
      throw ExecErrors.user("57014", message);
    }
    if (hasDeadline && System.nanoTime() - deadlineNanos >= 0) {
      throw ExecErrors.user("57014", "canceling statement due to statement timeout");
    }
  }

  /**
   * Parks the calling thread until a condition holds, whose coming true unparks it.
   *
   * @param nanos how long at most; {@link Long#MAX_VALUE} for no bound
   * @return whether it holds
   * @throws DatabaseException SQLSTATE 57014 where the statement was asked to stop before
   */
  public boolean await(BooleanSupplier condition, long nanos) {
    long begin = System.nanoTime();
    boolean interrupted = false;
    parked = Thread.currentThread();
    try {
      while (!condition.getAsBoolean()) {
        check();
        long now = System.nanoTime();
        long left = nanos == Long.MAX_VALUE ? nanos : nanos - (now - begin);
        if (left <= 0) {
          return false;
        }
        if (hasDeadline) {
          left = Math.min(left, Math.max(1, deadlineNanos - now));
        }
        park(left);
        interrupted |= Thread.interrupted();
      }
      return true;
    } finally {
      parked = null;
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void park(long nanos) {
    if (nanos == Long.MAX_VALUE) {
      LockSupport.park(this);
    } else {
      LockSupport.parkNanos(this, nanos);
    }
  }
}
