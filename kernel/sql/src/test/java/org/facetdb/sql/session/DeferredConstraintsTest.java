package org.facetdb.sql.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.SqlSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Foreign keys that are checked when the transaction commits, with PostgreSQL's outcome. */
class DeferredConstraintsTest {
  private final TestDatabase db = TestDatabase.inMemory();

  @BeforeEach
  void create() {
    db.run(
        "create table p (id int primary key, code text unique);"
            + "create table c (id int primary key,"
            + " p int constraint late references p deferrable initially deferred,"
            + " q int constraint soon references p deferrable,"
            + " code text constraint never references p (code) on delete restrict)");
  }

  @AfterEach
  void close() {
    db.close();
  }

  @Test
  void rowsMayComeBeforeWhatTheyReferTo() {
    db.run("begin; insert into c values (1, 10); insert into p values (10, 'x'); commit");
    assertEquals(List.of("1|10"), db.rows("select id, p from c"));
    db.run("begin; delete from p; insert into p values (10, 'y'); commit");
    db.run("begin; update p set id = 11; update c set p = 11; commit");
    assertEquals(List.of("1|11"), db.rows("select id, p from c"));
  }

  @Test
  void theCommitFailsWhereNothingIsReferredTo() {
    db.run("begin; insert into c values (1, 10)");
    DatabaseException e = db.fails("23503", "commit");
    assertEquals(
        "insert or update on table \"c\" violates foreign key constraint \"late\"", e.getMessage());
    assertEquals("Key (p)=(10) is not present in table \"p\".", e.detail());
    assertFalse(db.session().inTransaction());
    assertEquals(List.of("0"), db.rows("select count(*) from c"));

    db.run("insert into p values (10); insert into c values (1, 10); begin; delete from p");
    e = db.fails("23503", "commit");
    assertEquals(
        "update or delete on table \"p\" violates foreign key constraint \"late\" on table \"c\"",
        e.getMessage());
    assertEquals("Key (id)=(10) is still referenced from table \"c\".", e.detail());
    assertEquals(List.of("1"), db.rows("select count(*) from p"));
  }

  @Test
  void aStatementAloneIsCheckedAtItsEnd() {
    db.fails("23503", "insert into c values (1, 10)");
    assertEquals(List.of("0"), db.rows("select count(*) from c"));
    db.run("insert into p values (10); insert into c values (1, 10)");
    db.fails("23503", "delete from p");
    assertEquals(List.of("1"), db.rows("select count(*) from p"));
  }

  @Test
  void aRowThatIsGoneAgainIsNotChecked() {
    db.run("begin; insert into c values (1, 10), (2, 20); delete from c where id = 1");
    db.run("update c set p = null where id = 2; commit");
    assertEquals(List.of("2|null"), db.rows("select id, p from c"));
    db.run("insert into p values (30); begin; savepoint s; insert into c values (3, 31)");
    db.run("delete from p; rollback to s; insert into c values (3, 30); commit");
    assertEquals(List.of("2|null", "3|30"), db.rows("select id, p from c order by id"));
  }

  @Test
  void whatIsInitiallyImmediateCanBePutOff() {
    db.run("begin");
    db.fails("23503", "insert into c (id, q) values (1, 10)");
    db.run("rollback; begin; set constraints soon deferred; insert into c (id, q) values (1, 10)");
    db.run("insert into p values (10); commit; begin; set constraints all deferred");
    db.run("delete from p");
    db.fails("23503", "set constraints all immediate");
    db.fails("25P02", "select 1");
    db.run("rollback");
    assertEquals(List.of("1"), db.rows("select count(*) from p"));
    db.run("begin");
    db.fails("23503", "delete from p");
    db.run("rollback");
  }

