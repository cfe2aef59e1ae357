package org.facetdb.storage.tree;

import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A host with a clock that tests set, and pins that they take and give back. */
final class TestHost implements TreeHost {
  final AtomicLong lastCommit = new AtomicLong();
  final AtomicLong now = new AtomicLong();
  final AtomicLong flushed = new AtomicLong();
  final ConcurrentSkipListMap<Long, AtomicInteger> pins = new ConcurrentSkipListMap<>();
  volatile Throwable failure;

  /** Pins a timestamp; false, and pins nothing, if versions there may be gone. */
  synchronized boolean pin(LsmTree tree, int keySpace, long timestamp) {
    pins.computeIfAbsent(timestamp, t -> new AtomicInteger()).incrementAndGet();
    if (tree.oldestReadable(keySpace) > timestamp) {
      unpin(timestamp);
      return false;
    }
    return true;
  }

  synchronized void unpin(long timestamp) {
    if (pins.get(timestamp).decrementAndGet() == 0) {
      pins.remove(timestamp);
    }
  }

  @Override
  public synchronized long oldestPinned() {
    return pins.isEmpty() ? lastCommit.get() : Math.min(pins.firstKey(), lastCommit.get());
  }

  @Override
  public long now() {
    return now.get();
  }

  @Override
  public void awaitDurable(long sequence) {}

  @Override
  public void flushed(long sequence) {
    flushed.set(sequence);
  }

  @Override
  public boolean mayForget(long droppedAt) {
    return true;
  }

  @Override
  public void failed(Throwable cause) {
    failure = cause;
  }
}
