package org.facetdb.cli.plugins;

import static org.facetdb.cli.plugins.PackedDatabase.contains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.facetdb.cli.plugins.PackedDatabase.Session;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Indexes that lose their package, their files or their table: rows stay, searches stay right. */
class IndexFaultIT {
  private static final String SEARCH = "SELECT id FROM docs WHERE docs @@@ 'wing' ORDER BY id";

  private static final String BODY_SEARCH = SEARCH.replace("docs @@@", "body @@@");

  @TempDir private Path folder;

  private PackedDatabase database() {
    return new PackedDatabase(folder.resolve("db"));
  }

  private static Session withDocs(PackedDatabase database) throws SQLException {
    Session session = database.session();
    session.script(
        "CREATE EXTENSION fts",
        "CREATE TABLE numbers (n integer)",
        "INSERT INTO numbers VALUES "
            + IntStream.range(0, 300)
                .mapToObj(n -> "(" + n + ")")
                .collect(Collectors.joining(", ")),
        "CREATE TABLE docs (id integer PRIMARY KEY, title text, body text)",
        "CREATE INDEX docs_text ON docs USING bm25 (title, body)");
    insert(session, 1, 100);
    return session;
  }

  /** Every third row has a wing. */
  private static void insert(Session session, int from, int to) throws SQLException {
    session.run(
        "INSERT INTO docs SELECT g, 'title ' || g, CASE WHEN g % 3 = 0 THEN 'wing' ELSE 'cone' END"
            + " FROM (SELECT a.n * 300 + b.n AS g FROM numbers a, numbers b WHERE a.n >= "
            + from / 300
            + " AND a.n <= "
            + to / 300
            + ") s WHERE g >= "
            + from
            + " AND g <= "
            + to);
  }

  private static List<@Nullable Object> multiplesOf3(int last) {
    List<@Nullable Object> ids = new java.util.ArrayList<>();
    for (int id = 3; id <= last; id += 3) {
      ids.add(id);
    }
    return ids;
  }

  @Test
  void aPackageThatIsGoneIsMissedByNameAndCaughtUpWithWhenItIsBack() throws Exception {
    Path packages = Files.createDirectories(folder.resolve("home/plugins"));
    Path jar = packages.resolve("fts.jar");
    try (Stream<Path> all = Files.list(PackedDatabase.HOME.resolve("plugins"))) {
      Files.copy(all.filter(f -> f.toString().contains("-fts-")).sorted().toList().getFirst(), jar);
    }
    try (PackedDatabase database =
        new PackedDatabase(folder.resolve("db"), folder.resolve("home"))) {
      withDocs(database);
      database.shut();
      Path away = Files.move(jar, folder.resolve("fts.jar"));
      Session session = database.session();
      assertEquals(100, session.number("SELECT count(*) FROM docs"));
      insert(session, 101, 200);
      session.run("UPDATE docs SET body = 'wing' WHERE id = 1");
      session.run("DELETE FROM docs WHERE id = 3");
      contains(session.fails("42883", SEARCH), "fts");
      contains(session.fails("42883", "SELECT score(docs) FROM docs"), "score", "fts");
      assertEquals(List.of("missing"), session.column("SELECT state FROM facetdb_extensions"));
      assertEquals("absent", session.index("docs_text", "state"));
      database.shut();
      Files.move(away, jar);
      session = database.session();
      List<@Nullable Object> expected = multiplesOf3(200);
      expected.set(0, 1);
      assertEquals(expected, session.column(SEARCH));
      session.awaitReady("docs_text");
      assertEquals(expected, session.column(SEARCH));
      assertEquals(0, session.count("docs_text", "rebuilds"));
    }
  }

  @Test
  void aSyntaxErrorInAQueryHasAPlaceAndAnExpectation() throws Exception {
    try (PackedDatabase database = database()) {
      Session session = withDocs(database);
      SQLException failure =
          session.fails("42601", "SELECT id FROM docs WHERE docs @@@ 'wing AND (cone'");
      contains(failure, "position", "expected");
      contains(
          session.fails("42601", "SELECT id FROM docs WHERE docs @@@ ?", "\"wing"), "expected");
      assertEquals(multiplesOf3(100), session.column(SEARCH));
    }
  }

