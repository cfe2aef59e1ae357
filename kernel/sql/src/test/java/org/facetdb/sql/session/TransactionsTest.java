package org.facetdb.sql.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.Result;
import org.facetdb.sql.SqlSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransactionsTest {
  private final TestDatabase db = TestDatabase.inMemory();

  @AfterEach
  void close() {
    db.close();
  }

  @Test
  void aTransactionSeesItsSnapshotAndItsOwnWrites() {
    db.run("create table t (id int primary key, v int); insert into t values (1, 1)");
    try (SqlSession other = db.newSession()) {
      db.run("begin isolation level repeatable read");
      assertEquals(List.of("1|1"), db.rows("select * from t"));
      TestDatabase.run(other, "insert into t values (2, 2)");
      assertEquals(List.of("1|1"), db.rows("select * from t"));
      db.run("insert into t values (3, 3)");
      assertEquals(List.of("1|1", "3|3"), db.rows("select * from t order by id"));
      assertEquals(List.of("2"), TestDatabase.rows(other, "select count(*) from t"));
      db.run("commit");
      assertEquals(List.of("3"), TestDatabase.rows(other, "select count(*) from t"));
    }
  }

  @Test
  void aStatementSeesWhatWasCommittedBeforeIt() {
    db.run("create table t (id int primary key, v int); insert into t values (1, 1)");
    try (SqlSession other = db.newSession()) {
      db.run("begin; insert into t values (2, 2)");
      assertEquals(List.of("1|1", "2|2"), db.rows("select * from t order by id"));
      TestDatabase.run(other, "insert into t values (3, 3)");
      assertEquals(List.of("1|1", "2|2", "3|3"), db.rows("select * from t order by id"));
      TestDatabase.run(other, "create table u (a int)");
      assertEquals(List.of(), db.rows("select * from u"));
      db.run("commit");
    }
  }

  @Test
  void aSnapshotIsThatOfTheFirstStatementNotOfBegin() {
    db.run("create table t (id int primary key, v int); insert into t values (1, 1)");
    try (SqlSession other = db.newSession()) {
      db.run("begin isolation level repeatable read");
      TestDatabase.run(other, "insert into t values (2, 2)");
      assertEquals(List.of("2"), db.rows("select count(*) from t"));
      TestDatabase.run(other, "insert into t values (3, 3); update t set v = 9 where id = 1");
      assertEquals(List.of("2"), db.rows("select count(*) from t"));
      DatabaseException e = db.fails("40001", "update t set v = v + 1 where id = 1");
      assertEquals(
          "The row (id)=(1) of table \"t\" was changed after the transaction's snapshot.",
          e.detail());
      db.run("rollback");
    }
  }

  @Test
  void noUpdateIsLostOutsideTransactions() throws InterruptedException {
    db.run("create table t (id int primary key, v int); insert into t values (1, 0)");
    Thread[] threads = new Thread[4];
    for (int i = 0; i < threads.length; i++) {
      threads[i] =
          new Thread(
              () -> {
                try (SqlSession session = db.newSession()) {
                  for (int k = 0; k < 50; k++) {
                    TestDatabase.run(session, "update t set v = v + 1");
                  }
                }
              });
      threads[i].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(List.of("1|200"), db.rows("select * from t"));
  }

  @Test
  void schemaChangesAreTransactional() {
    int before = db.store().keySpaces().size();
    db.run("begin; create table t (a int primary key, b int unique); insert into t values (1, 2)");
    assertEquals(List.of("1|2"), db.rows("select * from t"));
    try (SqlSession other = db.newSession()) {
      TestDatabase.fails(other, "42P01", "select * from t");
    }
    db.run("rollback");
    db.fails("42P01", "select * from t");
    assertEquals(before, db.store().keySpaces().size());
    db.run("begin; create table t (a int); savepoint s; drop table t; rollback to s");
    db.run("insert into t values (1); commit");
    assertEquals(List.of("1"), db.rows("select * from t"));
    db.run("drop table t");
    assertEquals(before, db.store().keySpaces().size());
  }

  @Test
  void schemaChangesWaitForWritersAndWritersForThem() {
    db.run("create table t (a int)");
    try (Clients clients = new Clients(db)) {
      Clients.Client writer = clients.client();
      Clients.Client owner = clients.client();
      writer.run("begin; insert into t values (1)");
      owner.waits("create index on t (a)");
      writer.run("insert into t values (2); commit");
      owner.goesOn();
      assertEquals(List.of("2"), db.rows("select a from t where a = 2"));
      owner.run("begin; create unique index on t (a)");
      writer.waits("insert into t values (1)");
      owner.run("commit");
      writer.goesWrong("23505");
      writer.run("begin; select * from t");
      owner.waits("drop table t");
      writer.run("commit");
      owner.goesOn();
      owner.run("begin; create table x (a int)");
      writer.waits("create table x (a int)");
      owner.run("commit");
      writer.goesWrong("42P07");
    }
  }

  @Test
  void aFailedTransactionTakesOnlyItsEnd() {
    db.run("create table t (a int primary key); begin; insert into t values (1)");
    db.fails("42601", "selec");
    assertTrue(db.session().inFailedTransaction());
    db.fails("25P02", "select 1");
    db.fails("25P02", "insert into t values (2)");
    assertEquals("ROLLBACK", db.run("commit"));
    assertEquals(List.of("0"), db.rows("select count(*) from t"));
    db.fails("25P01", "savepoint s");
    db.run("begin");
    db.fails("3B001", "rollback to nope");
    db.run("rollback");
  }

  @Test
  void savepointsNest() {
    db.run("create table t (a int primary key); begin; insert into t values (1); savepoint a");
    db.run("insert into t values (2); savepoint b; insert into t values (3); rollback to b");
    db.run("insert into t values (4); rollback to a; insert into t values (5)");
    db.run("release a; commit");
    assertEquals(List.of("1", "5"), db.rows("select a from t order by a"));
  }

  @Test
  void isolationLevelsAreWhatTheySay() {
    db.run("begin isolation level read committed; commit");
    db.run("begin isolation level repeatable read; commit");
    db.run("begin isolation level serializable; commit");
    db.run("create table t (a int); begin read only");
    DatabaseException e = db.fails("25006", "insert into t values (1)");
    assertEquals("cannot execute INSERT in a read-only transaction", e.getMessage());
    db.run("rollback");
    assertEquals(List.of("read committed"), db.rows("show transaction_isolation"));
    db.run("begin isolation level repeatable read");
    assertEquals(List.of("repeatable read"), db.rows("show transaction_isolation"));
    db.run("select 1");
    db.fails("25001", "set transaction isolation level read committed");
    db.run("rollback");
    assertEquals(List.of("read committed"), db.rows("show transaction_isolation"));
    db.run("set default_transaction_isolation = 'repeatable read'; begin");
    assertEquals(List.of("repeatable read"), db.rows("show transaction_isolation"));
    db.run("set transaction isolation level read committed");
    assertEquals(List.of("read committed"), db.rows("show transaction_isolation"));
    db.run("commit and chain");
    assertEquals(List.of("read committed"), db.rows("show transaction_isolation"));
    db.run("commit; reset default_transaction_isolation");
    db.run("set session characteristics as transaction isolation level repeatable read; begin");
    assertEquals(List.of("repeatable read"), db.rows("show transaction_isolation"));
    db.run("commit");
  }

  @Test
  void aStatementIsCancelledAndTimesOut() throws InterruptedException {
    db.run("create table t (a int)");
    StringBuilder rows = new StringBuilder("insert into t values (0)");
    for (int i = 1; i < 1500; i++) {
      rows.append(",(").append(i).append(')');
    }
    db.run(rows.toString());
    String slow = "select count(*) from t a, t b, t c where a.a + b.a + c.a < 0";
    db.run("set statement_timeout = 50");
    DatabaseException timeout = db.fails("57014", slow);
    assertEquals("canceling statement due to statement timeout", timeout.getMessage());
    db.run("reset statement_timeout");
    Thread canceller =
        new Thread(
            () -> {
              for (int i = 0; i < 100; i++) {
                try {
                  Thread.sleep(20);
                } catch (InterruptedException e) {
                  return;
                }
                db.session().cancel();
              }
            });
    canceller.start();
    DatabaseException cancelled = db.fails("57014", slow);
    canceller.interrupt();
    canceller.join();
    assertEquals("canceling statement due to user request", cancelled.getMessage());
    assertEquals(List.of("1500"), db.rows("select count(*) from t"));
  }

  @Test
  void anOpenResultKeepsItsSnapshotWhileOthersWrite() {
    db.run("create table t (a int primary key)");
    StringBuilder rows = new StringBuilder("insert into t values (0)");
    for (int i = 1; i < 9000; i++) {
      rows.append(",(").append(i).append(')');
    }
    db.run(rows.toString());
    try (SqlSession other = db.newSession();
        Result result = db.session().execute("select a from t")) {
      int seen = result.nextBatch().selectedCount();
      TestDatabase.run(other, "delete from t");
      for (var batch = result.nextBatch(); batch != null; batch = result.nextBatch()) {
        seen += batch.selectedCount();
      }
      assertEquals(9000, seen);
    }
    assertEquals(List.of("0"), db.rows("select count(*) from t"));
  }

  @Test
  void everythingIsThereAfterReopening(@TempDir Path directory) {
    try (TestDatabase disk = TestDatabase.at(directory)) {
      disk.run("create table t (id int primary key, v text default 'd', check (id > 0))");
      disk.run("create unique index on t (v); insert into t values (1, 'a'), (2, 'b')");
      disk.run("create table r (x int); insert into r values (1), (2)");
      disk.run("begin; insert into t values (3, 'lost')");
    }
    try (TestDatabase disk = TestDatabase.at(directory)) {
      assertEquals(List.of("1|a", "2|b"), disk.rows("select * from t order by id"));
      disk.fails("23505", "insert into t values (3, 'a')");
      disk.fails("23514", "insert into t values (0, 'z')");
      disk.run("insert into t (id) values (4); insert into r values (3)");
      assertEquals(List.of("d"), disk.rows("select v from t where id = 4"));
      assertEquals(List.of("3"), disk.rows("select count(*) from r"));
    }
  }

  @Test
  void aClosedSessionAndForeignStatementsAreRefused() {
    SqlSession other = db.newSession();
    var foreign = other.prepare("select 1");
    assertThrows(IllegalArgumentException.class, () -> db.session().execute(foreign, List.of()));
    other.close();
    assertThrows(DatabaseException.class, () -> other.prepare("select 1"));
  }
}
