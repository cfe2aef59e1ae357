package org.facetdb.sql.session;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What transactions did to lists to which they append numbers, no number twice, and which anomalies
 * that shows, after Adya, "Weak Consistency" (1999), and Kingsbury and Alvaro, "Elle" (2020): since
 * a list names all its versions in order, who came before whom is known and not guessed. Used by
 * one thread.
 */
final class ListHistory {
  /** What a history can show. */
  enum Anomaly {
    /** An acknowledged append is not in the list in the end. */
    LOST_UPDATE,
    /** G1a: somebody saw what was rolled back. */
    ABORTED_READ,
    /** G1b: somebody saw the first of several appends of one transaction, and not the last. */
    INTERMEDIATE_READ,
    /** Somebody saw one of a transaction's appends, and not another to another list. */
    FRACTURED_READ,
    /** Two readers saw lists of which neither begins the other. */
    FORKED_LIST,
    /** G0 and G1c: transactions saw or followed each other in a circle. */
    CYCLE_OF_WRITES_AND_READS,
    /** G2: a circle in which somebody missed what another did. */
    CYCLE_WITH_MISSED_WRITES
  }

  /** How a transaction ended. */
  enum End {
    COMMITTED,
    ABORTED,
    /** Nobody was told: the process died. */
    UNKNOWN
  }

  /** Something that a transaction did to a list. */
  sealed interface Op {
    int list();
  }

  record Append(int list, int number) implements Op {}

  record Read(int list, List<Integer> seen) implements Op {
    Read {
      seen = List.copyOf(seen);
    }
  }

  record Transaction(List<Op> ops, End end) {
    Transaction {
      ops = List.copyOf(ops);
    }
  }

  private final List<Transaction> transactions = new ArrayList<>();
  private final Map<Integer, Integer> writers = new HashMap<>();

  void add(Transaction transaction) {
    int number = transactions.size();
    transactions.add(transaction);
    for (Op op : transaction.ops()) {
      if (op instanceof Append append && writers.put(append.number(), number) != null) {
        throw new IllegalArgumentException("appended twice: " + append);
      }
    }
  }

  /** The anomalies, given what the lists are in the end. */
  Set<Anomaly> anomalies(Map<Integer, List<Integer>> lists) {
    Set<Anomaly> found = EnumSet.noneOf(Anomaly.class);
    Set<Integer> there = new HashSet<>();
    lists.values().forEach(there::addAll);
    for (Transaction transaction : transactions) {
      for (Op op : transaction.ops()) {
        if (op instanceof Append append) {
          boolean isThere = there.contains(append.number());
          if (transaction.end() == End.COMMITTED && !isThere) {
            found.add(Anomaly.LOST_UPDATE);
          } else if (transaction.end() == End.ABORTED && isThere) {
            found.add(Anomaly.ABORTED_READ);
          }
        }
      }
    }
    for (int number = 0; number < transactions.size(); number++) {
      if (isIn(number, there)) {
        judgeReads(number, lists, found);
      }
    }
    if (hasCycle(edges(lists, there, false))) {
      found.add(Anomaly.CYCLE_OF_WRITES_AND_READS);
    }
    if (hasCycle(edges(lists, there, true))) {
      found.add(Anomaly.CYCLE_WITH_MISSED_WRITES);
    }
    if (found.contains(Anomaly.CYCLE_OF_WRITES_AND_READS)) {
      found.remove(Anomaly.CYCLE_WITH_MISSED_WRITES);
    }
    return found;
  }

  /** Whether a transaction took place: it was told so, or its appends are there. */
  private boolean isIn(int number, Set<Integer> there) {
    Transaction transaction = transactions.get(number);
    return switch (transaction.end()) {
      case COMMITTED -> true;
      case ABORTED -> false;
      case UNKNOWN ->
          transaction.ops().stream()
              .anyMatch(op -> op instanceof Append append && there.contains(append.number()));
    };
  }

