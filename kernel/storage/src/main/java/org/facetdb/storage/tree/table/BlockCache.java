package org.facetdb.storage.tree.table;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bounds the blocks that tables keep on the heap, over all tables of a tree.
 *
 * <p>Safe for use by any number of threads. Each table holds its blocks in slots by block number,
 * so that a hit is one load and, now and then, the raising of a mark; this class decides what
 * leaves. A block enters a queue of newcomers; at its head it leaves, or, if it was hit since,
 * joins the queue of residents. The residents' head leaves unless it was hit, in which case it
 * loses a mark and goes to the end. While newcomers hold more than a tenth of the room they pay, so
 * a scan, however long, passes through without driving residents out. Owns nothing but the queues.
 *
 * <p>Source: Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023, section 4,
 * without its ghost queue.
 */
public final class BlockCache {
  static final byte MARKS_MAX = 3;

  private record Slot(TableReader table, int block, int bytes) {}

  private final long capacityBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Slot> newcomers = new ArrayDeque<>();
  private final ArrayDeque<Slot> residents = new ArrayDeque<>();
  private long newcomerBytes;
  private final AtomicLong usedBytes = new AtomicLong();

  public BlockCache(long capacityBytes) {
    this.capacityBytes = capacityBytes;
  }

  /** Bytes of blocks held. */
  public long usedBytes() {
    return usedBytes.get();
  }

  /** Whether a block of this size is kept at all. */
  boolean accepts(int bytes) {
    return bytes <= capacityBytes >>> 2;
  }

  /** Takes note of a block that a table has just put into a slot, and makes room for it. */
  void admitted(TableReader table, int block, int bytes) {
    lock.lock();
    try {
      if (table.isForgotten()) {
        table.takeBlock(block);
        return;
      }
      newcomers.addLast(new Slot(table, block, bytes));
      newcomerBytes += bytes;
      usedBytes.addAndGet(bytes);
      while (usedBytes.get() > capacityBytes) {
        evictOne();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes one step towards less: a block leaves, or moves on in its queues. */
  private void evictOne() {
    if (residents.isEmpty() || newcomerBytes > capacityBytes / 10) {
      Slot head = newcomers.removeFirst();
      newcomerBytes -= head.bytes;
      if (head.table.unmark(head.block)) {
        residents.addLast(head);
      } else {
        drop(head);
      }
    } else {
      Slot head = residents.removeFirst();
      if (head.table.unmark(head.block)) {
        residents.addLast(head);
      } else {
        drop(head);
      }
    }
  }

  private void drop(Slot slot) {
    slot.table.takeBlock(slot.block);
    usedBytes.addAndGet(-slot.bytes);
  }

  /** Lets all blocks of a table go; it admits no more. */
  void forget(TableReader table) {
    lock.lock();
    try {
      table.setForgotten();
      newcomers.removeIf(slot -> slot.table == table && forgets(slot, true));
      residents.removeIf(slot -> slot.table == table && forgets(slot, false));
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
