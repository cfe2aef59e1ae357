package org.facetdb.cli.plugins;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.sql.SQLException;
import org.facetdb.cli.plugins.PackedDatabase.Session;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a text index did not find counts as read, too. */
class PhantomIT {
  private static final String BEGIN = "BEGIN ISOLATION LEVEL SERIALIZABLE";
  private static final String COUNT = "SELECT count(*) FROM d WHERE d @@@ '";

  @TempDir private Path folder;

  @Test
  void rowsThatAppearInASearchAreRefusedWhereBothSearched() throws Exception {
    try (PackedDatabase database = new PackedDatabase(folder)) {
      Session one = database.session();
      Session two = database.session();
      one.script(
          "CREATE EXTENSION fts",
          "CREATE TABLE d (id integer PRIMARY KEY, b text)",
          "CREATE TABLE log (id integer PRIMARY KEY, b text)",
          "INSERT INTO d VALUES (1, 'flow one'), (2, 'flow two'), (3, 'cone')",
          "CREATE INDEX ON d USING bm25 (b)");
      one.run(BEGIN);
      two.run(BEGIN);
      assertEquals(0L, one.value(COUNT + "wing'"));
      assertEquals(2L, two.value(COUNT + "flow'"));
      one.run("INSERT INTO d VALUES (4, 'flow four')");
      two.run("INSERT INTO d VALUES (5, 'wing five')");
      one.run("COMMIT");
      SQLException refused = assertThrows(SQLException.class, () -> two.run("COMMIT"));
      assertEquals("40001", refused.getSQLState());
      assertEquals(0L, one.value(COUNT + "wing'"));
      assertEquals(3L, one.value(COUNT + "flow'"));
      // Who only reads before somebody writes comes first.
      one.run(BEGIN);
      two.run(BEGIN);
      assertEquals(3L, one.value(COUNT + "flow'"));
      two.run("INSERT INTO d VALUES (5, 'flow five')");
      two.run("COMMIT");
      one.run("INSERT INTO log VALUES (1, 'three')");
      one.run("COMMIT");
    }
  }
}
