package org.facetdb.storage.tree;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.facetdb.storage.tree.entry.Bytes;
import org.facetdb.storage.tree.entry.ConcatCursor;
import org.facetdb.storage.tree.entry.EntryCursor;
import org.facetdb.storage.tree.entry.Lookup;
import org.facetdb.storage.tree.entry.SpaceKey;
import org.facetdb.storage.tree.table.TableInfo;
import org.facetdb.storage.tree.table.TableReader;
import org.jspecify.annotations.Nullable;

/**
 * The tables of the tree at one moment. Immutable but for its count of users; holds a reference to
 * each of its tables until the last user is gone. Level 0 is newest first, the others in key order;
 * so are the runs of the history, by ascending number. Readers meet level 0 by its sublevels, which
 * are in key order, too.
 */
final class Version {
  private final TableReader[][] current;
  private final SortedTables[] sorted;
  private final int depth;
  private final long[] bytes;
  private final TableReader[][] history;
  private final SortedTables[] runs;
  private final RunTimes times;
  private final AtomicInteger users = new AtomicInteger(1);

  /** Takes a reference to each table. */
  Version(TableReader[][] current, TableReader[][] history) {
    this.current = current;
    Sublevels sublevels = new Sublevels(Stream.of(current[0]).map(TableReader::info).toList());
    this.depth = sublevels.depth();
    this.sorted = sorted(current, sublevels);
    this.bytes = new long[current.length];
    for (int level = 0; level < bytes.length; level++) {
      bytes[level] = Stream.of(current[level]).mapToLong(table -> table.info().bytes()).sum();
    }
    this.history = history;
    // Of the first one the ranges may meet.
    this.runs = Stream.of(history).skip(1).map(SortedTables::new).toArray(SortedTables[]::new);
    this.times = RunTimes.of(history);
    for (TableReader[][] levels : List.of(current, history)) {
      for (TableReader[] level : levels) {
        for (TableReader table : level) {
          table.retain();
        }
      }
    }
  }

  /** The sublevels of level 0 from the highest down, then the levels below. */
  private static SortedTables[] sorted(TableReader[][] current, Sublevels sublevels) {
    List<List<TableReader>> top = new ArrayList<>();
    for (int i = 0; i < sublevels.depth(); i++) {
      top.add(new ArrayList<>());
    }
    for (int i = 0; i < current[0].length; i++) {
      top.get(sublevels.depth() - sublevels.heightOf(i)).add(current[0][i]);
    }
    List<TableReader[]> sorted = new ArrayList<>();
    for (List<TableReader> sublevel : top) {
      sublevel.sort(Comparator.comparing(table -> table.info().smallest()));
      sorted.add(sublevel.toArray(TableReader[]::new));
    }
    sorted.addAll(List.of(current).subList(1, current.length));
    return sorted.stream().map(SortedTables::new).toArray(SortedTables[]::new);
  }

  /** Becomes a user; false if the last one has gone already. */
  boolean tryRetain() {
    int count = users.get();
    while (count > 0) {
      int seen = users.compareAndExchange(count, count + 1);
      if (seen == count) {
        return true;
      }
      count = seen;
    }
    return false;
  }

  void release() {
    if (users.decrementAndGet() == 0) {
      for (TableReader[][] levels : List.of(current, history)) {
        for (TableReader[] level : levels) {
          for (TableReader table : level) {
            table.release();
          }
        }
      }
    }
  }

  TableReader[][] current() {
    return current;
  }

  /** How many sublevels level 0 has. */
  int depth() {
    return depth;
  }

  /** Sum of the sizes of a level's tables. */
  long bytesOf(int level) {
    return bytes[level];
  }

  TableReader[][] history() {
    return history;
  }

  // ---- lookups

  private static int compare(SpaceKey bound, int keySpace, byte[] key) {
    int order = Integer.compareUnsigned(bound.keySpace(), keySpace);
    return order != 0
        ? order
        : Bytes.compare(bound.key(), 0, bound.key().length, key, 0, key.length);
  }

  /** Looks a key up among the current tables, newest first, until a version is found. */
  boolean find(int keySpace, byte[] key, long hash, Lookup lookup) {
    for (SortedTables level : sorted) {
      if (level.minBegin() > lookup.timestamp) {
        // Who reads the past must not look for his key in each.
        lookup.sawNewer |= level.tables().length > 0;
        continue;
      }
      TableReader table = level.of(keySpace, key);
      if (table != null && find(table, keySpace, key, hash, lookup)) {
        return true;
      }
    }
    return false;
  }

  private static boolean find(
      TableReader table, int keySpace, byte[] key, long hash, Lookup lookup) {
    if (table.info().minBegin() > lookup.timestamp) {
      lookup.sawNewer = true;
      return false;
    }
    return table.find(keySpace, key, hash, lookup);
  }

