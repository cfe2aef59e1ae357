package org.facetdb.sql.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.SqlSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConstraintsTest {
  private final TestDatabase db = TestDatabase.inMemory();

  @AfterEach
  void close() {
    db.close();
  }

  @Test
  void messagesAreThoseOfPostgres() {
    db.run(
        "create table t (id int primary key, a int not null, b text unique,"
            + " check (a > 0), constraint small check (a < 100 and id < 1000))");
    db.run("insert into t values (1, 1, 'x')");
    DatabaseException e = db.fails("23502", "insert into t values (2, null, 'y')");
    assertEquals(
        "null value in column \"a\" of relation \"t\" violates not-null constraint",
        e.getMessage());
    assertEquals("Failing row contains (2, null, y).", e.detail());
    e = db.fails("23502", "insert into t (a) values (5)");
    assertTrue(e.getMessage().contains("\"id\""));
    e = db.fails("23514", "insert into t values (2, 0, 'y')");
    assertEquals(
        "new row for relation \"t\" violates check constraint \"t_a_check\"", e.getMessage());
    e = db.fails("23514", "update t set a = 100");
    assertTrue(e.getMessage().contains("\"small\""));
    e = db.fails("23505", "insert into t values (1, 5, 'z')");
    assertEquals("duplicate key value violates unique constraint \"t_pkey\"", e.getMessage());
    assertEquals("Key (id)=(1) already exists.", e.detail());
    e = db.fails("23505", "insert into t values (3, 5, 'x')");
    assertEquals("duplicate key value violates unique constraint \"t_b_key\"", e.getMessage());
    assertEquals("INSERT 0 2", db.run("insert into t values (5, 5, null), (6, 5, null)"));
    assertEquals(List.of("3"), db.rows("select count(*) from t"));
  }

  @Test
  void aFailingStatementLeavesNothing() {
    db.run("create table t (id int primary key, b int unique); insert into t values (5, 5)");
    db.fails("23505", "insert into t values (1, 1), (2, 2), (5, 9)");
    db.fails("23505", "insert into t values (1, 1), (2, 2), (3, 1)");
    db.run("begin; savepoint s; insert into t values (7, 7)");
    db.fails("23505", "insert into t values (8, 8), (5, 1)");
    db.fails("25P02", "select 1");
    db.run("rollback to s; insert into t values (9, 9); commit");
    assertEquals(List.of("5|5", "9|9"), db.rows("select * from t order by id"));
    assertEquals("INSERT 0 1", db.run("insert into t values (8, 8)"));
  }

  @Test
  void keysOfSeveralColumnsAreNamedInTheDetail() {
    db.run("create table t (a int, b text, c int, primary key (b, a), unique (c, a))");
    db.run("insert into t values (1, 'x', 2)");
    DatabaseException e = db.fails("23505", "insert into t values (1, 'x', 3)");
    assertEquals("Key (b, a)=(x, 1) already exists.", e.detail());
    e = db.fails("23505", "insert into t values (1, 'y', 2)");
    assertEquals("duplicate key value violates unique constraint \"t_c_a_key\"", e.getMessage());
    db.fails("42P16", "create table u (a int primary key, b int primary key)");
    db.fails("42703", "create table u (a int, primary key (b))");
    db.fails("42704", "create table u (a json primary key)");
  }

  @Test
  void aUniqueIndexOverRepeatedRowsIsRefused() {
    db.run("create table t (a int); insert into t values (1), (1)");
    DatabaseException e = db.fails("23505", "create unique index i on t (a)");
    assertEquals("could not create unique index \"i\"", e.getMessage());
    assertEquals("Key (c)=(1) is duplicated.".replace("(c)", "(a)"), e.detail());
    db.run("delete from t; insert into t values (1); create unique index i on t (a)");
    db.fails("23505", "insert into t values (1)");
  }

  @Test
  void referencesAreCheckedBothWays() {
    db.run("create table p (id int primary key, code text unique)");
    db.run(
        "create table c (id int primary key, p int references p, code text references p (code))");
    db.run(
        "insert into p values (1, 'a'), (2, 'b'); insert into c values (1, 1, 'b'), (2, null,"
            + " null)");
    DatabaseException e = db.fails("23503", "insert into c values (3, 9, null)");
    assertEquals(
        "insert or update on table \"c\" violates foreign key constraint \"c_p_fkey\"",
        e.getMessage());
    assertEquals("Key (p)=(9) is not present in table \"p\".", e.detail());
    e = db.fails("23503", "delete from p where id = 1");
    assertEquals(
        "update or delete on table \"p\" violates foreign key constraint \"c_p_fkey\" on table"
            + " \"c\"",
        e.getMessage());
    assertEquals("Key (id)=(1) is still referenced from table \"c\".", e.detail());
    db.fails("23503", "update p set id = 7 where id = 1");
    db.fails("23503", "update p set code = 'z' where code = 'b'");
    db.fails("23503", "update c set p = 5 where id = 1");
    assertEquals("UPDATE 1", db.run("update p set code = 'z' where code = 'a'"));
    assertEquals("UPDATE 2", db.run("update p set id = id"));
    assertEquals("DELETE 1", db.run("delete from c where id = 1"));
    assertEquals("DELETE 2", db.run("delete from p"));
  }

  @Test
  void referencesThatCannotBeAreRefused() {
    db.run("create table p (id int primary key, v int, w text)");
    db.fails("42P01", "create table c (a int references nope)");
    db.fails("42830", "create table c (a int references p (v))");
    db.fails("42703", "create table c (a int references p (nope))");
    db.fails("42804", "create table c (a text references p)");
    db.run("create table c (a int references p)");
    DatabaseException e = db.fails("2BP01", "drop table p");
    assertEquals("constraint c_a_fkey on table c depends on table p", e.detail());
    db.fails("0A000", "truncate p");
    db.run("truncate p, c; drop table p cascade; insert into c values (5)");
    assertEquals(List.of("5"), db.rows("select * from c"));
  }

  @Test
  void cascadesFollowDeletesAndKeyChanges() {
    db.run("create table a (id int primary key)");
    db.run(
        "create table b (id int primary key,"
            + " a int references a on delete cascade on update cascade)");
    db.run("create table c (b int references b on delete cascade, n int)");
    db.run("create index on c (b)");
    db.run("insert into a values (1), (2); insert into b values (10, 1), (20, 2), (11, 1)");
    db.run("insert into c values (10, 1), (11, 2), (20, 3), (20, 4)");
    assertEquals("UPDATE 1", db.run("update a set id = 5 where id = 2"));
    assertEquals(List.of("10|1", "11|1", "20|5"), db.rows("select * from b order by id"));
    assertEquals("DELETE 1", db.run("delete from a where id = 5"));
    assertEquals(List.of("10|1", "11|1"), db.rows("select * from b order by id"));
    assertEquals(List.of("1", "2"), db.rows("select n from c order by n"));
    assertEquals("DELETE 1", db.run("delete from a"));
    assertEquals(List.of("0"), db.rows("select count(*) from c"));
  }

  @Test
  void rowsMayBeMadeToReferToNothingOrToADefault() {
    db.run("create table p (id int primary key); insert into p values (0), (1), (2), (3)");
    db.run(
        "create table n (id int primary key, p int references p on delete set null on update set"
            + " null); create index on n (p)");
    db.run(
        "create table d (id int primary key, p int default 0 + 0 references p on delete set default"
            + " on update set default)");
    db.run("insert into n values (1, 1), (2, 2), (3, 3); insert into d values (1, 1), (2, 2)");
    assertEquals("DELETE 1", db.run("delete from p where id = 1"));
    assertEquals(List.of("1|null", "2|2", "3|3"), db.rows("select * from n order by id"));
    assertEquals(List.of("1|0", "2|2"), db.rows("select * from d order by id"));
    assertEquals("UPDATE 1", db.run("update p set id = 9 where id = 2"));
    assertEquals(List.of("1|null", "2|null", "3|3"), db.rows("select * from n order by id"));
    assertEquals(List.of("1", "2"), db.rows("select id from n where p is null order by id"));
    assertEquals(List.of("1|0", "2|0"), db.rows("select * from d order by id"));
    assertEquals(
        "Key (id)=(0) is still referenced from table \"d\".",
        db.fails("23503", "delete from p where id = 0").detail());
    db.run("create table k (p int not null references p on delete set null)");
    db.run("insert into k values (3)");
    db.fails("23502", "delete from p where id = 3");
    assertEquals(
        List.of("3|3"), db.rows("select * from n where id = 3"), "the statement did nothing");
    assertEquals(
        List.of("SET DEFAULT|SET DEFAULT", "SET NULL|NO ACTION", "SET NULL|SET NULL"),
        db.rows(
            "select delete_rule, update_rule from information_schema.referential_constraints order"
                + " by 1, 2"));
  }

  @Test
  void aTableMayReferToItself() {
    db.run("create table t (id int primary key, up int references t on delete cascade)");
    db.run("insert into t values (3, 1), (1, null), (2, 1), (4, 3)");
    db.fails("23503", "insert into t values (5, 6)");
    assertEquals("INSERT 0 1", db.run("insert into t values (7, 7)"));
    assertEquals("DELETE 1", db.run("delete from t where id = 1"));
    assertEquals(List.of("7|7"), db.rows("select * from t"));
  }

  @Test
  void whoDeletesAParentWaitsForWhoAddsAChildAndTheOtherWayRound() {
    db.run("create table p (id int primary key, v int); create table c (p int references p)");
    db.run("insert into p values (1), (2), (3)");
    try (Clients clients = new Clients(db)) {
      Clients.Client child = clients.client();
      Clients.Client parent = clients.client();
      child.run("begin; insert into c values (1)");
      parent.run("update p set v = 5 where id = 1");
      parent.waits("delete from p where id = 1");
      child.run("commit");
      parent.goesWrong("23503");
      parent.run("begin; delete from p where id = 2");
      child.waits("insert into c values (2)");
      parent.run("commit");
      child.goesWrong("23503");
      parent.run("begin; delete from p where id = 3");
      child.waits("insert into c values (3)");
      parent.run("rollback");
      assertEquals("INSERT 0 1", child.goesOn());
    }
    assertEquals(List.of("1", "3"), db.rows("select * from c order by p"));
    assertEquals(List.of("1|5", "3|null"), db.rows("select * from p order by id"));
  }

  @Test
  void aSnapshotDoesNotHideTheChildOfAParentThatIsDeleted() {
    db.run("create table p (id int primary key); create table c (p int references p)");
    db.run("insert into p values (1), (2)");
    try (SqlSession other = db.newSession()) {
      db.run("begin isolation level repeatable read; select * from p");
      TestDatabase.run(other, "insert into c values (1)");
      db.run("delete from p where id = 1");
      db.fails("40001", "commit");
      db.run("begin isolation level repeatable read; select * from p");
      TestDatabase.run(other, "delete from p where id = 2");
      db.fails("40001", "insert into c values (2)");
      db.run("rollback");
    }
    assertEquals(List.of("1"), db.rows("select * from c"));
    assertEquals(List.of("1"), db.rows("select * from p"));
  }

  @Test
  void whoDeletesAParentWaitsForWhoDeletesItsChild() {
    db.run("create table p (id int primary key); create table c (p int references p)");
    db.run("insert into p values (1), (2); insert into c values (1), (2)");
    try (Clients clients = new Clients(db)) {
      Clients.Client child = clients.client();
      Clients.Client parent = clients.client();
      child.run("begin; delete from c where p = 1; update c set p = null where p = 2");
      parent.waits("delete from p");
      child.run("commit");
      assertEquals("DELETE 2", parent.goesOn());
    }
    assertEquals(List.of(), db.rows("select * from p"));
  }

  @Test
  void aCascadeWaitsForWhoChangesAChild() {
    db.run("create table p (id int primary key)");
    db.run("create table c (id int primary key, p int references p on delete cascade, v int)");
    db.run("insert into p values (1), (2); insert into c values (1, 1, 0), (2, 1, 0), (3, 2, 0)");
    try (Clients clients = new Clients(db)) {
      Clients.Client child = clients.client();
      Clients.Client parent = clients.client();
      child.run("begin; update c set v = 1 where id = 1; update c set p = 2 where id = 2");
      parent.waits("delete from p where id = 1");
      child.run("commit");
      assertEquals("DELETE 1", parent.goesOn());
    }
    assertEquals(List.of("2|2|0", "3|2|0"), db.rows("select * from c order by id"));
  }

  @Test
  void noOrphanSurvivesThreadsThatAddAndDelete() throws InterruptedException {
    db.run("create table p (id int primary key); create table c (id int, p int references p)");
    db.run("create index on c (p)");
    AtomicReference<Throwable> broken = new AtomicReference<>();
    AtomicInteger refused = new AtomicInteger();
    Thread[] threads = new Thread[4];
    for (int t = 0; t < threads.length; t++) {
      int number = t;
      threads[t] =
          new Thread(
              () -> {
                try (SqlSession session = db.newSession()) {
                  for (int i = 0; i < 40; i++) {
                    attempt(session, "insert into p values (" + i % 5 + ")", refused);
                    attempt(
                        session, "insert into c values (" + number + ", " + i % 5 + ")", refused);
                    attempt(session, "delete from c where id = " + (i + 1) % 4, refused);
                    attempt(session, "delete from p where id = " + (i + 2) % 5, refused);
                  }
                } catch (Throwable e) {
                  broken.set(e);
                }
              });
      threads[t].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(null, broken.get());
    assertTrue(refused.get() > 0, "some must be refused");
    assertEquals(List.of("0"), db.rows("select count(*) from c where p not in (select id from p)"));
  }

  private static void attempt(SqlSession session, String sql, AtomicInteger refused) {
    try {
      TestDatabase.run(session, sql);
    } catch (DatabaseException e) {
      if (!e.sqlState().startsWith("23") && !e.sqlState().equals("40P01")) {
        throw e;
      }
      refused.incrementAndGet();
    }
  }
}
