package org.facetdb.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A mix of transactions over tables that it makes itself. Immutable. */
interface Workload {
  /** What metrics call it. */
  String name();

  /** Makes and fills the tables; the connection commits each statement by itself. */
  void load(Connection connection) throws SQLException;

  /** A client of a connection that does not. */
  Client client(Connection connection, long seed) throws SQLException;

  /** Counts that must be equal whoever committed what. */
  void check(Connection connection) throws SQLException;

  /** Runs one transaction after the other; used by one thread. */
  abstract class Client {
    private final Connection connection;
    private final List<PreparedStatement> statements = new ArrayList<>();
    final SplittableRandom random;

    Client(Connection connection, long seed) {
      this.connection = connection;
      this.random = new SplittableRandom(seed);
    }

    /** Runs a transaction up to its commit. */
    abstract void run() throws SQLException;

    final PreparedStatement prepare(String sql) throws SQLException {
      PreparedStatement statement = connection.prepareStatement(sql);
      statements.add(statement);
      return statement;
    }

    /** Runs a statement that changes rows. */
    static int update(PreparedStatement statement, Object... parameters) throws SQLException {
      set(statement, parameters);
      return statement.executeUpdate();
    }

    private static void set(PreparedStatement statement, Object... parameters) throws SQLException {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
    }

    /** The first column of the first row of a query, 0 if there is none or it is NULL. */
    static long query(PreparedStatement statement, Object... parameters) throws SQLException {
      set(statement, parameters);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    }

    /** Reads all rows of a query, and returns how many there are. */
    static int rows(PreparedStatement statement, Object... parameters) throws SQLException {
      set(statement, parameters);
      int count = 0;
      try (ResultSet rows = statement.executeQuery()) {
        int width = rows.getMetaData().getColumnCount();
        while (rows.next()) {
          for (int column = 1; column <= width; column++) {
            rows.getObject(column);
          }
          count++;
        }
      }
      return count;
    }
  }

  static void execute(Connection connection, String... script) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : script) {
        statement.execute(sql);
      }
    }
  }

  /** The one number that a query gives. */
  static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  /** Fails where a number is not what it should be. */
  static void require(String what, long expected, long found) {
    if (expected != found) {
      throw new IllegalStateException(what + ": expected=" + expected + " found=" + found);
    }
  }
}
