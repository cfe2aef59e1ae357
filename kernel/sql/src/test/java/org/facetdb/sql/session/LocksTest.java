package org.facetdb.sql.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.facetdb.spi.DatabaseException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who waits for whom, and what becomes of who waits. */
@Timeout(120)
class LocksTest {
  private final TestDatabase db = TestDatabase.inMemory();
  private final Clients clients = new Clients(db);
  private final Clients.Client anna = clients.client();
  private final Clients.Client ben = clients.client();
  private final Clients.Client cleo = clients.client();

  @BeforeEach
  void setUp() {
    db.run("create table t (id int primary key, v int, u int unique)");
    db.run("insert into t values (1, 10, 100), (2, 20, 200), (3, 30, 300)");
  }

  @AfterEach
  void tearDown() {
    clients.close();
    assertEquals(List.of(), db.rows("select * from pg_locks"));
    db.close();
  }

  @Test
  void aRowThatChangedMeanwhileIsJudgedByWhatItIsNow() {
    anna.run("begin; update t set v = v + 1 where id = 1; update t set v = 99 where id = 2");
    ben.waits("update t set v = v * 2 where v < 50");
    anna.run("commit");
    assertEquals("UPDATE 2", ben.goesOn());
    assertEquals(List.of("22", "99", "60"), db.rows("select v from t order by id"));
  }

  @Test
  void aRowThatIsGoneIsNotFoundAndOneThatWasNotDeletedIs() {
    anna.run("begin; delete from t where id = 1");
    ben.waits("update t set v = 0 where id = 1");
    cleo.waits("delete from t where id = 1");
    anna.run("commit");
    assertEquals("UPDATE 0", ben.goesOn());
    assertEquals("DELETE 0", cleo.goesOn());
    anna.run("begin; delete from t where id = 2");
    ben.waits("update t set v = 0 where id = 2");
    anna.run("rollback");
    assertEquals("UPDATE 1", ben.goesOn());
  }

  @Test
  void rowsThatFitOnlyNowStayOut() {
    anna.run("begin; update t set v = 5 where id = 1; update t set v = 50 where id = 3");
    ben.waits("update t set v = -1 where v = 10 or v = 30 or v = 50");
    anna.run("commit");
    assertEquals("UPDATE 1", ben.goesOn());
    assertEquals(List.of("5", "20", "-1"), db.rows("select v from t order by id"));
  }

  @Test
  void aJoinedUpdateIsJudgedAgain() {
    db.run("create table d (id int primary key, add int); insert into d values (1, 5), (2, 6)");
    anna.run("begin; update t set v = 100 where id = 1");
    ben.waits("update t set v = t.v + d.add from d where d.id = t.id");
    anna.run("commit");
    assertEquals("UPDATE 2", ben.goesOn());
    assertEquals(List.of("105", "26", "30"), db.rows("select v from t order by id"));
  }

  @Test
  void aKeyIsTakenByWhoCommitsIt() {
    anna.run("begin; insert into t values (4, 0, 400)");
    ben.waits("insert into t values (4, 1, 401)");
    cleo.waits("insert into t values (5, 1, 400)");
    anna.run("rollback");
    assertEquals("INSERT 0 1", ben.goesOn());
    assertEquals("INSERT 0 1", cleo.goesOn());
    anna.run("begin; insert into t values (6, 0, 600)");
    ben.waits("insert into t values (6, 1, 601)");
    cleo.waits("update t set u = 600 where id = 1");
    anna.run("commit");
    assertEquals("Key (id)=(6) already exists.", ben.goesWrong("23505").detail());
    assertEquals("Key (u)=(600) already exists.", cleo.goesWrong("23505").detail());
  }

  @Test
  void aKeyThatIsLetGoIsFreeOnceThatIsCommitted() {
    anna.run("begin; delete from t where id = 1; update t set u = 201 where id = 2");
    ben.waits("insert into t values (1, 1, 101)");
    cleo.waits("insert into t values (7, 1, 200)");
    anna.run("commit");
    assertEquals("INSERT 0 1", ben.goesOn());
    assertEquals("INSERT 0 1", cleo.goesOn());
    assertEquals(
        List.of("1|101", "2|201", "3|300", "7|200"), db.rows("select id, u from t order by id"));
  }

