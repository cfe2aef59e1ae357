package org.facetdb.storage.tree;

import java.util.concurrent.atomic.LongAdder;

/** What a tree wrote since it was opened. Safe for use by any number of threads. */
final class TreeCounters {
  private final LongAdder flushes = new LongAdder();
  private final LongAdder flushedBytes = new LongAdder();
  private final LongAdder compactions = new LongAdder();
  private final LongAdder compactedBytes = new LongAdder();

  void flushed(long bytes) {
    flushes.increment();
    flushedBytes.add(bytes);
  }

  void compacted(long bytes) {
    compactions.increment();
    compactedBytes.add(bytes);
  }

  long flushes() {
    return flushes.sum();
  }

  long flushedBytes() {
    return flushedBytes.sum();
  }

  long compactions() {
    return compactions.sum();
  }

  long compactedBytes() {
    return compactedBytes.sum();
  }
}
