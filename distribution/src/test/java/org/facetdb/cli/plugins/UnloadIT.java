package org.facetdb.cli.plugins;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.facetdb.cli.plugins.PackedDatabase.Session;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Retired versions are unloaded although sessions stay open and keep the statements that they
 * prepared against them.
 */
class UnloadIT {
  private static final int SESSIONS = 3;

  @TempDir private Path folder;

  /** A plug-in whose function leaves a weak reference to its class loader. */
  private TestPackage leaving(String version) throws IOException {
    return TestPackage.functions(
        folder.resolve("work"),
        version,
        "String loaded(String key) { System.getProperties().put(key, new"
            + " java.lang.ref.WeakReference<>(Functions.class.getClassLoader())); return \""
            + version
            + "\"; }");
  }

  private static @Nullable Object value(PreparedStatement statement) throws SQLException {
    try (ResultSet found = statement.executeQuery()) {
      found.next();
      return found.getObject(1);
    }
  }

  private static WeakReference<?> loader(String key) {
    return (WeakReference<?>) Objects.requireNonNull(System.getProperties().remove(key));
  }

  private static void collected(WeakReference<?> loader) {
    for (int i = 0; i < 50 && loader.get() != null; i++) {
      System.gc();
    }
    assertNull(loader.get(), "the class loader of a retired version");
  }

  @Test
  void preparedCallsDoNotKeepARetiredVersion() throws Exception {
    Path packages = folder.resolve("home/plugins");
    leaving("1").build(packages);
    leaving("2").build(packages);
    try (PackedDatabase database =
        new PackedDatabase(folder.resolve("db"), folder.resolve("home"))) {
      Session admin = database.session();
      admin.script("CREATE EXTENSION test VERSION '1'", "CREATE TABLE t (k text, a integer)");
      admin.run("INSERT INTO t VALUES ('facetdb.test.loader', 1)");
      List<PreparedStatement> prepared = new ArrayList<>();
      for (int i = 0; i < SESSIONS; i++) {
        Session session = database.session();
        for (String sql :
            List.of(
                "SELECT loaded(k) FROM t",
                "SELECT loaded(k) || 'x' FROM t WHERE length(loaded(k)) > 0 AND sqrt(a) < 2",
                "SELECT max(loaded(k)) FROM t GROUP BY a ORDER BY loaded(max(k))")) {
          prepared.add(session.connection().prepareStatement(sql));
        }
      }
      for (PreparedStatement statement : prepared) {
        value(statement);
      }
      WeakReference<?> first = loader("facetdb.test.loader");
      admin.run("ALTER EXTENSION test UPDATE TO '2'");
      collected(first);
      for (PreparedStatement statement : prepared) {
        assertEquals("2", String.valueOf(value(statement)).substring(0, 1));
      }
      WeakReference<?> second = loader("facetdb.test.loader");
      admin.run("DROP EXTENSION test");
      collected(second);
    }
  }

  @Test
  void preparedSearchesDoNotKeepARetiredVersion() throws Exception {
    try (PackedDatabase database = new PackedDatabase(folder.resolve("db"))) {
      long before = plugins();
      Session admin = database.session();
      admin.script(
          "CREATE EXTENSION fts VERSION '0.1.0'",
          "CREATE TABLE docs (id integer PRIMARY KEY, body text)",
          "CREATE INDEX docs_text ON docs USING bm25 (body)",
          "INSERT INTO docs VALUES (1, 'wing flow'), (2, 'cone')");
      List<PreparedStatement> prepared = new ArrayList<>();
      for (int i = 0; i < SESSIONS; i++) {
        Session session = database.session();
        for (String sql :
            List.of(
                "SELECT id, score(docs), highlight(body) FROM docs WHERE docs @@@ 'wing'"
                    + " ORDER BY score(docs) DESC LIMIT 5",
                "SELECT id FROM docs WHERE docs @@@ 'wing' OR id < 0")) {
          prepared.add(session.connection().prepareStatement(sql));
        }
      }
      for (String change :
          List.of(
              "ALTER EXTENSION fts UPDATE TO '0.2.0'",
              "ALTER EXTENSION fts UPDATE TO '0.1.0'",
              "ALTER EXTENSION fts UPDATE TO '0.2.0'")) {
        for (PreparedStatement statement : prepared) {
          assertEquals(1, value(statement));
        }
        assertEquals(before + 1, plugins(), "loaded before " + change);
        admin.run(change);
        PackedDatabase.await("the retired version to be collected", () -> plugins() == before + 1);
      }
      for (PreparedStatement statement : prepared) {
        assertEquals(1, value(statement));
      }
      admin.run("DROP EXTENSION fts");
      PackedDatabase.await("the dropped version to be collected", () -> plugins() == before);
    }
  }

  /**
   * Entry objects of full-text search that are alive in this process, after a collection. The
   * module of the test doesn't read that of management, so it is reached by name.
   */
  private static long plugins() {
    try {
      Object server =
          Class.forName("java.lang.management.ManagementFactory")
              .getMethod("getPlatformMBeanServer")
              .invoke(null);
      Class<?> name = Class.forName("javax.management.ObjectName");
      Object histogram =
          Class.forName("javax.management.MBeanServer")
              .getMethod("invoke", name, String.class, Object[].class, String[].class)
              .invoke(
                  server,
                  name.getConstructor(String.class)
                      .newInstance("com.sun.management:type=DiagnosticCommand"),
                  "gcClassHistogram",
                  new Object[] {new String[0]},
                  new String[] {String[].class.getName()});
      return String.valueOf(histogram)
          .lines()
          .filter(line -> line.contains(" org.facetdb.fts.FtsPlugin"))
          .mapToLong(line -> Long.parseLong(line.strip().split("\\s+")[1]))
          .sum();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
