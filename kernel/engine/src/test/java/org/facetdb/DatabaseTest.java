package org.facetdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.Batch;
import org.facetdb.sql.Result;
import org.facetdb.storage.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("try") // handles are closed by hand where closing is what is tested
class DatabaseTest {
  @TempDir Path directory;

  private static List<Object> values(Session session, String sql, Object... parameters) {
    List<Object> values = new ArrayList<>();
    try (Result result = session.execute(sql, parameters)) {
      for (Batch batch = result.nextBatch(); batch != null; batch = result.nextBatch()) {
        for (int k = 0; k < batch.selectedCount(); k++) {
          values.add(batch.column(0).valueAt(batch.row(k)));
        }
      }
    }
    return values;
  }

  @Test
  void rowsSurviveTheLastHandle() {
    try (Database database = Database.open(directory);
        Session session = database.session()) {
      session.execute("CREATE TABLE t (id integer PRIMARY KEY, name text)").close();
      session.execute("INSERT INTO t VALUES ($1, $2)", 7, "seven").close();
    }
    try (Database database = Database.open(directory);
        Session session = database.session()) {
      assertEquals(List.of("seven"), values(session, "SELECT name FROM t WHERE id = $1", 7));
    }
  }

  @Test
  void handlesOfOneDirectoryShareTheDatabaseWhateverThePathsSpelling() throws Exception {
    Path real = Files.createDirectory(directory.resolve("real"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), real);
    Database first = Database.open(real);
    try (Database second = Database.open(link.resolve("../real/."));
        Session writer = first.session();
        Session reader = second.session()) {
      writer.execute("CREATE TABLE t (id integer)").close();
      writer.execute("INSERT INTO t VALUES (1), (2)").close();
      assertEquals(List.of(2L), values(reader, "SELECT count(*) FROM t"));
      writer.close();
      first.close();
      assertEquals(List.of(2L), values(reader, "SELECT count(*) FROM t"));
    }
  }

  @Test
  void aNamedDatabaseInMemoryIsSharedAndGoesWithItsLastHandle() {
    DatabaseOptions options = DatabaseOptions.defaults();
    try (Database first = Database.inMemory("shared", options);
        Database second = Database.inMemory("shared", options);
        Database other = Database.inMemory("", options)) {
      first.session().execute("CREATE TABLE t (id integer)").close();
      assertEquals(List.of(), values(second.session(), "SELECT id FROM t"));
      DatabaseException absent =
          assertThrows(
              DatabaseException.class, () -> other.session().execute("SELECT id FROM t").close());
      assertEquals("42P01", absent.sqlState());
    }
    try (Database again = Database.inMemory("shared", options)) {
      assertThrows(
          DatabaseException.class, () -> again.session().execute("SELECT id FROM t").close());
    }
  }

  @Test
  void aClosedHandleGivesNoSessionAndItsSessionsRollBack() {
    Database keeper = Database.open(directory);
    try (keeper) {
      Database database = Database.open(directory);
      Session session = database.session();
      session.execute("CREATE TABLE t (id integer)").close();
      session.execute("BEGIN").close();
      session.execute("INSERT INTO t VALUES (1)").close();
      assertTrue(session.inTransaction());
      database.close();
      database.close();
      DatabaseException refused = assertThrows(DatabaseException.class, database::session);
      assertEquals("08003", refused.sqlState());
      assertEquals(List.of(0L), values(keeper.session(), "SELECT count(*) FROM t"));
    }
  }

  @Test
  void whatCannotBeADirectoryIsAnErrorThatNamesIt() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "not a directory");
    DatabaseException refused =
        assertThrows(DatabaseException.class, () -> Database.open(file.resolve("below")));
    assertEquals("58030", refused.sqlState());
    assertEquals(
        "cannot open the directory " + file.resolve("below") + ": Not a directory",
        refused.getMessage());
    DatabaseException occupied = assertThrows(DatabaseException.class, () -> Database.open(file));
    assertEquals(
        "cannot open the directory " + file + ": there is a file of that name",
        occupied.getMessage());
    try (Database database = Database.open(directory.resolve("db"))) {
      assertEquals("db", database.name());
    }
    StorageException backup =
        assertThrows(
            StorageException.class, () -> DatabaseBackup.backup(directory.resolve("db"), file));
    assertTrue(backup.getMessage().contains("there is a file of that name"), backup.getMessage());
  }

  @Test
  void settlingKeepsEveryRow() {
    try (Database database = Database.open(directory);
        Session session = database.session()) {
      session.execute("CREATE TABLE t (id integer PRIMARY KEY, note text)").close();
      for (int i = 0; i < 50; i++) {
        session.execute("INSERT INTO t VALUES ($1, $2)", i, null).close();
      }
      database.settle();
      assertEquals(List.of(50L), values(session, "SELECT count(*) FROM t"));
      List<Object> note = values(session, "SELECT note FROM t WHERE id = 3");
      assertNull(note.get(0));
    }
  }
}
