package org.facetdb.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;

/** Runs statements on one connection and prints what they answer. Used by one thread. */
final class StatementRunner {
  private final Connection connection;
  private final PrintWriter out;
  private final PrintWriter err;
  private boolean began;

  /**
   * @param err where warnings go
   */
  StatementRunner(Connection connection, PrintWriter out, PrintWriter err) {
    this.connection = connection;
    this.out = out;
    this.err = err;
  }

  /**
   * Runs one statement, prints its rows, and its tag where it has no rows. When the tag is printed,
   * what the statement did is durable (outside a transaction).
   */
  void run(String sql, ResultFormat format) throws SQLException, IOException {
    try (Statement statement = connection.createStatement()) {
      if (statement.execute(sql)) {
        try (ResultSet rows = statement.getResultSet()) {
          new ResultPrinter(out, format).print(rows);
        }
        out.flush();
        printWarnings(statement);
      } else {
        String tag = CommandTag.of(sql, Math.max(statement.getLargeUpdateCount(), 0));
        began |= tag.equals("BEGIN") || tag.equals("START TRANSACTION");
        printWarnings(statement);
        out.println(tag);
      }
      out.flush();
    }
  }

  private void printWarnings(Statement statement) throws SQLException {
    for (SQLWarning next = statement.getWarnings(); next != null; next = next.getNextWarning()) {
      // A notice tells of what was asked for only if needed; its state says nothing more.
      boolean notice = next.getErrorCode() == 1;
      err.println((notice ? "NOTICE" : "WARNING " + next.getSQLState()) + ": " + next.getMessage());
    }
    err.flush();
  }

  /** Rolls back a transaction that the statements left open, and says so. */
  void end() throws SQLException {
    if (began && isInTransaction()) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("ROLLBACK");
      }
      err.println("WARNING: the input ended inside a transaction, which was rolled back");
      err.flush();
    }
  }

  /** Tries what is allowed within a transaction alone: JDBC has no word to ask. */
  private boolean isInTransaction() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SAVEPOINT facetdb_end");
      return true;
    } catch (SQLException e) {
      if ("25P01".equals(e.getSQLState())) {
        return false;
      }
      if ("25P02".equals(e.getSQLState())) {
        return true; // it failed before, and only waits for its end
      }
      throw e;
    }
  }
}
