package org.facetdb.storage.tree;

import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Holds back what background compactions write to so many bytes in a second, all of them together:
 * a token bucket that holds a tenth of a second. Safe for use by any number of threads.
 */
final class Pace {
  /** Nobody is held back. */
  static final Pace NONE = new Pace(0, () -> 0, nanos -> {}, () -> true);

  private static final long SECOND = 1_000_000_000;
  private static final long BURST_NANOS = SECOND / 10;

  /** After so long at most it is asked again whether there is a hurry. */
  private static final long WAIT_NANOS_MAX = SECOND / 50;

  private final long bytesPerSecond;
  private final LongSupplier nanoTime;
  private final LongConsumer wait;
  private final BooleanSupplier hurry;
  private final ReentrantLock lock = new ReentrantLock();
  private boolean isBegun;
  private long paidUntil;

  /**
   * Begins with a full bucket.
   *
   * @param bytesPerSecond 0 for no bound
   * @param nanoTime a clock
   * @param wait waits for so many nanoseconds
   * @param hurry says that nothing is to be held back, nor counted
   */
  Pace(long bytesPerSecond, LongSupplier nanoTime, LongConsumer wait, BooleanSupplier hurry) {
    this.bytesPerSecond = bytesPerSecond;
    this.nanoTime = nanoTime;
    this.wait = wait;
    this.hurry = hurry;
  }

  /** By the clock of the machine. */
  static Pace of(long bytesPerSecond, BooleanSupplier hurry) {
    return new Pace(bytesPerSecond, System::nanoTime, LockSupport::parkNanos, hurry);
  }

  /** Waits as long as bytes that were written take at this pace. */
  void wrote(long bytes) {
    if (bytesPerSecond == 0 || hurry.getAsBoolean()) {
      return;
    }
    long until = pay(bytes);
    long left = until - nanoTime.getAsLong();
    while (left > 0 && !hurry.getAsBoolean()) {
      wait.accept(Math.min(left, WAIT_NANOS_MAX));
      left = until - nanoTime.getAsLong();
    }
  }

  private long pay(long bytes) {
    lock.lock();
    try {
      long full = nanoTime.getAsLong() - BURST_NANOS;
      if (!isBegun || paidUntil - full < 0) {
        isBegun = true;
        paidUntil = full;
      }
      paidUntil += (long) ((double) bytes * SECOND / bytesPerSecond);
      return paidUntil;
    } finally {
      lock.unlock();
    }
  }
}
