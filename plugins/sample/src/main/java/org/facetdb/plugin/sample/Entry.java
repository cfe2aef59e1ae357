package org.facetdb.plugin.sample;

/**
 * A row's text over a span of time. The applier alone sets {@code end}, once; anyone reads.
 *
 * <p>A view may see an end that was set after the view was made. That changes none of its answers:
 * the end lies after the view's position, and for rows that changed between the position and a
 * snapshot the kernel answers itself.
 */
final class Entry {
  static final long OPEN = Long.MAX_VALUE;

  final long rowId;
  final long begin;
  final long[] trigrams;
  volatile long end;

  /**
   * An entry.
   *
   * @param trigrams ascending, not changed any more
   * @param end exclusive, {@link #OPEN} while the text holds
   */
  Entry(long rowId, long begin, long end, long[] trigrams) {
    this.rowId = rowId;
    this.begin = begin;
    this.end = end;
    this.trigrams = trigrams;
  }

  boolean validAt(long snapshot) {
    return begin <= snapshot && snapshot < end;
  }

  /** About what it holds in memory, its places in the postings among it. */
  long bytes() {
    return 96 + 16L * trigrams.length;
  }
}
