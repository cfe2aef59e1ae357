package org.facetdb.cli.plugins;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.facetdb.cli.plugins.PackedDatabase.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full-text index that nobody changes merges its segments, and that lasts. */
class QuietIndexIT {
  private static final String INTERVAL = "facetdb.index.checkpoint.millis";
  private static final String FOUND = "SELECT count(*) FROM docs WHERE docs @@@ 'word17'";
  private static final int COMMITS = 7;
  private static final int ROWS_PER_COMMIT = 300;
  private static final int SEGMENTS_MAX = 3;

  @TempDir private Path folder;

  @BeforeEach
  void takeCheckpointsOften() {
    System.setProperty(INTERVAL, "200");
  }

  @AfterEach
  void takeCheckpointsAsUsual() {
    System.clearProperty(INTERVAL);
  }

  /** Segments of the last checkpoint, and of what is in the making. */
  private long segments() {
    return segments(folder.resolve("db").toFile());
  }

  /** Counts without a look at files that may be gone the next moment. */
  private static long segments(File file) {
    File[] entries = file.listFiles();
    if (entries == null) {
      return file.getName().endsWith(".si") ? 1 : 0;
    }
    return Arrays.stream(entries).mapToLong(QuietIndexIT::segments).sum();
  }

  /** The view has NULL until the first checkpoint is taken. */
  private static boolean hasCheckpoint(Session session, long sequence) {
    try {
      return session.index("docs_body", "checkpoint_sequence") instanceof Number checkpoint
          && checkpoint.longValue() >= sequence;
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void quietIndexMergesAndTakesACheckpoint() throws Exception {
    try (PackedDatabase database = new PackedDatabase(folder.resolve("db"))) {
      Session session = database.session();
      session.script(
          "CREATE EXTENSION fts",
          "CREATE TABLE docs (id integer PRIMARY KEY, body text)",
          "CREATE INDEX docs_body ON docs USING bm25 (body)");
      for (int commit = 0; commit < COMMITS; commit++) {
        int base = commit * ROWS_PER_COMMIT;
        session.script(
            IntStream.rangeClosed(1, ROWS_PER_COMMIT)
                .mapToObj(i -> "(" + (base + i) + ", 'word" + i + "')")
                .collect(Collectors.joining(", ", "INSERT INTO docs VALUES ", "")));
        long committed = session.number("SELECT facetdb_current_sequence()");
        PackedDatabase.await("a checkpoint", () -> hasCheckpoint(session, committed));
      }
      assertTrue(segments() > SEGMENTS_MAX, "segments=" + segments());
      PackedDatabase.await("a checkpoint of few segments", () -> segments() <= SEGMENTS_MAX);
      assertEquals(COMMITS, session.number(FOUND));
      database.shut();
      assertTrue(segments() <= SEGMENTS_MAX, "segments=" + segments());
      Session again = database.session();
      again.awaitReady("docs_body");
      assertEquals(COMMITS, again.number(FOUND));
      assertEquals(0, again.count("docs_body", "rebuilds"));
    }
  }
}
