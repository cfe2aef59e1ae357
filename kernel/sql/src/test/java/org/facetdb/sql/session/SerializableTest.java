package org.facetdb.sql.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.SqlSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What SERIALIZABLE asks of statements, beyond the anomalies of {@link HermitageTest}. */
@Timeout(120)
class SerializableTest {
  private static final String BEGIN = "begin isolation level serializable";

  private final TestDatabase db = TestDatabase.inMemory();
  private final SqlSession one = db.newSession();
  private final SqlSession two = db.newSession();
  private final SqlSession three = db.newSession();

  @BeforeEach
  void setUp() {
    db.run("create table t (id int primary key, n int); create index on t (n)");
    db.run("insert into t select i, i * 10 from (values (1), (2), (3), (4), (5)) v(i)");
  }

  @AfterEach
  void tearDown() {
    one.close();
    two.close();
    three.close();
    db.close();
  }

  private static void run(SqlSession session, String script) {
    TestDatabase.run(session, script);
  }

  private static List<String> rows(SqlSession session, String sql) {
    return TestDatabase.rows(session, sql);
  }

  private static void refused(SqlSession session, String sql) {
    DatabaseException e = TestDatabase.fails(session, "40001", sql);
    assertTrue(String.valueOf(e.getMessage()).contains("read/write dependencies"), e.getMessage());
  }

  /** Each of two reads what the other writes. */
  private void skew(
      String firstReads, String firstWrites, String secondReads, String secondWrites) {
    run(one, BEGIN);
    run(two, BEGIN);
    rows(one, firstReads);
    rows(two, secondReads);
    run(one, firstWrites);
    run(two, secondWrites);
    run(one, "commit");
  }

  @Test
  void aKeyThatIsNotThereWasRead() {
    skew(
        "select n from t where id = 8",
        "insert into t values (9, 1)",
        "select n from t where id = 9",
        "insert into t values (8, 1)");
    refused(two, "commit");
  }

  @Test
  void aRangeOfAnIndexWasRead() {
    skew(
        "select id from t where n between 20 and 30",
        "update t set n = 45 where id = 5",
        "select id from t where n between 41 and 49",
        "update t set n = 25 where id = 4");
    refused(two, "commit");
  }

  /** Of a few rows the planner reads all. */
  private void manyRows() {
    String digits = "(values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9))";
    db.run(
        "insert into t select 1000 + a * 1000 + b * 100 + c * 10 + d, 0 from "
            + String.join(
                ", ", digits + " a(a)", digits + " b(b)", digits + " c(c)", digits + " d(d)"));
  }

  @Test
  void otherKeysWereNot() {
    skew(
        "select n from t where id = 1",
        "update t set n = 45 where id = 5",
        "select n from t where id = 5",
        "update t set n = 25 where id = 4");
    run(two, "commit");
  }

  @Test
  void aLimitReadsLittleMoreThanItShows() {
    manyRows();
    skew(
        "select id from t order by id limit 2",
        "update t set n = 45 where id = 10500",
        "select sum(n) from t",
        "update t set n = 25 where id = 10600");
    run(two, "commit");
  }

  @Test
  void anAggregateReadsAll() {
    skew(
        "select sum(n) from t",
        "insert into t values (6, 60)",
        "select sum(n) from t",
        "insert into t values (7, 70)");
    refused(two, "commit");
    assertEquals("ROLLBACK", TestDatabase.run(two, "rollback"));
  }

  @Test
  void theReaderOfAReportIsRefusedWhereTheWriterHasCommitted() {
    // Fekete, O'Neil and O'Neil, "A Read-Only Transaction Anomaly Under Snapshot Isolation", 2004.
    run(one, BEGIN);
    assertEquals(List.of("1"), rows(one, "select id from t where n = 10"));
    run(two, BEGIN + "; update t set n = 11 where id = 1; commit");
    run(three, BEGIN);
    assertEquals(List.of("11"), rows(three, "select n from t where id = 1"));
    run(one, "update t set n = 22 where id = 2; commit");
    assertEquals(List.of("20"), rows(three, "select n from t where id = 2"));
    refused(three, "commit");
  }

