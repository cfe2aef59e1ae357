package org.facetdb.sql.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.SqlSession;
import org.facetdb.sql.session.ListHistory.Anomaly;
import org.facetdb.sql.session.ListHistory.Append;
import org.facetdb.sql.session.ListHistory.End;
import org.facetdb.sql.session.ListHistory.Op;
import org.facetdb.sql.session.ListHistory.Read;
import org.facetdb.sql.session.ListHistory.Transaction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Eight sessions append to lists and read them, and the history shows what the level allows. */
@Timeout(300)
class HistoriesTest {
  private static final int SESSIONS = 8;
  private static final int LISTS = 5;
  private static final int TRANSACTIONS = Integer.getInteger("facetdb.histories.transactions", 150);

  private final AtomicInteger numbers = new AtomicInteger();

  @ParameterizedTest
  @CsvSource({"read committed", "repeatable read", "serializable"})
  void showNoAnomalyThatTheirLevelForbids(String level, @TempDir Path directory) throws Exception {
    ListHistory history = new ListHistory();
    long seed = Long.getLong("facetdb.seed", System.nanoTime());
    System.out.println("level=" + level + " -Dfacetdb.seed=" + seed);
    SplittableRandom random = new SplittableRandom(seed);
    try (TestDatabase db = TestDatabase.at(directory)) {
      db.run("create table lists (k int primary key, v text)");
      for (int k = 0; k < LISTS; k++) {
        db.run("insert into lists values (" + k + ", '')");
      }
      run(db, level, random).forEach(history::add);
      Set<Anomaly> found = history.anomalies(lists(db));
      found.removeAll(allowed(level));
      assertEquals(Set.of(), found);
    }
    try (TestDatabase db = TestDatabase.at(directory)) {
      Set<Anomaly> found = history.anomalies(lists(db));
      found.removeAll(allowed(level));
      assertEquals(Set.of(), found, "after it was opened again");
    }
  }

  private static Set<Anomaly> allowed(String level) {
    return switch (level) {
      case "read committed" -> EnumSet.of(Anomaly.FRACTURED_READ, Anomaly.CYCLE_WITH_MISSED_WRITES);
      case "repeatable read" -> EnumSet.of(Anomaly.CYCLE_WITH_MISSED_WRITES);
      default -> EnumSet.noneOf(Anomaly.class);
    };
  }

