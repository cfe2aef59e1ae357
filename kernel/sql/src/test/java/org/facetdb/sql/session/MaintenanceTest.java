package org.facetdb.sql.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.facetdb.spi.DatabaseException;
import org.facetdb.storage.Stores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** VACUUM, CHECKPOINT, ANALYZE, and what commits wait for. */
class MaintenanceTest {
  @Test
  void checkpointWritesWhatIsInMemory() {
    try (TestDatabase db = TestDatabase.inMemory()) {
      db.run("create table t (id int primary key)");
      db.run("insert into t values (1)");
      assertEquals(List.of("t"), db.rows("select memtable_entries > 0 from facetdb_storage"));
      assertEquals("CHECKPOINT", db.run("checkpoint"));
      assertEquals(
          List.of("0|t"),
          db.rows(
              "select memtable_entries, flushed_sequence = last_sequence from facetdb_storage"));
    }
  }

  @Test
  void backupCopiesTheOpenDatabase(@TempDir Path folder) {
    Path backups = folder.resolve("backups of t");
    Path copy = folder.resolve("copy");
    try (TestDatabase db = TestDatabase.inMemory()) {
      db.run("create table t (id int primary key)");
      db.run("insert into t values (1)");
      assertEquals("BACKUP", db.run("backup to '" + backups + "'"));
      db.run("insert into t values (2)");
    }
    Stores.restore(backups, copy);
    try (TestDatabase db = TestDatabase.at(copy)) {
      assertEquals(List.of("1"), db.rows("select id from t"));
      db.run("insert into t values (3)");
      assertEquals(List.of("1", "3"), db.rows("select id from t order by id"));
    }
  }

  @Test
  void vacuumPrunesHistoryThatNobodyMayRead() {
    AtomicLong millis = new AtomicLong(1_700_000_000_000L);
    try (TestDatabase db = TestDatabase.inMemory(() -> Instant.ofEpochMilli(millis.get()))) {
      db.run("create table t (id int primary key, v int); create table u (id int primary key)");
      db.run("insert into t values " + rows(500));
      db.run("update t set v = 1");
      assertEquals("VACUUM", db.run("vacuum"));
      long before = history(db);
      millis.addAndGet(2 * 3_600_000);
      db.run("insert into u values (1)");
      assertEquals("VACUUM", db.run("vacuum (verbose, analyze) t, public.u (id)"));
      assertEquals(500, before - history(db));
      assertEquals(List.of("500|500"), db.rows("select count(*), sum(v) from t"));
      assertEquals("VACUUM", db.run("vacuum full freeze verbose analyze t"));
    }
  }

  private static String rows(int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(id -> "(" + id + ", 0)")
        .collect(Collectors.joining(", "));
  }

  private static long history(TestDatabase db) {
    String sum = "select coalesce(sum(entries), 0) from facetdb_levels where tree = 'history'";
    return Long.parseLong(db.rows(sum).getFirst());
  }

  @Test
  void whatIsWrongIsNamed() {
    try (TestDatabase db = TestDatabase.inMemory()) {
      db.run("create table t (id int primary key)");
      for (String sql : List.of("vacuum nowhere", "vacuum t, nowhere", "analyze nowhere")) {
        DatabaseException e = db.fails("42P01", sql);
        assertEquals(1 + sql.indexOf("nowhere"), e.position(), sql);
      }
      db.fails("42601", "vacuum (thorough) t");
      db.fails("3F000", "vacuum other.t");
      db.run("begin");
      db.fails("25001", "vacuum t");
      db.fails("25P02", "select 1");
      db.run("rollback; begin; checkpoint; analyze t; commit");
    }
  }

  @Test
  void commitsWaitForWhatTheSessionSays() {
    try (TestDatabase db = TestDatabase.inMemory()) {
      assertEquals(List.of("off"), db.rows("show synchronous_commit"));
      db.run("create table t (id int primary key); set synchronous_commit = on");
      db.run("set commit_delay = 30000");
      long begin = System.nanoTime();
      db.run("insert into t values (1)");
      assertTrue(System.nanoTime() - begin >= 30_000_000, "it did not wait");
      begin = System.nanoTime();
      db.run("begin; set local commit_delay = 0; insert into t values (2)");
      db.run("commit");
      assertEquals(List.of("30000"), db.rows("show commit_delay"));
      db.run("set local commit_delay = 7");
      assertEquals(List.of("30000"), db.rows("show commit_delay"));
      db.fails("22023", "set local commit_delay = -1");
      db.run("begin; set local commit_delay = 8; set session characteristics as transaction");
      db.run("commit");
      assertEquals(List.of("30000"), db.rows("show commit_delay"));
      db.run("reset all");
      assertEquals(List.of("off"), db.rows("show synchronous_commit"));
      for (String value : List.of("local", "remote_write", "remote_apply", "true", "0")) {
        db.run("set synchronous_commit = '" + value + "'");
        db.run("update t set id = id + 10");
      }
      db.fails("22023", "set synchronous_commit = sometimes");
      db.fails("22023", "set commit_delay = 'long'");
      db.fails("22023", "set commit_delay = -1");
      db.fails("22023", "set commit_delay = 10000001");
      assertEquals(List.of("2"), db.rows("select count(*) from t"));
    }
  }
}
