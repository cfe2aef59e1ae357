package org.facetdb.storage.tree;

import java.util.Arrays;
import java.util.List;
import org.facetdb.storage.tree.table.TableInfo;

/**
 * Bands of time, of about the same size in bytes each, to which superseded versions go by their
 * ends. Immutable. Where the commits of a range of time were not spread evenly over it, the bands
 * differ in size; nothing depends on it but how many versions a reader of the past meets.
 */
final class TimeBands {
  /** All of time. */
  static final TimeBands ONE = new TimeBands(new long[0]);

  private static final int BANDS_MAX = 32;

  private final long[] bounds;

  private TimeBands(long[] bounds) {
    this.bounds = bounds;
  }

  /**
   * Bytes that came into being over a range of time.
   *
   * @param from first timestamp
   * @param to last timestamp, not before the first
   */
  record Span(long from, long to, long bytes) {
    /** When a table's versions began; those that they superseded ended then. */
    static Span ofBegins(TableInfo table) {
      return new Span(table.minBegin(), table.maxBegin(), table.bytes());
    }

    /** When a history table's versions ended, as far as that is known. */
    static Span ofEnds(TableInfo table) {
      long from = Math.min(table.minBegin(), table.maxEnd());
      return new Span(from, table.maxEnd(), table.bytes());
    }

    private double bytesUntil(long time) {
      if (time >= to) {
        return bytes;
      }
      return time <= from ? 0 : (double) bytes * (time - from) / (to - from);
    }
  }

  /**
   * Bands for what is written.
   *
   * @param spans where in time it lies; only their proportions count
   * @param bytes how much it is
   * @param bandBytes how much goes into one band
   */
  static TimeBands of(List<Span> spans, long bytes, long bandBytes) {
    int count = (int) Math.min(BANDS_MAX, bytes / Math.max(1, bandBytes));
    if (count < 2 || spans.isEmpty()) {
      return ONE;
    }
    long from = spans.stream().mapToLong(Span::from).min().getAsLong();
    long to = spans.stream().mapToLong(Span::to).max().getAsLong();
    double whole = spans.stream().mapToDouble(Span::bytes).sum();
    long[] bounds = new long[count - 1];
    for (int i = 0; i < bounds.length; i++) {
      bounds[i] = timeOf(spans, whole * (i + 1) / count, from, to);
    }
    return new TimeBands(Arrays.stream(bounds).distinct().toArray());
  }

  /** When so many bytes had come into being. */
  private static long timeOf(List<Span> spans, double bytes, long from, long to) {
    long low = from;
    long high = to;
    while (low < high) {
      long middle = low + (high - low) / 2;
      if (spans.stream().mapToDouble(span -> span.bytesUntil(middle)).sum() < bytes) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** How many there are, at least 1. */
  int count() {
    return bounds.length + 1;
  }

  /** The band, from 0 on, of a version that ended then. */
  int bandOf(long end) {
    int index = Arrays.binarySearch(bounds, end);
    return index < 0 ? -index - 1 : index;
  }
}
