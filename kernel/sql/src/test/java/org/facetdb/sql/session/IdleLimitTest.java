package org.facetdb.sql.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.Result;
import org.facetdb.sql.SqlSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of a session that leaves a transaction open and calls nothing. */
@Timeout(120)
class IdleLimitTest {
  private static final String SETTING = "set idle_in_transaction_session_timeout = ";

  private final TestDatabase db = TestDatabase.inMemory();
  private final SqlSession idler = db.newSession();

  @BeforeEach
  void setUp() {
    db.run("create table t (id int primary key, v int)");
    db.run("insert into t values (1, 10), (2, 20)");
  }

  @AfterEach
  void tearDown() {
    idler.close();
    assertEquals(List.of(), db.rows("select * from pg_locks"));
    db.close();
  }

  private static void await(BooleanSupplier condition) {
    long begin = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(20), "waits in vain");
      LockSupport.parkNanos(1_000_000);
    }
  }

  private void awaitEnd() {
    await(() -> !idler.isOpen() && db.rows("select * from pg_locks").isEmpty());
  }

  @Test
  void locksAreFreedWhileTheSessionIsIdle() {
    TestDatabase.run(idler, SETTING + "'20ms'; begin; update t set v = 11 where id = 1");
    // Waits for the row until the other session is ended.
    assertEquals("UPDATE 1", db.run("update t set v = v + 5 where id = 1"));
    assertEquals(List.of("15"), db.rows("select v from t where id = 1"));
    assertTrue(idler.inTransaction(), "who was not told believes to be in a transaction");
    DatabaseException e = TestDatabase.fails(idler, "25P03", "commit");
    assertEquals("terminating connection due to idle-in-transaction timeout", e.getMessage());
    assertFalse(idler.inTransaction());
    assertFalse(idler.isOpen());
    TestDatabase.fails(idler, "08003", "select 1");
    TestDatabase.fails(idler, "08003", "begin");
  }

  @Test
  void allThatTheSessionHasIsFreed() {
    TestDatabase.run(idler, SETTING + "20; select pg_advisory_lock(5)");
    assertEquals(List.of("f"), db.rows("select pg_try_advisory_lock(5)"));
    TestDatabase.run(idler, "begin; create table u (id int primary key); insert into u values (1)");
    awaitEnd();
    assertEquals(List.of("t|t"), db.rows("select pg_try_advisory_lock(5), pg_advisory_unlock(5)"));
    db.fails("42P01", "select * from u");
    db.run("create table u (id int primary key)");
  }

  @Test
  void aTransactionThatFailedIsEndedToo() {
    TestDatabase.run(idler, SETTING + "'20ms'; begin; update t set v = 11 where id = 1");
    TestDatabase.fails(idler, "22012", "select 1 / 0");
    await(() -> !idler.isOpen());
    TestDatabase.fails(idler, "25P03", "rollback");
  }

  @Test
  void whoCallsNowAndThenGoesOn() {
    TestDatabase.run(idler, SETTING + "'2s'; begin");
    for (int i = 0; i < 20; i++) {
      TestDatabase.run(idler, "update t set v = v + 1 where id = 1");
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
    TestDatabase.run(idler, "commit");
    assertEquals(List.of("30"), db.rows("select v from t where id = 1"));
  }

  @Test
  void aStatementThatRunsLongIsNotIdle() throws Exception {
    db.run("begin; update t set v = 11 where id = 1");
    TestDatabase.run(idler, SETTING + "20");
    try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> waiting =
          thread.submit(
              () -> TestDatabase.run(idler, "begin; update t set v = 12 where id = 1; commit"));
      await(() -> db.rows("select 1 from pg_locks where not granted").size() == 1);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(60));
      db.run("commit");
      assertEquals("COMMIT", waiting.get());
    }
  }

  @Test
  void onlyTransactionsAreEnded() {
    TestDatabase.run(idler, SETTING + "1");
    try (Result open = idler.execute("select * from t")) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(30));
      assertNotNull(open.nextBatch());
    }
    TestDatabase.run(idler, "insert into t values (3, 30)");
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(30));
    TestDatabase.run(idler, "select 1");
    TestDatabase.run(idler, SETTING + "0; begin; update t set v = 0");
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(30));
    TestDatabase.run(idler, "commit");
  }

  @Test
  void aResultThatIsOpenEndsWithItsTransaction() {
    TestDatabase.run(idler, SETTING + "'20ms'; begin");
    Result half = idler.execute("select * from t");
    assertNotNull(half.nextBatch());
    awaitEnd();
    DatabaseException e = assertThrows(DatabaseException.class, half::nextBatch);
    assertEquals("25P03", e.sqlState());
    half.close();
    TestDatabase.fails(idler, "08003", "select 1");
  }

  @Test
  void closingAResultIsNoStatement() {
    TestDatabase.run(idler, SETTING + "'20ms'; begin");
    Result rows = idler.execute("select * from t");
    awaitEnd();
    rows.close();
    assertThrows(DatabaseException.class, idler::catalog);
    TestDatabase.fails(idler, "08003", "select 1");
  }

  @Test
  void theSettingGoesWithItsTransaction() {
    TestDatabase.run(idler, "begin; set local idle_in_transaction_session_timeout = '1h'");
    assertEquals(
        List.of("1h"), TestDatabase.rows(idler, "show idle_in_transaction_session_timeout"));
    TestDatabase.run(idler, "commit");
    assertEquals(
        List.of("0"), TestDatabase.rows(idler, "show idle_in_transaction_session_timeout"));
    db.fails("22023", SETTING + "'soon'");
    db.fails("22023", SETTING + "-1");
    assertEquals(
        "2147483648 is outside the valid range for parameter"
            + " \"idle_in_transaction_session_timeout\" (0 ms .. 2147483647 ms)",
        db.fails("22023", SETTING + "2147483648").getMessage());
    db.fails("22023", "set statement_timeout = '999999999999d'");
  }

  @Test
  void aCallThatComesTooLateWaitsUntilAllIsGivenBack() throws Exception {
    CountDownLatch ringing = new CountDownLatch(1);
    AtomicBoolean mayEnd = new AtomicBoolean();
    AtomicBoolean ended = new AtomicBoolean();
    try (IdleTimer timer = new IdleTimer();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      IdleLimit limit =
          new IdleLimit(
              timer,
              () -> {
                ringing.countDown();
                await(mayEnd::get);
                ended.set(true);
              });
      limit.enter();
      limit.leave(1);
      ringing.await();
      Future<Boolean> call =
          threads.submit(
              () -> {
                limit.enter();
                return ended.get();
              });
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
      mayEnd.set(true);
      assertTrue(call.get(), "the call had the session before it was ended");
      assertTrue(limit.isOver());
      assertEquals(0, timer.waiting());
    }
  }

  /**
   * Transfers that idle for about as long as they may. Each is done or not done, its client knows
   * which, and it leaves nothing behind.
   */
  @Test
  void eitherTheCallOrTheTimerHasTheSession() throws Exception {
    int clients = 6;
    int rounds = 150;
    long seed = System.nanoTime();
    db.run("insert into t select 100 + v, 1000 from t");
    db.run("create table done (id int primary key)");
    List<Future<int[]>> all = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int c = 0; c < clients; c++) {
        int client = c;
        all.add(
            threads.submit(
                () -> transfers(client, rounds, new SplittableRandom(seed + 31L * client))));
      }
    }
    int committed = 0;
    int ended = 0;
    for (Future<int[]> one : all) {
      committed += one.get()[0];
      ended += one.get()[1];
    }
    String facts = "seed=" + seed + " committed=" + committed + " ended=" + ended;
    assertEquals(clients * rounds, committed + ended, facts);
    assertTrue(committed > 0 && ended > 0, facts);
    assertEquals(List.of("" + committed), db.rows("select count(*) from done"), facts);
    assertEquals(
        List.of(1000 - committed + "|" + (1000 + committed)),
        db.rows("select min(v), max(v) from t where id > 100"),
        facts);
    assertEquals(List.of(), db.rows("select * from pg_locks"), facts);
  }

  private int[] transfers(int client, int rounds, SplittableRandom random) {
    int committed = 0;
    for (int round = 0; round < rounds; round++) {
      SqlSession session = db.newSession();
      try {
        int id = client * rounds + round;
        TestDatabase.run(session, SETTING + "1; begin");
        idle(random);
        TestDatabase.run(session, "update t set v = v - 1 where id = 110");
        idle(random);
        TestDatabase.run(session, "update t set v = v + 1 where id = 120");
        TestDatabase.run(session, "insert into done values (" + id + ")");
        try (Result rows = session.execute("select * from done")) {
          idle(random);
          while (rows.nextBatch() != null) {
            // Reads on.
          }
        }
        TestDatabase.run(session, "commit");
        committed++;
      } catch (DatabaseException e) {
        assertEquals("25P03", e.sqlState(), () -> e.toString());
        TestDatabase.fails(session, "08003", "select 1");
      } finally {
        session.close();
      }
    }
    return new int[] {committed, rounds - committed};
  }

  /** Half of the time not at all, else about a millisecond. */
  private static void idle(SplittableRandom random) {
    if (random.nextInt(4) == 0) {
      LockSupport.parkNanos(random.nextLong(400_000, 1_600_000));
    }
  }
}
