package org.facetdb.sql.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.facetdb.spi.DatabaseException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** SELECT ... FOR UPDATE in all its forms, and LOCK TABLE. */
@Timeout(120)
class RowLockingTest {
  private static final List<String> CLAUSES =
      List.of("for key share", "for share", "for no key update", "for update");

  private final TestDatabase db = TestDatabase.inMemory();
  private final Clients clients = new Clients(db);
  private final Clients.Client anna = clients.client();
  private final Clients.Client ben = clients.client();

  @BeforeEach
  void setUp() {
    db.run("create table t (id int primary key, v int); create index on t (v)");
    db.run("insert into t values (1, 10), (2, 20), (3, 30), (4, 40)");
    db.run("create table d (id int primary key, t int references t); insert into d values (1, 2)");
  }

  @AfterEach
  void tearDown() {
    clients.close();
    assertEquals(List.of(), db.rows("select * from pg_locks"));
    db.close();
  }

  /** Table 13.3 of PostgreSQL's manual. */
  @Test
  void clausesConflictAsInTheManual() {
    String[] conflicts = {"   x", "  xx", " xxx", "xxxx"};
    for (int held = 0; held < 4; held++) {
      for (int asked = 0; asked < 4; asked++) {
        anna.run("begin; select * from t where id = 1 " + CLAUSES.get(held));
        ben.run("begin");
        String query = "select * from t where id = 1 " + CLAUSES.get(asked) + " nowait";
        if (conflicts[asked].charAt(held) == 'x') {
          DatabaseException e = ben.fails("55P03", query);
          assertEquals("could not obtain lock on row in relation \"t\"", e.getMessage());
          assertEquals("Session " + ben.id() + " was blocked by " + anna.id() + ".", e.detail());
        } else {
          assertEquals("SELECT 1", ben.run(query));
        }
        ben.run("rollback");
        anna.run("rollback");
      }
    }
  }

  @Test
  void aRowThatIsLockedIsReadAsItIsNow() {
    anna.run("begin; update t set v = 11 where id = 1; update t set v = 99 where id = 2");
    ben.run("begin");
    ben.waits("select * from t where v < 50 order by id for update");
    anna.run("commit");
    assertEquals("SELECT 3", ben.goesOn());
    assertEquals(
        List.of("1|11", "3|30", "4|40"),
        ben.rows("select * from t where v < 50 order by id for update"));
    ben.run("commit");
    anna.run("begin isolation level repeatable read; select * from t");
    ben.run("update t set v = 12 where id = 1");
    anna.fails("40001", "select * from t where id = 1 for share");
    anna.run("rollback");
  }

  @Test
  void workersTakeFromAQueueWithoutWaiting() {
    String next = "select id from t order by id limit 1 for update skip locked";
    anna.run("begin");
    ben.run("begin");
    assertEquals(List.of("1"), anna.rows(next));
    assertEquals(List.of("2"), ben.rows(next));
    assertEquals(
        List.of("3"),
        ben.rows(
            "select id from t where v >= 20 order by v offset 1 limit 1 for update skip locked"));
    anna.run("delete from t where id = 1; commit");
    assertEquals(List.of(), anna.rows("select id from t where id in (2, 3) for share skip locked"));
    assertEquals(List.of("4"), anna.rows(next));
    ben.run("commit");
  }

  @Test
  void aRowLostToSomebodyElseMakesRoomForTheNext() {
    anna.run("begin; update t set v = 0 where id = 1");
    ben.run("begin");
    ben.waits("select id from t where v > 0 order by id limit 2 for update");
    anna.run("commit");
    assertEquals("SELECT 2", ben.goesOn());
    assertEquals(
        List.of("2", "3"),
        anna.rows(
            "select id from t where id not in"
                + " (select id from t where v = 0) order by id limit 2"));
    assertEquals(List.of("4"), anna.rows("select id from t where v > 0 for update skip locked"));
    ben.run("commit");
  }

