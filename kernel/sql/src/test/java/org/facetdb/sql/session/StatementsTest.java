package org.facetdb.sql.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.PreparedSql;
import org.facetdb.sql.Result;
import org.facetdb.sql.SqlSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StatementsTest {
  private final TestDatabase db = TestDatabase.inMemory();

  @AfterEach
  void close() {
    db.close();
  }

  @Test
  void aTableIsMadeFilledChangedReadAndDropped() {
    assertEquals(
        "CREATE TABLE",
        db.run("create table t (id integer primary key, name text, n numeric(8,2))"));
    assertEquals(
        "INSERT 0 3",
        db.run("insert into t values (1, 'one', 1.5), (2, null, 2), (3, 'three', 3.255)"));
    assertEquals(
        List.of("1|one|1.50", "2|null|2.00", "3|three|3.26"),
        db.rows("select * from t order by id"));
    assertEquals("UPDATE 2", db.run("update t set n = n * 10, name = 'x' where id >= 2"));
    assertEquals("DELETE 1", db.run("delete from t where id = 1"));
    assertEquals(List.of("2|x|20.00", "3|x|32.60"), db.rows("select * from t order by id"));
    assertEquals("SELECT 2", db.run("select * from t"));
    assertEquals("DROP TABLE", db.run("drop table t"));
    db.fails("42P01", "select * from t");
  }

  @Test
  void rowsWithoutAKeyMayRepeat() {
    db.run("create table t (a int); insert into t values (1), (1), (2)");
    assertEquals(List.of("1", "1", "2"), db.rows("select a from t order by a"));
    assertEquals("DELETE 2", db.run("delete from t where a = 1"));
    assertEquals(List.of("2"), db.rows("select a from t"));
  }

  @Test
  void insertTakesColumnListsDefaultsAndQueries() {
    db.run("create table t (a int primary key, b text default 'd', c int default 1 + 2)");
    db.run("insert into t (c, a) values (9, 1), (default, 2)");
    db.run("insert into t values (3, default, default), (4)".replace(", (4)", ""));
    db.run("insert into t values (5)");
    db.run("insert into t (a, b) select a + 10, upper(b) from t where a < 3");
    assertEquals(
        List.of("1|d|9", "2|d|3", "3|d|3", "5|d|3", "11|D|3", "12|D|3"),
        db.rows("select * from t order by a"));
    assertEquals("INSERT 0 6", db.run("insert into t select a + 100, b, c from t"));
    db.fails("42601", "insert into t (a, b) values (1)");
    db.fails("42601", "insert into t values (1, 'a', 2, 3)");
    db.fails("42703", "insert into t (nope) values (1)");
    db.fails("42701", "insert into t (a, a) values (1, 2)");
    db.fails("42804", "insert into t values (true)");
  }

  @Test
  void defaultValuesInsertsARowOfDefaults() {
    db.run("create table t (a int default 7, b text)");
    assertEquals("INSERT 0 1", db.run("insert into t default values"));
    assertEquals(List.of("7|null"), db.rows("select * from t"));
  }

  @Test
  void updatesMayMoveKeysAndSeeOldValues() {
    db.run("create table t (id int primary key, v int); insert into t values (1,10),(2,20),(3,30)");
    assertEquals("UPDATE 3", db.run("update t set id = id + 1, v = id"));
    assertEquals(List.of("2|1", "3|2", "4|3"), db.rows("select * from t order by id"));
    db.fails("23505", "update t set id = 2 where id = 3");
    db.fails("42601", "update t set v = 1, v = 2");
    db.fails("42703", "update t set nope = 1");
    assertEquals("UPDATE 1", db.run("update t set (id, v) = (9, 9) where id = 4"));
    assertEquals(List.of("2|1", "3|2", "9|9"), db.rows("select * from t order by id"));
  }

  @Test
  void statementsOverManyBatchesWriteEveryRow() {
    db.run("create table n (i int); insert into n values (0),(1),(2),(3),(4),(5),(6),(7),(8),(9)");
    db.run("create table p (id int primary key)");
    db.run(
        "create table t (id int primary key, v text unique, p int references p, d int default 4)");
    String all = "a.i + 10 * b.i + 100 * c.i + 1000 * d.i";
    String from = " from n a, n b, n c, n d";
    assertEquals("INSERT 0 10000", db.run("insert into p select " + all + from));
    assertEquals(
        "INSERT 0 10000",
        db.run(
            "insert into t (id, v, p) select "
                + all
                + ", 'v' || ("
                + all
                + "), 9999 - ("
                + all
                + ")"
                + from));
    String check = "select count(*), sum(id), min(v), max(v), sum(p), sum(d) from t";
    assertEquals(List.of("10000|49995000|v0|v9999|49995000|40000"), db.rows(check));
    assertEquals("UPDATE 10000", db.run("update t set id = id + 1, v = 'w' || id, d = id + d"));
    assertEquals(List.of("10000|50005000|w0|w9999|49995000|50035000"), db.rows(check));
    assertEquals(List.of("5001|w5000|4999|5004"), db.rows("select * from t where v = 'w5000'"));
    DatabaseException e = db.fails("23503", "update t set p = p + 7 where id > 3");
    assertTrue(e.detail().startsWith("Key (p)=(10003) is not"), e.detail());
    assertEquals("DELETE 9990", db.run("delete from t where id > 10"));
    assertEquals(List.of("10|55|w0|w9|99945|85"), db.rows(check));
  }

  @Test
  void updateAndDeleteTakeOtherTables() {
    db.run("create table t (id int primary key, v int); insert into t values (1,0),(2,0),(3,0)");
    db.run("create table s (id int, w int); insert into s values (1,5),(1,6),(3,7)");
    assertEquals("UPDATE 2", db.run("update t set v = s.w from s where s.id = t.id"));
    assertEquals(List.of("2|0"), db.rows("select * from t where v = 0"));
    assertEquals("DELETE 2", db.run("delete from t using s where s.id = t.id"));
    assertEquals(List.of("2|0"), db.rows("select * from t"));
  }

  @Test
  void indexesAnswerAsTheTableDoes() {
    db.run("create table t (id int primary key, a int, b text)");
    StringBuilder rows = new StringBuilder("insert into t values ");
    for (int i = 0; i < 1000; i++) {
      rows.append(i == 0 ? "" : ",").append("(" + i + "," + i % 10 + ",'b" + i % 7 + "')");
    }
    db.run(rows.toString());
    String query = "select count(*), sum(id) from t where a = 3 and b >= 'b2'";
    List<String> without = db.rows(query);
    assertEquals("CREATE INDEX", db.run("create index on t (a, b desc)"));
    assertEquals(without, db.rows(query));
    db.run("update t set a = 3 where id < 5; delete from t where id = 13");
    List<String> with = db.rows(query);
    db.run("drop index t_a_b_idx");
    assertEquals(db.rows(query), with);
  }

  @Test
  void parametersTakeTheirTypesFromTheStatement() {
    db.run("create table t (id bigint primary key, n numeric(6,2), d date)");
    SqlSession session = db.session();
    PreparedSql insert = session.prepare("insert into t values ($1, $2, $3)");
    assertEquals(3, insert.parameterTypes().size());
    session.execute(insert, List.of(5, "12.345", "2024-02-29")).close();
    assertEquals(List.of("5|12.35|2024-02-29"), db.rows("select * from t where id = ?", 5L));
    assertEquals(List.of(), db.rows("select * from t where id = $1", 6));
  }

  @Test
  void aPreparedStatementFollowsTheSchema() {
    db.run("create table t (id int primary key, a int); insert into t values (1, 2)");
    SqlSession session = db.session();
    PreparedSql select = session.prepare("select * from t");
    db.run("drop table t; create table t (x text); insert into t values ('new')");
    try (Result result = session.execute(select, List.of())) {
      assertEquals("new", result.nextBatch().column(0).valueAt(0));
    }
  }

  @Test
  void errorsPointAtTheirPlace() {
    db.run("create table t (a int)");
    DatabaseException syntax = db.fails("42601", "select from where");
    assertTrue(syntax.position() > 0);
    assertEquals(13, db.fails("42P01", "insert into nope values (1)").position());
    assertEquals(16, db.fails("42703", "insert into t (b) values (1)").position());
    db.fails("42P07", "create table t (a int)");
    db.fails("42701", "create table u (a int, a int)");
    db.fails("42704", "create table u (a nosuchtype)");
    db.fails("42703", "create index on t (nope)");
    db.fails("42P01", "drop table nope");
    db.fails("42704", "drop index nope");
    assertEquals("DROP TABLE", db.run("drop table if exists nope"));
    assertEquals("CREATE TABLE", db.run("create table if not exists t (b int)"));
    db.fails("22012", "select 1/0");
    db.fails("22003", "insert into t values (2147483648)");
  }

  @Test
  void stringsAreFittedToTheirColumns() {
    db.run("create table t (v varchar(3), c char(3))");
    db.run("insert into t values ('abc   ', 'a')");
    assertEquals(List.of("abc|a  "), db.rows("select * from t"));
    db.fails("22001", "insert into t values ('abcd', 'a')");
    db.fails("22001", "update t set c = 'abcd'");
  }

  @Test
  void truncateEmptiesAndKeepsHistory() throws InterruptedException {
    db.run("create table t (a int primary key); insert into t values (1), (2)");
    String before = db.rows("select now()").getFirst();
    Thread.sleep(5);
    db.run("truncate t");
    assertEquals(List.of("0"), db.rows("select count(*) from t"));
    assertEquals("INSERT 0 1", db.run("insert into t values (1)"));
    assertEquals(
        List.of("2"),
        db.rows("select count(*) from t for system_time as of timestamptz '" + before + "'"));
  }

  @Test
  void theSchemaOfThePastIsBoundAsOfThen() throws InterruptedException {
    db.run("create table t (a int, b text); insert into t values (1, 'old')");
    Thread.sleep(5);
    String before = db.rows("select now()").getFirst();
    Thread.sleep(5);
    db.run("drop table t; create table t (c int); insert into t values (2)");
    assertEquals(List.of("2"), db.rows("select * from t"));
    assertEquals(
        List.of("1|old"),
        db.rows("select * from t for system_time as of timestamptz '" + before + "'"));
    long sequence = db.store().lastSequence();
    db.run("update t set c = 3");
    assertEquals(
        List.of("2"), db.rows("select c from t for system_time as of sequence " + sequence));
    db.fails("22023", "select * from t for system_time as of timestamptz '2999-01-01'");
  }

  @Test
  void informationSchemaShowsTablesAndColumns() {
    db.run(
        "create table p (id int primary key); create table c (a varchar(5) not null default 'x',"
            + " p int references p)");
    assertEquals(
        List.of("c|BASE TABLE", "p|BASE TABLE"),
        db.rows(
            "select table_name, table_type from information_schema.tables"
                + " where table_schema = 'public' order by 1"));
    assertEquals(
        List.of("a|1|'x'|NO|character varying|5", "p|2|null|YES|integer|null"),
        db.rows(
            "select column_name, ordinal_position, column_default, is_nullable, data_type,"
                + " character_maximum_length from information_schema.columns"
                + " where table_name = 'c' order by ordinal_position"));
    assertEquals(
        List.of("c_p_fkey|FOREIGN KEY", "p_pkey|PRIMARY KEY"),
        db.rows(
            "select constraint_name, constraint_type from information_schema.table_constraints"
                + " order by 1"));
  }

  @Test
  void settingsAreShownSetAndRolledBack() {
    assertEquals(List.of("UTC"), showValues("show timezone"));
    db.run("set timezone = 'Europe/Berlin'");
    assertEquals(List.of("Europe/Berlin"), showValues("show timezone"));
    db.run("begin; set application_name = 'x'; rollback");
    assertEquals(List.of(""), showValues("show application_name"));
    db.run("begin; set local application_name = 'x'; set statement_timeout = '5s'; commit");
    assertEquals(List.of(""), showValues("show application_name"));
    assertEquals(List.of("5s"), showValues("show statement_timeout"));
    db.run("reset timezone");
    assertEquals(List.of("UTC"), showValues("show timezone"));
    db.fails("42704", "set nosuch = 1");
    db.fails("22023", "set timezone = 'Mars/Olympus'");
  }

  private List<String> showValues(String sql) {
    return db.rows(sql);
  }

  @Test
  void explainNamesTheOperators() {
    db.run("create table t (id int primary key, a int)");
    List<String> lookup = db.rows("explain select a from t where id = 5");
    assertFalse(lookup.isEmpty());
    assertTrue(db.rows("explain insert into t values (1, 2)").getFirst().startsWith("Insert on t"));
    assertTrue(db.rows("explain analyze select * from t").getLast().startsWith("Execution Time"));
    assertEquals(List.of("0"), db.rows("select count(*) from t"));
  }
}
