package org.facetdb.storage;

/**
 * Hybrid logical clock values: 48 bits of milliseconds since 1970-01-01T00:00Z above a 16-bit
 * counter.
 *
 * <pre>
 *  63            16 15      0
 * +----------------+---------+
 * |  milliseconds  | counter |
 * +----------------+---------+
 * </pre>
 */
public final class HybridTime {
  /** Bits of the counter. */
  public static final int COUNTER_BITS = 16;

  private HybridTime() {}

  /** The smallest value within a millisecond. */
  public static long ofMillis(long millis) {
    return millis << COUNTER_BITS;
  }

  /** The largest value within a millisecond. */
  public static long lastOfMillis(long millis) {
    return (millis << COUNTER_BITS) | ((1L << COUNTER_BITS) - 1);
  }

  /** Milliseconds since the epoch. */
  public static long millis(long hybrid) {
    return hybrid >>> COUNTER_BITS;
  }
}
