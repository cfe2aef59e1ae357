package org.facetdb.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/** A database whose durable commits are counted. Safe for use by any number of threads. */
interface CommitSide extends AutoCloseable {
  /** One thread's way to commit. */
  interface Committer extends AutoCloseable {
    /** Writes an entry; on the device when this returns. */
    void commit(byte[] key, byte[] value) throws Exception;

    @Override
    void close() throws SQLException;
  }

  /** A committer for a thread of its own. */
  Committer committer() throws Exception;

  /** Name and version. */
  String name();

  @Override
  void close() throws SQLException;

  /** A key-value store. */
  static CommitSide of(String name, KeyValueSide side) {
    return new CommitSide() {
      @Override
      public Committer committer() {
        return new Committer() {
          @Override
          public void commit(byte[] key, byte[] value) throws Exception {
            side.putDurably(key, value);
          }

          @Override
          public void close() {}
        };
      }

      @Override
      public String name() {
        return name;
      }

      @Override
      public void close() {
        side.close();
      }
    };
  }

  /** SQLite with a write-ahead log that is synced at each commit. */
  static CommitSide sqlite(Path folder) throws SQLException, IOException {
    try {
      Class.forName("org.sqlite.JDBC"); // its module doesn't say that it has a driver
    } catch (ClassNotFoundException e) {
      throw new SQLException(e);
    }
    return new Jdbc(
        "jdbc:sqlite:" + Scratch.fresh(folder, "sqlite").resolve("db"),
        "CREATE TABLE t (k BLOB PRIMARY KEY, v BLOB) WITHOUT ROWID",
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        "PRAGMA busy_timeout = 60000");
  }

  /** H2 that syncs at each commit. */
  static CommitSide h2(Path folder) throws SQLException, IOException {
    return new Jdbc(
        "jdbc:h2:" + Scratch.fresh(folder, "h2").resolve("db") + ";WRITE_DELAY=0",
        "CREATE TABLE t (k VARBINARY(16) PRIMARY KEY, v VARBINARY(100))");
  }

  /** A database behind JDBC: each commit is an INSERT of one row. */
  final class Jdbc implements CommitSide {
    private final String url;
    private final String[] settings;
    private final Connection first;

    private Jdbc(String url, String table, String... settings) throws SQLException {
      this.url = url;
      this.settings = settings;
      this.first = DriverManager.getConnection(url);
      prepare(first);
      run(first, table);
    }

    private void prepare(Connection connection) throws SQLException {
      for (String setting : settings) {
        run(connection, setting);
      }
    }

    private static void run(Connection connection, String sql) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.execute(sql);
      }
    }

    @Override
    public Committer committer() throws SQLException {
      Connection connection = DriverManager.getConnection(url);
      prepare(connection);
      PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, ?)");
      return new Committer() {
        @Override
        public void commit(byte[] key, byte[] value) throws SQLException {
          insert.setBytes(1, key);
          insert.setBytes(2, value);
          insert.executeUpdate();
        }

        @Override
        public void close() throws SQLException {
          insert.close();
          connection.close();
        }
      };
    }

    @Override
    public String name() {
      try {
        var meta = first.getMetaData();
        return meta.getDatabaseProductName() + " " + meta.getDatabaseProductVersion();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() throws SQLException {
      first.close();
    }
  }
}
