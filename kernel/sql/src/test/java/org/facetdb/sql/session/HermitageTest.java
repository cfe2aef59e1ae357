package org.facetdb.sql.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.facetdb.spi.DatabaseException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The anomalies of Martin Kleppmann's Hermitage, under its names, at each level with the outcome
 * that it records for PostgreSQL.
 */
@Timeout(120)
class HermitageTest {
  private static final String READ_COMMITTED = "begin isolation level read committed";
  private static final String REPEATABLE_READ = "begin isolation level repeatable read";
  private static final String SERIALIZABLE = "begin isolation level serializable";
  private static final String ALL = "select * from test order by id";

  private final TestDatabase db = TestDatabase.inMemory();
  private final Clients clients = new Clients(db);
  private final Clients.Client t1 = clients.client();
  private final Clients.Client t2 = clients.client();
  private final Clients.Client t3 = clients.client();

  @BeforeEach
  void setUp() {
    db.run("create table test (id int primary key, value int)");
    db.run("insert into test (id, value) values (1, 10), (2, 20)");
  }

  @AfterEach
  void tearDown() {
    clients.close();
    db.close();
  }

  private void begin(String level) {
    t1.run(level);
    t2.run(level);
    t3.run(level);
  }

  // READ COMMITTED

  @Test
  void readCommittedPreventsWriteCyclesG0() {
    begin(READ_COMMITTED);
    t1.run("update test set value = 11 where id = 1");
    t2.waits("update test set value = 12 where id = 1");
    t1.run("update test set value = 21 where id = 2");
    t1.run("commit");
    assertEquals("UPDATE 1", t2.goesOn());
    assertEquals(List.of("1|11", "2|21"), db.rows(ALL));
    t2.run("update test set value = 22 where id = 2");
    t2.run("commit");
    assertEquals(List.of("1|12", "2|22"), db.rows(ALL));
  }

  @Test
  void readCommittedPreventsAbortedReadsG1a() {
    begin(READ_COMMITTED);
    t1.run("update test set value = 101 where id = 1");
    assertEquals(List.of("1|10", "2|20"), t2.rows(ALL));
    t1.run("rollback");
    assertEquals(List.of("1|10", "2|20"), t2.rows(ALL));
  }

  @Test
  void readCommittedPreventsIntermediateReadsG1b() {
    begin(READ_COMMITTED);
    t1.run("update test set value = 101 where id = 1");
    assertEquals(List.of("1|10", "2|20"), t2.rows(ALL));
    t1.run("update test set value = 11 where id = 1; commit");
    assertEquals(List.of("1|11", "2|20"), t2.rows(ALL));
  }

  @Test
  void readCommittedPreventsCircularInformationFlowG1c() {
    begin(READ_COMMITTED);
    t1.run("update test set value = 11 where id = 1");
    t2.run("update test set value = 22 where id = 2");
    assertEquals(List.of("2|20"), t1.rows("select * from test where id = 2"));
    assertEquals(List.of("1|10"), t2.rows("select * from test where id = 1"));
    t1.run("commit");
    t2.run("commit");
  }

  @Test
  void readCommittedPreventsAnObservedTransactionFromVanishingOtv() {
    begin(READ_COMMITTED);
    t1.run("update test set value = 11 where id = 1; update test set value = 19 where id = 2");
    t2.waits("update test set value = 12 where id = 1");
    t1.run("commit");
    t2.goesOn();
    assertEquals(List.of("1|11"), t3.rows("select * from test where id = 1"));
    t2.run("update test set value = 18 where id = 2");
    assertEquals(List.of("2|19"), t3.rows("select * from test where id = 2"));
    t2.run("commit");
    assertEquals(List.of("2|18"), t3.rows("select * from test where id = 2"));
    assertEquals(List.of("1|12"), t3.rows("select * from test where id = 1"));
  }

  @Test
  void readCommittedAllowsPredicateManyPrecedersPmp() {
    begin(READ_COMMITTED);
    assertEquals(List.of(), t1.rows("select * from test where value = 30"));
    t2.run("insert into test (id, value) values (3, 30); commit");
    assertEquals(List.of("3|30"), t1.rows("select * from test where value % 3 = 0"));
  }

  @Test
  void readCommittedAllowsPredicateManyPrecedersOfWrites() {
    begin(READ_COMMITTED);
    t1.run("update test set value = value + 10");
    t2.waits("delete from test where value = 20");
    t1.run("commit");
    assertEquals("DELETE 0", t2.goesOn());
    assertEquals(List.of("1|20"), t2.rows("select * from test where value = 20"));
  }

