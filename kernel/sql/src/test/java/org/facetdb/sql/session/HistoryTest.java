package org.facetdb.sql.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class HistoryTest {
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2024-01-01T00:00:00Z"));

  @Test
  void aTableForgetsAfterAnHourAndAVersionedOneNever() {
    try (TestDatabase db = TestDatabase.inMemory(now::get)) {
      db.run("create table short (id int primary key, v int)");
      db.run("create table kept (id int primary key, v int) with system versioning");
      db.run("insert into short values (1, 1); insert into kept values (1, 1)");
      pass(Duration.ofMinutes(1));
      String early = " for system_time as of timestamptz '2024-01-01 00:00:30+00'";
      db.run("update short set v = 2; update kept set v = 2");
      db.store().flush();
      db.store().compact();
      assertEquals(List.of("1|1"), db.rows("select * from short" + early));
      pass(Duration.ofHours(2));
      db.run("update short set v = 3; update kept set v = 3");
      db.store().flush();
      db.store().compact();
      assertEquals(List.of("1|1"), db.rows("select * from kept" + early));
      db.fails("72000", "select * from short" + early);
      String late = " for system_time as of timestamptz '2024-01-01 02:00:30+00'";
      assertEquals(List.of("1|2"), db.rows("select * from short" + late));
    }
  }

  @Test
  void aDeletedRowDoesNotComeBackAndAJoinMayMixTimes() {
    try (TestDatabase db = TestDatabase.inMemory(now::get)) {
      db.run("create table t (id int primary key, v text); create index on t (v)");
      db.run("insert into t values (1, 'a'), (2, 'b')");
      String first = now.get().toString();
      pass(Duration.ofSeconds(10));
      db.run("delete from t where id = 1; update t set v = 'c' where id = 2");
      String second = now.get().toString();
      pass(Duration.ofSeconds(10));
      db.run("insert into t values (1, 'new')");
      String at = " for system_time as of timestamptz '%s'";
      assertEquals(
          List.of("1|a", "2|b"), db.rows("select * from t" + at.formatted(first) + " order by id"));
      assertEquals(List.of("2|c"), db.rows("select * from t" + at.formatted(second)));
      assertEquals(
          List.of("2"), db.rows("select id from t" + at.formatted(first) + " where v = 'b'"));
      assertEquals(
          List.of("1|a|new", "2|b|c"),
          db.rows(
              "select o.id, o.v, n.v from t"
                  + at.formatted(first)
                  + " as o join t n on n.id = o.id order by o.id"));
    }
  }

  private void pass(Duration time) {
    now.updateAndGet(i -> i.plus(time));
  }
}
