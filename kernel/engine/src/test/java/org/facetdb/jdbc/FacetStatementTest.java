package org.facetdb.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.BatchUpdateException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@SuppressWarnings("try") // statements are closed by hand where closing is what is tested
class FacetStatementTest extends JdbcTest {
  /** Runs for hours unless stopped. */
  private static final String ENDLESS =
      "SELECT count(*) FROM n a, n b, n c, n d WHERE a.i + b.i + c.i + d.i < 0";

  private void numbers(int count) throws SQLException {
    execute("CREATE TABLE n (i integer PRIMARY KEY)");
    connection.setAutoCommit(false);
    try (PreparedStatement insert = connection.prepareStatement("INSERT INTO n VALUES (?)")) {
      for (int i = 0; i < count; i++) {
        insert.setInt(1, i);
        insert.addBatch();
      }
      insert.executeBatch();
    }
    connection.setAutoCommit(true);
  }

  @Test
  void countsAreThoseOfTheRowsChanged() throws SQLException {
    try (Statement jdbc = connection.createStatement()) {
      assertEquals(0, jdbc.executeUpdate("CREATE TABLE t (id integer, v integer)"));
      assertEquals(3, jdbc.executeUpdate("INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)"));
      assertEquals(2, jdbc.executeUpdate("UPDATE t SET v = 9 WHERE id > 1"));
      assertEquals(1, jdbc.executeLargeUpdate("DELETE FROM t WHERE id = 1"));
      assertTrue(jdbc.execute("SELECT id FROM t"));
      assertEquals(-1, jdbc.getUpdateCount());
      assertFalse(jdbc.execute("DELETE FROM t"));
      assertEquals(2, jdbc.getUpdateCount());
      assertNull(jdbc.getResultSet());
      assertFalse(jdbc.getMoreResults());
      assertEquals(-1, jdbc.getUpdateCount());
    }
  }

  @Test
  void whatIsSkippedIsSaidInANotice() throws SQLException {
    try (Statement jdbc = connection.createStatement()) {
      jdbc.execute("CREATE TABLE skipped (a integer); CREATE INDEX skipped_a ON skipped (a)");
      assertNull(jdbc.getWarnings());
      List<List<String>> cases =
          List.of(
              List.of("CREATE TABLE IF NOT EXISTS skipped (a integer)", "42P07", "relation"),
              List.of("CREATE INDEX IF NOT EXISTS skipped_a ON skipped (a)", "42P07", "relation"),
              List.of("DROP TABLE IF EXISTS nowhere", "00000", "table"),
              List.of("DROP INDEX IF EXISTS nowhere", "00000", "index"),
              List.of("DROP EXTENSION IF EXISTS nowhere", "00000", "extension"));
      for (List<String> texts : cases) {
        jdbc.execute(texts.getFirst());
        SQLWarning notice = Objects.requireNonNull(jdbc.getWarnings(), texts.getFirst());
        assertEquals(texts.get(1), notice.getSQLState());
        assertEquals(1, notice.getErrorCode());
        String message = String.valueOf(notice.getMessage());
        assertTrue(message.startsWith(texts.get(2)) && message.endsWith(", skipping"), message);
      }
    }
  }

  @Test
  void whatHasNoEffectIsSaidInAWarning() throws SQLException {
    List<List<String>> cases =
        List.of(
            List.of("SET LOCAL commit_delay = 5", "25P01", "SET LOCAL can only be used in"),
            List.of("SET TRANSACTION READ ONLY", "25P01", "SET TRANSACTION can only be used in"),
            List.of("COMMIT", "25P01", "there is no transaction in progress"),
            List.of("ROLLBACK", "25P01", "there is no transaction in progress"),
            List.of("BEGIN; BEGIN", "25001", "there is already a transaction in progress"),
            List.of("SET LOCAL commit_delay = 5; COMMIT", "", ""));
    try (Statement jdbc = connection.createStatement()) {
      for (List<String> texts : cases) {
        jdbc.execute(texts.getFirst());
        SQLWarning warning = jdbc.getWarnings();
        if (warning == null) {
          assertEquals("", texts.get(1), texts.getFirst());
          continue;
        }
        assertEquals(texts.get(1), warning.getSQLState(), texts.getFirst());
        assertTrue(String.valueOf(warning.getMessage()).startsWith(texts.get(2)));
        assertNull(warning.getNextWarning());
      }
      jdbc.execute("COMMIT; ROLLBACK");
      assertNotNull(Objects.requireNonNull(jdbc.getWarnings()).getNextWarning());
      jdbc.clearWarnings();
      assertNull(jdbc.getWarnings());
    }
  }

