package org.facetdb.benchmarks;

import java.util.Arrays;

/** Durations of single operations, as many as there is room for. Used by one thread. */
final class Latencies {
  private final long[] nanos;
  private int count;

  Latencies(int capacity) {
    nanos = new long[capacity];
  }

  boolean isFull() {
    return count == nanos.length;
  }

  int count() {
    return count;
  }

  /** Nanoseconds of all together. */
  long sum() {
    return Arrays.stream(nanos, 0, count).sum();
  }

  void addAll(Latencies others) {
    for (int i = 0; i < others.count; i++) {
      add(others.nanos[i]);
    }
  }

  void add(long duration) {
    if (count < nanos.length) {
      nanos[count++] = duration;
    }
  }

  /**
   * A percentile in microseconds.
   *
   * @param share 0 to 1
   */
  double micros(double share) {
    if (count == 0) {
      throw new IllegalStateException("nothing was measured");
    }
    Arrays.sort(nanos, 0, count);
    return Math.max(1, nanos[(int) Math.min(count - 1L, (long) (share * count))]) / 1e3;
  }
}
