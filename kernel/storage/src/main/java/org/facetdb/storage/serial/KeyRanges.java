package org.facetdb.storage.serial;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A set of keys of any number of key spaces, held as ranges.
 *
 * <p>Bounded: where one key space would have more than {@link #RANGES_MAX} ranges, all of its keys
 * are in the set. Used by one thread at a time; read by any number once it changes no more.
 */
public final class KeyRanges {
  /** Ranges of one key space that are told apart. */
  public static final int RANGES_MAX = 4_096;

  private static final byte[] FIRST = {};

  /** The ranges of one key space, by their first keys; they neither overlap nor touch. */
  private static final class Space {
    private boolean all;

    /** First key to the key behind the last one; to null where there is no end. */
    private final NavigableMap<byte[], byte @Nullable []> ranges =
        new TreeMap<>(Arrays::compareUnsigned);

    private boolean holds(byte[] key) {
      if (all) {
        return true;
      }
      Map.Entry<byte[], byte @Nullable []> floor = ranges.floorEntry(key);
      return floor != null && isBelow(key, floor.getValue());
    }

    private void add(byte[] from, byte @Nullable [] to) {
      if (all) {
        return;
      }
      byte[] first = from;
      byte @Nullable [] end = to;
      Map.Entry<byte[], byte @Nullable []> floor = ranges.floorEntry(from);
      if (floor != null && reaches(floor.getValue(), from)) {
        if (isLast(floor.getValue(), to)) {
          return;
        }
        first = floor.getKey();
      }
      NavigableMap<byte[], byte @Nullable []> taken =
          to == null ? ranges.tailMap(first, true) : ranges.subMap(first, true, to, true);
      for (byte @Nullable [] other : taken.values()) {
        end = isLast(end, other) ? end : other;
      }
      taken.clear();
      ranges.put(first, end);
      if (ranges.size() > RANGES_MAX) {
        addAll();
      }
    }

    private void addAll() {
      all = true;
      ranges.clear();
    }

    private boolean overlaps(byte[] from, byte @Nullable [] to) {
      if (all || holds(from)) {
        return true;
      }
      byte[] next = ranges.ceilingKey(from);
      return next != null && isBelow(next, to);
    }

    private boolean overlaps(Space other) {
      if (all || other.all) {
        return true;
      }
      for (Map.Entry<byte[], byte @Nullable []> range : ranges.entrySet()) {
        if (other.overlaps(range.getKey(), range.getValue())) {
          return true;
        }
      }
      return false;
    }

    private static boolean isBelow(byte[] key, byte @Nullable [] end) {
      return end == null || Arrays.compareUnsigned(key, end) < 0;
    }

    private static boolean reaches(byte @Nullable [] end, byte[] key) {
      return end == null || Arrays.compareUnsigned(end, key) >= 0;
    }

    /** Whether the first of two ends is not before the second. */
    private static boolean isLast(byte @Nullable [] end, byte @Nullable [] other) {
      return end == null || (other != null && Arrays.compareUnsigned(end, other) >= 0);
    }
  }

  private final Map<Integer, Space> spaces = new HashMap<>();

  /** Whether nothing is in it. */
  public boolean isEmpty() {
    return spaces.isEmpty();
  }

  private Space space(int keySpace) {
    return spaces.computeIfAbsent(keySpace, id -> new Space());
  }

  /** Adds a key, which is copied. */
  public void add(int keySpace, byte[] key) {
    Space space = space(keySpace);
    if (!space.holds(key)) {
      space.add(key.clone(), Arrays.copyOf(key, key.length + 1));
    }
  }

  /**
   * Adds a range of keys; the arrays are kept.
   *
   * @param from the first key, null for the first there may be
   * @param to the key behind the last, null for no end; a range that ends before it begins is empty
   */
  public void add(int keySpace, byte @Nullable [] from, byte @Nullable [] to) {
    byte[] first = from == null ? FIRST : from;
    if (Space.isBelow(first, to)) {
      space(keySpace).add(first, to);
    }
  }

  /** Adds all keys of a key space. */
  public void addAll(int keySpace) {
    space(keySpace).addAll();
  }

  /** Whether a key is in it. */
  public boolean holds(int keySpace, byte[] key) {
    Space space = spaces.get(keySpace);
    return space != null && space.holds(key);
  }

  /** Whether some key is in both sets. */
  public boolean overlaps(KeyRanges other) {
    for (Map.Entry<Integer, Space> entry : spaces.entrySet()) {
      Space theirs = other.spaces.get(entry.getKey());
      Space ours = entry.getValue();
      if (theirs != null
          && (ours.ranges.size() < theirs.ranges.size()
              ? ours.overlaps(theirs)
              : theirs.overlaps(ours))) {
        return true;
      }
    }
    return false;
  }

  /** How many ranges it has; for tests and statistics. */
  int ranges() {
    return spaces.values().stream().mapToInt(space -> space.all ? 1 : space.ranges.size()).sum();
  }
}
