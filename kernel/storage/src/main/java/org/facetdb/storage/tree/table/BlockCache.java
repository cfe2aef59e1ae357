package org.facetdb.storage.tree.table;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bounds what tables keep on the heap, over all tables of a tree: parts, which are index and
 * filter, and data blocks.
 *
 * <p>Safe for use by any number of threads. Each table holds its parts, and each part its blocks,
 * in {@link CacheSlots} by number, so that a hit is one load and, now and then, the raising of a
 * mark; this class decides what leaves. What comes enters a queue of newcomers; at its head it
 * leaves, or, if it was hit since, joins the queue of residents. The residents' head leaves unless
 * it was hit, in which case it loses a mark and goes to the end. While newcomers hold more than a
 * tenth of the room they pay, so a scan, however long, passes through without driving residents
 * out. The blocks of a part that left stay counted, and held by the queues, until their turn comes.
 * Owns nothing but the queues.
 *
 * <p>Source: Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023, section 4,
 * without its ghost queue.
 */
public final class BlockCache {
  static final byte MARKS_MAX = 3;

  private record Slot(CacheSlots slots, int number, int bytes) {}

  private final long capacityBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Slot> newcomers = new ArrayDeque<>();
  private final ArrayDeque<Slot> residents = new ArrayDeque<>();
  private long newcomerBytes;
  private final AtomicLong usedBytes = new AtomicLong();

  public BlockCache(long capacityBytes) {
    this.capacityBytes = capacityBytes;
  }

  /** Bytes of parts and blocks held. */
  public long usedBytes() {
    return usedBytes.get();
  }

  /** The parts and blocks held, in no order. */
  List<Object> held() {
    lock.lock();
    try {
      List<Object> held = new ArrayList<>();
      for (ArrayDeque<Slot> queue : List.of(newcomers, residents)) {
        for (Slot slot : queue) {
          Object value = slot.slots.peek(slot.number);
          if (value != null) {
            held.add(value);
          }
        }
      }
      return held;
    } finally {
      lock.unlock();
    }
  }

  /** Whether something of this size is kept at all. */
  boolean accepts(int bytes) {
    return bytes <= capacityBytes >>> 2;
  }

  /** Takes note of what has just been put into a slot, and makes room for it. */
  void admitted(CacheSlots slots, int number, int bytes) {
    lock.lock();
    try {
      if (slots.table().isForgotten()) {
        slots.take(number);
        return;
      }
      newcomers.addLast(new Slot(slots, number, bytes));
      newcomerBytes += bytes;
      usedBytes.addAndGet(bytes);
      while (usedBytes.get() > capacityBytes) {
        evictOne();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes one step towards less: something leaves, or moves on in its queues. */
  private void evictOne() {
    if (residents.isEmpty() || newcomerBytes > capacityBytes / 10) {
      Slot head = newcomers.removeFirst();
      newcomerBytes -= head.bytes;
      if (head.slots.unmark(head.number)) {
        residents.addLast(head);
      } else {
        drop(head);
      }
    } else {
      Slot head = residents.removeFirst();
      if (head.slots.unmark(head.number)) {
        residents.addLast(head);
      } else {
        drop(head);
      }
    }
  }

  private void drop(Slot slot) {
    slot.slots.take(slot.number);
    usedBytes.addAndGet(-slot.bytes);
  }

  /** Lets all parts and blocks of a table go; it admits no more. */
  void forget(TableReader table) {
    lock.lock();
    try {
      table.setForgotten();
      newcomers.removeIf(slot -> slot.slots.table() == table && forgets(slot, true));
      residents.removeIf(slot -> slot.slots.table() == table && forgets(slot, false));
    } finally {
      lock.unlock();
    }
  }

  private boolean forgets(Slot slot, boolean isNewcomer) {
    drop(slot);
    newcomerBytes -= isNewcomer ? slot.bytes : 0;
    return true;
  }
}
