package org.facetdb.storage.tree.table;

import org.facetdb.storage.tree.entry.SpaceKey;

/**
 * What is known of a table without opening it.
 *
 * @param number file number
 * @param kind tree it belongs to
 * @param bytes size of the file
 * @param entries versions in it
 * @param removals versions that remove their key
 * @param smallest smallest key
 * @param largest largest key, inclusive
 * @param minBegin smallest begin of a version
 * @param maxBegin largest begin of a version
 * @param maxEnd largest end; {@link Long#MAX_VALUE} in current tables
 */
public record TableInfo(
    long number,
    TableKind kind,
    long bytes,
    long entries,
    long removals,
    SpaceKey smallest,
    SpaceKey largest,
    long minBegin,
    long maxBegin,
    long maxEnd) {
  /** Whether the key ranges of two tables meet. */
  public boolean overlaps(TableInfo other) {
    return overlaps(other.smallest, other.largest);
  }

  /** Whether the table's key range meets an inclusive range. */
  public boolean overlaps(SpaceKey from, SpaceKey to) {
    return smallest.compareTo(to) <= 0 && largest.compareTo(from) >= 0;
  }

  /** Whether a version in it can be the one that is valid at a timestamp. */
  public boolean coversTime(long timestamp) {
    return minBegin <= timestamp && timestamp < maxEnd;
  }
}