  @Test
  void theClauseIsAboutTheTablesItNames() {
    anna.run("begin");
    assertEquals(
        List.of("1|20"),
        anna.rows(
            "select d.id, x.v from d join t x on x.id = d.t for update of d for key share of x"));
    assertEquals("SELECT 1", ben.run("select * from t where id = 2 for no key update nowait"));
    ben.fails("55P03", "select * from t where id = 2 for update nowait");
    ben.fails("55P03", "select * from d for share nowait");
    anna.run("commit");
    assertEquals(List.of("1|2|2|20"), ben.rows("select * from d, t where d.t = t.id for update"));
  }

  @Test
  void parametersAndLimitsWork() {
    assertEquals(
        List.of("2|20"),
        db.rows("select * from t where v > $1 order by id limit $2 for update", 15, 1L));
    assertEquals(List.of(), db.rows("select * from t limit 0 for update"));
    db.fails("2201W", "select * from t limit -1 for update");
    assertEquals(
        List.of("40"), db.rows("select v from t order by v desc fetch first row only for share"));
  }

  @Test
  void whatCannotBeLockedIsRefused() {
    refused(
        "for update is not allowed with GROUP BY clause", "select v from t group by v for update");
    refused("for share is not allowed with DISTINCT clause", "select distinct v from t for share");
    refused(
        "for update is not allowed with aggregate functions", "select count(*) from t for update");
    refused("for update is not allowed with UNION", "select 1 union select 2 for update");
    refused("nullable side", "select * from t left join d on d.t = t.id for update");
    refused("in a subquery", "select * from t where id in (select t from d for update)");
    DatabaseException e = db.fails("42P01", "select * from t for update of x");
    assertEquals("relation \"x\" in FOR UPDATE clause not found in FROM clause", e.getMessage());
    assertEquals(31, e.position());
    db.fails("42601", "select * from t for delete");
    db.run("begin read only");
    db.fails("25006", "select * from t for update");
    db.run("rollback");
    assertEquals("SELECT 4", db.run("select * from t left join d on d.t = t.id for update of t"));
  }

  private void refused(String part, String sql) {
    String message = String.valueOf(db.fails("0A000", sql).getMessage());
    assertTrue(
        message
            .toLowerCase(java.util.Locale.ROOT)
            .contains(part.toLowerCase(java.util.Locale.ROOT)),
        message);
  }

  @Test
  void tablesAreLocked() {
    db.fails("25P01", "lock table t");
    anna.run("begin; lock table t in share mode");
    assertEquals(List.of("4"), ben.rows("select count(*) from t"));
    ben.waits("update t set v = 0 where id = 1");
    anna.run("commit");
    ben.goesOn();
    anna.run("begin; lock t");
    ben.run("begin");
    DatabaseException e = ben.fails("55P03", "lock table t in access share mode nowait");
    assertEquals("could not obtain lock on relation \"t\"", e.getMessage());
    ben.run("rollback; begin");
    ben.waits("select * from t");
    anna.run("commit");
    assertEquals("SELECT 4", ben.goesOn());
    ben.run("commit; begin; lock table only t, d in row exclusive mode; commit");
    ben.run("begin");
    ben.fails("42P01", "lock table nope");
    ben.run("rollback; begin");
    ben.fails("42809", "lock table pg_locks");
    ben.run("rollback");
  }

  @Test
  void lockTableTakesNoSnapshot() {
    anna.run("begin; lock table t");
    ben.run("begin isolation level repeatable read");
    ben.waits("lock table t in share mode");
    anna.run("insert into t values (5, 50); commit");
    ben.goesOn();
    assertEquals(List.of("5"), ben.rows("select count(*) from t"));
    ben.run("commit");
  }

  @Test
  void wordsOfLocksAreStillNames() {
    db.run("create table lock (access int, share int, exclusive int, mode int, nowait int)");
    db.run("insert into lock values (1, 2, 3, 4, 5)");
    assertEquals(
        List.of("1|2|3|4|5|6"),
        db.rows("select access, share, exclusive, mode, nowait, 6 as skip from lock"));
    db.run("begin; lock table lock; lock lock in exclusive mode; commit");
  }
}
