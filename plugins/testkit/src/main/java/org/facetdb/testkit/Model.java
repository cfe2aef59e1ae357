package org.facetdb.testkit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All versions of all rows: what an index must answer at any time. Thread-safe. */
public final class Model {
  private static final long OPEN = Long.MAX_VALUE;

  private record Version(long begin, long end, @Nullable Object[] values) {}

  private final Map<Long, List<Version>> rows = new HashMap<>();

  /** No rows. */
  public Model() {}

  /** Takes the next commit. */
  public synchronized void apply(Commit commit) {
    long now = commit.position().timestamp();
    for (Commit.Change change : commit.changes()) {
      if (change instanceof Commit.End end) {
        List<Version> versions = rows.get(end.rowId());
        Version last = versions == null ? null : versions.getLast();
        if (versions == null || last == null || last.end != OPEN) {
          throw new IllegalArgumentException("a version that ends is open: row=" + end.rowId());
        }
        versions.set(versions.size() - 1, new Version(last.begin, now, last.values));
      }
    }
    for (Commit.Change change : commit.changes()) {
      if (change instanceof Commit.Put put) {
        rows.computeIfAbsent(put.rowId(), _ -> new ArrayList<>())
            .add(new Version(now, OPEN, put.values()));
      }
    }
  }

  /** The rows that are there at a time, with their values. */
  public synchronized Map<Long, @Nullable Object[]> rowsAt(long snapshot) {
    Map<Long, @Nullable Object[]> result = new HashMap<>();
    rows.forEach(
        (rowId, versions) -> {
          for (Version version : versions) {
            if (version.begin <= snapshot && snapshot < version.end) {
              result.put(rowId, version.values);
            }
          }
        });
    return result;
  }

  /** Rows that changed in (after, until]: for those the kernel answers itself. */
  public synchronized Set<Long> changedIn(long after, long until) {
    Set<Long> result = new HashSet<>();
    rows.forEach(
        (rowId, versions) -> {
          for (Version version : versions) {
            if (within(version.begin, after, until) || within(version.end, after, until)) {
              result.add(rowId);
            }
          }
        });
    return result;
  }

  private static boolean within(long time, long after, long until) {
    return time > after && time <= until;
  }
}
