package org.facetdb.storage.log;

import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.facetdb.storage.HybridTime;

/**
 * Gives out hybrid timestamps, each above all before it, also when the wall clock stands still or
 * goes back. Safe for use by any number of threads.
 */
public final class HybridClock {
  private final InstantSource wall;
  private final AtomicLong last;

  /** Goes on above {@code last}. */
  public HybridClock(InstantSource wall, long last) {
    this.wall = wall;
    this.last = new AtomicLong(last);
  }

  /** A timestamp that nobody got before. */
  public long next() {
    long reading = HybridTime.ofMillis(wall.millis());
    while (true) {
      long before = last.get();
      long next = Math.max(reading, before + 1);
      if (last.compareAndSet(before, next)) {
        return next;
      }
    }
  }

  /** The current reading: at or above all that was given out. */
  public long now() {
    return Math.max(HybridTime.lastOfMillis(wall.millis()), last.get());
  }

  /** Makes all later timestamps larger than this one. */
  public void observe(long timestamp) {
    last.accumulateAndGet(timestamp, Math::max);
  }
}
