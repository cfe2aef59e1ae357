package org.facetdb.cli.plugins;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.facetdb.Database;
import org.facetdb.DatabaseOptions;
import org.facetdb.sql.IndexOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full-text index that nobody changes merges its segments, and that lasts. */
class QuietIndexIT {
  private static final int COMMITS = 7;
  private static final int ROWS_PER_COMMIT = 300;
  private static final int SEGMENTS_MAX = 3;
  private static final long WAIT_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);

  @TempDir private Path folder;

  private DatabaseOptions options() {
    IndexOptions usual = IndexOptions.defaults();
    return DatabaseOptions.defaults()
        .withPluginFolders(List.of(Path.of(System.getProperty("facetdb.home"), "plugins")))
        .withIndexes(
            new IndexOptions(
                usual.checkpointRows(),
                Duration.ofMillis(200),
                usual.tailBytes(),
                usual.scanTailRows(),
                usual.searchWait()));
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:facetdb:" + folder.resolve("db"));
  }

  private static long number(Statement statement, String sql) throws SQLException {
    try (ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  /** Segments of the last checkpoint, and of what is in the making. */
  private long segments() {
    return segments(folder.resolve("db").toFile());
  }

  /** Counts without a look at files that may be gone the next moment. */
  private static long segments(File directory) {
    File[] entries = directory.listFiles();
    if (entries == null) {
      return directory.getName().endsWith(".si") ? 1 : 0;
    }
    return Arrays.stream(entries).mapToLong(QuietIndexIT::segments).sum();
  }

  @Test
  void quietIndexMergesAndTakesACheckpoint() throws Exception {
    try (Database database = Database.open(folder.resolve("db"), options());
        Connection connection = connect();
        Statement statement = connection.createStatement()) {
      assertEquals("db", database.name());
      statement.execute("CREATE EXTENSION fts");
      statement.execute("CREATE TABLE docs (id integer PRIMARY KEY, body text)");
      statement.execute("CREATE INDEX docs_body ON docs USING bm25 (body)");
      for (int commit = 0; commit < COMMITS; commit++) {
        int base = commit * ROWS_PER_COMMIT;
        statement.execute(
            IntStream.rangeClosed(1, ROWS_PER_COMMIT)
                .mapToObj(i -> "(" + (base + i) + ", 'word" + i + "')")
                .collect(Collectors.joining(", ", "INSERT INTO docs VALUES ", "")));
        long committed = number(statement, "SELECT facetdb_current_sequence()");
        String position = "SELECT checkpoint_sequence FROM facetdb_indexes";
        await(() -> number(statement, position) >= committed);
      }
      assertTrue(segments() > SEGMENTS_MAX, "segments=" + segments());
      await(() -> segments() <= SEGMENTS_MAX);
      assertEquals(COMMITS, number(statement, "SELECT count(*) FROM docs WHERE docs @@@ 'word17'"));
    }
    assertTrue(segments() <= SEGMENTS_MAX, "segments=" + segments());
    try (Database database = Database.open(folder.resolve("db"), options());
        Connection connection = connect();
        Statement statement = connection.createStatement()) {
      assertEquals("db", database.name());
      assertEquals(COMMITS, number(statement, "SELECT count(*) FROM docs WHERE docs @@@ 'word17'"));
      assertEquals(0, number(statement, "SELECT rebuilds FROM facetdb_indexes"));
    }
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(Condition condition) throws Exception {
    long deadline = System.nanoTime() + WAIT_NANOS_MAX;
    while (!condition.holds()) {
      assertTrue(System.nanoTime() < deadline, "it did not come about within a minute");
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }
}
