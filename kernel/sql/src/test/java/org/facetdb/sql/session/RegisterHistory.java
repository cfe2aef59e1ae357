package org.facetdb.sql.session;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.facetdb.sql.session.ListHistory.End;
import org.jspecify.annotations.Nullable;

/**
 * What transactions wrote to registers, no value twice, and what they read there, and which
 * anomalies that shows, after Adya, "Weak Consistency" (1999). A register does not name its earlier
 * versions as a list does; their order comes from the table's history, read at each sequence. Used
 * by one thread.
 */
final class RegisterHistory {
  /** What a history can show. */
  enum Anomaly {
    /** An acknowledged write never became a version. */
    LOST_WRITE,
    /** Some of a transaction's writes are there, or not all since the same commit. */
    PARTIAL_COMMIT,
    /** A register went back to a value that it had before. */
    RETURNED_VERSION,
    /** G1a: somebody saw what was rolled back, or what nobody is known to have written. */
    ABORTED_READ,
    /** G1b: somebody saw what the writer itself wrote over. */
    INTERMEDIATE_READ,
    /** A transaction did not see what it had written itself. */
    MISSED_OWN_WRITE,
    /** A transaction did not see what had been acknowledged before it began. */
    STALE_READ,
    /** What one statement saw was never there at the same moment. */
    FRACTURED_STATEMENT,
    /** The same of all that a transaction saw: fractured and unrepeatable reads. */
    FRACTURED_READ,
    /** Somebody wrote between a reader's FOR UPDATE and its own write. */
    LOST_LOCKED_UPDATE,
    /** P4: somebody wrote between a reader's read and its own write. */
    LOST_UPDATE,
    /** G0 and G1c: transactions saw or followed each other in a circle. */
    CYCLE_OF_WRITES_AND_READS,
    /** G-single: a circle in which exactly one missed what another did. */
    CYCLE_WITH_ONE_MISSED_WRITE,
    /** G2: a circle in which several did, write skew among them. */
    CYCLE_WITH_MISSED_WRITES;

    /** What a level lets happen. */
    static Set<Anomaly> allowed(String level) {
      return switch (level) {
        case "read committed" ->
            EnumSet.of(
                FRACTURED_READ, LOST_UPDATE, CYCLE_WITH_ONE_MISSED_WRITE, CYCLE_WITH_MISSED_WRITES);
        case "repeatable read" -> EnumSet.of(CYCLE_WITH_MISSED_WRITES);
        default -> EnumSet.noneOf(Anomaly.class);
      };
    }
  }

  /** Something that a transaction did, in one statement. */
  sealed interface Op {}

  /** Register to value; locked: FOR UPDATE. */
  record Read(Map<Integer, Long> seen, boolean locked) implements Op {
    Read {
      seen = Map.copyOf(seen);
    }
  }

  record Write(int register, long value) implements Op {}

  /**
   * A transaction.
   *
   * @param begun a moment before it began
   * @param ended a moment after its commit was acknowledged, {@link #NEVER} if none was
   */
  record Transaction(long begun, long ended, List<Op> ops, End end) {
    Transaction {
      ops = List.copyOf(ops);
    }

    /** The last value for each register that it wrote. */
    private Map<Integer, Long> outcome() {
      Map<Integer, Long> outcome = new HashMap<>();
      for (Op op : ops) {
        if (op instanceof Write write) {
          outcome.put(write.register(), write.value());
        }
      }
      return outcome;
    }
  }

  /** A value of a register, and the sequence of the commit that it came with. */
  record Version(long sequence, long value) {}

  static final long NEVER = Long.MAX_VALUE;

  /** What registers hold before anybody wrote. */
  static final long INITIAL = 0;

  private final List<Transaction> transactions = new ArrayList<>();
  private final Map<Long, Integer> writers = new HashMap<>();

  void add(Transaction transaction) {
    int number = transactions.size();
    transactions.add(transaction);
    for (Op op : transaction.ops()) {
      if (op instanceof Write write && writers.put(write.value(), number) != null) {
        throw new IllegalArgumentException("written twice: " + write);
      }
    }
  }

  int size() {
    return transactions.size();
  }

  long count(End end) {
    return transactions.stream().filter(t -> t.end() == end).count();
  }

  /** The anomalies, given all versions of each register in order, the initial one first. */
  Set<Anomaly> anomalies(Map<Integer, List<Version>> versions) {
    return new Judge(versions).judge();
  }