  @Test
  void immediateChecksAtOnceAndFromThenOn() {
    db.run("begin; insert into c values (1, 10); insert into p values (10)");
    db.run("set constraints late immediate");
    DatabaseException e = db.fails("23503", "insert into c values (2, 20)");
    assertTrue(e.getMessage().contains("\"late\""));
    db.run("rollback; begin; set constraints all immediate; set constraints late deferred");
    db.run("insert into c values (2, 20)");
    db.fails("23503", "commit");
    db.run("begin; insert into c values (2, 20); savepoint s; insert into p values (20)");
    db.run("set constraints late immediate; rollback to s; insert into c values (3, 20)");
    db.run("insert into p values (20); commit");
    assertEquals(List.of("2", "3"), db.rows("select id from c order by id"));
    db.run("begin; insert into c values (4, 40); savepoint s; insert into p values (40)");
    db.run("set constraints late immediate; rollback to s");
    db.fails("23503", "commit");
  }

  @Test
  void restrictIsNeverPutOff() {
    db.run("insert into p values (1, 'x'); insert into c (id, code) values (1, 'x')");
    db.run("create table d (p int references p on delete restrict deferrable initially deferred)");
    db.run("insert into p values (2); insert into d values (2); begin");
    db.fails("23503", "delete from p where id = 2");
    db.run("rollback; begin; set constraints all deferred");
    db.fails("23503", "delete from p where id = 1");
    db.run("rollback");
    DatabaseException e = db.fails("42809", "begin; set constraints never deferred");
    assertEquals("constraint \"never\" is not deferrable", e.getMessage());
    db.run("rollback; begin; set constraints never immediate; commit");
  }

  @Test
  void cascadesAreFollowedAtOnce() {
    db.run(
        "create table d (id int primary key,"
            + " p int references p on delete cascade on update cascade"
            + " deferrable initially deferred)");
    db.run("insert into p values (1), (2); insert into d values (1, 1), (2, 2)");
    db.run("begin; delete from p where id = 1");
    assertEquals(List.of("2"), db.rows("select id from d"));
    db.run("insert into d values (3, 1)");
    DatabaseException e = db.fails("23503", "commit");
    assertEquals("Key (p)=(1) is not present in table \"p\".", e.detail());
    db.run("begin; update p set id = 5 where id = 2");
    assertEquals(List.of("1|1", "2|5"), db.rows("select * from d order by id"));
    db.run("commit");
  }

  @Test
  void namesAreLookedUp() {
    DatabaseException e = db.fails("42704", "begin; set constraints late, nope deferred");
    assertEquals("constraint \"nope\" does not exist", e.getMessage());
    assertEquals(23, e.position());
    db.run("rollback");
    db.fails("42809", "begin; set constraints c_pkey deferred");
    db.run("rollback; set constraints all deferred");
    db.fails("23503", "insert into c (id, q) values (1, 10)");
  }

  @Test
  void theSchemaTellsWhenItIsChecked() {
    assertEquals(
        List.of("late|YES|YES", "never|NO|NO", "soon|YES|NO"),
        db.rows(
            "select constraint_name, is_deferrable, initially_deferred"
                + " from information_schema.table_constraints"
                + " where constraint_type = 'FOREIGN KEY' order by 1"));
  }

  @Test
  void aTableMayGoWhoseRowsWait() {
    db.run("begin; insert into c values (1, 10); drop table c; commit");
    assertEquals(List.of("0"), db.rows("select count(*) from p"));
  }

  @Test
  void nobodyRemovesWhatACommitReliesOn() throws Exception {
    db.run("insert into p values (10)");
    try (SqlSession other = db.newSession()) {
      for (String level : List.of("read committed", "repeatable read", "serializable")) {
        db.run("begin isolation level " + level + "; insert into c values (1, 10)");
        TestDatabase.run(other, "delete from p");
        DatabaseException e =
            db.fails(level.equals("read committed") ? "23503" : "40001", "commit");
        assertTrue(e.getMessage().contains("late") || e.sqlState().equals("40001"));
        assertEquals(List.of("0"), db.rows("select count(*) from c"));
        TestDatabase.run(other, "insert into p values (10)");
      }
      db.run("begin; delete from p");
      TestDatabase.run(other, "set lock_timeout = '50ms'");
      TestDatabase.fails(other, "55P03", "insert into c values (1, 10)");
      db.run("commit");
      TestDatabase.fails(other, "23503", "insert into c values (1, 10)");
    }
  }

