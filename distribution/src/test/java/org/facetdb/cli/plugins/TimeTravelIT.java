package org.facetdb.cli.plugins;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.facetdb.cli.plugins.PackedDatabase.Session;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Searches of the past: a random history of three tables, one for each way in which rows get their
 * ids, asked at random moments, also at some from before the index was there or was built anew.
 */
class TimeTravelIT {
  private static final int MOMENTS = 300;
  private static final int BY_INDEX_MIN = 200;

  @TempDir private Path folder;

  @Test
  void aSearchOfThePastFindsWhatAScanFinds() throws Exception {
    Random random = new Random(PackedDatabase.seed(TimeTravelIT.class));
    try (PackedDatabase database = new PackedDatabase(folder.resolve("db"))) {
      Session session = database.session();
      session.run("CREATE EXTENSION fts VERSION '0.1.0'");
      History history = new History(random, session);
      history.create();
      history.grow(40);
      history.index();
      history.grow(80);
      database.shut();
      damageOneFile(database.directory(), random);
      session = database.session();
      history.continueIn(session);
      assertEquals(
          1, History.TABLES.stream().mapToLong(history::rebuilds).sum(), "indexes built anew");
      session.script(
          "DROP INDEX keyed_text", "CREATE INDEX keyed_text ON keyed USING bm25 (title, body)");
      int late = history.moments.size();
      history.grow(120);
      history.awaitIndexed();
      Check check = new Check(random, session, history, late);
      for (int i = 0; i < MOMENTS; i++) {
        check.oneMoment();
      }
      check.theIndexAnsweredMost();
    }
  }

  @Test
  void anOpenTransactionFindsItsOwnChangesAtOnceAndNobodyElseDoes() throws Exception {
    Random random = new Random(PackedDatabase.seed(TimeTravelIT.class));
    try (PackedDatabase database = new PackedDatabase(folder.resolve("db"))) {
      Session own = database.session();
      Session other = database.session();
      own.run("CREATE EXTENSION fts");
      History history = new History(random, own);
      history.create();
      history.index();
      history.grow(30);
      int found = 0;
      for (String table : History.TABLES) {
        for (int round = 0; round < 6; round++) {
          String query = history.query();
          Set<String> committed = search(other, table, query);
          own.run("BEGIN");
          found += changesAreFound(history, own, table, query);
          own.run("SAVEPOINT s");
          Set<String> kept = search(own, table, query);
          Map<String, TreeMap<String, String>> mark = history.copy();
          found += changesAreFound(history, own, table, query);
          assertEquals(committed, search(other, table, query), "not committed: " + table + query);
          if (random.nextBoolean()) {
            own.run("ROLLBACK TO SAVEPOINT s");
            history.now.putAll(mark);
            assertEquals(kept, search(own, table, query), "after rollback: " + table + query);
          }
          Set<String> last = search(own, table, query);
          own.run("COMMIT");
          assertEquals(last, search(other, table, query), "committed: " + table + query);
        }
        assertEquals(0, own.count(table + "_text", "scan_searches"), "searches by scan");
      }
      assertTrue(found > 0, "searches find rows");
    }
  }

  private static int changesAreFound(History history, Session own, String table, String query)
      throws SQLException {
    int found = 0;
    for (int i = 0; i < 3; i++) {
      history.change(table);
      Set<String> expected = new HashSet<>();
      own.column("SELECT k FROM " + table + " WHERE " + table + " @@@ '" + query + "' OR n < 0")
          .forEach(k -> expected.add(String.valueOf(k)));
      assertEquals(expected, search(own, table, query), table + " query=" + query);
      found += expected.size();
    }
    return found;
  }

  private static Set<String> search(Session session, String table, String query)
      throws SQLException {
    Set<String> keys = new HashSet<>();
    session
        .column(
            "SELECT k FROM "
                + table
                + " WHERE "
                + table
                + " @@@ '"
                + query
                + "' ORDER BY score("
                + table
                + ") DESC")
        .forEach(k -> assertTrue(keys.add(String.valueOf(k)), "found twice: " + k));
    return keys;
  }

  /** The last byte of a file of an index's last checkpoint. */
  private static void damageOneFile(Path directory, Random random) throws Exception {
    List<Path> files;
    try (Stream<Path> all = Files.walk(directory.resolve("side/index"))) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    Path file = files.get(random.nextInt(files.size()));
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
  }

  /** What the tables held after each commit, by our own count. */
  private static final class History {
    static final List<String> TABLES = List.of("numbered", "keyed", "plain");
    private static final String[] WORDS = {
      "wing", "wings", "flow", "layer", "boundary", "shock", "heat", "plate", "cone", "mach", "the"
    };

    /** A moment that can be asked for, and what each table held then. */
    record Moment(String clause, Map<String, Map<String, String>> rows) {}