  @Test
  void aDamagedFileCostsItsIndexABuildAndNoOtherOne() throws Exception {
    Random random = new Random(PackedDatabase.seed(IndexFaultIT.class));
    try (PackedDatabase database = database()) {
      Session session = withDocs(database);
      String other = "SELECT id FROM others WHERE body @@@ 'wing' ORDER BY id";
      session.script(
          "CREATE TABLE others (id integer PRIMARY KEY, body text)",
          "CREATE INDEX others_text ON others USING bm25 (body)",
          "INSERT INTO others VALUES (1, 'wing'), (2, 'cone')");
      session.run("DELETE FROM docs WHERE id = 1");
      awaitCheckpoint(session);
      database.shut();
      Path own = indexFolder(database.directory(), 0);
      int damaged = 0;
      for (String kind : kinds(own).keySet()) {
        Damage gone = random.nextBoolean() ? Damage.CUT : Damage.REMOVED;
        for (Damage damage : List.of(Damage.FLIPPED, gone)) {
          Path file = kinds(own).get(kind);
          if (file == null) {
            continue;
          }
          damage.to(file, random);
          damaged++;
          String facts = damage + " " + file.getFileName();
          session = database.session();
          assertEquals(multiplesOf3(100), session.column(SEARCH), facts);
          assertEquals(List.of(1), session.column(other), facts);
          session.awaitReady("docs_text");
          session.awaitReady("others_text");
          assertEquals(multiplesOf3(100), session.column(SEARCH), facts);
          assertEquals(1, session.count("docs_text", "rebuilds"), facts);
          assertEquals(0, session.count("others_text", "rebuilds"), facts);
          session.run("UPDATE docs SET title = title || ' more' WHERE id < 50");
          session.run("INSERT INTO docs VALUES (1, 'x', 'y')");
          session.run("DELETE FROM docs WHERE id = 1");
          awaitCheckpoint(session);
          database.shut();
        }
      }
      System.out.println("damaged files=" + damaged + " kinds=" + kinds(own).keySet());
      assertTrue(damaged >= 4, "kinds of files: " + damaged);
    }
  }

  private static void awaitCheckpoint(Session session) {
    await("a checkpoint", () -> session.count("docs_text", "checkpoints") > 0);
  }

  private enum Damage {
    FLIPPED,
    CUT,
    REMOVED;

    void to(Path file, Random random) throws IOException {
      byte[] bytes = Files.readAllBytes(file);
      switch (this) {
        case FLIPPED -> {
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
          Files.write(file, bytes);
        }
        case CUT -> Files.write(file, Arrays.copyOf(bytes, random.nextInt(bytes.length)));
        case REMOVED -> Files.delete(file);
      }
    }
  }

  /** The folder of the n-th index. */
  private static Path indexFolder(Path directory, int n) throws IOException {
    try (Stream<Path> all = Files.list(directory.resolve("side/index"))) {
      return all.sorted(
              java.util.Comparator.comparing(f -> Integer.valueOf(f.getFileName().toString())))
          .toList()
          .get(n);
    }
  }

