package org.facetdb.cli.plugins;

import static org.facetdb.cli.plugins.PackedDatabase.contains;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.facetdb.cli.plugins.PackedDatabase.Session;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a search shows beside other conditions, and who answers it. */
class SearchIT {
  @TempDir private Path folder;

  private PackedDatabase database() throws Exception {
    return new PackedDatabase(folder);
  }

  @Test
  void aRowThatItsKeyFixesHasItsScoreAndItsHighlight() throws Exception {
    try (PackedDatabase database = database()) {
      Session session = database.session();
      session.script(
          "CREATE EXTENSION fts",
          "CREATE TABLE d (id integer PRIMARY KEY, b text)",
          "CREATE TABLE e (i integer, j text, b text, PRIMARY KEY (i, j))",
          "INSERT INTO d VALUES (1, 'flow one'), (2, 'flow two'), (3, 'cone')",
          "INSERT INTO e VALUES (1, 'x', 'flow one'), (2, 'y', 'flow two')",
          "CREATE INDEX ON d USING bm25 (b)",
          "CREATE INDEX ON e USING bm25 (b)");
      for (String fixes : List.of("id = 2", "id IN (2)", "2 = id AND id < 5")) {
        showsTwo(session, "d", fixes);
      }
      showsTwo(session, "e", "i = 2 AND j = 'y'");
      assertEquals(List.of(), session.column("SELECT id FROM d WHERE d @@@ 'flow' AND id = 3"));
      session.run("BEGIN");
      session.run("INSERT INTO d VALUES (4, 'flow two'), (5, 'flow two')");
      session.run("DELETE FROM d WHERE id = 5");
      showsTwo(session, "d", "id = 4");
      assertEquals(
          List.of(), session.column("SELECT score(d) FROM d WHERE d @@@ 'flow' AND id = 5"));
      session.run("ROLLBACK");
      assertEquals(
          List.of(), session.column("SELECT score(d) FROM d WHERE d @@@ 'flow' AND id = 4"));
    }
  }

  private static void showsTwo(Session session, String table, String fixes) throws Exception {
    String where = " FROM " + table + " WHERE " + table + " @@@ 'flow' AND " + fixes;
    String score = "score(" + table + ")";
    assertEquals(List.of("<b>flow</b> two"), session.column("SELECT highlight(b)" + where));
    assertEquals(List.of(true), session.column("SELECT " + score + " > 0" + where));
    assertEquals(1L, session.value("SELECT count(*)" + where + " AND " + score + " > 0"));
    assertEquals(
        List.of("flow two"), session.column("SELECT b" + where + " ORDER BY " + score + " DESC"));
  }

  @Test
  void aColumnInTwoIndexesThatDifferIsAmbiguous() throws Exception {
    try (PackedDatabase database = database()) {
      Session session = database.session();
      session.script(
          "CREATE EXTENSION fts",
          "CREATE TABLE o (id integer PRIMARY KEY, t text, u text)",
          "INSERT INTO o VALUES (1, 'the wing', 'cone')",
          "CREATE INDEX o1 ON o USING bm25 (t, u)",
          "CREATE INDEX o2 ON o USING bm25 (t)");
      assertEquals(List.of(1), session.column("SELECT id FROM o WHERE t @@@ 'wing'"));
      session.run("DROP INDEX o2");
      session.run("CREATE INDEX o2 ON o USING bm25 (t) WITH (analyzer = 'simple')");
      contains(
          session.fails("42725", "SELECT id FROM o WHERE t @@@ 'the'"),
          "o1, o2",
          "Keep one of them");
      assertEquals(List.of(1), session.column("SELECT id FROM o WHERE u @@@ 'cone'"));
      assertEquals(
          List.of("t, u", "t"),
          session.column("SELECT column_names FROM facetdb_indexes ORDER BY index_name"));
      assertEquals(
          "analyzer = 'simple'",
          session.value("SELECT options FROM facetdb_indexes WHERE index_name = 'o2'"));
      session.run("DROP INDEX o1");
      assertEquals(List.of(1), session.column("SELECT id FROM o WHERE t @@@ 'the'"));
    }
  }

  @Test
  void aTransactionThatSawAnExtensionIsToldThatItWasDropped() throws Exception {
    try (PackedDatabase database = database()) {
      Session session = database.session();
      session.script(
          "CREATE EXTENSION fts",
          "CREATE TABLE d (id integer PRIMARY KEY, b text)",
          "INSERT INTO d VALUES (1, 'flow')",
          "CREATE INDEX d_b ON d USING bm25 (b)",
          "BEGIN ISOLATION LEVEL REPEATABLE READ");
      assertEquals(List.of(1), session.column("SELECT id FROM d WHERE d @@@ 'flow'"));
      Session other = database.session();
      contains(other.fails("2BP01", "DROP EXTENSION fts RESTRICT"), "d_b", "CASCADE drops them");
      other.run("DROP EXTENSION fts");
      contains(
          session.fails("42883", "SELECT id FROM d WHERE d @@@ 'flow'"),
          "was dropped meanwhile",
          "CREATE EXTENSION fts installs it again");
      session.run("ROLLBACK");
      other.run("CREATE EXTENSION fts");
      assertEquals(List.of(1), session.column("SELECT id FROM d WHERE d @@@ 'flow'"));
      other.script("DROP INDEX d_b", "DROP EXTENSION fts RESTRICT");
    }
  }
}
