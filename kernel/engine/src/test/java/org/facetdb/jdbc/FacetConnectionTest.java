package org.facetdb.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // connections are closed by hand where closing is what is tested
class FacetConnectionTest extends JdbcTest {
  private static int single(PreparedStatement query) throws SQLException {
    try (ResultSet rows = query.executeQuery()) {
      assertTrue(rows.next());
      return rows.getInt(1);
    }
  }

  @Test
  void othersSeeNothingBeforeCommitAndNeverWhatIsRolledBack() throws SQLException {
    execute("CREATE TABLE t (id integer)", "INSERT INTO t VALUES (0)");
    try (Connection other = DriverManager.getConnection(url);
        PreparedStatement count = other.prepareStatement("SELECT count(*) FROM t")) {
      assertEquals(1, single(count));
      connection.setAutoCommit(false);
      execute("INSERT INTO t VALUES (1)");
      assertEquals(1, single(count));
      connection.commit();
      assertEquals(2, single(count));
      execute("INSERT INTO t VALUES (2)");
      connection.rollback();
      assertEquals(2, single(count));
      execute("INSERT INTO t VALUES (3)");
      connection.setAutoCommit(true);
      assertEquals(3, single(count));
    }
  }

  @Test
  void theCommitOfATransactionThatFailedIsRefused() throws SQLException {
    execute("CREATE TABLE t (id integer)");
    connection.setAutoCommit(false);
    execute("INSERT INTO t VALUES (1)");
    assertState("42703", () -> execute("SELECT nope FROM t"));
    assertState("25P02", connection::commit);
    assertEquals(List.of(), rows("SELECT id FROM t"));
    execute("INSERT INTO t VALUES (2)");
    assertState("42703", () -> execute("SELECT nope FROM t"));
    assertState("25P02", () -> connection.setAutoCommit(true));
    connection.rollback();
    execute("INSERT INTO t VALUES (3)");
    connection.commit();
    assertEquals(List.of(List.of("3")), rows("SELECT id FROM t"));
  }

  @Test
  void theLoserOfAConflictGets40001AndCanRunAgain() throws SQLException {
    execute("CREATE TABLE t (id integer PRIMARY KEY, v integer)", "INSERT INTO t VALUES (1, 0)");
    try (Connection other = DriverManager.getConnection(url);
        Statement theirs = other.createStatement()) {
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      connection.setAutoCommit(false);
      assertEquals(List.of(List.of("0")), rows("SELECT v FROM t"));
      theirs.executeUpdate("UPDATE t SET v = v + 10 WHERE id = 1");
      assertState("40001", () -> execute("UPDATE t SET v = v + 1 WHERE id = 1"));
      connection.rollback();
      execute("UPDATE t SET v = v + 1 WHERE id = 1");
      connection.commit();
      assertEquals(List.of(List.of("11")), rows("SELECT v FROM t"));
    }
  }

  @Test
  void savepointsUndoWhatFollowedThem() throws SQLException {
    execute("CREATE TABLE t (id integer)");
    assertState("25P01", () -> connection.setSavepoint());
    connection.setAutoCommit(false);
    Savepoint first = connection.setSavepoint();
    execute("INSERT INTO t VALUES (1)");
    Savepoint second = connection.setSavepoint("with \"quotes\"");
    execute("INSERT INTO t VALUES (2)");
    connection.rollback(second);
    assertEquals(List.of(List.of("1")), rows("SELECT id FROM t"));
    connection.releaseSavepoint(second);
    assertState("3B001", () -> connection.rollback(second));
    connection.rollback(first);
    connection.commit();
    assertEquals(List.of(), rows("SELECT id FROM t"));
    assertEquals("with \"quotes\"", second.getSavepointName());
    assertState("3B001", second::getSavepointId);
  }

  @Test
  void endingATransactionWithAutocommitOnIsRefused() {
    assertState("25P01", connection::commit);
    assertState("25P01", connection::rollback);
  }

