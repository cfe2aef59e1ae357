package org.facetdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
    connect("db").close();
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
