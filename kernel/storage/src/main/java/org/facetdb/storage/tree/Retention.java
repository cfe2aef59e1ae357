package org.facetdb.storage.tree;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import org.facetdb.storage.HybridTime;
import org.facetdb.storage.tree.manifest.KeySpaceState;
import org.jspecify.annotations.Nullable;

/**
 * Which versions a flush or a compaction may drop: a snapshot of all watermarks, taken after they
 * were published. Used by one thread.
 *
 * <p>Below a key space's watermark nobody reads: it lies at or before every pinned timestamp, the
 * last published commit and what retention keeps.
 */
final class Retention {
  private final Map<Integer, Long> watermarks;
  private final SortedMap<Integer, KeySpaceState> keySpaces;
  private final long pinned;
  private int lastKeySpace = -1;
  private long lastWatermark;
  private boolean lastExpired;

  private Retention(
      Map<Integer, Long> watermarks, SortedMap<Integer, KeySpaceState> keySpaces, long pinned) {
    this.watermarks = watermarks;
    this.keySpaces = keySpaces;
    this.pinned = pinned;
  }

  /** The same for another thread. */
  Retention copy() {
    return new Retention(watermarks, keySpaces, pinned);
  }

  /** Publishes how far each key space may be cut, then asks what is pinned, and keeps that too. */
  static Retention cut(
      SortedMap<Integer, KeySpaceState> keySpaces, Map<Integer, Long> published, TreeHost host) {
    long before = host.oldestPinned();
    long now = host.now();
    Map<Integer, Long> wanted = new HashMap<>();
    keySpaces.forEach(
        (id, space) -> {
          Duration retention = space.options().retention();
          if (retention != null) {
            long limit = Math.max(0, Math.min(before, back(now, retention)));
            wanted.put(id, limit);
            published.merge(id, limit, Math::max);
          }
        });
    long pinned = host.oldestPinned();
    wanted.replaceAll((id, limit) -> Math.min(limit, pinned));
    return new Retention(wanted, keySpaces, pinned);
  }

  /** Publishes how far one key space may be cut, then asks what is pinned, and keeps that too. */
  static long cut(
      int keySpace, @Nullable Duration retention, Map<Integer, Long> published, TreeHost host) {
    if (retention == null) {
      return 0;
    }
    long before = host.oldestPinned();
    long wanted = Math.max(0, Math.min(before, back(host.now(), retention)));
    long limit = published.merge(keySpace, wanted, Math::max);
    return Math.min(limit, host.oldestPinned());
  }

  private static long back(long now, Duration retention) {
    long millis = HybridTime.millis(now);
    // Longer than the clock has run: nothing is old enough.
    return retention.compareTo(Duration.ofMillis(millis)) >= 0
        ? 0
        : HybridTime.ofMillis(millis - retention.toMillis());
  }

  private void select(int keySpace) {
    if (keySpace != lastKeySpace) {
      KeySpaceState space = keySpaces.get(keySpace);
      lastKeySpace = keySpace;
      lastWatermark = watermarks.getOrDefault(keySpace, 0L);
      lastExpired =
          space == null
              ? keySpace != 0
              : space.droppedAt() != 0 && space.droppedAt() <= lastWatermark;
    }
  }

  /** Versions of a key space that ended at or before this are not read any more. */
  long watermark(int keySpace) {
    select(keySpace);
    return lastWatermark;
  }

  /** Whether a key space was dropped and its retention has passed, or nothing is known of it. */
  boolean expired(int keySpace) {
    select(keySpace);
    return lastExpired;
  }

  /** Removals at or before this have been seen by every writer that could conflict with them. */
  long pinned() {
    return pinned;
  }

  /** The watermarks that were acted on, by key space. */
  Map<Integer, Long> watermarks() {
    return watermarks;
  }

  /** Whether all of the key spaces from one to another, inclusive, are expired. */
  boolean allExpired(int from, int to) {
    if (from == 0) {
      return false;
    }
    for (int id : keySpaces.subMap(from, to + 1).keySet()) {
      if (!expired(id)) {
        return false;
      }
    }
    return true;
  }

  /** The smallest watermark of the key spaces from one to another, inclusive. */
  long watermark(int from, int to) {
    long smallest = from == 0 ? 0 : Long.MAX_VALUE;
    for (int id : keySpaces.subMap(from, to + 1).keySet()) {
      smallest = Math.min(smallest, expired(id) ? Long.MAX_VALUE : watermark(id));
    }
    return smallest;
  }

  /** The largest watermark of the key spaces from one to another, inclusive; 0 if none has one. */
  long largestWatermark(int from, int to) {
    long largest = 0;
    for (int id : keySpaces.subMap(from, to + 1).keySet()) {
      largest = Math.max(largest, expired(id) ? Long.MAX_VALUE : watermark(id));
    }
    return largest;
  }
}
