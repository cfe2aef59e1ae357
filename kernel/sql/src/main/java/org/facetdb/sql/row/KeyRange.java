package org.facetdb.sql.row;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of an ordered key that a scan visits: its first columns equal to values, and the next
 * one between bounds. A NULL anywhere makes the range empty. A bounded column's own NULLs lie
 * outside.
 *
 * @param equal values of the key's first columns
 * @param lower bound of the column after them in the order of values (not of a descending key)
 * @param upper its other bound
 */
public record KeyRange(List<KeyValue> equal, @Nullable Bound lower, @Nullable Bound upper) {
  /** A bound. */
  public record Bound(KeyValue value, boolean inclusive) {}

  /** Everything. */
  public static final KeyRange ALL = new KeyRange(List.of(), null, null);

  public KeyRange {
    equal = List.copyOf(equal);
  }

  /** All keys that begin with these values. */
  public static KeyRange prefix(List<KeyValue> equal) {
    return new KeyRange(equal, null, null);
  }
}
