package org.facetdb.cli.plugins;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.facetdb.cli.plugins.PackedDatabase.Session;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packages and functions that fail: the database serves on, and errors name who is to blame. */
class PluginFaultIT {
  @TempDir private Path folder;

  private Path packages() {
    return folder.resolve("home/plugins");
  }

  private Path work() {
    return folder.resolve("work");
  }

  private PackedDatabase database() {
    return new PackedDatabase(folder.resolve("db"), folder.resolve("home"));
  }

  private TestPackage good(String version) throws IOException {
    return TestPackage.functions(
        work(), version, "String answer(String of) { return of + \" " + version + "\"; }");
  }

  private static void contains(SQLException failure, String... words) {
    String text = failure.getMessage() + " " + failure.getCause();
    for (String word : words) {
      assertTrue(text.contains(word), () -> word + " is not in: " + text);
    }
  }

  /** CREATE EXTENSION refuses by name; the database opens and serves before and after. */
  private void refused(String... words) throws Exception {
    try (PackedDatabase database = database()) {
      for (int open = 0; open < 2; open++) {
        Session session = database.session();
        contains(refusal(session), words);
        session.script("CREATE TABLE IF NOT EXISTS t (a integer)", "INSERT INTO t VALUES (1)");
        assertEquals(open + 1, session.number("SELECT count(*) FROM t"));
        assertEquals(List.of(), session.rows("SELECT * FROM pg_extension"));
        database.shut();
      }
    }
  }

  private static SQLException refusal(Session session) {
    try {
      session.run("CREATE EXTENSION test");
    } catch (SQLException e) {
      assertTrue(List.of("58P01", "55000", "38000").contains(e.getSQLState()), e.getSQLState());
      contains(e, "test");
      return e;
    }
    throw new AssertionError("a bad package is refused");
  }

  @Test
  void aTruncatedJarIsRefused() throws Exception {
    Path jar = good("1").build(packages());
    byte[] bytes = Files.readAllBytes(jar);
    Files.write(jar, Arrays.copyOf(bytes, bytes.length / 2));
    refused();
  }

  @Test
  void aJarWithoutDescriptorIsRefused() throws Exception {
    good("1").undescribed().build(packages());
    refused("no module descriptor");
  }

  @Test
  void aJarThatRequiresAModuleOfTheKernelIsRefused() throws Exception {
    good("1").seeing("org.facetdb.sql").requiring("requires org.facetdb.sql;").build(packages());
    refused("org.facetdb.sql");
  }

  @Test
  void aJarThatMissesALibraryIsRefused() throws Exception {
    good("1").seeing("lib.absent").requiring("requires lib.absent;").build(packages());
    refused("lib.absent");
  }

  @Test
  void aPluginThatThrowsOnStartIsRefused() throws Exception {
    good("1").contributing("throw new IllegalStateException(\"boom\");").build(packages());
    refused("IllegalStateException", "boom");
  }

  @Test
  void anUpdateThatThrowsOnStartLeavesTheOldVersionServing() throws Exception {
    good("1").build(packages());
    good("2").contributing("throw new IllegalStateException(\"boom\");").build(packages());
    try (PackedDatabase database = database()) {
      Session session = database.session();
      session.run("CREATE EXTENSION test VERSION '1'");
      contains(session.fails("38000", "ALTER EXTENSION test UPDATE TO '2'"), "test", "boom");
      assertEquals("x 1", session.value("SELECT answer('x')"));
      assertEquals(List.of("1"), session.column("SELECT extversion FROM pg_extension"));
      database.shut();
      assertEquals("x 1", database.session().value("SELECT answer('x')"));
    }
  }