  /** One file for each ending. */
  private static Map<String, Path> kinds(Path folder) throws IOException {
    Map<String, Path> kinds = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
        String name = file.getFileName().toString();
        String kind =
            name.contains(".") ? name.substring(name.indexOf('.')) : name.replaceAll("[_-].*", "");
        kinds.put(kind, file);
      }
    }
    return new HashMap<>(kinds);
  }

  @Test
  void aDroppedExtensionLeavesItsIndexesAsleepUnlessTheyGoWithIt() throws Exception {
    try (PackedDatabase database = database()) {
      Session session = withDocs(database);
      Session open = database.session();
      assertEquals(multiplesOf3(100), open.column(SEARCH));
      session.run("DROP EXTENSION fts");
      contains(open.fails("42883", SEARCH), "fts");
      insert(session, 101, 200);
      session.run("CREATE EXTENSION fts");
      assertEquals(multiplesOf3(200), open.column(SEARCH));
      session.awaitReady("docs_text");
      assertEquals(multiplesOf3(200), open.column(SEARCH));
      assertEquals(0, session.count("docs_text", "rebuilds"));
      session.run("DROP EXTENSION fts CASCADE");
      assertEquals(List.of(), session.rows("SELECT * FROM facetdb_indexes"));
      assertEquals(200, open.number("SELECT count(*) FROM docs"));
      session.run("CREATE EXTENSION fts");
      contains(open.fails("42704", SEARCH), "docs");
      session.run("CREATE INDEX docs_text ON docs USING bm25 (title, body)");
      assertEquals(multiplesOf3(200), open.column(SEARCH));
    }
  }

  @Test
  void anIndexThatCannotBeBuiltLeavesNothingBehind() throws Exception {
    try (PackedDatabase database = database()) {
      database.limit("64MB");
      Session session = withDocs(database);
      contains(
          session.fails(
              "22023", "CREATE INDEX bad ON docs USING bm25 (body) WITH (analyzer = 'klingon')"),
          "column 61");
      contains(
          session.fails("42804", "CREATE INDEX bad ON docs USING bm25 (body, id)"), "column 44");
      int made = 0;
      SQLException failure = null;
      while (failure == null && made < 10) {
        try {
          session.run("CREATE INDEX more" + made + " ON docs USING bm25 (body)");
          made++;
        } catch (SQLException e) {
          failure = e;
        }
      }
      assertEquals("53200", failure == null ? null : failure.getSQLState(), "too many indexes");
      assertEquals(made + 1, session.number("SELECT count(*) FROM facetdb_indexes"));
      assertEquals(made + 1, folders(database.directory()));
      session.run("DROP INDEX more0");
      session.run("CREATE INDEX more" + made + " ON docs USING bm25 (body)");
      assertEquals(multiplesOf3(100), session.column(BODY_SEARCH));
      database.shut();
      assertEquals(multiplesOf3(100), database.session().column(BODY_SEARCH));
      assertEquals(made + 1, folders(database.directory()));
    }
  }

  private static int folders(Path directory) throws IOException {
    return generations(directory).size();
  }

  private static Set<Path> generations(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory.resolve("side/index"), 2)) {
      return all.filter(f -> f.getParent().getParent().endsWith("index"))
          .collect(Collectors.toSet());
    }
  }

  @Test
  void aSearchThatIsWrongIsShownInTheStatement() throws Exception {
    try (PackedDatabase database = database()) {
      Session session = withDocs(database);
      String from = "SELECT id FROM docs WHERE ";
      contains(session.fails("42601", from + "docs @@@ 'wing AND'"), "position 9", "column 36");
      contains(session.fails("22023", from + "body @@@ '/[/'"), "position 1", "column 36");
      contains(session.fails("42703", from + "docs @@@ 'nosuch:a'"), "nosuch", "column 36");
      contains(
          session.fails("42601", from + "docs @@@ 'wing' AND docs @@@ '(a' AND body @@@ 'b'"),
          "position 3",
          "column 56");
      contains(session.fails("42601", from + "docs @@@ '(a' OR id = 1"), "column 36");
      contains(
          session.fails("42601", from + "docs @@@ ('wing ' || ?)", "AND"),
          "position 9",
          "column 36");
      contains(session.fails("42703", from + "nosuch @@@ 'a'"), "nosuch", "column 27");
      contains(session.fails("42703", "SELECT score(nosuch) FROM docs"), "nosuch");
      contains(session.fails("42804", from + "docs @@@ 5"), "text", "column 36");
      SQLException untold = session.fails("42704", from + "id @@@ 'a'");
      contains(untold, "takes columns of text");
      assertFalse(String.valueOf(untold.getMessage()).contains("CREATE INDEX"), "can't be made");
      assertEquals(multiplesOf3(100), session.column(SEARCH));
    }
  }

  @Test
  void anIndexIsDroppedWhileItOpens() throws Exception {
    List<String> logged = new CopyOnWriteArrayList<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord message) {
            logged.add(message.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger("org.facetdb");
    logger.addHandler(handler);
    try (PackedDatabase database = database()) {
      withDocs(database);
      for (int i = 0; i < 8; i++) {
        database.shut();
        Session session = database.session();
        session.run("DROP INDEX docs_text");
        session.run("CREATE INDEX docs_text ON docs USING bm25 (title, body)");
        assertEquals(multiplesOf3(100), session.column(SEARCH));
      }
    } finally {
      logger.removeHandler(handler);
    }
    assertEquals(List.of(), logged.stream().filter(l -> l.contains("docs_text")).toList());
  }

  @Test
  void ofTwoIndexesEachAnswersForItsColumns() throws Exception {
    try (PackedDatabase database = database()) {
      Session session = database.session();
      session.script(
          "CREATE EXTENSION fts",
          "CREATE TABLE o (id integer PRIMARY KEY, t text, u text)",
          "CREATE INDEX o1 ON o USING bm25 (t)",
          "CREATE INDEX o2 ON o USING bm25 (u)",
          "INSERT INTO o VALUES (1, 'wing', 'heat'), (2, 'heat', 'wing'), (3, 'wing', 'wing')");
      assertEquals(List.of(1, 3), session.column("SELECT id FROM o WHERE t @@@ 'wing' ORDER BY 1"));
      assertEquals(List.of(2, 3), session.column("SELECT id FROM o WHERE u @@@ 'wing' ORDER BY 1"));
      assertEquals(
          List.of(3), session.column("SELECT id FROM o WHERE t @@@ 'wing' AND u @@@ 'wing'"));
      contains(
          session.fails("42725", "SELECT id FROM o WHERE o @@@ 'wing'"),
          "o1, o2",
          "Search a column");
      assertEquals(
          List.of("<b>wing</b>", "<b>wing</b>"),
          session.column("SELECT highlight(u) FROM o WHERE u @@@ 'wing'"));
      for (String of : List.of("o", "u")) {
        assertEquals(
            List.of(true, true),
            session.column("SELECT score(" + of + ") > 0 FROM o WHERE u @@@ 'wing'"));
        String both = " FROM o WHERE t @@@ 'wing' AND u @@@ 'wing'";
        contains(session.fails("0A000", "SELECT score(" + of + ")" + both), "index=o2", "into one");
        session.fails("0A000", "SELECT id" + both + " ORDER BY score(" + of + ") DESC LIMIT 1");
        assertEquals(
            List.of("Limit", "Order: best first"),
            session
                .column(
                    "EXPLAIN SELECT id FROM o WHERE u @@@ 'wing' ORDER BY score("
                        + of
                        + ") DESC LIMIT 1")
                .stream()
                .map(line -> String.valueOf(line).strip().replaceAll("^-> |  \\(.*", ""))
                .filter(line -> line.matches("Limit|Top-N|Order.*"))
                .toList());
      }
      contains(
          session.fails("42803", "SELECT score(o), count(*) FROM o WHERE u @@@ 'wing'"),
          "score or highlight of \"o\"");
      session.run("INSERT INTO o VALUES (4, 'cone', 'wing wing wing')");
      assertEquals(
          4, session.value("SELECT id FROM o WHERE u @@@ 'wing' ORDER BY score(o) DESC LIMIT 1"));
      contains(session.fails("42804", "SELECT highlight(u, 1) FROM o"), "function highlight");
      contains(session.fails("0A000", "CREATE INDEX o3 ON o USING bm25 (t DESC)"), "no order");
    }
  }

  @Test
  void anExtensionThatCouldBeInstalledIsNamed() throws Exception {
    try (PackedDatabase database = database()) {
      Session session = database.session();
      session.run("CREATE TABLE docs (id integer PRIMARY KEY, body text)");
      String installs = "CREATE EXTENSION fts installs it";
      contains(session.fails("42883", "SELECT 1 FROM docs WHERE docs @@@ 'a'"), installs);
      contains(session.fails("42883", "SELECT 1 FROM docs WHERE body @@@ 'a'"), installs);
      contains(session.fails("42883", "SELECT highlight(body) FROM docs"), installs);
      contains(session.fails("42883", "CREATE INDEX i ON docs USING bm25 (body)"), installs);
      contains(session.fails("42704", "CREATE INDEX i ON docs USING nosuch (body)"), "nosuch");
      for (Object[] named :
          new Object[][] {
            {"fts", "@@@, bm25, highlight, score"},
            {"sample", "%%, haversine_km, slugify, trigram"}
          }) {
        session.run("CREATE EXTENSION " + named[0]);
        assertEquals(
            List.of(named[1]),
            session.column(
                "SELECT contributes FROM facetdb_extensions WHERE name = '" + named[0] + "'"),
            "what the header FacetDB-Contributes should list");
      }
    }
  }

  private static void await(String what, Callable<Boolean> condition) {
    PackedDatabase.await(
        what,
        () -> {
          try {
            return condition.call();
          } catch (Exception e) {
            throw new AssertionError(what, e);
          }
        });
  }

  @Test
  void aDirectoryStaysWhileItIsSearchedAndGoesThen() throws Exception {
    try (PackedDatabase database = database()) {
      Session session = withDocs(database);
      await("the first checkpoint", () -> session.count("docs_text", "checkpoints") > 0);
      Set<Path> searched = generations(database.directory());
      assertEquals(1, searched.size());
      Path directory = searched.iterator().next();
      Session reader = database.session();
      try (Statement statement = reader.connection().createStatement();
          ResultSet rows = statement.executeQuery(SEARCH.replace(" ORDER BY id", ""))) {
        assertTrue(rows.next());
        for (String version : List.of("0.1.0", "0.2.0", "0.1.0")) {
          session.run("ALTER EXTENSION fts UPDATE TO '" + version + "'");
          session.run("UPDATE docs SET body = body WHERE id = 1");
        }
        await("checkpoints of the others", () -> session.count("docs_text", "checkpoints") > 3);
        assertTrue(Files.exists(directory), "the directory that is searched");
      }
      await("the directory to go", () -> !Files.exists(directory));
    }
  }

  @Test
  void swapsLeaveNoDirectoriesOfVersionsThatServedBriefly() throws Exception {
    try (PackedDatabase database = database()) {
      Session session = withDocs(database);
      await("the first checkpoint", () -> session.count("docs_text", "checkpoints") > 0);
      for (int i = 0; i < 12; i++) {
        session.run("ALTER EXTENSION fts UPDATE TO '" + (i % 2 == 0 ? "0.2.0" : "0.1.0") + "'");
      }
      assertEquals(multiplesOf3(100), session.column(SEARCH));
      // The one that serves, one of the other format, and at first the one that served before.
      await("other directories to go", () -> folders(database.directory()) <= 2);
    }
  }

  @Test
  void anIndexFollowsItsTableWhereverThatGoes() throws Exception {
    try (PackedDatabase database = database()) {
      Session session = withDocs(database);
      session.run("TRUNCATE docs");
      assertEquals(List.of(), session.column(SEARCH));
      insert(session, 1, 30);
      assertEquals(multiplesOf3(30), session.column(SEARCH));
      session.run("DROP INDEX docs_text");
      session.fails("42704", SEARCH);
      session.run("CREATE INDEX docs_text ON docs USING bm25 (title, body)");
      assertEquals(multiplesOf3(30), session.column(SEARCH));
      session.run("DROP TABLE docs");
      session.fails("42P01", SEARCH);
      assertEquals(List.of(), session.rows("SELECT * FROM facetdb_indexes"));
      session.script(
          "CREATE TABLE docs (id integer PRIMARY KEY, title text, body text)",
          "CREATE INDEX docs_text ON docs USING bm25 (title, body)");
      assertEquals(List.of(), session.column(SEARCH));
      insert(session, 1, 60);
      assertEquals(multiplesOf3(60), session.column(SEARCH));
      database.shut();
      assertEquals(multiplesOf3(60), database.session().column(SEARCH));
    }
  }

  @Test
  void aLargeStatementIsSearchedAtOnce() throws Exception {
    try (PackedDatabase database = database()) {
      Session session = withDocs(database);
      insert(session, 101, 50_100);
      assertEquals(multiplesOf3(50_100), session.column(SEARCH));
      session.run("DELETE FROM docs WHERE id > 100");
      assertEquals(multiplesOf3(100), session.column(SEARCH));
      session.run("BEGIN");
      insert(session, 101, 10_100);
      assertEquals(multiplesOf3(10_100), session.column(SEARCH));
      session.run("ROLLBACK");
      assertEquals(multiplesOf3(100), session.column(SEARCH));
    }
  }
}