  @Test
  void severalStatementsInOneTextGiveTheirResultsInTurn() throws SQLException {
    try (Statement jdbc = connection.createStatement()) {
      String script =
          "CREATE TABLE t (id integer); INSERT INTO t VALUES (1), (2);"
              + " SELECT id FROM t ORDER BY id; SELECT ';' AS semicolon;";
      assertFalse(jdbc.execute(script));
      assertEquals(0, jdbc.getUpdateCount());
      assertFalse(jdbc.getMoreResults());
      assertEquals(2, jdbc.getUpdateCount());
      assertTrue(jdbc.getMoreResults());
      assertEquals(List.of(List.of("1"), List.of("2")), rows(jdbc.getResultSet()));
      assertTrue(jdbc.getMoreResults());
      assertEquals(List.of(List.of(";")), rows(jdbc.getResultSet()));
      assertFalse(jdbc.getMoreResults());
    }
  }

  @Test
  void theWrongKindOfExecuteIsRefused() throws SQLException {
    execute("CREATE TABLE t (id integer)");
    try (Statement jdbc = connection.createStatement()) {
      assertState("02000", () -> jdbc.executeQuery("DELETE FROM t"));
      assertState("0100E", () -> jdbc.executeUpdate("SELECT 1"));
      assertState("0A000", () -> jdbc.executeUpdate("DELETE FROM t", 1));
    }
    try (PreparedStatement query = connection.prepareStatement("SELECT 1")) {
      assertState("55000", () -> query.executeQuery("SELECT 2"));
    }
  }

  @Test
  void errorsShowLineColumnAndCaret() throws SQLException {
    SQLException syntax = assertState("42601", () -> execute("SELECT 1;\nSELECT FROM FROM t"));
    assertTrue(syntax.getMessage().contains("LINE 2: SELECT FROM FROM t"), syntax.getMessage());
    SQLException table = assertState("42P01", () -> execute("SELECT * FROM absent"));
    String[] lines = table.getMessage().split("\n");
    assertEquals("LINE 1: SELECT * FROM absent", lines[1]);
    assertEquals(lines[1].indexOf("absent"), lines[2].indexOf('^'));
    execute("CREATE TABLE t (id integer)");
    SQLException column = assertState("42703", () -> execute("SELECT id, missing FROM t"));
    assertTrue(column.getMessage().contains("column 12"), column.getMessage());
    assertState("22012", () -> rows("SELECT 1 / 0"));
    assertState("22003", () -> rows("SELECT 2147483647 + 1"));
  }

  @Test
  void parametersMustBeSetAndExist() throws SQLException {
    try (PreparedStatement query = connection.prepareStatement("SELECT ?::integer + ?::integer")) {
      query.setInt(1, 1);
      assertState("07001", query::executeQuery);
      assertState("22023", () -> query.setInt(3, 1));
      query.setInt(2, 41);
      try (ResultSet rows = query.executeQuery()) {
        assertEquals(List.of(List.of("42")), rows(rows));
      }
      query.clearParameters();
      assertState("07001", query::executeQuery);
    }
    assertState("42601", () -> connection.prepareStatement("SELECT 1; SELECT 2"));
  }