  @Test
  void aFunctionThatFailsIsNamedAndTheSessionGoesOn() throws Exception {
    TestPackage.functions(
            work(),
            "1",
            "int explode(int a) { throw new IllegalArgumentException(\"boom\"); }",
            "int recurse(int a) { return recurse(a + 1) + 1; }",
            "int miss(int a) { throw new NoClassDefFoundError(\"q/Q\"); }",
            "int twice(int a) { return a * 2; }")
        .build(packages());
    try (PackedDatabase database = database()) {
      Session session = database.session();
      session.script(
          "CREATE EXTENSION test", "CREATE TABLE t (a integer)", "INSERT INTO t VALUES (1), (2)");
      for (String name : List.of("explode", "recurse", "miss")) {
        contains(session.fails("38000", "SELECT " + name + "(a) FROM t"), "test", name);
        assertEquals(List.of(2, 4), session.column("SELECT twice(a) FROM t ORDER BY 1"));
      }
      contains(session.fails("38000", "INSERT INTO t SELECT explode(a) FROM t"), "explode");
      session.run("BEGIN");
      contains(session.fails("38000", "SELECT recurse(1)"), "recurse");
      session.fails("25P02", "SELECT 1");
      session.run("ROLLBACK");
      assertEquals(2, session.number("SELECT count(*) FROM t"));
      assertEquals(0, session.number("SELECT leases FROM facetdb_extensions"), "leases left");
    }
  }

  @Test
  void extensionsChangeOutsideOfTransactionBlocksOnly() throws Exception {
    good("1").build(packages());
    try (PackedDatabase database = database()) {
      Session session = database.session();
      session.run("BEGIN");
      session.fails("25001", "CREATE EXTENSION test");
      session.run("ROLLBACK");
      session.fails("42704", "DROP EXTENSION test");
      session.run("CREATE EXTENSION test");
      session.fails("42710", "CREATE EXTENSION test");
      session.run("DROP EXTENSION test");
      contains(session.fails("42883", "SELECT answer('x')"), "answer", "test");
      session.run("CREATE EXTENSION test");
      assertEquals("x 1", session.value("SELECT answer('x')"));
    }
  }

  @Test
  void aPackageThatWasDamagedOnDiskIsRefusedWhenTheDatabaseOpens() throws Exception {
    Path jar = good("1").build(packages());
    byte[] bytes = Files.readAllBytes(jar);
    byte[] damaged = bytes.clone();
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    damaged[text.lastIndexOf("p/Functions.class") - 46 + 16] ^= 1; // its CRC in the directory
    try (PackedDatabase database = database()) {
      database.session().run("CREATE EXTENSION test");
      database.shut();
      Files.write(jar, damaged);
      String call = "SELECT answer('x')";
      String entry = "entry p/Functions.class is damaged";
      contains(database.session().fails("42883", call), "answer", "test", entry);
      database.shut();
      Files.write(jar, Arrays.copyOf(bytes, bytes.length / 2));
      Session session = database.session();
      contains(session.fails("42883", call), "test", "can't be read", jar.toString());
      Files.write(jar, bytes);
      session.run("ALTER EXTENSION test UPDATE TO '1'");
      assertEquals("x 1", session.value(call));
    }
  }

  @Test
  void aFunctionsPackageThatIsGoneIsMissedByName() throws Exception {
    Path jar = good("1").build(packages());
    byte[] bytes = Files.readAllBytes(jar);
    try (PackedDatabase database = database()) {
      database.session().run("CREATE EXTENSION test");
      database.shut();
      Files.delete(jar);
      Session session = database.session();
      String remedy = "ALTER EXTENSION test UPDATE TO '1'";
      contains(session.fails("42883", "SELECT answer('x')"), "answer", "test", remedy);
      contains(session.fails("42710", "CREATE EXTENSION test"), remedy);
      assertEquals(List.of("missing"), session.column("SELECT state FROM facetdb_extensions"));
      Files.write(jar, bytes);
      session.run(remedy);
      assertEquals("x 1", session.value("SELECT answer('x')"));
      database.shut();
      assertEquals("x 1", database.session().value("SELECT answer('x')"));
    }
  }
}