  private void judgeReads(int number, Map<Integer, List<Integer>> lists, Set<Anomaly> found) {
    Transaction reader = transactions.get(number);
    Map<Integer, Set<Integer>> seenOf = new HashMap<>();
    for (Op op : reader.ops()) {
      if (!(op instanceof Read read)) {
        continue;
      }
      List<Integer> seen = others(read.seen(), number);
      List<Integer> all = lists.getOrDefault(read.list(), List.of());
      for (int value : seen) {
        Integer writer = writers.get(value);
        if (writer == null || transactions.get(writer).end() == End.ABORTED) {
          found.add(Anomaly.ABORTED_READ);
        }
      }
      if (!isPrefix(seen, others(all, number))) {
        found.add(Anomaly.FORKED_LIST);
      }
      if (!seen.isEmpty() && isIntermediate(seen.getLast(), read.list())) {
        found.add(Anomaly.INTERMEDIATE_READ);
      }
      seenOf.computeIfAbsent(read.list(), list -> new HashSet<>()).addAll(seen);
    }
    if (isFractured(seenOf)) {
      found.add(Anomaly.FRACTURED_READ);
    }
  }

  /** Without what a transaction appended itself. */
  private List<Integer> others(List<Integer> values, int number) {
    return values.stream()
        .filter(value -> !Integer.valueOf(number).equals(writers.get(value)))
        .toList();
  }

  private static boolean isPrefix(List<Integer> seen, List<Integer> all) {
    return seen.size() <= all.size() && all.subList(0, seen.size()).equals(seen);
  }

  private boolean isIntermediate(int value, int list) {
    Integer writer = writers.get(value);
    if (writer == null) {
      return false;
    }
    int last = value;
    for (Op op : transactions.get(writer).ops()) {
      if (op instanceof Append append && append.list() == list) {
        last = append.number();
      }
    }
    return last != value;
  }

  /** Whether some transaction was seen in one list and not in another. */
  private boolean isFractured(Map<Integer, Set<Integer>> seenOf) {
    for (Set<Integer> seen : seenOf.values()) {
      for (int value : seen) {
        Integer writer = writers.get(value);
        if (writer == null) {
          continue;
        }
        for (Op op : transactions.get(writer).ops()) {
          if (op instanceof Append other) {
            Set<Integer> there = seenOf.get(other.list());
            if (there != null && !there.contains(other.number())) {
              return true;
            }
          }
        }
      }
    }
    return false;
  }

  /** Who comes after whom; with those who missed something, or without. */
  private Map<Integer, Set<Integer>> edges(
      Map<Integer, List<Integer>> lists, Set<Integer> there, boolean withMissed) {
    Map<Integer, Set<Integer>> after = new HashMap<>();
    for (List<Integer> list : lists.values()) {
      for (int i = 1; i < list.size(); i++) {
        edge(after, writers.get(list.get(i - 1)), writers.get(list.get(i)));
      }
    }
    for (int number = 0; number < transactions.size(); number++) {
      if (!isIn(number, there)) {
        continue;
      }
      for (Op op : transactions.get(number).ops()) {
        if (op instanceof Read read) {
          List<Integer> all = lists.getOrDefault(read.list(), List.of());
          int last = -1;
          for (int value : read.seen()) {
            edge(after, writers.get(value), number);
            last = Math.max(last, all.indexOf(value));
          }
          if (withMissed && last + 1 < all.size()) {
            edge(after, number, writers.get(all.get(last + 1)));
          }
        }
      }
    }
    return after;
  }

  private static void edge(
      Map<Integer, Set<Integer>> after,
      @org.jspecify.annotations.Nullable Integer from,
      @org.jspecify.annotations.Nullable Integer to) {
    if (from != null && to != null && !from.equals(to)) {
      after.computeIfAbsent(from, number -> new HashSet<>()).add(to);
    }
  }

  /** Takes away whoever nobody comes before, until none is left or all are in circles. */
  private static boolean hasCycle(Map<Integer, Set<Integer>> after) {
    Map<Integer, Integer> before = new HashMap<>();
    after.keySet().forEach(number -> before.putIfAbsent(number, 0));
    after.values().stream()
        .flatMap(Collection::stream)
        .forEach(number -> before.merge(number, 1, Integer::sum));
    Deque<Integer> free = new ArrayDeque<>();
    before.forEach(
        (number, count) -> {
          if (count == 0) {
            free.add(number);
          }
        });
    int taken = 0;
    while (!free.isEmpty()) {
      taken++;
      for (int next : after.getOrDefault(free.poll(), Set.of())) {
        if (before.merge(next, -1, Integer::sum) == 0) {
          free.add(next);
        }
      }
    }
    return taken < before.size();
  }
}