    private final Random random;
    private final Map<String, TreeMap<String, String>> now = new HashMap<>();
    final List<Moment> moments = new ArrayList<>();
    Session session;
    private int nextKey = 1;

    History(Random random, Session session) {
      this.random = random;
      this.session = session;
      TABLES.forEach(table -> now.put(table, new TreeMap<>()));
    }

    void create() throws SQLException {
      session.script(
          "CREATE TABLE numbered (k integer PRIMARY KEY, title text, body text, n integer)",
          "CREATE TABLE keyed (k text PRIMARY KEY, title text, body text, n integer)",
          "CREATE TABLE plain (k text, title text, body text, n integer)");
    }

    void index() throws SQLException {
      for (String table : TABLES) {
        session.run("CREATE INDEX " + table + "_text ON " + table + " USING bm25 (title, body)");
      }
    }

    void continueIn(Session next) {
      session = next;
      TABLES.forEach(table -> next.awaitReady(table + "_text"));
    }

    /** Waits until the indexes show all commits: what they show decides the scores. */
    void awaitIndexed() throws SQLException {
      long last = session.number("SELECT facetdb_current_sequence()");
      PackedDatabase.await(
          "the indexes to show all commits",
          () -> {
            try {
              return session.number("SELECT min(shown_sequence) FROM facetdb_indexes") >= last;
            } catch (SQLException e) {
              throw new AssertionError(e);
            }
          });
    }

    long rebuilds(String table) {
      try {
        return session.count(table + "_text", "rebuilds");
      } catch (SQLException e) {
        throw new AssertionError(e);
      }
    }

    void grow(int commits) throws SQLException {
      for (int i = 0; i < commits; i++) {
        session.run("BEGIN");
        Map<String, TreeMap<String, String>> before = copy();
        String table = TABLES.get(random.nextInt(TABLES.size()));
        change(table);
        if (random.nextInt(4) == 0) {
          Map<String, TreeMap<String, String>> mark = copy();
          session.run("SAVEPOINT s");
          change(table);
          if (random.nextBoolean()) {
            session.run("ROLLBACK TO SAVEPOINT s");
            now.putAll(mark);
          }
        }
        if (random.nextInt(10) == 0) {
          session.run("ROLLBACK");
          now.putAll(before);
        } else {
          session.run("COMMIT");
        }
        note();
      }
    }

    private Map<String, TreeMap<String, String>> copy() {
      Map<String, TreeMap<String, String>> copy = new HashMap<>();
      now.forEach((table, rows) -> copy.put(table, new TreeMap<>(rows)));
      return copy;
    }

    private void note() throws SQLException {
      Map<String, Map<String, String>> rows = new HashMap<>(copy());
      if (random.nextBoolean()) {
        long sequence = session.number("SELECT facetdb_current_sequence()");
        moments.add(new Moment("SEQUENCE " + sequence, rows));
        return;
      }
      String time = (String) session.value("SELECT clock_timestamp()::text");
      long noted = System.currentTimeMillis();
      while (System.currentTimeMillis() == noted) {
        LockSupport.parkNanos(100_000);
      }
      moments.add(new Moment("TIMESTAMPTZ '" + time + "'", rows));
    }

    private void change(String table) throws SQLException {
      TreeMap<String, String> rows = java.util.Objects.requireNonNull(now.get(table));
      for (int i = 1 + random.nextInt(3); i > 0; i--) {
        String key = key(rows);
        int kind = rows.containsKey(key) ? random.nextInt(5) : 0;
        String title = text(3);
        String body = text(10);
        if (!rows.containsKey(key)) {
          session.run("INSERT INTO " + table + " VALUES (?, ?, ?, 0)", of(table, key), title, body);
          rows.put(key, title + "|" + body);
        } else if (kind == 0) {
          session.run("DELETE FROM " + table + " WHERE k = ?", of(table, key));
          rows.remove(key);
        } else if (kind == 1) {
          session.run("UPDATE " + table + " SET n = n + 1 WHERE k = ?", of(table, key));
        } else if (kind == 2) {
          String next = Integer.toString(nextKey++);
          session.run(
              "UPDATE " + table + " SET k = ? WHERE k = ?", of(table, next), of(table, key));
          rows.put(next, java.util.Objects.requireNonNull(rows.remove(key)));
        } else {
          session.run(
              "UPDATE " + table + " SET title = ?, body = ? WHERE k = ?",
              title,
              body,
              of(table, key));
          rows.put(key, title + "|" + body);
        }
      }
    }

    /** Any key that was ever given, so that deleted rows come back too. */
    private String key(TreeMap<String, String> rows) {
      boolean fresh = rows.size() < 20 || random.nextInt(3) == 0;
      return Integer.toString(fresh ? nextKey++ : 1 + random.nextInt(nextKey - 1));
    }

    private static Object of(String table, String key) {
      return table.equals("numbered") ? (Object) Integer.valueOf(key) : key;
    }

