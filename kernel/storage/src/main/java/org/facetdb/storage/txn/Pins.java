package org.facetdb.storage.txn;

import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The timestamps that open snapshots and transactions read at.
 *
 * <p>Safe for use by any number of threads. A pin takes one of a fixed number of slots, or, when
 * those near the thread's own are taken, an entry in an ordered map. A reader pins first and looks
 * at the published commit afterwards, {@link #oldest} is asked after the published commit was read:
 * so one of the two sees the other.
 */
final class Pins {
  private static final int SLOTS = 256;
  private static final int STRIDE = 8;
  private static final int PROBES = 4;

  private final AtomicLongArray slots = new AtomicLongArray(SLOTS * STRIDE);
  private final ConcurrentSkipListMap<Long, Integer> overflow = new ConcurrentSkipListMap<>();

  /** Pins a timestamp; the result is handed back to {@link #release}. */
  int pin(long timestamp) {
    int hash = (int) (Thread.currentThread().threadId() * 0x9e3779b9L >>> 8);
    for (int i = 0; i < PROBES; i++) {
      int slot = ((hash + i) & (SLOTS - 1)) * STRIDE;
      if (slots.get(slot) == 0 && slots.compareAndSet(slot, 0, timestamp + 1)) {
        return slot;
      }
    }
    overflow.merge(timestamp, 1, Integer::sum);
    return -1;
  }

  void release(int slot, long timestamp) {
    if (slot >= 0) {
      slots.set(slot, 0);
    } else {
      overflow.computeIfPresent(timestamp, (key, count) -> count == 1 ? null : count - 1);
    }
  }

  /** The smallest pinned timestamp, or {@code published} if none is smaller. */
  long oldest(long published) {
    long oldest = published;
    for (int i = 0; i < SLOTS; i++) {
      long pinned = slots.get(i * STRIDE);
      if (pinned != 0) {
        oldest = Math.min(oldest, pinned - 1);
      }
    }
    var first = overflow.firstEntry();
    return first == null ? oldest : Math.min(oldest, first.getKey());
  }
}
