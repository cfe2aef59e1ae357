package org.facetdb.storage.staged;

import java.util.Map;
import java.util.TreeMap;

/** The stamps of writes in files that a rollback to a savepoint has undone. Used by one thread. */
final class UndoneStamps {
  /** Last stamp of a range by the stamp before its first. */
  private final TreeMap<Long, Long> ranges = new TreeMap<>();

  /** Adds those after one stamp and up to another; nothing in between is written any more. */
  void add(long after, long through) {
    // What was undone before and lies behind is part of this.
    ranges.tailMap(after, true).clear();
    ranges.put(after, through);
  }

  boolean contains(long stamp) {
    Map.Entry<Long, Long> range = ranges.lowerEntry(stamp);
    return range != null && stamp <= range.getValue();
  }
}