  @Test
  void readCommittedAllowsLostUpdatesP4() {
    begin(READ_COMMITTED);
    t1.rows("select * from test where id = 1");
    t2.rows("select * from test where id = 1");
    t1.run("update test set value = 11 where id = 1");
    t2.waits("update test set value = 11 where id = 1");
    t1.run("commit");
    assertEquals("UPDATE 1", t2.goesOn());
    t2.run("commit");
  }

  @Test
  void readCommittedAllowsReadSkewGSingle() {
    begin(READ_COMMITTED);
    assertEquals(List.of("1|10"), t1.rows("select * from test where id = 1"));
    t2.run("update test set value = 12 where id = 1; update test set value = 18 where id = 2");
    t2.run("commit");
    assertEquals(List.of("2|18"), t1.rows("select * from test where id = 2"));
  }

  @Test
  void readCommittedAllowsWriteSkewG2Item() {
    begin(READ_COMMITTED);
    t1.rows("select * from test where id in (1, 2)");
    t2.rows("select * from test where id in (1, 2)");
    t1.run("update test set value = 11 where id = 1");
    t2.run("update test set value = 21 where id = 2");
    t1.run("commit");
    t2.run("commit");
    assertEquals(List.of("1|11", "2|21"), db.rows(ALL));
  }

  @Test
  void readCommittedAllowsAntiDependencyCyclesG2() {
    begin(READ_COMMITTED);
    antiDependencyCycle();
  }

  // REPEATABLE READ

  @Test
  void repeatableReadPreventsPredicateManyPrecedersPmp() {
    begin(REPEATABLE_READ);
    assertEquals(List.of(), t1.rows("select * from test where value = 30"));
    t2.run("insert into test (id, value) values (3, 30); commit");
    assertEquals(List.of(), t1.rows("select * from test where value % 3 = 0"));
  }

  @Test
  void repeatableReadPreventsPredicateManyPrecedersOfWrites() {
    begin(REPEATABLE_READ);
    t1.run("update test set value = value + 10");
    t2.waits("delete from test where value = 20");
    t1.run("commit");
    t2.goesWrong("40001");
  }

  @Test
  void repeatableReadPreventsLostUpdatesP4() {
    begin(REPEATABLE_READ);
    t1.rows("select * from test where id = 1");
    t2.rows("select * from test where id = 1");
    t1.run("update test set value = 11 where id = 1");
    t2.waits("update test set value = 11 where id = 1");
    t1.run("commit");
    assertEquals(
        "The row (id)=(1) of table \"test\" was changed after the transaction's snapshot.",
        t2.goesWrong("40001").detail());
  }

  @Test
  void repeatableReadPreventsReadSkewGSingle() {
    begin(REPEATABLE_READ);
    assertEquals(List.of("1|10"), t1.rows("select * from test where id = 1"));
    t2.run("update test set value = 12 where id = 1; update test set value = 18 where id = 2");
    t2.run("commit");
    assertEquals(List.of("2|20"), t1.rows("select * from test where id = 2"));
  }

  @Test
  void repeatableReadPreventsReadSkewByPredicates() {
    begin(REPEATABLE_READ);
    t1.rows("select * from test where value % 5 = 0");
    t2.run("update test set value = 12 where value = 10; commit");
    assertEquals(List.of(), t1.rows("select * from test where value % 3 = 0"));
  }

  @Test
  void repeatableReadPreventsReadSkewByWrites() {
    begin(REPEATABLE_READ);
    t1.rows("select * from test where id = 1");
    t2.run("update test set value = 12 where id = 1; update test set value = 18 where id = 2");
    t2.run("commit");
    t1.fails("40001", "delete from test where value = 20");
  }

  @Test
  void repeatableReadAllowsWriteSkewG2Item() {
    begin(REPEATABLE_READ);
    t1.rows("select * from test where id in (1, 2)");
    t2.rows("select * from test where id in (1, 2)");
    t1.run("update test set value = 11 where id = 1");
    t2.run("update test set value = 21 where id = 2");
    t1.run("commit");
    t2.run("commit");
    assertEquals(List.of("1|11", "2|21"), db.rows(ALL));
  }

  @Test
  void repeatableReadAllowsAntiDependencyCyclesG2() {
    begin(REPEATABLE_READ);
    antiDependencyCycle();
  }

  // SERIALIZABLE

  @Test
  void serializablePreventsWriteCyclesG0() {
    begin(SERIALIZABLE);
    t1.run("update test set value = 11 where id = 1");
    t2.waits("update test set value = 12 where id = 1");
    t1.run("update test set value = 21 where id = 2");
    t1.run("commit");
    t2.goesWrong("40001");
    assertEquals(List.of("1|11", "2|21"), db.rows(ALL));
  }

  @Test
  void serializablePreventsReadsOfWhatIsNotCommitted() {
    begin(SERIALIZABLE);
    t1.run("update test set value = 101 where id = 1");
    assertEquals(List.of("1|10", "2|20"), t2.rows(ALL));
    t1.run("update test set value = 11 where id = 1; commit");
    assertEquals(List.of("1|10", "2|20"), t2.rows(ALL));
    t2.run("commit");
  }

