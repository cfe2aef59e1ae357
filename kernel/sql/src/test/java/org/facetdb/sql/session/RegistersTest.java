package org.facetdb.sql.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.facetdb.sql.SqlSession;
import org.facetdb.sql.session.ListHistory.End;
import org.facetdb.sql.session.RegisterHistory.Anomaly;
import org.facetdb.sql.session.RegisterHistory.Op;
import org.facetdb.sql.session.RegisterHistory.Read;
import org.facetdb.sql.session.RegisterHistory.Transaction;
import org.facetdb.sql.session.RegisterHistory.Version;
import org.facetdb.sql.session.RegisterHistory.Write;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Eight sessions read and write registers, and the history shows what the level allows. */
@Timeout(300)
class RegistersTest {
  private static final int SESSIONS = 8;
  private static final int TRANSACTIONS = Integer.getInteger("facetdb.histories.transactions", 100);
  private static final int TRIES = 20;

  @ParameterizedTest
  @CsvSource({"read committed", "repeatable read", "serializable"})
  void showNoAnomalyThatTheirLevelForbids(String level, @TempDir Path directory) throws Exception {
    RegisterHistory history = new RegisterHistory();
    Map<Integer, List<Version>> versions = new HashMap<>();
    long created;
    try (TestDatabase db = TestDatabase.at(directory)) {
      RegisterClient.create(db);
      created = db.store().lastSequence();
      RegisterClient.addTo(history, run(db, level), 0);
      RegisterClient.addVersions(db, created, versions);
    }
    Set<Anomaly> found = history.anomalies(versions);
    System.out.println("transactions=" + history.size() + " found=" + found);
    found.removeAll(Anomaly.allowed(level));
    assertEquals(Set.of(), found);
    assertTrue(history.count(End.COMMITTED) * 8 > history.size(), "few committed");
    try (TestDatabase db = TestDatabase.at(directory)) {
      Map<Integer, List<Version>> again = new HashMap<>();
      RegisterClient.addVersions(db, created, again);
      assertEquals(versions, again, "after it was opened again");
    }
  }

  /** Else the sessions would not get in each other's way, and the test could not fail. */
  @ParameterizedTest
  @CsvSource({
    "read committed,LOST_UPDATE",
    "read committed,FRACTURED_READ",
    "repeatable read,CYCLE_WITH_MISSED_WRITES"
  })
  void showWhatTheirLevelAllows(String level, Anomaly anomaly) throws Exception {
    Set<Anomaly> found = Set.of();
    for (int i = 0; i < TRIES && !found.contains(anomaly); i++) {
      try (TestDatabase db = TestDatabase.inMemory()) {
        RegisterHistory history = new RegisterHistory();
        Map<Integer, List<Version>> versions = new HashMap<>();
        RegisterClient.create(db);
        long created = db.store().lastSequence();
        RegisterClient.addTo(history, run(db, level), 0);
        RegisterClient.addVersions(db, created, versions);
        found = history.anomalies(versions);
      }
    }
    assertTrue(found.contains(anomaly), "found: " + found);
  }

  /** What the sessions said they did. */
  private static List<String> run(TestDatabase db, String level) throws Exception {
    long seed = Long.getLong("facetdb.seed", System.nanoTime());
    System.out.println("level=" + level + " -Dfacetdb.seed=" + seed);
    SplittableRandom random = new SplittableRandom(seed);
    List<String> lines = Collections.synchronizedList(new ArrayList<>());
    AtomicLong numbers = new AtomicLong();
    List<Callable<Void>> clients = new ArrayList<>();
    for (int i = 0; i < SESSIONS; i++) {
      SplittableRandom own = random.split();
      clients.add(
          () -> {
            try (SqlSession session = db.newSession()) {
              RegisterClient client = new RegisterClient(session, level, own, numbers, lines::add);
              for (int t = 0; t < TRANSACTIONS; t++) {
                client.transact();
              }
              return null;
            }
          });
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(SESSIONS)) {
      for (Future<Void> done : threads.invokeAll(clients)) {
        done.get();
      }
    }
    return lines;
  }

  // What the checker finds.