  /** Looks a key up among the superseded versions. */
  void findHistory(int keySpace, byte[] key, long hash, Lookup lookup) {
    long timestamp = lookup.timestamp;
    for (int run = times.first(timestamp); run < history.length; run = times.next(run, timestamp)) {
      if (run == 0) {
        for (TableReader table : history[0]) {
          findHistory(table, keySpace, key, hash, lookup);
        }
      } else {
        TableReader table = runs[run - 1].of(keySpace, key);
        if (table != null) {
          findHistory(table, keySpace, key, hash, lookup);
        }
      }
    }
  }

  private static void findHistory(
      TableReader table, int keySpace, byte[] key, long hash, Lookup lookup) {
    if (table.info().coversTime(lookup.timestamp) && table.covers(keySpace, key, 0, key.length)) {
      table.findHistory(keySpace, key, hash, lookup);
    }
  }

  /** Timestamp of a key's newest version, 0 if there is none. */
  long newestBegin(int keySpace, byte[] key, long hash) {
    for (SortedTables level : sorted) {
      TableReader table = level.of(keySpace, key);
      if (table != null) {
        long begin = table.newestBegin(keySpace, key, hash);
        if (begin != 0) {
          return begin;
        }
      }
    }
    return 0;
  }

  /** Whether a level below one may hold a key. */
  boolean mayLieBelow(int level, int keySpace, byte[] key) {
    for (int below = level + 1; below < current.length; below++) {
      if (sorted[depth + below - 1].of(keySpace, key) != null) {
        return true;
      }
    }
    return false;
  }

  /** Whether any current table may hold a key. */
  boolean mayHold(int keySpace, byte[] key) {
    for (SortedTables level : sorted) {
      if (level.of(keySpace, key) != null) {
        return true;
      }
    }
    return false;
  }

  // ---- ranges

  private static boolean meets(
      TableReader table, int keySpace, byte @Nullable [] from, byte @Nullable [] to) {
    SpaceKey smallest = table.info().smallest();
    SpaceKey largest = table.info().largest();
    if (Integer.compareUnsigned(smallest.keySpace(), keySpace) > 0
        || Integer.compareUnsigned(largest.keySpace(), keySpace) < 0) {
      return false;
    }
    return (from == null || compare(largest, keySpace, from) >= 0)
        && (to == null || compare(smallest, keySpace, to) < 0);
  }

  private static List<TableReader> meeting(
      TableReader[] level,
      int keySpace,
      byte @Nullable [] from,
      byte @Nullable [] to,
      Predicate<TableInfo> wanted) {
    List<TableReader> tables = new ArrayList<>();
    for (TableReader table : level) {
      if (meets(table, keySpace, from, to) && wanted.test(table.info())) {
        tables.add(table);
      }
    }
    return tables;
  }

  /** Adds cursors over the current tables that meet a range and may hold what is visible. */
  void addCursors(
      int keySpace,
      byte @Nullable [] from,
      byte @Nullable [] to,
      long timestamp,
      List<EntryCursor> cursors) {
    for (SortedTables level : sorted) {
      List<TableReader> tables =
          meeting(level.tables(), keySpace, from, to, table -> table.minBegin() <= timestamp);
      addCursors(tables, true, keySpace, from, to, timestamp, cursors);
    }
  }

  private static void addCursors(
      List<TableReader> tables,
      boolean sorted,
      int keySpace,
      byte @Nullable [] from,
      byte @Nullable [] to,
      long timestamp,
      List<EntryCursor> cursors) {
    if (sorted && tables.size() > 1) {
      cursors.add(
          new ConcatCursor(
              tables.size(), i -> tables.get(i).cursor(keySpace, from, to, timestamp)));
    } else {
      tables.forEach(table -> cursors.add(table.cursor(keySpace, from, to, timestamp)));
    }
  }

  /** Adds cursors over the history tables that meet a range and cover a timestamp. */
  void addHistoryCursors(
      int keySpace,
      byte @Nullable [] from,
      byte @Nullable [] to,
      long timestamp,
      List<EntryCursor> cursors) {
    for (int run = times.first(timestamp); run < history.length; run = times.next(run, timestamp)) {
      List<TableReader> tables =
          meeting(history[run], keySpace, from, to, table -> table.coversTime(timestamp));
      addCursors(tables, run > 0, keySpace, from, to, timestamp, cursors);
    }
  }

  /** The current tables that meet a range and hold versions after a timestamp. */
  List<TableReader> changedAfter(
      int keySpace, byte @Nullable [] from, byte @Nullable [] to, long timestamp) {
    List<TableReader> tables = new ArrayList<>();
    for (TableReader[] level : current) {
      tables.addAll(meeting(level, keySpace, from, to, table -> table.maxBegin() > timestamp));
    }
    return tables;
  }
}
