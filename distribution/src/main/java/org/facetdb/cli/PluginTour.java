package org.facetdb.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The part of the tour that shows a plug-in: full-text search created, dropped, created again and
 * upgraded while the database serves. Used by one thread, with one more that queries.
 */
final class PluginTour {
  private static final long QUERIES_AFTER_UPGRADE = 200;
  private static final String SEARCH =
      """
      SELECT id, name, round(score(places)::numeric, 2) AS score, highlight(description)
      FROM places WHERE places @@@ '%s' ORDER BY score(places) DESC LIMIT 3\
      """;

  private final Connection connection;
  private final String url;
  private final PrintWriter out;

  PluginTour(Connection connection, String url, PrintWriter out) {
    this.connection = connection;
    this.url = url;
    this.out = out;
  }

  void run() throws SQLException, IOException {
    Tour.title(out, "A plug-in: full-text search that follows the log");
    Tour.run(connection, out, "DROP EXTENSION IF EXISTS fts CASCADE");
    Tour.run(connection, out, "CREATE EXTENSION fts VERSION '0.1.0'");
    Tour.run(connection, out, "CREATE INDEX places_text ON places USING bm25 (name, description)");
    Tour.run(connection, out, SEARCH.formatted("\"fishing village\" OR harbour"));
    Tour.run(connection, out, "BEGIN");
    Tour.run(
        connection,
        out,
        "INSERT INTO places VALUES (2001, 'Vineta', 'DE', 54, 14, 0, 'A sunken harbour of legend.')");
    require("Vineta", "harbour AND legend");
    Tour.run(connection, out, SEARCH.formatted("harbour AND legend"));
    Tour.run(connection, out, "ROLLBACK");

    Tour.title(out, "The extension goes: searches say what they miss, the table goes on");
    Tour.run(connection, out, "DROP EXTENSION fts");
    Tour.expect(connection, out, "SELECT name FROM places WHERE places @@@ 'harbour'", "42883");
    Tour.run(
        connection,
        out,
        "INSERT INTO places VALUES (2002, 'Rungholt', 'DE', 54, 8, 0, 'A harbour drowned in 1362.')");
    Tour.run(connection, out, "SELECT count(*) FROM places");

    Tour.title(out, "It comes back, and the search finds what was written meanwhile");
    Tour.run(connection, out, "CREATE EXTENSION fts VERSION '0.1.0'");
    require("Rungholt", "drowned AND 1362");
    Tour.run(connection, out, SEARCH.formatted("drowned"));

    upgrade();
    Tour.run(
        connection,
        out,
        "SELECT index_name, version, state, entries, replays, rebuilds FROM facetdb_indexes");
    Tour.run(connection, out, "DELETE FROM places WHERE id > 2000");
  }

  private void require(String name, String query) throws SQLException {
    String found =
        Tour.scalar(connection, "SELECT min(name) FROM places WHERE places @@@ '" + query + "'");
    if (!found.equals(name)) {
      throw new SQLException(query + " should find " + name + ", it finds " + found, "XX000");
    }
  }

  /** Upgrades the extension while a second thread searches. */
  private void upgrade() throws SQLException, IOException {
    Tour.title(out, "An upgrade to the next version while a second session searches");
    AtomicLong queries = new AtomicLong();
    AtomicReference<@Nullable SQLException> failure = new AtomicReference<>();
    AtomicLong stopAt = new AtomicLong(Long.MAX_VALUE);
    CountDownLatch started = new CountDownLatch(1);
    Thread searcher =
        Thread.ofPlatform()
            .name("facetdb-demo-searcher")
            .start(() -> search(queries, failure, stopAt, started));
    try {
      started.await();
      Tour.run(connection, out, "ALTER EXTENSION fts UPDATE TO '0.2.0'");
      stopAt.set(queries.get() + QUERIES_AFTER_UPGRADE);
      searcher.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("the tour was interrupted", "57014", e);
    } finally {
      stopAt.set(0);
    }
    SQLException failed = failure.get();
    if (failed != null) {
      throw failed;
    }
    out.println("-- second session: " + queries.get() + " searches meanwhile, none failed");
  }

  private void search(
      AtomicLong queries,
      AtomicReference<@Nullable SQLException> failure,
      AtomicLong stopAt,
      CountDownLatch started) {
    try (Connection second = DriverManager.getConnection(url);
        PreparedStatement statement =
            second.prepareStatement("SELECT count(*) FROM places WHERE places @@@ ?")) {
      while (queries.get() < stopAt.get()) {
        statement.setString(1, "rungholt");
        try (ResultSet rows = statement.executeQuery()) {
          if (!rows.next() || rows.getLong(1) != 1) {
            throw new SQLException("a search during the upgrade missed a row", "XX000");
          }
        }
        queries.incrementAndGet();
        started.countDown();
      }
    } catch (SQLException e) {
      failure.set(e);
    } finally {
      started.countDown();
    }
  }
}