  /** The versions of registers 1, 2 and so on; each commit has the sequence that its values are. */
  private static Map<Integer, List<Version>> versions(long[]... values) {
    Map<Integer, List<Version>> versions = new HashMap<>();
    for (long[] of : values) {
      List<Version> all = new ArrayList<>(List.of(new Version(0, RegisterHistory.INITIAL)));
      Arrays.stream(of).forEach(value -> all.add(new Version(value / 10, value)));
      versions.put(versions.size() + 1, all);
    }
    return versions;
  }

  private static long[] register(long... values) {
    return values;
  }

  private static Set<Anomaly> found(Map<Integer, List<Version>> versions, Transaction... of) {
    RegisterHistory history = new RegisterHistory();
    for (Transaction transaction : of) {
      history.add(transaction);
    }
    return history.anomalies(versions);
  }

  private static Transaction committed(Op... ops) {
    return committed(0, RegisterHistory.NEVER, ops);
  }

  private static Transaction committed(long begun, long ended, Op... ops) {
    return new Transaction(begun, ended, List.of(ops), End.COMMITTED);
  }

  private static Transaction aborted(Op... ops) {
    return new Transaction(0, RegisterHistory.NEVER, List.of(ops), End.ABORTED);
  }

  private static Transaction unknown(Op... ops) {
    return new Transaction(0, RegisterHistory.NEVER, List.of(ops), End.UNKNOWN);
  }

  private static Write write(int register, long value) {
    return new Write(register, value);
  }

  private static Read read(int register, long value) {
    return new Read(Map.of(register, value), false);
  }

  private static Read lock(int register, long value) {
    return new Read(Map.of(register, value), true);
  }

  @Test
  void aCleanHistoryIsClean() {
    assertEquals(
        Set.of(),
        found(
            versions(register(12, 31), register(13, 51)),
            committed(0, 3, write(1, 11), write(1, 12), write(2, 13), read(1, 12)),
            aborted(read(1, 12), write(1, 21), read(1, 21)),
            committed(4, 8, new Read(Map.of(1, 12L, 2, 13L), false), write(1, 31)),
            committed(5, 9, read(2, 13), read(1, 12)),
            unknown(read(1, 31), write(2, 41)),
            unknown(lock(2, 13), write(2, 51))));
  }

  @Test
  void aLostUpdateIsFound() {
    assertEquals(
        Set.of(Anomaly.LOST_UPDATE, Anomaly.CYCLE_WITH_ONE_MISSED_WRITE),
        found(
            versions(register(11, 21)),
            committed(read(1, 0), write(1, 11)),
            committed(read(1, 0), write(1, 21))));
    assertTrue(
        found(
                versions(register(11, 21)),
                committed(write(1, 11)),
                committed(lock(1, 0), write(1, 21)))
            .contains(Anomaly.LOST_LOCKED_UPDATE));
  }

  @Test
  void aDirtyReadIsFound() {
    Set<Anomaly> expected = Set.of(Anomaly.ABORTED_READ);
    assertEquals(
        expected, found(versions(register()), aborted(write(1, 11)), committed(read(1, 11))));
    assertEquals(
        expected, found(versions(register()), aborted(write(1, 11)), aborted(read(1, 11))));
    assertEquals(expected, found(versions(register(11)), aborted(write(1, 11))));
    assertEquals(expected, found(versions(register()), committed(read(1, 11))), "nobody wrote it");
    assertEquals(expected, found(versions(register(11))), "nobody wrote it");
  }

  @Test
  void anIntermediateReadIsFound() {
    assertEquals(
        Set.of(Anomaly.INTERMEDIATE_READ),
        found(
            versions(register(12)), committed(write(1, 11), write(1, 12)), committed(read(1, 11))));
  }

  @Test
  void aFracturedReadIsFound() {
    Transaction writer = committed(write(1, 11), write(2, 12));
    assertEquals(
        Set.of(Anomaly.FRACTURED_READ, Anomaly.CYCLE_WITH_ONE_MISSED_WRITE),
        found(versions(register(11), register(12)), writer, committed(read(1, 11), read(2, 0))));
    assertTrue(
        found(versions(register(11), register(12)), writer, committed(read(1, 0), read(1, 11)))
            .contains(Anomaly.FRACTURED_READ),
        "a read that does not repeat");
    assertTrue(
        found(
                versions(register(11), register(12)),
                writer,
                committed(new Read(Map.of(1, 11L, 2, 0L), false)))
            .contains(Anomaly.FRACTURED_STATEMENT));
  }

