package org.facetdb.sql.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
  void whoMissesAPackageIsToldWhereItIsLookedFor() {
    try (TestDatabase db = TestDatabase.inMemory(new FakePlugins(List.of()))) {
      DatabaseException missing = db.fails("58P01", "create extension other");
      assertEquals(FakePlugins.HINT, missing.hint());
      assertEquals(18, missing.position());
    }
  }
}
