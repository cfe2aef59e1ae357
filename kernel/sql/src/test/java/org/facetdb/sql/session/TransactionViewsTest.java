package org.facetdb.sql.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.facetdb.sql.Result;
import org.facetdb.sql.SqlSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is shown of open transactions, and of what they hold back. */
@Timeout(120)
class TransactionViewsTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private final TestDatabase db = TestDatabase.inMemory((InstantSource) now::get);
  private final SqlSession other = db.newSession();
  private final String id = TestDatabase.rows(other, "select pg_backend_pid()").getFirst();

  @BeforeEach
  void setUp() {
    db.run("create table t (id int primary key, v int)");
    db.run("insert into t values (1, 10), (2, 20)");
  }

  @AfterEach
  void tearDown() {
    other.close();
    assertEquals(List.of(), shown("session"));
    db.close();
  }

  private void minutesPass(int minutes) {
    now.set(now.get().plus(minutes, ChronoUnit.MINUTES));
  }

  /** Columns of the other session's row. */
  private List<String> shown(String columns) {
    return db.rows("select " + columns + " from facetdb_transactions where session = " + id);
  }

  private List<String> removable() {
    return retention("removable_until, held_back");
  }

  /** Merges in the background may move it at any time, as far as removable_until was. */
  private List<String> oldestReadable() {
    return retention("oldest_readable");
  }

  private List<String> retention(String columns) {
    return db.rows("select " + columns + " from facetdb_retention where table_name = 't'");
  }

  @Test
  void statesFollowTheSession() {
    String columns = "principal, state, isolation, read_only";
    assertEquals(List.of(), shown(columns));
    TestDatabase.run(other, "begin isolation level repeatable read read only");
    assertEquals(List.of("another|idle in transaction|repeatable read|t"), shown(columns));
    TestDatabase.fails(other, "22012", "select 1 / 0");
    assertEquals(
        List.of("another|idle in transaction (aborted)|repeatable read|t"), shown(columns));
    TestDatabase.run(other, "rollback");
    assertEquals(List.of(), shown(columns));
    TestDatabase.run(other, "begin; insert into t values (3, 30)");
    assertEquals(List.of("another|idle in transaction|read committed|f"), shown(columns));
    TestDatabase.run(other, "commit and chain");
    assertEquals(List.of("another|idle in transaction|read committed|f"), shown(columns));
    TestDatabase.run(other, "commit");
    assertEquals(List.of(), shown(columns));
  }

  @Test
  void whoAsksSeesHimself() {
    assertEquals(
        List.of("tester|active|t|t"),
        db.rows(
            "select principal, state, read_only, snapshot_timestamp is not null"
                + " from facetdb_transactions where session = pg_backend_pid()"));
    assertEquals(
        List.of("active"),
        TestDatabase.rows(
            other, "select state from facetdb_transactions where session = pg_backend_pid()"));
  }

  @Test
  void timesAreThoseOfTransactionStatementAndSnapshot() {
    TestDatabase.run(other, "begin isolation level repeatable read");
    minutesPass(1);
    TestDatabase.run(other, "select * from t");
    minutesPass(1);
    db.run("insert into t values (3, 30)");
    TestDatabase.run(other, "select * from t");
    minutesPass(1);
    assertEquals(
        List.of(
            "2026-01-01 00:00:00+00|2026-01-01 00:02:00+00|2026-01-01 00:02:00+00"
                + "|2026-01-01 00:00:00+00"),
        shown("started, statement_started, idle_since, snapshot_timestamp"));
    TestDatabase.run(other, "rollback");
  }

  @Test
  void aQueryOutsideATransactionIsShownWhileItsResultIsOpen() {
    minutesPass(1);
    Result open = other.execute("select * from t");
    assertNotNull(open.nextBatch());
    minutesPass(1);
    assertEquals(
        List.of("idle|t|2026-01-01 00:01:00+00|null"),
        shown("state, read_only, started, idle_since"));
    open.close();
    assertEquals(List.of(), shown("state"));
  }

  @Test
  void aSnapshotOfThePastIsShown() {
    minutesPass(10);
    db.run("update t set v = v + 1");
    try (Result open =
        other.execute("select * from t for system_time as of timestamp '2026-01-01 00:05:00'")) {
      assertNotNull(open.nextBatch());
      assertEquals(List.of("2026-01-01 00:05:00+00"), shown("snapshot_timestamp"));
    }
  }

  @Test
  void writesAreCounted() {
    TestDatabase.run(other, "begin; insert into t values (3, 30)");
    List<String> few = shown("written_bytes");
    assertTrue(Long.parseLong(few.getFirst()) > 0, few.toString());
    TestDatabase.run(other, "insert into t select id + 10, v from t");
    List<String> more = shown("written_bytes");
    assertTrue(Long.parseLong(more.getFirst()) > Long.parseLong(few.getFirst()), more.toString());
    assertEquals(List.of("f"), shown("spilled"));
    TestDatabase.run(other, "rollback");
  }

  @Test
  void anOldSnapshotHoldsRemovalBack() {
    TestDatabase.run(other, "begin isolation level repeatable read; select * from t");
    minutesPass(30);
    db.run("update t set v = v + 1");
    assertEquals(List.of("2025-12-31 23:30:00+00|f"), removable());
    minutesPass(60);
    db.run("update t set v = v + 1");
    assertEquals(List.of("2026-01-01 00:00:00+00|t"), removable());
    db.run("vacuum t");
    assertEquals(List.of("2026-01-01 00:00:00+00"), oldestReadable());
    TestDatabase.run(other, "commit");
    assertEquals(List.of("2026-01-01 00:30:00+00|f"), removable());
    db.run("vacuum t");
    assertEquals(List.of("2026-01-01 00:30:00+00"), oldestReadable());
  }

  @Test
  void anIdleSessionThatIsEndedHoldsNothingBack() {
    TestDatabase.run(other, "set idle_in_transaction_session_timeout = '20ms'");
    TestDatabase.run(other, "begin isolation level repeatable read; select * from t");
    minutesPass(90);
    db.run("update t set v = v + 1");
    long begin = System.nanoTime();
    while (!shown("state").isEmpty()) {
      assertTrue(System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(20), "it is not ended");
      LockSupport.parkNanos(1_000_000);
    }
    assertEquals(List.of("2026-01-01 00:30:00+00|f"), removable());
    TestDatabase.fails(other, "25P03", "commit");
  }

  @Test
  void historyThatIsKeptIsNeverRemoved() {
    db.run("create table kept (id int primary key) with system versioning");
    db.run(
        "create table a_while (id int primary key)"
            + " with system versioning with (retention = '36 hours')");
    assertEquals(
        List.of("a_while|1 day 12:00:00|f", "kept|null|f", "t|01:00:00|f"),
        db.rows("select table_name, retention, held_back from facetdb_retention"));
  }
}