  @Test
  void circlesAreFound() {
    assertEquals(
        Set.of(Anomaly.CYCLE_WITH_MISSED_WRITES),
        found(
            versions(register(11), register(21)),
            committed(read(1, 0), read(2, 0), write(1, 11)),
            committed(read(1, 0), read(2, 0), write(2, 21))),
        "write skew");
    assertEquals(
        Set.of(Anomaly.CYCLE_WITH_MISSED_WRITES),
        found(
            versions(register(11), register(21)),
            committed(write(1, 11)),
            committed(read(1, 0), write(2, 21)),
            committed(read(1, 11), read(2, 0))),
        "the anomaly of a reader");
    assertEquals(
        Set.of(Anomaly.CYCLE_WITH_ONE_MISSED_WRITE),
        found(
            versions(register(11), register(12, 21)),
            committed(write(1, 11), write(2, 12)),
            committed(read(1, 0), write(2, 21))),
        "a blind write over what was missed");
    assertTrue(
        found(
                versions(register(11), register(21)),
                committed(write(1, 11), read(2, 21)),
                committed(read(1, 11), write(2, 21)))
            .contains(Anomaly.CYCLE_OF_WRITES_AND_READS));
  }

  @Test
  void aBrokenSessionIsFound() {
    assertEquals(
        Set.of(Anomaly.MISSED_OWN_WRITE),
        found(versions(register(11)), committed(write(1, 11), read(1, 0))));
    assertEquals(
        Set.of(Anomaly.STALE_READ),
        found(versions(register(11)), committed(0, 1, write(1, 11)), committed(2, 3, read(1, 0))));
  }

  @Test
  void whatACrashMayNotDoIsFound() {
    assertEquals(Set.of(Anomaly.LOST_WRITE), found(versions(register()), committed(write(1, 11))));
    assertEquals(
        Set.of(Anomaly.PARTIAL_COMMIT),
        found(versions(register(11), register()), unknown(write(1, 11), write(2, 12))));
    assertEquals(
        Set.of(Anomaly.PARTIAL_COMMIT),
        found(versions(register(11), register(22)), committed(write(1, 11), write(2, 22))));
    assertEquals(
        Set.of(Anomaly.ABORTED_READ),
        found(versions(register()), unknown(write(1, 11)), committed(read(1, 11))),
        "seen before the crash and gone after it");
    assertTrue(
        found(versions(register(11, 21, 11)), committed(write(1, 11)), committed(write(1, 21)))
            .contains(Anomaly.RETURNED_VERSION));
    Transaction died = unknown(read(2, 0), write(1, 11));
    Transaction other = committed(read(1, 0), write(2, 21));
    assertEquals(Set.of(), found(versions(register(), register(21)), died, other));
    assertEquals(
        Set.of(Anomaly.CYCLE_WITH_MISSED_WRITES),
        found(versions(register(11), register(21)), died, other));
  }

  @Test
  void aJournalTellsWhatWasUnderWay() {
    List<String> first =
        List.of(
            "begin 1",
            "begin 2",
            "try 1 r1=0,2=0 w1=11",
            "undo 2 w2=31",
            "commit 1",
            "try 2 l2=0 w2=12");
    List<String> second = List.of("begin 3", "try 3 r1=11", "commit 3", "begin 4", "abort 4 w2=14");
    RegisterHistory history = new RegisterHistory();
    RegisterClient.addTo(history, first, 0);
    RegisterClient.addTo(history, second, first.size());
    assertEquals(2, history.count(End.COMMITTED));
    assertEquals(2, history.count(End.ABORTED));
    assertEquals(1, history.count(End.UNKNOWN));
    assertEquals(Set.of(), history.anomalies(versions(register(11), register())));
    assertEquals(Set.of(), history.anomalies(versions(register(11), register(12))));
    assertEquals(
        Set.of(Anomaly.ABORTED_READ), history.anomalies(versions(register(11), register(12, 14))));
    assertEquals(
        Set.of(Anomaly.ABORTED_READ), history.anomalies(versions(register(11), register(31))));
    assertEquals(
        Set.of(Anomaly.LOST_WRITE, Anomaly.ABORTED_READ),
        history.anomalies(versions(register(), register(12))));
  }
}
