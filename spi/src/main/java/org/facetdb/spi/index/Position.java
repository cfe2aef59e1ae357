package org.facetdb.spi.index;

/**
 * A place in the log: right after the commit with this sequence number.
 *
 * @param sequence of the commit; 0 before the first
 * @param timestamp the commit's hybrid timestamp
 */
public record Position(long sequence, long timestamp) {
  /** Before the first commit. */
  public static final Position START = new Position(0, 0);
}
