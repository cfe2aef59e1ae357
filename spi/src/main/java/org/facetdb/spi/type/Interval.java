package org.facetdb.spi.type;

/**
 * A span of time as SQL has it: months, days and microseconds, each with its own sign. Immutable.
 * Equality is by field; the order takes a month as 30 days and a day as 24 hours, so that values
 * that are not equal may compare as 0.
 */
public record Interval(int months, int days, long micros) implements Comparable<Interval> {
  public static final Interval ZERO = new Interval(0, 0, 0);
  public static final long MICROS_PER_DAY = 86_400_000_000L;

  @Override
  public int compareTo(Interval other) {
    return compare(months, days, micros, other.months, other.days, other.micros);
  }

  /** Orders two intervals given by their fields. */
  public static int compare(int m1, int d1, long u1, int m2, int d2, long u2) {
    int byDays = Long.compare(wholeDays(m1, d1, u1), wholeDays(m2, d2, u2));
    return byDays != 0 ? byDays : Long.compare(restMicros(u1), restMicros(u2));
  }

  /**
   * Days of the normalised span, rounded down; with {@link #restMicros} it identifies the order.
   */
  public static long wholeDays(int months, int days, long micros) {
    return months * 30L + days + Math.floorDiv(micros, MICROS_PER_DAY);
  }

  /** Microseconds beyond {@link #wholeDays}, in [0, one day). */
  public static long restMicros(long micros) {
    return Math.floorMod(micros, MICROS_PER_DAY);
  }

  public Interval negated() {
    return new Interval(Math.negateExact(months), Math.negateExact(days), Math.negateExact(micros));
  }
}