  @Test
  void aCircleOfFiveIsBrokenWithinASecond() {
    db.run("insert into t values (4, 0, 400), (5, 0, 500)");
    List<Clients.Client> circle = new ArrayList<>(List.of(anna, ben, cleo));
    circle.add(clients.client());
    circle.add(clients.client());
    for (int i = 0; i < 5; i++) {
      circle.get(i).run("begin; update t set v = 1 where id = " + (i + 1));
    }
    for (int i = 0; i < 4; i++) {
      circle.get(i).waits("update t set v = 2 where id = " + (i + 2));
    }
    long begin = System.nanoTime();
    circle.get(4).fails("40P01", "update t set v = 2 where id = 1");
    for (int i = 3; i >= 0; i--) {
      assertEquals("UPDATE 1", circle.get(i).goesOn());
      circle.get(i).run("commit");
    }
    assertTrue(System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(1));
    circle.get(4).run("rollback");
  }

  @Test
  void aDeadlockIsBrokenForTheOthers() {
    anna.run("begin; update t set v = 1 where id = 1");
    ben.run("begin; update t set v = 2 where id = 2");
    cleo.run("begin; update t set v = 3 where id = 3");
    anna.waits("update t set v = 1 where id = 2");
    ben.waits("update t set v = 2 where id = 3");
    DatabaseException e = cleo.fails("40P01", "update t set v = 3 where id = 1");
    String chain = "Session %d waits for ExclusiveLock on row (id)=(%d) of table \"t\";";
    String detail = String.valueOf(e.detail());
    assertTrue(detail.contains(String.format(chain, cleo.id(), 1)), detail);
    assertTrue(detail.contains(String.format(chain, anna.id(), 2)), detail);
    assertTrue(detail.contains(String.format(chain, ben.id(), 3)), detail);
    assertEquals("UPDATE 1", ben.goesOn());
    cleo.fails("25P02", "select 1");
    cleo.run("rollback");
    ben.run("commit");
    assertEquals("UPDATE 1", anna.goesOn());
    anna.run("commit");
    assertEquals(List.of("1", "1", "2"), db.rows("select v from t order by id"));
  }

  @Test
  void whoWaitsTooLongGivesUpAndSaysForWhom() {
    anna.run("begin; update t set v = 1 where id = 1");
    ben.run("set lock_timeout = '30ms'");
    DatabaseException e = ben.fails("55P03", "update t set v = 2 where id = 1");
    assertEquals("canceling statement due to lock timeout", e.getMessage());
    assertEquals("Session " + ben.id() + " was blocked by " + anna.id() + ".", e.detail());
    ben.run("reset lock_timeout; set statement_timeout = '30ms'");
    ben.fails("57014", "update t set v = 2 where id = 1");
    ben.run("reset statement_timeout");
    ben.waits("update t set v = 2 where id = 1");
    ben.cancel();
    ben.goesWrong("57014");
    anna.run("commit");
    assertEquals("UPDATE 1", ben.run("update t set v = v + 1 where id = 1"));
  }

  @Test
  void aSavepointGivesBackWhatWasLockedAfterIt() {
    anna.run("begin; update t set v = 1 where id = 1; savepoint s");
    anna.run("update t set v = 1 where id = 2");
    ben.waits("update t set v = 2 where id = 2");
    anna.run("rollback to s");
    assertEquals("UPDATE 1", ben.goesOn());
    ben.waits("update t set v = 3 where id = 1");
    anna.run("commit");
    assertEquals("UPDATE 1", ben.goesOn());
    assertEquals(List.of("3", "2", "30"), db.rows("select v from t order by id"));
  }

