package org.facetdb.sql.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class StorageViewsTest {
  @Test
  void aStoreWithoutAnArchiveShowsNone() {
    try (TestDatabase db = TestDatabase.inMemory()) {
      assertEquals(
          List.of("t|t|t|t"),
          db.rows(
              "select archived_sequence is null, unarchived_segments is null,"
                  + " unarchived_bytes is null, archive_problem is null from facetdb_storage"));
    }
  }

  @Test
  void sizesAndWorkOfTheStoreAreSeen() {
    try (TestDatabase db = TestDatabase.inMemory()) {
      db.run("create table t (id int primary key, v text) with system versioning");
      db.run("insert into t values (1, 'a'), (2, 'b'); update t set v = 'c' where id = 1");
      assertEquals(
          List.of("0|0|0|1"),
          db.rows("select flushes, flushed_bytes, compactions, memtables from facetdb_storage"));
      assertEquals(List.of(), db.rows("select * from facetdb_levels"));
      db.store().flush();
      assertEquals(
          List.of("t|t|t|0|t"),
          db.rows(
              "select flushes > 0, flushed_bytes > 0, flushed_sequence = last_sequence,"
                  + " memtable_entries, problem is null from facetdb_storage"));
      assertEquals(
          List.of("current|1", "history|1"),
          db.rows("select tree, tables from facetdb_levels where entries > 0 order by tree"));
      db.run("delete from t where id = 2");
      db.store().flush();
      db.store().compact();
      assertEquals(List.of("t"), db.rows("select compactions > 0 from facetdb_storage"));
      List<String> sums =
          db.rows("select tree, sum(entries) from facetdb_levels group by tree order by tree");
      assertEquals(2, sums.size(), sums.toString());
      assertTrue(sums.get(1).startsWith("history|"), sums.toString());
    }
  }
}
