package org.facetdb.benchmarks;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.SplittableRandom;
import java.util.StringJoiner;
import org.facetdb.Database;

/** A database under test through JDBC. Used by one thread. */
abstract class SqlSide implements AutoCloseable {
  final Connection connection;

  SqlSide(String url) throws SQLException {
    connection = DriverManager.getConnection(url);
  }

  /** Name and version. */
  String version() throws SQLException {
    var meta = connection.getMetaData();
    return meta.getDatabaseProductName() + " " + meta.getDatabaseProductVersion();
  }

  void execute(String... statements) throws SQLException {
    try (Statement jdbc = connection.createStatement()) {
      for (String sql : statements) {
        jdbc.execute(sql);
      }
    }
  }

  /** Fills a table from a CSV file with a header. */
  abstract void copy(String table, Path csv) throws SQLException;

  /** What the side does after loading. */
  void settle() throws SQLException {}

  /** Runs a query and returns all its values as text, for comparing the sides. */
  String answer(String sql) throws SQLException {
    StringJoiner text = new StringJoiner("|");
    try (Statement jdbc = connection.createStatement();
        ResultSet rows = jdbc.executeQuery(sql)) {
      int columns = rows.getMetaData().getColumnCount();
      while (rows.next()) {
        for (int c = 1; c <= columns; c++) {
          Object value = rows.getObject(c);
          text.add(
              value instanceof Number number
                  ? "%.4f".formatted(number.doubleValue())
                  : String.valueOf(value).strip());
        }
      }
    }
    return text.toString();
  }

  /** Milliseconds for a query prepared before, all rows fetched. */
  double milliseconds(PreparedStatement query) throws SQLException {
    long start = System.nanoTime();
    try (ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        rows.getString(1);
      }
    }
    return (System.nanoTime() - start) / 1e6;
  }

  /** Prepared selects per second by random key out of {@code [0, keys)}. */
  double pointSelects(PreparedStatement query, int keys, int count) throws SQLException {
    SplittableRandom random = new SplittableRandom(11);
    long found = 0;
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      query.setInt(1, random.nextInt(keys));
      try (ResultSet rows = query.executeQuery()) {
        if (rows.next() && rows.getString(1) != null) {
          found += rows.getInt(2) >= 0 ? 1 : 0;
        }
      }
    }
    double rate = KeyValueBenchmark.perSecond(count, start);
    if (found != count) {
      throw new IllegalStateException("selects found " + found + " of " + count);
    }
    return rate;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  /** Ours, on disk, unsynced while loading as the peers are. */
  static final class Ours extends SqlSide {
    private final Database database;

    Ours(Path directory) throws SQLException {
      super("jdbc:facetdb:" + directory + "?durability=none");
      database = Database.open(directory);
    }

    @Override
    void copy(String table, Path csv) throws SQLException {
      execute("COPY " + table + " FROM '" + csv + "' WITH (FORMAT csv, HEADER true)");
    }

    @Override
    void settle() {
      database.settle();
    }

    @Override
    public void close() throws SQLException {
      super.close();
      database.close();
    }
  }

  /** H2 on disk, its cache large enough for all, its cache of query results off. */
  static final class H2 extends SqlSide {
    static final String SETTINGS = "file, CACHE_SIZE=1 GB, OPTIMIZE_REUSE_RESULTS=FALSE";

    H2(Path directory) throws SQLException {
      super(
          "jdbc:h2:file:"
              + directory.resolve("h2")
              + ";CACHE_SIZE=1048576;OPTIMIZE_REUSE_RESULTS=FALSE");
    }

    @Override
    void copy(String table, Path csv) throws SQLException {
      execute("INSERT INTO " + table + " SELECT * FROM CSVREAD('" + csv + "')", "ANALYZE");
    }
  }

  /** DuckDB on disk, one thread. */
  static final class DuckDb extends SqlSide {
    static final String SETTINGS = "file, threads=1";

    DuckDb(Path directory) throws SQLException {
      super("jdbc:duckdb:" + directory.resolve("duck.db"));
      execute("SET threads = 1");
    }

    @Override
    void copy(String table, Path csv) throws SQLException {
      execute("COPY " + table + " FROM '" + csv + "' (FORMAT csv, HEADER true)", "CHECKPOINT");
    }
  }
}