  @Test
  void aQueryOutsideABlockIsNotedAsWell() {
    run(three, "set default_transaction_isolation = serializable");
    run(one, BEGIN);
    assertEquals(List.of("10"), rows(one, "select n from t where id = 1"));
    run(two, BEGIN + "; update t set n = 11 where id = 1; commit");
    assertEquals(5, rows(three, "select n from t").size());
    run(one, "update t set n = 22 where id = 2");
    refused(one, "commit");
    assertEquals(List.of("serializable"), rows(three, "show transaction_isolation"));
    run(three, "update t set n = 33 where id = 3");
    assertEquals(List.of("33"), rows(three, "select n from t where id = 3"));
  }

  @Test
  void otherLevelsAreNotAsked() {
    run(one, BEGIN);
    run(two, "begin isolation level repeatable read");
    rows(one, "select * from t");
    rows(two, "select * from t");
    run(one, "update t set n = 1 where id = 1");
    run(two, "update t set n = 2 where id = 2");
    run(one, "commit");
    run(two, "commit");
  }

  @Test
  void whoWasRolledBackIsForgotten() {
    skew(
        "select sum(n) from t",
        "insert into t values (6, 60); savepoint s; insert into t values (8, 80); rollback to s",
        "select n from t where id = 8",
        "update t set n = 0 where id = 1");
    run(two, "commit");
    run(one, BEGIN);
    rows(one, "select sum(n) from t");
    run(one, "insert into t values (9, 90); rollback");
    run(two, BEGIN);
    rows(two, "select sum(n) from t");
    run(two, "insert into t values (10, 90); commit");
  }

  @Test
  void aDeferrableReportWaitsForAnOpenWriter() throws Exception {
    run(one, BEGIN);
    run(one, "update t set n = 1 where id = 1");
    CompletableFuture<List<String>> report =
        CompletableFuture.supplyAsync(
            () -> {
              run(two, "begin transaction isolation level serializable, read only, deferrable");
              return rows(two, "select n from t order by id");
            });
    try {
      report.get(200, TimeUnit.MILLISECONDS);
      throw new AssertionError("it should wait");
    } catch (java.util.concurrent.TimeoutException e) {
      run(one, "commit");
    }
    assertEquals(5, report.get(20, TimeUnit.SECONDS).size());
    TestDatabase.fails(two, "25001", "set transaction read write");
    run(two, "rollback");
    // Nobody writes: it begins at once, and nothing that happens later spoils it.
    run(two, "begin isolation level serializable read only deferrable; select n from t");
    run(one, BEGIN + "; update t set n = 2 where id = 1; commit");
    run(two, "commit");
  }

  @Test
  void waitingForASafeSnapshotCanBeCancelled() throws Exception {
    run(one, BEGIN);
    run(one, "update t set n = 1 where id = 1");
    run(two, "set statement_timeout = 100");
    run(two, "begin isolation level serializable read only deferrable");
    long begin = System.nanoTime();
    CompletableFuture<DatabaseException> report =
        CompletableFuture.supplyAsync(() -> TestDatabase.fails(two, "57014", "select n from t"));
    try {
      report.get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    }
    assertTrue(System.nanoTime() - begin < Duration.ofSeconds(10).toNanos());
    run(two, "rollback");
    run(one, "commit");
  }

  @Test
  void itsModesAreSetBeforeAnyQuery() {
    run(one, BEGIN + "; select 1");
    TestDatabase.fails(one, "25001", "set transaction isolation level repeatable read");
    run(one, "rollback; begin; set transaction isolation level serializable, deferrable");
    assertEquals(List.of("serializable"), rows(one, "show transaction_isolation"));
    run(one, "commit and chain");
    assertEquals(List.of("serializable"), rows(one, "show transaction_isolation"));
    run(one, "set transaction not deferrable; select 1");
    TestDatabase.fails(one, "25001", "set transaction deferrable");
    run(one, "rollback");
  }
}
