package org.facetdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.facetdb.spi.type.Batch;
import org.facetdb.sql.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transactions that write more than a database keeps of them in memory, 1 MB here. */
class LargeTransactionTest {
  private static final int ROWS = 1 << 14;
  private static final DatabaseOptions OPTIONS =
      DatabaseOptions.defaults().withMemoryBytes(16 << 20);

  @TempDir Path directory;

  private static List<Object> row(Session session, String sql) {
    List<Object> values = new ArrayList<>();
    try (Result result = session.execute(sql)) {
      Batch batch = result.nextBatch();
      for (int i = 0; batch != null && i < result.columns().size(); i++) {
        values.add(batch.column(i).valueAt(batch.row(0)));
      }
    }
    return values;
  }

  private List<Path> spilled() throws Exception {
    Path folder = directory.resolve("spill");
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  @Test
  void seeTheirOwnWritesKeepSavepointsAndCommit() throws Exception {
    try (Database database = Database.open(directory, OPTIONS);
        Session session = database.session()) {
      session
          .execute("CREATE TABLE t (id integer PRIMARY KEY, name text, n integer, UNIQUE (n))")
          .close();
      session.execute("BEGIN").close();
      session.execute("INSERT INTO t VALUES (1, 'a name of some length', 1)").close();
      for (int k = 1; k < ROWS; k *= 2) {
        session.execute("INSERT INTO t SELECT id + " + k + ", name, n + " + k + " FROM t").close();
      }
      assertFalse(spilled().isEmpty());
      long sum = (long) ROWS * (ROWS + 1) / 2;
      assertEquals(List.of((long) ROWS, sum), row(session, "SELECT count(*), sum(n) FROM t"));
      session.execute("SAVEPOINT s").close();
      session.execute("UPDATE t SET n = -n").close();
      session.execute("DELETE FROM t WHERE id % 2 = 0").close();
      assertEquals(List.of(ROWS / 2L), row(session, "SELECT count(*) FROM t"));
      assertEquals(List.of(-5), row(session, "SELECT n FROM t WHERE id = 5"));
      session.execute("ROLLBACK TO s").close();
      assertEquals(List.of((long) ROWS, sum), row(session, "SELECT count(*), sum(n) FROM t"));
      session.execute("UPDATE t SET name = 'x' WHERE id % 4 = 0").close();
      session.execute("COMMIT").close();
      assertEquals(List.of(), spilled());
      assertEquals(
          List.of(ROWS / 4L, sum), row(session, "SELECT count(name = 'x' OR NULL), sum(n) FROM t"));
    }
    try (Database database = Database.open(directory, OPTIONS);
        Session session = database.session()) {
      assertEquals(
          List.of((long) ROWS, ROWS / 4L),
          row(session, "SELECT count(*), count(name = 'x' OR NULL) FROM t"));
      assertEquals(List.of(77), row(session, "SELECT id FROM t WHERE n = 77"));
    }
  }
}