  /** One judgement. */
  private final class Judge {
    private final Map<Integer, List<Version>> versions;
    private final Map<Integer, Map<Long, Integer>> places = new HashMap<>();
    private final Set<Anomaly> found = EnumSet.noneOf(Anomaly.class);
    private final Map<Integer, Set<Integer>> after = new HashMap<>();
    private final Map<Integer, Set<Integer>> missed = new HashMap<>();

    Judge(Map<Integer, List<Version>> versions) {
      this.versions = versions;
    }

    Set<Anomaly> judge() {
      versions.forEach(this::place);
      transactions.forEach(this::judgeWrites);
      for (int number = 0; number < transactions.size(); number++) {
        judgeReads(number);
      }
      judgeCycles();
      return found;
    }

    private void place(int register, List<Version> all) {
      Map<Long, Integer> of = new HashMap<>();
      places.put(register, of);
      for (int i = 0; i < all.size(); i++) {
        long value = all.get(i).value();
        if (of.put(value, i) != null) {
          found.add(Anomaly.RETURNED_VERSION);
        }
        if (i > 0) {
          edge(after, writers.get(all.get(i - 1).value()), writers.get(value));
          if (!writers.containsKey(value)) {
            found.add(Anomaly.ABORTED_READ);
          }
        }
      }
    }

    private @Nullable Integer placeOf(int register, long value) {
      return places.getOrDefault(register, Map.of()).get(value);
    }

    private void judgeWrites(Transaction transaction) {
      Map<Integer, Long> outcome = transaction.outcome();
      Set<Long> sequences = new HashSet<>();
      int there = 0;
      for (Op op : transaction.ops()) {
        if (op instanceof Write write) {
          Integer place = placeOf(write.register(), write.value());
          if (place == null) {
            continue;
          }
          if (!Long.valueOf(write.value()).equals(outcome.get(write.register()))) {
            found.add(Anomaly.INTERMEDIATE_READ);
          } else {
            there++;
            sequences.add(versions.get(write.register()).get(place).sequence());
          }
        }
      }
      if (transaction.end() == End.ABORTED && there > 0) {
        found.add(Anomaly.ABORTED_READ);
      } else if (transaction.end() == End.COMMITTED && there == 0 && !outcome.isEmpty()) {
        found.add(Anomaly.LOST_WRITE);
      } else if (there > 0 && (there < outcome.size() || sequences.size() > 1)) {
        found.add(Anomaly.PARTIAL_COMMIT);
      }
    }

    /** Whether a transaction took place: it was told so, or its writes are there. */
    private boolean isIn(Transaction transaction) {
      return switch (transaction.end()) {
        case COMMITTED -> true;
        case ABORTED -> false;
        case UNKNOWN ->
            transaction.outcome().entrySet().stream()
                .anyMatch(write -> placeOf(write.getKey(), write.getValue()) != null);
      };
    }

    /** Who did not commit must not have seen more than its level shows either. */
    private void judgeReads(int number) {
      Transaction reader = transactions.get(number);
      boolean isIn = isIn(reader);
      Map<Integer, Long> own = new HashMap<>();
      Map<Integer, Integer> last = new HashMap<>();
      Map<Integer, Integer> locked = new HashMap<>();
      Moments all = new Moments();
      for (Op op : reader.ops()) {
        switch (op) {
          case Write write -> own.put(write.register(), write.value());
          case Read read -> {
            Map<Integer, Integer> seen = seen(read, own);
            Moments statement = new Moments();
            seen.forEach(
                (register, place) -> {
                  statement.restrict(register, place);
                  all.restrict(register, place);
                  judgeRead(number, isIn, register, place);
                });
            last.putAll(seen);
            if (read.locked()) {
              locked.putAll(seen);
            } else if (statement.isEmpty()) {
              found.add(Anomaly.FRACTURED_STATEMENT);
            }
          }
        }
      }
      if (all.isEmpty()) {
        found.add(Anomaly.FRACTURED_READ);
      }
      if (isIn) {
        judgeUpdates(own, locked, Anomaly.LOST_LOCKED_UPDATE);
        judgeUpdates(own, last, Anomaly.LOST_UPDATE);
      }
    }