  @Test
  void isolationIsReadCommittedUntilMoreIsAskedFor() throws SQLException {
    assertEquals(Connection.TRANSACTION_READ_COMMITTED, connection.getTransactionIsolation());
    assertEquals(
        Connection.TRANSACTION_READ_COMMITTED,
        connection.getMetaData().getDefaultTransactionIsolation());
    for (int level :
        new int[] {
          Connection.TRANSACTION_READ_UNCOMMITTED,
          Connection.TRANSACTION_REPEATABLE_READ,
          Connection.TRANSACTION_SERIALIZABLE,
          Connection.TRANSACTION_READ_COMMITTED
        }) {
      assertTrue(connection.getMetaData().supportsTransactionIsolationLevel(level));
      connection.setTransactionIsolation(level);
      assertEquals(level, connection.getTransactionIsolation());
    }
    assertNull(connection.getWarnings());
    connection.setAutoCommit(false);
    execute("SELECT 1");
    assertState(
        "25001", () -> connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ));
    connection.setAutoCommit(true);
    assertState("22023", () -> connection.setTransactionIsolation(77));
  }

  @Test
  void closingRollsBackAndEndsEverything() throws SQLException {
    execute("CREATE TABLE t (id integer)");
    Connection doomed = DriverManager.getConnection(url);
    doomed.setAutoCommit(false);
    Statement jdbc = doomed.createStatement();
    jdbc.executeUpdate("INSERT INTO t VALUES (1)");
    assertTrue(doomed.isValid(1));
    doomed.close();
    doomed.close();
    assertTrue(doomed.isClosed());
    assertFalse(doomed.isValid(1));
    assertState("08003", () -> jdbc.executeQuery("SELECT 1"));
    assertState("08003", doomed::getMetaData);
    jdbc.close();
    assertEquals(List.of(), rows("SELECT id FROM t"));
  }

  @Test
  void aConnectionThatIdlesInATransactionIsClosed() throws SQLException, InterruptedException {
    execute("CREATE TABLE t (id integer)");
    Connection idler = DriverManager.getConnection(url);
    try (Statement jdbc = idler.createStatement()) {
      jdbc.execute("SET idle_in_transaction_session_timeout = '20ms'");
      idler.setAutoCommit(false);
      jdbc.executeUpdate("INSERT INTO t VALUES (1)");
      while (idler.isValid(1)) {
        Thread.sleep(1);
      }
      assertFalse(idler.isClosed());
      assertState("25P03", idler::commit);
      assertTrue(idler.isClosed());
      assertState("08003", idler::commit);
    }
    idler.close();
    Connection forgotten = DriverManager.getConnection(url);
    try (Statement jdbc = forgotten.createStatement()) {
      jdbc.execute("SET idle_in_transaction_session_timeout = '20ms'");
      forgotten.setAutoCommit(false);
      jdbc.execute("SELECT 1");
      while (forgotten.isValid(1)) {
        Thread.onSpinWait();
      }
    }
    forgotten.close();
    assertTrue(forgotten.isClosed());
    assertEquals(List.of(), rows("SELECT id FROM t"));
  }

  @Test
  void abortClosesThroughTheExecutor() throws SQLException {
    Connection doomed = DriverManager.getConnection(url);
    doomed.abort(Runnable::run);
    assertTrue(doomed.isClosed());
  }

  @Test
  void wrappersUnwrapToThemselvesAlone() throws SQLException {
    assertTrue(connection.isWrapperFor(FacetConnection.class));
    assertSame(connection, connection.unwrap(Connection.class));
    assertFalse(connection.isWrapperFor(String.class));
    assertState("0A000", () -> connection.unwrap(String.class));
  }

  @Test
  void optionalFeaturesAreRefusedWithTheirState() {
    assertState("0A000", () -> connection.prepareCall("{call f()}"));
    assertState("0A000", connection::createBlob);
    assertState("0A000", () -> connection.createArrayOf("integer", new Object[0]));
    assertState(
        "0A000", () -> connection.prepareStatement("SELECT 1", Statement.RETURN_GENERATED_KEYS));
    assertState("0A000", () -> connection.prepareStatement("SELECT 1", new String[] {"id"}));
    assertState("3F000", () -> connection.setSchema("elsewhere"));
  }

  @Test
  void lesserKindsOfResultsComeWithAWarning() throws SQLException {
    try (Statement jdbc =
        connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY)) {
      assertEquals(ResultSet.TYPE_FORWARD_ONLY, jdbc.getResultSetType());
      assertNotNull(connection.getWarnings());
    }
  }

  @Test
  void theUrlIsCheckedAndItsPropertiesAreRead() throws SQLException {
    assertState("08001", () -> DriverManager.getConnection("jdbc:facetdb:"));
    assertState("08001", () -> DriverManager.getConnection("jdbc:facetdb:mem:x?durability=maybe"));
    for (String group : List.of("group", "group()", "group(-1)", "group(10001)", "group(1s)")) {
      String url = "jdbc:facetdb:mem:x?durability=" + group;
      assertState("08001", () -> DriverManager.getConnection(url));
    }
    assertState("08001", () -> DriverManager.getConnection("jdbc:facetdb:mem:x?memory=many"));
    assertState("08001", () -> DriverManager.getConnection("jdbc:facetdb:mem:x?memory=1MB"));
    String all = "jdbc:facetdb:mem:x?durability=none&memory=64MB&user=someone";
    try (Connection named = DriverManager.getConnection(all)) {
      assertEquals("someone", named.getMetaData().getUserName());
    }
    String grouped = "jdbc:facetdb:mem:grouped?durability=group(3 ms)";
    try (Connection waiting = DriverManager.getConnection(grouped);
        Statement jdbc = waiting.createStatement();
        ResultSet delay = jdbc.executeQuery("SHOW commit_delay")) {
      assertTrue(delay.next());
      assertEquals("3000", delay.getString(1));
    }
    assertNull(new FacetDriver().connect("jdbc:other:x", null));
  }
}
