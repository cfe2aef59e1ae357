package org.facetdb.spi.index;

/**
 * A row's indexed values in the form that evaluates fastest, such as a text cut into terms. Made
 * once by {@link Index#prepare}, used by many searches. Immutable and thread-safe.
 */
public interface PreparedRow {
  /** About how many bytes of memory it holds. */
  long bytes();
}