  @Test
  void aBatchCountsEveryEntryAndIsAtomicWithAutocommit() throws SQLException {
    execute("CREATE TABLE t (id integer PRIMARY KEY)");
    try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?)")) {
      for (int i = 0; i < 5; i++) {
        insert.setInt(1, i);
        insert.addBatch();
      }
      assertEquals("[1, 1, 1, 1, 1]", Arrays.toString(insert.executeBatch()));
      assertEquals(0, insert.executeBatch().length);
      for (int i = 7; i >= 4; i--) {
        insert.setInt(1, i);
        insert.addBatch();
      }
      BatchUpdateException failed = assertThrows(BatchUpdateException.class, insert::executeBatch);
      assertEquals("23505", failed.getSQLState());
      assertEquals(4, failed.getUpdateCounts().length);
      assertEquals(Statement.EXECUTE_FAILED, failed.getUpdateCounts()[0]);
    }
    assertEquals(List.of(List.of("5")), rows("SELECT count(*) FROM t"));
  }

  @Test
  void aBatchOfTextsRunsThemInTurn() throws SQLException {
    try (Statement jdbc = connection.createStatement()) {
      jdbc.addBatch("CREATE TABLE t (id integer)");
      jdbc.addBatch("INSERT INTO t VALUES (1), (2)");
      assertEquals("[0, 2]", Arrays.toString(jdbc.executeBatch()));
      jdbc.addBatch("DELETE FROM t WHERE id = 1");
      jdbc.addBatch("DELETE FROM absent");
      BatchUpdateException failed = assertThrows(BatchUpdateException.class, jdbc::executeBatch);
      assertEquals("[1]", Arrays.toString(failed.getUpdateCounts()));
    }
  }

  @Test
  void resultsLargerThanABatchAreWholeAndMaxRowsCutsThem() throws SQLException {
    numbers(5000);
    try (Statement jdbc = connection.createStatement()) {
      long sum = 0;
      try (ResultSet rows = jdbc.executeQuery("SELECT i FROM n")) {
        while (rows.next()) {
          sum += rows.getInt(1);
        }
        assertFalse(rows.next());
      }
      assertEquals(4999L * 5000 / 2, sum);
      jdbc.setMaxRows(10);
      try (ResultSet rows = jdbc.executeQuery("SELECT i FROM n ORDER BY i")) {
        assertEquals(10, rows(rows).size());
      }
    }
  }

  @Test
  void twoResultsMayBeReadSideBySide() throws SQLException {
    numbers(5000);
    try (Statement a = connection.createStatement();
        Statement b = connection.createStatement();
        ResultSet left = a.executeQuery("SELECT i FROM n ORDER BY i");
        ResultSet right = b.executeQuery("SELECT i FROM n ORDER BY i")) {
      int count = 0;
      while (left.next() && right.next()) {
        assertEquals(left.getInt(1), right.getInt(1));
        count++;
      }
      assertEquals(5000, count);
    }
  }

  @Test
  void runningAgainClosesTheOldResult() throws SQLException {
    try (PreparedStatement query = connection.prepareStatement("SELECT 1")) {
      ResultSet first = query.executeQuery();
      ResultSet second = query.executeQuery();
      assertTrue(first.isClosed());
      assertState("24000", first::next);
      assertTrue(second.next());
      query.close();
      assertTrue(second.isClosed());
    }
  }

  @Test
  void closeOnCompletionFollowsTheResult() throws SQLException {
    try (Statement jdbc = connection.createStatement()) {
      jdbc.closeOnCompletion();
      jdbc.executeQuery("SELECT 1").close();
      assertTrue(jdbc.isClosed());
      assertState("55000", () -> jdbc.executeQuery("SELECT 1"));
    }
  }

  @Test
  @Timeout(30)
  void cancelStopsTheStatementThatRuns() throws Exception {
    numbers(1000);
    try (Statement jdbc = connection.createStatement()) {
      CompletableFuture<SQLException> outcome =
          CompletableFuture.supplyAsync(
              () -> assertThrows(SQLException.class, () -> jdbc.executeQuery(ENDLESS)));
      while (!outcome.isDone()) {
        jdbc.cancel();
        TimeUnit.MILLISECONDS.sleep(20);
      }
      assertEquals("57014", outcome.get().getSQLState());
      assertEquals(List.of(List.of("1")), rows("SELECT 1"));
    }
  }

  @Test
  @Timeout(30)
  void theQueryTimeoutStopsAStatement() throws SQLException {
    numbers(1000);
    try (Statement jdbc = connection.createStatement()) {
      jdbc.setQueryTimeout(1);
      long start = System.nanoTime();
      SQLException stopped = assertState("57014", () -> jdbc.executeQuery(ENDLESS));
      assertEquals(SQLTimeoutException.class, stopped.getClass());
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      assertTrue(millis >= 900, "stopped after " + millis + " ms");
      try (ResultSet rows = jdbc.executeQuery("SELECT 1")) {
        assertTrue(rows.next());
      }
      assertState("22023", () -> jdbc.setQueryTimeout(-1));
    }
  }

  @Test
  void aStatementPreparedBeforeASchemaChangeFollowsIt() throws SQLException {
    execute("CREATE TABLE t (id integer)", "INSERT INTO t VALUES (1)");
    try (PreparedStatement query = connection.prepareStatement("SELECT id FROM t")) {
      query.executeQuery().close();
      execute("DROP TABLE t", "CREATE TABLE t (id integer)", "INSERT INTO t VALUES (2)");
      try (ResultSet rows = query.executeQuery()) {
        assertEquals(List.of(List.of("2")), rows(rows));
      }
    }
  }
}
