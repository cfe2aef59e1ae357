package org.facetdb.benchmarks;

/**
 * Counts durations in buckets that are 1/16 of a power of two wide, so a percentile is at most 6 %
 * too large. Holds any number of them in 8 KB. Used by one thread.
 */
final class Histogram {
  private static final int SUB_BITS = 4;

  private final long[] counts = new long[64 << SUB_BITS];
  private long count;
  private long largest;

  void add(long nanos) {
    long value = Math.max(1, nanos);
    int magnitude = 63 - Long.numberOfLeadingZeros(value);
    int sub = (int) (magnitude < SUB_BITS ? 0 : value >>> (magnitude - SUB_BITS)) & 15;
    counts[(magnitude << SUB_BITS) + sub]++;
    count++;
    largest = Math.max(largest, value);
  }

  void addAll(Histogram others) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += others.counts[i];
    }
    count += others.count;
    largest = Math.max(largest, others.largest);
  }

  long count() {
    return count;
  }

  double maxMillis() {
    return largest / 1e6;
  }

  /**
   * Upper edge of a percentile's bucket in milliseconds.
   *
   * @param share 0 to 1
   */
  double millis(double share) {
    long left = Math.max(1, (long) Math.ceil(share * count));
    for (int i = 0; i < counts.length; i++) {
      left -= counts[i];
      if (left <= 0) {
        int magnitude = i >>> SUB_BITS;
        double width = Math.scalb(1.0, magnitude);
        double edge = width * (1 + ((i & 15) + 1) / 16.0);
        return Math.min(largest, edge) / 1e6;
      }
    }
    throw new IllegalStateException("nothing was measured");
  }
}
