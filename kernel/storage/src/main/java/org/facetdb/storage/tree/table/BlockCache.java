package org.facetdb.storage.tree.table;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bounds the blocks that tables keep on the heap, over all tables of a tree.
 *
 * <p>Safe for use by any number of threads. Each table holds its blocks in slots by block number,
 * so that a hit is one load and, now and then, the raising of a mark; this class decides what
 * leaves. A block enters unmarked at the end of a queue; the queue's head leaves unless it was hit
 * since, in which case it loses a mark and goes to the end. So what a scan touched once leaves
 * before what is read again and again. Owns nothing but the queue.
 */
public final class BlockCache {
  static final byte MARKS_MAX = 3;

  private record Slot(TableReader table, int block) {}

  private final long capacityBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Slot> queue = new ArrayDeque<>();
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
      queue.addLast(new Slot(table, block));
      usedBytes.addAndGet(bytes);
      while (usedBytes.get() > capacityBytes && !queue.isEmpty()) {
        Slot head = queue.removeFirst();
        if (head.table.unmark(head.block)) {
          queue.addLast(head);
        } else {
          usedBytes.addAndGet(-head.table.takeBlock(head.block));
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Lets all blocks of a table go; it admits no more. */
  void forget(TableReader table) {
    lock.lock();
    try {
      table.setForgotten();
      queue.removeIf(
          slot -> {
            if (slot.table != table) {
              return false;
            }
            usedBytes.addAndGet(-table.takeBlock(slot.block));
            return true;
          });
    } finally {
      lock.unlock();
    }
  }
}
