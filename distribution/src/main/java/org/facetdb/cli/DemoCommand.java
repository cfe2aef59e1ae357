package org.facetdb.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code demo}: a tour on real statements. Every step prints what it runs, what comes back and how
 * long it took; a step that does not show what it promises ends the tour with status 1.
 */
@Command(
    name = "demo",
    description = "Creates a database, loads the sample data and shows what works.",
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-d", "--directory"},
      paramLabel = "DIR",
      description = "where the database is made and kept; by default a new temporary directory")
  private @Nullable Path directory;

  @SuppressWarnings("NullAway.Init") // picocli fills the fields before it calls
  DemoCommand() {}

  @Override
  public Integer call() throws IOException, SQLException {
    PrintWriter out = spec.commandLine().getOut();
    Path place = directory != null ? directory : Files.createTempDirectory("facetdb-demo");
    String url = "jdbc:facetdb:" + place.toAbsolutePath().normalize();
    out.println("FacetDB's tour, in " + place);
    try (Connection connection = DriverManager.getConnection(url)) {
      tables(connection, out);
      queries(connection, out);
      conflict(connection, url, out);
      timeTravel(connection, out);
      mistake(connection, out);
      new PluginTour(connection, url, out).run();
    }
    reopen(url, out);
    Tour.title(out, "That was the tour");
    out.println("The database stays in " + place + "; look around with: facetdb shell -d " + place);
    out.flush();
    return 0;
  }

  private static void tables(Connection connection, PrintWriter out)
      throws SQLException, IOException {
    Tour.title(out, "Tables with keys and checks, loaded from CSV");
    Tour.run(connection, out, "DROP TABLE IF EXISTS places, countries");
    Tour.run(
        connection,
        out,
        """
        CREATE TABLE countries (
          iso2      char(2) PRIMARY KEY,
          country   text NOT NULL UNIQUE,
          continent text NOT NULL,
          capital   text)\
        """);
    Tour.run(
        connection,
        out,
        """
        CREATE TABLE places (
          id          integer PRIMARY KEY,
          name        text NOT NULL,
          iso2        char(2) NOT NULL REFERENCES countries (iso2),
          latitude    double precision NOT NULL CHECK (latitude BETWEEN -90 AND 90),
          longitude   double precision NOT NULL CHECK (longitude BETWEEN -180 AND 180),
          population  bigint,
          description text)\
        """);
    Path sample = Path.of(System.getProperty("facetdb.home", "."), "sample");
    for (String table : new String[] {"countries", "places"}) {
      String file = sample.resolve(table + ".csv").toString().replace("'", "''");
      Tour.run(
          connection,
          out,
          "COPY " + table + " FROM '" + file + "' (FORMAT csv, HEADER)",
          "COPY " + table + " FROM 'sample/" + table + ".csv' (FORMAT csv, HEADER)");
    }
    Tour.run(connection, out, "CREATE INDEX places_by_population ON places (population)");
  }

  private static void queries(Connection connection, PrintWriter out)
      throws SQLException, IOException {
    Tour.title(out, "A join with aggregation, and a subquery");
    Tour.run(
        connection,
        out,
        """
        SELECT continent, count(*) AS places, sum(population) AS people,
               round(avg(latitude)::numeric, 1) AS mean_latitude
        FROM places JOIN countries USING (iso2)
        GROUP BY continent HAVING count(*) > 1 ORDER BY people DESC\
        """);
    Tour.run(
        connection,
        out,
        """
        SELECT p.name, c.country, p.population
        FROM places p JOIN countries c ON c.iso2 = p.iso2
        WHERE p.population = (SELECT max(population) FROM places x WHERE x.iso2 = p.iso2)
          AND p.name <> c.capital
        ORDER BY p.population DESC LIMIT 5\
        """);
    Tour.run(connection, out, "EXPLAIN SELECT name FROM places WHERE population > 20000000");
  }

  private static void conflict(Connection first, String url, PrintWriter out)
      throws SQLException, IOException {
    Tour.title(out, "Who changes a row that changed after his snapshot loses, with 40001");
    try (Connection second = DriverManager.getConnection(url)) {
      String begin = "BEGIN ISOLATION LEVEL REPEATABLE READ";
      Tour.run(second, out, begin, "-- second session\n" + begin);
      String read = "SELECT name, population FROM places WHERE name = 'Lima'";
      Tour.run(second, out, read, "-- second session\n" + read);
      Tour.run(first, out, "UPDATE places SET population = population + 1 WHERE name = 'Lima'");
      Tour.expect(second, out, "UPDATE places SET population = 0 WHERE name = 'Lima'", "40001");
      Tour.run(second, out, "ROLLBACK", "-- second session\nROLLBACK");
    }
    Tour.run(first, out, "SELECT name, population FROM places WHERE name = 'Lima'");
  }

  private static void timeTravel(Connection connection, PrintWriter out)
      throws SQLException, IOException {
    Tour.title(out, "The past stays readable: a moment before an update");
    String moment = Tour.scalar(connection, "SELECT now()");
    pause();
    Tour.run(connection, out, "UPDATE places SET name = 'Edo' WHERE id = 1");
    Tour.run(connection, out, "SELECT id, name FROM places WHERE id = 1");
    Tour.run(
        connection,
        out,
        "SELECT id, name FROM places FOR SYSTEM_TIME AS OF TIMESTAMPTZ '"
            + moment
            + "' WHERE id = 1");
    String past =
        Tour.scalar(
            connection,
            "SELECT name FROM places FOR SYSTEM_TIME AS OF TIMESTAMPTZ '"
                + moment
                + "' WHERE id = 1");
    if (!past.equals("Tokyo")) {
      throw new SQLException("the past should say Tokyo, it says " + past, "XX000");
    }
  }

  private static void mistake(Connection connection, PrintWriter out)
      throws SQLException, IOException {
    Tour.title(out, "Mistakes are told with their place");
    Tour.expect(connection, out, "SELECT name FORM places", "42601");
    Tour.expect(connection, out, "SELECT nam FROM places", "42703");
    Tour.expect(
        connection,
        out,
        "INSERT INTO places VALUES (1000, 'Atlantis', 'XX', 0, 0, 0, 'Not found yet.')",
        "23503");
  }

  private static void reopen(String url, PrintWriter out) throws SQLException, IOException {
    Tour.title(out, "Closed and opened again: everything committed is there");
    try (Connection connection = DriverManager.getConnection(url)) {
      Tour.run(
          connection,
          out,
          "SELECT count(*) AS places, sum(population) AS people,"
              + " min(name) FILTER (WHERE id = 1) AS first FROM places");
      if (!Tour.scalar(connection, "SELECT name FROM places WHERE id = 1").equals("Edo")) {
        throw new SQLException("the update was lost", "XX000");
      }
    }
  }

  /** Lets the clock move on, so that the update is later than the moment read before it. */
  private static void pause() {
    long begin = System.currentTimeMillis();
    while (System.currentTimeMillis() < begin + 3) {
      Thread.onSpinWait();
    }
  }
}
