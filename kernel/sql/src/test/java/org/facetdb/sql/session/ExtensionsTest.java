package org.facetdb.sql.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.facetdb.spi.DatabaseException;
import org.junit.jupiter.api.Test;

/** Extensions as statements use them, with a plug-in that is made here. */
class ExtensionsTest {
  @Test
  void aPackageThatPromisesWhatIsNotThereIsRefused() {
    List<String> promised = List.of("nowhere", "twice", "absent");
    try (TestDatabase db = TestDatabase.inMemory(new FakePlugins(promised))) {
      DatabaseException refused = db.fails("55000", "create extension fake");
      String message = String.valueOf(refused.getMessage());
      assertTrue(message.endsWith("nowhere, absent"), message);
      assertEquals(List.of(), db.rows("select * from pg_extension"));
    }
    try (TestDatabase db = TestDatabase.inMemory(new FakePlugins(List.of("twice")))) {
      db.run("create extension fake");
      assertEquals(List.of("8"), db.rows("select twice(4)"));
    }
  }

  @Test
  void anExpressionOfTheSchemaThatMissesItsExtensionNamesWhereItStands() {
    try (TestDatabase db = TestDatabase.inMemory(new FakePlugins(List.of("twice")))) {
      db.run("create extension fake");
      db.run("create table t (a int, b int default twice(21))");
      db.run("create table c (a int, constraint even check (a = twice(a / 2)))");
      db.run("insert into t (a) values (1); insert into c values (2)");
      db.run("drop extension fake");
      for (String sql :
          List.of(
              "insert into t (a) values (2)",
              "insert into t values (2, default)",
              "update t set b = default")) {
        DatabaseException gone = db.fails("42883", sql);
        assertEquals(
            "default of column \"b\" of table \"t\": function twice needs extension"
                + " \"fake\", which is not installed",
            gone.getMessage());
        assertEquals(0, gone.position(), sql);
        assertEquals(
            "CREATE EXTENSION fake installs it, once its package is in the plug-in folder.",
            gone.hint());
      }
      String check = String.valueOf(db.fails("42883", "insert into c values (4)").getMessage());
      assertTrue(check.startsWith("check constraint \"even\" of table \"c\": function"), check);
      assertEquals(List.of("1|42"), db.rows("select * from t"));
      db.run("create extension fake; insert into t (a) values (2)");
      assertEquals(List.of("1|42", "2|42"), db.rows("select * from t order by a"));
    }
  }

  @Test
  void aDroppedExtensionIsDroppedForGoodByCascade() {
    try (TestDatabase db = TestDatabase.inMemory(new FakePlugins(List.of("twice")))) {
      assertNull(db.fails("42704", "drop extension fake").hint());
      db.run("create extension fake; drop extension fake");
      String hint = String.valueOf(db.fails("42704", "drop extension fake").hint());
      assertTrue(hint.contains("DROP EXTENSION fake CASCADE"), hint);
      String state = "select state from facetdb_extensions";
      assertEquals(List.of("dropped"), db.rows(state));
      db.run("drop extension if exists fake");
      assertEquals(List.of("dropped"), db.rows(state));
      db.run("drop extension fake cascade");
      assertEquals(List.of(), db.rows(state));
      db.fails("42704", "drop extension fake cascade");
      db.run("drop extension if exists fake cascade");
    }
  }

  @Test
  void whoMissesAPackageIsToldWhereItIsLookedFor() {
    try (TestDatabase db = TestDatabase.inMemory(new FakePlugins(List.of()))) {
      DatabaseException missing = db.fails("58P01", "create extension other");
      assertEquals(FakePlugins.HINT, missing.hint());
      assertEquals(18, missing.position());
    }
  }
}
