package org.facetdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.facetdb.storage.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups of databases, open and closed, and restores to a moment. */
class DatabaseBackupTest {
  @TempDir private Path temporary;

  private Connection connect(String name) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:facetdb:"
            + temporary.resolve(name)
            + "?archive="
            + temporary.resolve(name + "-archive"));
  }

  private static long number(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      assertTrue(rows.next());
      return rows.getLong(1);
    }
  }

  @Test
  void restoresTablesMadeAfterTheBackupUpToASequence() throws SQLException {
    Path backups = temporary.resolve("backups");
    long wanted;
    try (Connection connection = connect("db");
        Statement statement = connection.createStatement()) {
      statement.execute("create table t (id int primary key)");
      statement.execute("insert into t values (1)");
      StorageException open =
          assertThrows(
              StorageException.class,
              () -> DatabaseBackup.backup(temporary.resolve("db"), backups));
      assertEquals("55006", open.sqlState());
      assertTrue(String.valueOf(open.getMessage()).contains("holder="), open.getMessage());
      statement.execute("backup to '" + backups + "'");
      statement.execute("create table later (id int primary key)");
      statement.execute("insert into later values (1), (2)");
      wanted = number(statement, "select facetdb_current_sequence()");
      statement.execute("insert into later values (3)");
      statement.execute("drop table t");
    }
    Path archive = temporary.resolve("db-archive");
    DatabaseBackup.restore(backups, archive, "sequence " + wanted, temporary.resolve("copy"));
    try (Connection connection = connect("copy");
        Statement statement = connection.createStatement()) {
      assertEquals(1, number(statement, "select count(*) from t"));
      assertEquals(2, number(statement, "select count(*) from later"));
      statement.execute("insert into later values (7)");
      assertEquals(3, number(statement, "select count(*) from later"));
    }
    DatabaseBackup.restore(backups, archive, null, temporary.resolve("all"));
    try (Connection connection = connect("all");
        Statement statement = connection.createStatement()) {
      assertEquals(3, number(statement, "select count(*) from later"));
      assertThrows(SQLException.class, () -> statement.execute("select * from t"));
    }
    StorageException form =
        assertThrows(
            StorageException.class,
            () -> DatabaseBackup.restore(backups, archive, "yesterday", temporary.resolve("none")));
    assertEquals("22007", form.sqlState());
  }

  private static String text(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      assertTrue(rows.next());
      return String.valueOf(rows.getString(1));
    }
  }

  @Test
  void anArchiveThatFailsIsSeenAndWritesGoOn() throws Exception {
    Path archive = temporary.resolve("db-archive");
    try (Connection connection = connect("db");
        Statement statement = connection.createStatement()) {
      statement.execute("create table t (id int primary key, v text)");
      // A file in the folder's place, which nothing can be written into.
      Files.delete(archive);
      Files.createFile(archive);
      for (int i = 0; i < 10; i++) {
        statement.execute("insert into t values (" + i + ", repeat('x', 4000000))");
      }
      String problem = await(statement, "select archive_problem from facetdb_storage", "58030 ");
      assertTrue(problem.contains(archive.toString()), problem);
      assertTrue(number(statement, "select unarchived_segments from facetdb_storage") > 0);
      assertTrue(number(statement, "select unarchived_bytes from facetdb_storage") > 1 << 20);
      Files.delete(archive);
      statement.execute("checkpoint");
      await(statement, "select archive_problem from facetdb_storage", "null");
      await(statement, "select unarchived_segments from facetdb_storage", "0");
      assertTrue(number(statement, "select archived_sequence from facetdb_storage") > 1);
    }
    Path file = Files.createFile(temporary.resolve("other-archive"));
    SQLException refusal = assertThrows(SQLException.class, () -> connect("other"));
    assertEquals("58030", refusal.getSQLState());
    assertTrue(String.valueOf(refusal.getMessage()).contains(file.toString()));
    SQLException memory =
        assertThrows(
            SQLException.class,
            () -> DriverManager.getConnection("jdbc:facetdb:mem:x?archive=" + archive));
    assertEquals("08001", memory.getSQLState());
  }

  /** Waits until a text begins so: the archive follows at its own pace. */
  private static String await(Statement statement, String sql, String begin) throws Exception {
    String found = "";
    for (int i = 0; i < 1_000 && !found.startsWith(begin); i++) {
      Thread.sleep(10);
      found = text(statement, sql);
    }
    assertTrue(found.startsWith(begin), found);
    return found;
  }

  @Test
  void aClosedDatabaseIsBackedUp() throws SQLException {
    Path backups = temporary.resolve("backups");
    try (Connection connection = connect("db");
        Statement statement = connection.createStatement()) {
      statement.execute("create table t (id int primary key)");
      statement.execute("insert into t values (1)");
    }
    DatabaseBackup.Report report = DatabaseBackup.backup(temporary.resolve("db"), backups);
    DatabaseBackup.restore(backups, temporary.resolve("copy"));
    DatabaseCheck.Report check = DatabaseCheck.run(temporary.resolve("copy"));
    assertEquals(0, check.problems().size(), check.problems().toString());
    assertEquals(report.sequence(), check.lastSequence());
    StorageException none =
        assertThrows(
            StorageException.class,
            () -> DatabaseBackup.backup(temporary.resolve("absent"), backups));
    assertEquals("58P01", none.sqlState());
  }
}
