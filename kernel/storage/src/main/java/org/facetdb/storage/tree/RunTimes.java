package org.facetdb.storage.tree;

import org.facetdb.storage.tree.table.TableReader;

/**
 * When the versions in each run of the history lived. Finds those of a moment without asking all,
 * since runs follow each other in time, about: what lies before the first or behind the last that
 * can have any is not looked at. Immutable.
 */
final class RunTimes {
  private final long[] begins;
  private final long[] ends;

  /** The last end of a run and of all before it. */
  private final long[] endsUpTo;

  /** The first begin of a run and of all behind it. */
  private final long[] beginsFrom;

  /** Of runs by number: when the first version of each began, and when its last one ended. */
  RunTimes(long[] begins, long[] ends) {
    int count = begins.length;
    this.begins = begins;
    this.ends = ends;
    this.endsUpTo = new long[count];
    this.beginsFrom = new long[count];
    long last = 0;
    for (int run = 0; run < count; run++) {
      last = Math.max(last, ends[run]);
      endsUpTo[run] = last;
    }
    long first = Long.MAX_VALUE;
    for (int run = count - 1; run >= 0; run--) {
      first = Math.min(first, begins[run]);
      beginsFrom[run] = first;
    }
  }

  static RunTimes of(TableReader[][] runs) {
    long[] begins = new long[runs.length];
    long[] ends = new long[runs.length];
    for (int run = 0; run < runs.length; run++) {
      begins[run] = Long.MAX_VALUE;
      for (TableReader table : runs[run]) {
        begins[run] = Math.min(begins[run], table.info().minBegin());
        ends[run] = Math.max(ends[run], table.info().maxEnd());
      }
    }
    return new RunTimes(begins, ends);
  }

  /** The first run that may have a version that lived at a timestamp; their number if none has. */
  int first(long timestamp) {
    int from = 0;
    int to = ends.length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (endsUpTo[middle] > timestamp) {
        to = middle;
      } else {
        from = middle + 1;
      }
    }
    return from(from, timestamp);
  }

  /** The next such run behind one. */
  int next(int run, long timestamp) {
    return from(run + 1, timestamp);
  }

  private int from(int start, long timestamp) {
    for (int run = start; run < ends.length && beginsFrom[run] <= timestamp; run++) {
      if (begins[run] <= timestamp && timestamp < ends[run]) {
        return run;
      }
    }
    return ends.length;
  }
}