    private String text(int words) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(words); i >= 0; i--) {
        text.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
      }
      return text.toString();
    }

    String query() {
      String word = WORDS[random.nextInt(WORDS.length - 1)];
      String other = WORDS[random.nextInt(WORDS.length - 1)];
      return switch (random.nextInt(7)) {
        case 0 -> word + " " + other;
        case 1 -> "+" + word + " -" + other;
        case 2 -> "\"" + word + " " + other + "\"";
        case 3 -> word.substring(0, 2) + "*";
        case 4 -> "title:" + word + " AND body:" + other;
        case 5 -> word + "~1";
        default -> word;
      };
    }
  }

  /** Compares searches with scans and with the history, and counts who answered. */
  private static final class Check {
    private record Scored(String table, String query, String text) {}

    private final Random random;
    private final Session session;
    private final History history;
    private final int late;
    private final Map<Scored, Double> scores = new HashMap<>();
    private int compared;
    private int found;
    private int answered;

    /**
     * @param late the first moment that every index covers
     */
    Check(Random random, Session session, History history, int late) {
      this.late = late;
      this.random = random;
      this.session = session;
      this.history = history;
    }

    void oneMoment() throws SQLException {
      int from = random.nextInt(4) == 0 ? 0 : late;
      History.Moment moment =
          history.moments.get(from + random.nextInt(history.moments.size() - from));
      String table = History.TABLES.get(random.nextInt(History.TABLES.size()));
      String source = table + " FOR SYSTEM_TIME AS OF " + moment.clause();
      String query = history.query();
      String facts = source + " query=" + query;
      Map<String, String> held = java.util.Objects.requireNonNull(moment.rows().get(table));
      if (random.nextInt(5) == 0) {
        assertEquals(held, contents("SELECT k, title, body FROM " + source), facts);
      }
      String scan = "SELECT k FROM " + source + " WHERE " + table + " @@@ '" + query + "' OR n < 0";
      if (compared++ == 0) {
        assertTrue(session.plan(scan).contains("Table Scan"), () -> facts);
      }
      Set<String> expected = new HashSet<>();
      session.column(scan).forEach(k -> expected.add(String.valueOf(k)));
      boolean best = random.nextBoolean();
      String search =
          "SELECT k, title, body, score("
              + table
              + ") FROM "
              + source
              + " WHERE "
              + table
              + " @@@ '"
              + query
              + "'"
              + (best ? " ORDER BY score(" + table + ") DESC" : "");
      long before = byIndex();
      List<List<@Nullable Object>> rows = session.rows(search);
      answered += (int) (byIndex() - before);
      Set<String> keys = new HashSet<>();
      double last = Double.MAX_VALUE;
      for (List<@Nullable Object> row : rows) {
        String key = String.valueOf(row.getFirst());
        assertTrue(keys.add(key), () -> "found twice: " + key + " " + facts);
        assertEquals(held.get(key), row.get(1) + "|" + row.get(2), facts);
        double score = (Double) java.util.Objects.requireNonNull(row.get(3));
        sameScore(new Scored(table, query, row.get(1) + "|" + row.get(2)), score, facts);
        assertFalse(best && score > last, () -> "order of " + facts);
        last = score;
      }
      assertEquals(expected, keys, facts);
      if (best && !rows.isEmpty() && random.nextBoolean()) {
        int limit = 1 + random.nextInt(rows.size());
        List<List<@Nullable Object>> few = session.rows(search + " LIMIT " + limit);
        for (int i = 0; i < limit; i++) {
          assertEquals(
              (Double) rows.get(i).get(3), (Double) few.get(i).get(3), 1e-6, facts + " LIMIT");
        }
        assertEquals(limit, few.size(), facts);
      }
      found += rows.size();
    }

    private Map<String, String> contents(String sql) throws SQLException {
      Map<String, String> contents = new TreeMap<>();
      for (List<@Nullable Object> row : session.rows(sql)) {
        contents.put(String.valueOf(row.getFirst()), row.get(1) + "|" + row.get(2));
      }
      return contents;
    }

    /** One text has one score, whoever computes it and whenever it was there. */
    private void sameScore(Scored text, double score, String facts) {
      Double known = scores.putIfAbsent(text, score);
      if (known != null) {
        assertEquals(known, score, Math.abs(known) * 1e-6, facts + " text=" + text);
      }
    }

    private long byIndex() throws SQLException {
      return session.number("SELECT sum(index_searches) FROM facetdb_indexes");
    }

    void theIndexAnsweredMost() {
      System.out.println("moments=" + compared + " index=" + answered + " rows=" + found);
      assertTrue(answered >= BY_INDEX_MIN, "moments answered by the index: " + answered);
      assertTrue(answered < compared, "some moments lie before the index");
      assertTrue(found > compared, "searches find rows: " + found);
    }
  }
}
