package org.facetdb.storage.metamorphic;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.facetdb.storage.HybridTime;
import org.facetdb.storage.txn.Batches;
import org.jspecify.annotations.Nullable;

/** What the store must answer: a TreeMap for each key space, with every version of every key. */
final class VersionedModel {
  /** How far the store's clock may run ahead of the wall clock, after a crash for example. */
  private static final Duration CLOCK_SLACK = Duration.ofSeconds(20);

  /** A key space. {@code droppedAfter} is the number of commits at its drop, -1 while it exists. */
  static final class Space {
    final int id;
    final @Nullable Duration retention;
    final TreeMap<byte[], TreeMap<Integer, byte @Nullable []>> keys =
        new TreeMap<>(Arrays::compareUnsigned);
    int droppedAfter = -1;

    Space(int id, @Nullable Duration retention) {
      this.id = id;
      this.retention = retention;
    }
  }

  /** One write of a commit; a null value removes the key. */
  record Write(Space space, byte[] key, byte @Nullable [] value) {}

  private record Commit(long timestamp, long sequence, String text) {}

  final List<Space> spaces = new ArrayList<>();

  /** Commit 0 is the empty store. */
  private final List<Commit> commits = new ArrayList<>(List.of(new Commit(0, 0, "")));

  private int durable;

  int last() {
    return commits.size() - 1;
  }

  long timestamp(int commit) {
    return commits.get(commit).timestamp;
  }

  long sequence(int commit) {
    return commits.get(commit).sequence;
  }

  List<Space> live() {
    return spaces.stream().filter(space -> space.droppedAfter < 0).toList();
  }

  /** Adds a commit, its writes in order of key space and key. */
  void commit(long timestamp, long sequence, boolean synced, List<Write> writes) {
    int commit = commits.size();
    List<String> rows = new ArrayList<>();
    for (Write write : writes) {
      write.space.keys.computeIfAbsent(write.key, key -> new TreeMap<>()).put(commit, write.value);
      rows.add(Batches.row(write.space.id, write.key, write.value, -1));
    }
    commits.add(new Commit(timestamp, sequence, Batches.text(sequence, timestamp, rows)));
    if (synced) {
      durable = commit;
    }
  }

  void allDurable() {
    durable = last();
  }

  /**
   * A crash left the commits up to a sequence.
   *
   * @return what is wrong with that, null if nothing
   */
  @Nullable String recovered(long sequence) {
    int kept = last();
    while (kept > 0 && commits.get(kept).sequence != sequence) {
      kept--;
    }
    if (commits.get(kept).sequence != sequence || kept < durable) {
      return "recovered up to sequence " + sequence + ", durable was " + sequence(durable);
    }
    int limit = kept;
    commits.subList(limit + 1, commits.size()).clear();
    for (Space space : spaces) {
      space.keys.values().forEach(versions -> versions.tailMap(limit, false).clear());
      space.droppedAfter = Math.min(space.droppedAfter, limit);
    }
    durable = limit;
    return null;
  }

  byte @Nullable [] get(Space space, byte[] key, int commit) {
    TreeMap<Integer, byte @Nullable []> versions = space.keys.get(key);
    Map.Entry<Integer, byte @Nullable []> entry =
        versions == null ? null : versions.floorEntry(commit);
    return entry == null ? null : entry.getValue();
  }

  /** The entries of a range after a commit. */
  TreeMap<byte[], byte[]> scan(
      Space space, byte @Nullable [] from, byte @Nullable [] to, int commit) {
    SortedMap<byte[], TreeMap<Integer, byte @Nullable []>> range = space.keys;
    range = from == null ? range : range.tailMap(from);
    TreeMap<byte[], byte[]> found = new TreeMap<>(Arrays::compareUnsigned);
    for (byte[] key : range.keySet()) {
      byte[] value = get(space, key, commit);
      if (to != null && Arrays.compareUnsigned(key, to) >= 0) {
        break;
      }
      if (value != null) {
        found.put(key, value);
      }
    }
    return found;
  }

  /** Whether the state after a commit ended so long ago that a key space need not have it. */
  boolean mayBeGone(Space space, int commit, long nowMillis) {
    return space.retention != null
        && commit < last()
        && endedBefore(commit, nowMillis, space.retention);
  }

  boolean endedBefore(int commit, long nowMillis, Duration retention) {
    long millis = HybridTime.millis(timestamp(commit + 1));
    return millis <= nowMillis - retention.toMillis() + CLOCK_SLACK.toMillis();
  }

  /** Sequence of the first commit at or after one; that one where there is none. */
  long endOfCommit(long sequence) {
    return commits.stream()
        .mapToLong(commit -> commit.sequence)
        .filter(end -> end >= sequence)
        .min()
        .orElse(sequence);
  }

  /** What a consumer of the log reads in (after, through], one text for each commit. */
  List<String> changes(long after, long through) {
    return commits.stream()
        .filter(commit -> commit.sequence > after && commit.sequence <= through)
        .map(Commit::text)
        .toList();
  }
}