  private List<Transaction> run(TestDatabase db, String level, SplittableRandom random)
      throws Exception {
    List<Callable<List<Transaction>>> clients = new ArrayList<>();
    for (int i = 0; i < SESSIONS; i++) {
      SplittableRandom own = random.split();
      clients.add(
          () -> {
            try (SqlSession session = db.newSession()) {
              List<Transaction> done = new ArrayList<>();
              for (int t = 0; t < TRANSACTIONS; t++) {
                done.add(transact(session, level, own));
              }
              return done;
            }
          });
    }
    List<Transaction> all = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(SESSIONS)) {
      for (Future<List<Transaction>> done : threads.invokeAll(clients)) {
        all.addAll(done.get());
      }
    }
    long committed = all.stream().filter(t -> t.end() == End.COMMITTED).count();
    System.out.println("transactions=" + all.size() + " committed=" + committed);
    assertTrue(committed * 4 > all.size(), "committed=" + committed + " of " + all.size());
    return all;
  }

  private Transaction transact(SqlSession session, String level, SplittableRandom random) {
    List<Op> ops = new ArrayList<>();
    TestDatabase.run(session, "begin isolation level " + level);
    try {
      for (int op = random.nextInt(1, 5); op > 0; op--) {
        int list = random.nextInt(LISTS);
        if (random.nextBoolean()) {
          ops.add(new Read(list, read(session, list)));
        } else {
          int number = numbers.incrementAndGet();
          ops.add(new Append(list, number));
          TestDatabase.run(
              session, "update lists set v = v || '" + number + ",' where k = " + list);
        }
      }
      if (random.nextInt(10) == 0) {
        TestDatabase.run(session, "rollback");
        return new Transaction(ops, End.ABORTED);
      }
      TestDatabase.run(session, "commit");
      return new Transaction(ops, End.COMMITTED);
    } catch (DatabaseException e) {
      assertTrue(e.sqlState().startsWith("40"), e.sqlState() + " " + e.getMessage());
      TestDatabase.run(session, "rollback");
      return new Transaction(ops, End.ABORTED);
    }
  }

  private static List<Integer> read(SqlSession session, int list) {
    return parse(TestDatabase.rows(session, "select v from lists where k = " + list).getFirst());
  }

  private static List<Integer> parse(String text) {
    return text.isEmpty()
        ? List.of()
        : Arrays.stream(text.split(",")).map(Integer::valueOf).toList();
  }

  private static Map<Integer, List<Integer>> lists(TestDatabase db) {
    Map<Integer, List<Integer>> lists = new HashMap<>();
    for (int k = 0; k < LISTS; k++) {
      lists.put(k, parse(db.rows("select v from lists where k = " + k).getFirst()));
    }
    return lists;
  }

  // What the checker finds.

  private static Set<Anomaly> found(Map<Integer, List<Integer>> lists, Transaction... of) {
    ListHistory history = new ListHistory();
    for (Transaction transaction : of) {
      history.add(transaction);
    }
    return history.anomalies(lists);
  }

  private static Transaction committed(Op... ops) {
    return new Transaction(List.of(ops), End.COMMITTED);
  }

  private static Transaction aborted(Op... ops) {
    return new Transaction(List.of(ops), End.ABORTED);
  }

  private static Append append(int list, int number) {
    return new Append(list, number);
  }

  private static Read read(int list, Integer... seen) {
    return new Read(list, List.of(seen));
  }

  @Test
  void aCleanHistoryIsClean() {
    Map<Integer, List<Integer>> lists = Map.of(1, List.of(1, 2, 3), 2, List.of(4));
    assertEquals(
        Set.of(),
        found(
            lists,
            committed(append(1, 1), append(1, 2)),
            committed(read(1, 1, 2), append(2, 4)),
            aborted(read(1), append(1, 9)),
            committed(read(2, 4), append(1, 3), read(1, 1, 2, 3)),
            new Transaction(List.of(append(2, 8)), End.UNKNOWN)));
  }

  @Test
  void eachAnomalyThatIsPlantedIsFound() {
    assertEquals(
        Set.of(Anomaly.LOST_UPDATE),
        found(Map.of(1, List.of(1)), committed(append(1, 1)), committed(append(1, 2))));
    assertEquals(Set.of(Anomaly.ABORTED_READ), found(Map.of(1, List.of(1)), aborted(append(1, 1))));
    assertTrue(
        found(Map.of(1, List.of()), aborted(append(1, 1)), committed(read(1, 1)))
            .contains(Anomaly.ABORTED_READ));
    assertTrue(
        found(
                Map.of(1, List.of(1, 2)),
                committed(append(1, 1), append(1, 2)),
                committed(read(1, 1)))
            .contains(Anomaly.INTERMEDIATE_READ));
    assertTrue(
        found(
                Map.of(1, List.of(1), 2, List.of(2)),
                committed(append(1, 1), append(2, 2)),
                committed(read(1, 1), read(2)))
            .contains(Anomaly.FRACTURED_READ));
    assertTrue(
        found(
                Map.of(1, List.of(1, 2)),
                committed(append(1, 1)),
                committed(append(1, 2)),
                committed(read(1, 2)))
            .contains(Anomaly.FORKED_LIST));
    assertEquals(
        Set.of(Anomaly.CYCLE_OF_WRITES_AND_READS),
        found(
            Map.of(1, List.of(1), 2, List.of(2)),
            committed(append(1, 1), read(2, 2)),
            committed(append(2, 2), read(1, 1))));
    assertEquals(
        Set.of(Anomaly.CYCLE_OF_WRITES_AND_READS),
        found(
            Map.of(1, List.of(1, 3), 2, List.of(4, 2)),
            committed(append(1, 1), append(2, 2)),
            committed(append(1, 3), append(2, 4))));
    assertEquals(
        Set.of(Anomaly.CYCLE_WITH_MISSED_WRITES),
        found(
            Map.of(1, List.of(1), 2, List.of(2)),
            committed(read(2), append(1, 1)),
            committed(read(1), append(2, 2))));
  }

  @Test
  void whoDiedWithoutAWordCountsIfWhatHeDidIsThere() {
    Transaction unknown = new Transaction(List.of(read(2), append(1, 1)), End.UNKNOWN);
    Transaction other = committed(read(1), append(2, 2));
    assertEquals(Set.of(), found(Map.of(1, List.of(), 2, List.of(2)), unknown, other));
    assertEquals(
        Set.of(Anomaly.CYCLE_WITH_MISSED_WRITES),
        found(Map.of(1, List.of(1), 2, List.of(2)), unknown, other));
  }
}
