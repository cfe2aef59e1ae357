package org.facetdb.cli.plugins;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the threads of a run report: how long statements took, which failed, which answers were
 * wrong. Safe for any number of threads.
 */
final class SwapLog {
  private static final int TOLD_MAX = 20;
  private static final long SLOW_NANOS = 100_000_000;

  private final Map<String, Times> times = new TreeMap<>();
  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<String> objections = new ConcurrentLinkedQueue<>();
  private final AtomicLong failureCount = new AtomicLong();
  private final AtomicLong objectionCount = new AtomicLong();
  private final AtomicLong unjudged = new AtomicLong();

  /** Durations of one kind of statement. */
  private static final class Times {
    private long[] nanos = new long[1024];
    private int count;

    void add(long duration) {
      if (count == nanos.length) {
        nanos = Arrays.copyOf(nanos, count * 2);
      }
      nanos[count++] = duration;
    }
  }

  /** A statement with its text, which may fail. */
  interface Statement<T> {
    T run() throws SQLException;
  }

  /** Runs a statement, times it, and notes if it fails; null then. */
  <T> T timed(String kind, Statement<T> statement) {
    long begin = System.nanoTime();
    try {
      return statement.run();
    } catch (SQLException e) {
      failed(kind, e.getSQLState() + " " + e.getMessage(), e);
      return null;
    } catch (RuntimeException | Error e) {
      failed(kind, e.toString(), e);
      return null;
    } finally {
      add(kind, System.nanoTime() - begin);
    }
  }

  private void failed(String kind, String what, Throwable cause) {
    if (failureCount.incrementAndGet() <= TOLD_MAX) {
      StringBuilder trace = new StringBuilder(kind + ": " + what);
      for (Throwable at = cause; at != null; at = at.getCause()) {
        trace.append("\n    ").append(at);
        Arrays.stream(at.getStackTrace())
            .limit(12)
            .forEach(e -> trace.append("\n      ").append(e));
      }
      failures.add(trace.toString());
    }
  }

  private synchronized void add(String kind, long nanos) {
    times.computeIfAbsent(kind, _ -> new Times()).add(nanos);
  }

  /** Notes an answer that can't be. */
  void object(String what) {
    if (objectionCount.incrementAndGet() <= TOLD_MAX) {
      objections.add(what);
    }
  }

  /** Notes an answer that nobody can judge, because its row changed meanwhile. */
  void unjudged() {
    unjudged.incrementAndGet();
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  List<String> objections() {
    return List.copyOf(objections);
  }

  /** Statements of a kind that ran. */
  synchronized int count(String kind) {
    Times known = times.get(kind);
    return known == null ? 0 : known.count;
  }

  /** A line for people. */
  synchronized String summary() {
    List<String> parts = new ArrayList<>();
    times.forEach(
        (kind, all) -> {
          long[] sorted = Arrays.copyOf(all.nanos, all.count);
          Arrays.sort(sorted);
          long slow = Arrays.stream(sorted).filter(n -> n > SLOW_NANOS).count();
          parts.add(
              String.format(
                  "%s: n=%d p50=%.2fms p99=%.2fms max=%.0fms over100ms=%d",
                  kind,
                  sorted.length,
                  at(sorted, 0.5) / 1e6,
                  at(sorted, 0.99) / 1e6,
                  at(sorted, 1) / 1e6,
                  slow));
        });
    parts.add("failed=" + failureCount + " wrong=" + objectionCount + " unjudged=" + unjudged);
    return String.join("; ", parts);
  }

  private static double at(long[] sorted, double share) {
    return sorted.length == 0
        ? 0
        : sorted[(int) Math.min(sorted.length - 1, sorted.length * share)];
  }
}
