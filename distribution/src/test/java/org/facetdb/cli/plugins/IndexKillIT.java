package org.facetdb.cli.plugins;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.facetdb.cli.plugins.PackedDatabase.Session;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills real processes with SIGKILL while they commit, and their indexes write checkpoints. */
class IndexKillIT {
  private static final int ROUNDS = Integer.getInteger("facetdb.kill.rounds", 6);

  @TempDir private Path folder;

  private final Map<String, Long> acknowledged = new HashMap<>();

  @Test
  void everyAcknowledgedRowIsFoundAfterAKillAndNoDeletedOneIs() throws Exception {
    Random random = new Random(PackedDatabase.seed(IndexKillIT.class));
    try (PackedDatabase database = new PackedDatabase(folder.resolve("db"))) {
      Session session = database.session();
      session.script(
          "CREATE EXTENSION fts",
          "CREATE TABLE numbered (k integer PRIMARY KEY, body text, n integer)",
          "CREATE TABLE keyed (k text PRIMARY KEY, body text, n integer)");
      for (String table : IndexKillChild.TABLES) {
        acknowledged.put(table, 0L);
        session.run("CREATE INDEX " + table + "_text ON " + table + " USING bm25 (body)");
      }
      database.shut();
      for (int round = 1; round <= ROUNDS; round++) {
        runAndKill(database.directory(), random, round);
        verify(database, random, round);
      }
      assertTrue(acknowledged.values().stream().allMatch(n -> n > 0), "commits: " + acknowledged);
    }
  }

  /** The first round lasts until something was acknowledged; others die at any moment. */
  private void runAndKill(Path directory, Random random, int round) throws Exception {
    // A file: Java closes the pipe of a process that ends, also while its last lines are being
    // read.
    Path said = folder.resolve("said-" + round);
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Dfacetdb.home=" + PackedDatabase.HOME,
                "-Dfacetdb.test.durability=sync",
                "-Dfacetdb.index.checkpoint.rows=50",
                "-Dfacetdb.index.checkpoint.millis=20",
                "-cp",
                Path.of(
                        IndexKillChild.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString(),
                IndexKillChild.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .redirectOutput(said.toFile())
            .start();
    if (round == 1 || random.nextInt(3) > 0) {
      PackedDatabase.await("a commit", () -> said.toFile().length() > 0 || !process.isAlive());
      LockSupport.parkNanos(random.nextInt(500) * 1_000_000L);
    } else {
      LockSupport.parkNanos(random.nextInt(1_500) * 1_000_000L);
    }
    assertTrue(process.isAlive(), "the child fails by itself: round=" + round);
    process.destroyForcibly();
    process.waitFor();
    String all = Files.readString(said);
    for (String line : all.substring(0, all.lastIndexOf('\n') + 1).lines().toList()) {
      String[] words = line.split(" ");
      if (words.length == 3 && words[0].equals("ack")) {
        acknowledged.put(words[1], Long.parseLong(words[2]));
      }
    }
  }

  private void verify(PackedDatabase database, Random random, int round) throws SQLException {
    Session session = database.session();
    StringBuilder shown = new StringBuilder("round=" + round);
    for (String table : IndexKillChild.TABLES) {
      long last = session.number("SELECT coalesce(max(n), 0) FROM " + table);
      String facts = "round=" + round + " table=" + table + " last=" + last;
      assertTrue(last >= acknowledged.getOrDefault(table, 0L), facts + " ack=" + acknowledged);
      verifySearches(session, table, last, facts);
      session.awaitReady(table + "_text");
      verifySearches(session, table, last, facts);
      for (int i = 0; i < 20; i++) {
        long number = Math.max(1, last - random.nextInt(2 * IndexKillChild.DELETED_AFTER));
        String text = IndexKillChild.text(number, last);
        for (String word : List.of("x" + number, "y" + number)) {
          boolean expected = text != null && text.endsWith(word);
          assertEquals(
              expected ? 1 : 0,
              session.column(search(table, word)).size(),
              facts + " word=" + word);
        }
      }
      assertEquals(0, session.count(table + "_text", "rebuilds"), facts);
      assertEquals(1, session.count(table + "_text", "replays"), facts);
      acknowledged.put(table, last);
      shown.append(' ').append(table).append('=').append(last);
      shown
          .append(" replayed=")
          .append(
              session.number(
                  "SELECT position_sequence - checkpoint_sequence FROM facetdb_indexes"
                      + " WHERE index_name = '"
                      + table
                      + "_text'"));
    }
    System.out.println(shown);
    database.shut();
  }

  private static String search(String table, String query) {
    return "SELECT k FROM " + table + " WHERE body @@@ '" + query + "' ORDER BY k";
  }

  private static void verifySearches(Session session, String table, long last, String facts)
      throws SQLException {
    for (String word : List.of("wing", "cone")) {
      List<@Nullable Object> expected = new ArrayList<>();
      for (long number = Math.max(1, last - IndexKillChild.DELETED_AFTER);
          number <= last;
          number++) {
        String text = IndexKillChild.text(number, last);
        if (text != null && text.startsWith(word)) {
          expected.add(IndexKillChild.key(table, number));
        }
      }
      assertEquals(expected, session.column(search(table, word)), facts + " " + word);
      String scan = "SELECT k FROM " + table + " WHERE body @@@ '" + word + "' OR n < 0 ORDER BY k";
      assertEquals(expected, session.column(scan), facts + " scan " + word);
    }
  }
}