    /** The places of what others wrote among the versions. */
    private Map<Integer, Integer> seen(Read read, Map<Integer, Long> own) {
      Map<Integer, Integer> seen = new HashMap<>();
      read.seen()
          .forEach(
              (register, value) -> {
                Integer place = placeOf(register, value);
                Integer writer = writers.get(value);
                if (own.containsKey(register)) {
                  if (!value.equals(own.get(register))) {
                    found.add(Anomaly.MISSED_OWN_WRITE);
                  }
                } else if (place != null) {
                  seen.put(register, place);
                } else if (writer != null
                    && transactions.get(writer).end() != End.ABORTED
                    && !value.equals(transactions.get(writer).outcome().get(register))) {
                  found.add(Anomaly.INTERMEDIATE_READ);
                } else {
                  found.add(Anomaly.ABORTED_READ);
                }
              });
      return seen;
    }

    private void judgeRead(int number, boolean isIn, int register, int place) {
      List<Version> all = versions.get(register);
      if (isIn) {
        edge(after, writers.get(all.get(place).value()), number);
      }
      if (place + 1 < all.size()) {
        Integer next = writers.get(all.get(place + 1).value());
        if (isIn) {
          edge(missed, number, next);
        }
        if (next != null && transactions.get(next).ended() < transactions.get(number).begun()) {
          found.add(Anomaly.STALE_READ);
        }
      }
    }

    private void judgeUpdates(
        Map<Integer, Long> own, Map<Integer, Integer> seen, Anomaly whenOthersCameBetween) {
      seen.forEach(
          (register, place) -> {
            Long value = own.get(register);
            Integer written = value == null ? null : placeOf(register, value);
            if (written != null && place + 1 < written) {
              found.add(whenOthersCameBetween);
            }
          });
    }

    private void judgeCycles() {
      Map<Integer, Integer> order = order(after);
      if (order == null) {
        found.add(Anomaly.CYCLE_OF_WRITES_AND_READS);
        return;
      }
      for (Map.Entry<Integer, Set<Integer>> entry : missed.entrySet()) {
        for (int writer : entry.getValue()) {
          if (isPath(writer, entry.getKey(), order)) {
            found.add(Anomaly.CYCLE_WITH_ONE_MISSED_WRITE);
            return;
          }
        }
      }
      Map<Integer, Set<Integer>> both = new HashMap<>();
      after.forEach((from, to) -> both.put(from, new HashSet<>(to)));
      missed.forEach((from, to) -> both.computeIfAbsent(from, f -> new HashSet<>()).addAll(to));
      if (order(both) == null) {
        found.add(Anomaly.CYCLE_WITH_MISSED_WRITES);
      }
    }

    /**
     * Whether one comes after the other; only who stands between them in the order can lead there.
     */
    private boolean isPath(int from, int to, Map<Integer, Integer> order) {
      int end = order.getOrDefault(to, -1);
      Set<Integer> reached = new HashSet<>(Set.of(from));
      Deque<Integer> open = new ArrayDeque<>(reached);
      while (!open.isEmpty()) {
        for (int next : after.getOrDefault(open.poll(), Set.of())) {
          if (next == to) {
            return true;
          }
          if (order.getOrDefault(next, end) < end && reached.add(next)) {
            open.add(next);
          }
        }
      }
      return false;
    }

    /** The moments, as sequences, at which all that was seen was there together. */
    private final class Moments {
      private long from;
      private long until = NEVER;

      void restrict(int register, int place) {
        List<Version> all = versions.get(register);
        from = Math.max(from, all.get(place).sequence());
        if (place + 1 < all.size()) {
          until = Math.min(until, all.get(place + 1).sequence());
        }
      }

      boolean isEmpty() {
        return from >= until;
      }
    }
  }

  private static void edge(
      Map<Integer, Set<Integer>> after, @Nullable Integer from, @Nullable Integer to) {
    if (from != null && to != null && !from.equals(to)) {
      after.computeIfAbsent(from, number -> new HashSet<>()).add(to);
    }
  }

  /** Each with its place in an order that goes along the edges; null if there are circles. */
  private static @Nullable Map<Integer, Integer> order(Map<Integer, Set<Integer>> after) {
    Map<Integer, Integer> before = new HashMap<>();
    after.forEach(
        (from, all) -> {
          before.putIfAbsent(from, 0);
          all.forEach(to -> before.merge(to, 1, Integer::sum));
        });
    Deque<Integer> free = new ArrayDeque<>();
    before.forEach(
        (number, count) -> {
          if (count == 0) {
            free.add(number);
          }
        });
    Map<Integer, Integer> order = new HashMap<>();
    while (!free.isEmpty()) {
      int number = free.poll();
      order.put(number, order.size());
      for (int next : after.getOrDefault(number, Set.of())) {
        if (before.merge(next, -1, Integer::sum) == 0) {
          free.add(next);
        }
      }
    }
    return order.size() < before.size() ? null : order;
  }
}