  @Test
  void uniqueKeysMayBeGivenTwiceUntilTheCommit() {
    db.run(
        "create table l (id int primary key, place int unique deferrable initially deferred,"
            + " a int, b text, constraint ab unique (a, b) deferrable)");
    db.run("insert into l values (1, 1, 1, 'x'), (2, 2, 2, 'x')");
    db.run("begin; update l set place = 2 where id = 1; update l set place = 1 where id = 2");
    db.run("commit");
    assertEquals(List.of("2|1", "1|2"), db.rows("select id, place from l order by place"));
    db.run("begin; insert into l (id, place) values (3, 1)");
    DatabaseException e = db.fails("23505", "commit");
    assertEquals("duplicate key value violates unique constraint \"l_place_key\"", e.getMessage());
    assertEquals("Key (place)=(1) already exists.", e.detail());
    db.fails("23505", "insert into l (id, place) values (3, 1)");
    db.run("update l set place = 3 - place");
    db.run("insert into l (id) values (3), (4)");
    e = db.fails("23505", "update l set a = 1 where id = 2");
    assertEquals("Key (a, b)=(1, x) already exists.", e.detail());
    db.run("begin; set constraints ab deferred; update l set a = 1 where id = 2");
    db.fails("23505", "set constraints all immediate");
    db.run("rollback; begin; set constraints ab deferred; update l set a = 1 where id = 2");
    db.run("savepoint s; delete from l where id = 1; set constraints ab immediate; rollback to s");
    db.fails("23505", "commit");
    assertEquals(
        List.of("1|1|1", "2|2|2", "3|null|null", "4|null|null"),
        db.rows("select id, place, a from l order by id"));
    e = db.fails("55000", "create table m (place int references l (place))");
    assertEquals(
        "cannot use a deferrable unique constraint for referenced table \"l\"", e.getMessage());
    assertEquals(
        List.of("2"), db.rows("select count(*) from l where place in (select place from l)"));
  }

  @Test
  void ofTwoTransactionsTheLaterOneFindsTheOthersKey() {
    db.run("create table l (id int primary key, place int unique initially deferred)");
    try (SqlSession other = db.newSession()) {
      for (String level : List.of("read committed", "repeatable read", "serializable")) {
        db.run("begin isolation level " + level + "; insert into l values (1, 1)");
        TestDatabase.run(other, "begin isolation level " + level + "; insert into l values (2, 1)");
        TestDatabase.run(other, "set constraints all immediate; set local lock_timeout = '50ms'");
        db.run("set local lock_timeout = '50ms'");
        db.fails("55P03", "set constraints all immediate");
        db.run("rollback; begin isolation level " + level + "; insert into l values (1, 1)");
        TestDatabase.run(other, "commit");
        db.fails("23505", "commit");
        assertEquals(List.of("2|1"), db.rows("select * from l"));
        db.run("begin isolation level " + level + "; select * from l");
        TestDatabase.run(other, "update l set place = 2");
        db.run("insert into l values (3, 1); set constraints all immediate; commit");
        assertEquals(List.of("2|2", "3|1"), db.rows("select * from l order by id"));
        db.run("delete from l");
      }
    }
  }

  @Test
  void whatWaitsIsBounded() {
    try (TestDatabase small = TestDatabase.withStatementMemory(1 << 20)) {
      small.run("create table p (id int primary key)");
      small.run("create table c (p int references p initially deferred)");
      small.run("begin; savepoint s");
      String values = String.join(",", Collections.nCopies(10_000, "(1)"));
      small.run("insert into c values " + values);
      DatabaseException e = small.fails("53200", distinctKeys(10_000));
      assertTrue(e.getMessage().contains("memory"), e.getMessage());
      small.run("rollback to s; insert into c values (1), (1), (2); insert into p values (1), (2)");
      small.run("commit");
      assertEquals(List.of("3"), small.rows("select count(*) from c"));
    }
  }

  private static String distinctKeys(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "(" + i + ")")
        .collect(Collectors.joining(",", "insert into c values ", ""));
  }
}