  @Test
  void aFailureGivesBackWhatGoingBackWould() {
    anna.run("begin; update t set v = 1 where id = 1; savepoint s");
    anna.run("update t set v = 1 where id = 2");
    ben.waits("update t set v = 2 where id = 2");
    cleo.waits("update t set v = 3 where id = 1");
    anna.fails("22012", "select 1 / 0");
    assertEquals("UPDATE 1", ben.goesOn());
    cleo.assertWaits();
    anna.run("rollback to s");
    anna.fails("22012", "update t set v = 1 / 0 where id = 3");
    cleo.assertWaits();
    anna.run("rollback");
    assertEquals("UPDATE 1", cleo.goesOn());
    anna.run("begin; update t set v = 1 where id = 1");
    ben.waits("update t set v = 2 where id = 1");
    anna.fails("42703", "select nope from t");
    assertEquals("UPDATE 1", ben.goesOn());
    anna.run("rollback");
  }

  @Test
  void aSessionThatEndsGivesItsLocksBack() {
    Clients more = new Clients(db);
    Clients.Client dying = more.client();
    dying.run("begin; update t set v = 1 where id = 1; select pg_advisory_lock(5)");
    ben.waits("update t set v = 2 where id = 1");
    cleo.waits("select pg_advisory_lock(5)");
    more.close();
    assertEquals("UPDATE 1", ben.goesOn());
    assertEquals("SELECT 1", cleo.goesOn());
    cleo.run("select pg_advisory_unlock(5)");
  }

  @Test
  void advisoryLocksAreOfTheSessionOrOfTheTransaction() {
    anna.run("select pg_advisory_lock(7), pg_advisory_lock(7)");
    assertEquals(List.of("f"), ben.rows("select pg_try_advisory_lock(7)"));
    assertEquals(List.of("t"), ben.rows("select pg_try_advisory_lock(0, 7)"));
    assertEquals(List.of("t"), anna.rows("select pg_advisory_unlock(7)"));
    ben.waits("select pg_advisory_lock(7)");
    assertEquals(List.of("t"), anna.rows("select pg_advisory_unlock(7)"));
    assertEquals("SELECT 1", ben.goesOn());
    assertEquals(List.of("f"), anna.rows("select pg_advisory_unlock(7)"));
    ben.run("select pg_advisory_unlock_all()");
    anna.run("begin; select pg_advisory_xact_lock_shared(8)");
    assertEquals(List.of("t"), ben.rows("select pg_try_advisory_xact_lock_shared(8)"));
    assertEquals(List.of("f"), ben.rows("select pg_try_advisory_xact_lock(8)"));
    anna.run("commit");
    assertEquals(List.of("t"), ben.rows("select pg_try_advisory_xact_lock(8)"));
    assertEquals(List.of("t"), anna.rows("select pg_try_advisory_xact_lock(8)"));
  }

  @Test
  void locksAreShown() {
    anna.run("begin; update t set v = 1 where id = 1");
    ben.waits("delete from t where id = 1");
    assertEquals(
        List.of(
            "relation|t|null|" + anna.id() + "|RowExclusiveLock|t",
            "relation|t|null|" + ben.id() + "|RowExclusiveLock|t",
            "tuple|t|row (id)=(1) of table \"t\"|" + anna.id() + "|ExclusiveLock|t",
            "tuple|t|row (id)=(1) of table \"t\"|" + ben.id() + "|AccessExclusiveLock|f"),
        db.rows(
            "select locktype, relation, tuple, pid, mode, granted from pg_locks"
                + " order by locktype, pid"));
    anna.run("rollback");
    ben.goesOn();
  }

  /**
   * A thousand sessions wait for a row, each on a virtual thread, and all of them have their turn.
   */
  @Test
  void aThousandSessionsWaitWithoutAThreadEach() {
    anna.run("begin; update t set v = 0 where id = 1");
    long before = threads();
    List<Clients.Client> many = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      Clients.Client client = clients.client();
      client.waits("update t set v = v + 1 where id = 1");
      many.add(client);
    }
    long more = threads() - before;
    assertTrue(more < 50, "threads=" + more);
    anna.run("commit");
    many.forEach(client -> assertEquals("UPDATE 1", client.goesOn()));
    assertEquals(List.of("1000"), db.rows("select v from t where id = 1"));
  }

  private static long threads() {
    return Thread.getAllStackTraces().size();
  }
}