  @Test
  void serializablePreventsCircularInformationFlowG1c() {
    begin(SERIALIZABLE);
    t1.run("update test set value = 11 where id = 1");
    t2.run("update test set value = 22 where id = 2");
    assertEquals(List.of("2|20"), t1.rows("select * from test where id = 2"));
    assertEquals(List.of("1|10"), t2.rows("select * from test where id = 1"));
    t1.run("commit");
    t2.fails("40001", "commit");
    assertEquals(List.of("1|11", "2|20"), db.rows(ALL));
  }

  @Test
  void serializablePreventsAnObservedTransactionFromVanishingOtv() {
    begin(SERIALIZABLE);
    t1.run("update test set value = 11 where id = 1; update test set value = 19 where id = 2");
    t2.waits("update test set value = 12 where id = 1");
    t1.run("commit");
    t2.goesWrong("40001");
    assertEquals(List.of("1|11", "2|19"), t3.rows(ALL));
    t2.run("rollback");
    assertEquals(List.of("1|11", "2|19"), t3.rows(ALL));
    t3.run("commit");
  }

  @Test
  void serializablePreventsPredicateManyPrecedersPmp() {
    begin(SERIALIZABLE);
    assertEquals(List.of(), t1.rows("select * from test where value = 30"));
    t2.run("insert into test (id, value) values (3, 30); commit");
    assertEquals(List.of(), t1.rows("select * from test where value % 3 = 0"));
    t1.run("commit");
  }

  @Test
  void serializablePreventsLostUpdatesP4() {
    begin(SERIALIZABLE);
    t1.rows("select * from test where id = 1");
    t2.rows("select * from test where id = 1");
    t1.run("update test set value = 11 where id = 1");
    t2.waits("update test set value = 11 where id = 1");
    t1.run("commit");
    t2.goesWrong("40001");
  }

  @Test
  void serializablePreventsReadSkewGSingle() {
    begin(SERIALIZABLE);
    assertEquals(List.of("1|10"), t1.rows("select * from test where id = 1"));
    t2.run("update test set value = 12 where id = 1; update test set value = 18 where id = 2");
    t2.run("commit");
    assertEquals(List.of("2|20"), t1.rows("select * from test where id = 2"));
    t1.run("commit");
  }

  @Test
  void serializablePreventsWriteSkewG2Item() {
    begin(SERIALIZABLE);
    t1.rows("select * from test where id in (1, 2)");
    t2.rows("select * from test where id in (1, 2)");
    t1.run("update test set value = 11 where id = 1");
    t2.run("update test set value = 21 where id = 2");
    t1.run("commit");
    DatabaseException e = t2.fails("40001", "commit");
    assertEquals(
        "could not serialize access due to read/write dependencies among transactions",
        e.getMessage().split(":")[0]);
    assertEquals("The transaction might succeed if retried.", e.hint());
    assertEquals(List.of("1|11", "2|20"), db.rows(ALL));
  }

  @Test
  void serializablePreventsAntiDependencyCyclesG2() {
    begin(SERIALIZABLE);
    assertEquals(List.of(), t1.rows("select * from test where value % 3 = 0"));
    assertEquals(List.of(), t2.rows("select * from test where value % 3 = 0"));
    t1.run("insert into test (id, value) values (3, 30)");
    t2.run("insert into test (id, value) values (4, 42)");
    t1.run("commit");
    t2.fails("40001", "commit");
    assertEquals(List.of("3|30"), db.rows("select * from test where value % 3 = 0"));
  }

  @Test
  void serializablePreventsAntiDependencyCyclesOfTwoEdgesG2() {
    begin(SERIALIZABLE);
    assertEquals(List.of("1|10", "2|20"), t1.rows(ALL));
    t2.run("update test set value = value + 5 where id = 2; commit");
    assertEquals(List.of("1|10", "2|25"), t3.rows(ALL));
    t3.run("commit");
    t1.run("update test set value = 0 where id = 1");
    t1.fails("40001", "commit");
    assertEquals(List.of("1|10", "2|25"), db.rows(ALL));
  }

  private void antiDependencyCycle() {
    assertEquals(List.of(), t1.rows("select * from test where value % 3 = 0"));
    assertEquals(List.of(), t2.rows("select * from test where value % 3 = 0"));
    t1.run("insert into test (id, value) values (3, 30)");
    t2.run("insert into test (id, value) values (4, 42)");
    t1.run("commit");
    t2.run("commit");
    assertEquals(
        List.of("3|30", "4|42"), db.rows("select * from test where value % 3 = 0 order by id"));
  }
}
