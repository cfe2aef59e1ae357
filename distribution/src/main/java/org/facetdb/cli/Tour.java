package org.facetdb.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;

/** Runs and shows the statements of the tour. Stateless. */
final class Tour {
  private Tour() {}

  static void title(PrintWriter out, String text) {
    out.println();
    out.println("== " + text);
  }

  static void run(Connection connection, PrintWriter out, String sql)
      throws SQLException, IOException {
    run(connection, out, sql, sql);
  }

  static void run(Connection connection, PrintWriter out, String sql, String shown)
      throws SQLException, IOException {
    out.println("facetdb> " + shown.strip().replace("\n", "\n         ") + ";");
    long begin = System.nanoTime();
    new StatementRunner(connection, out, out).run(sql, ResultFormat.TABLE);
    out.printf(Locale.ROOT, "(%.1f ms)%n", (System.nanoTime() - begin) / 1e6);
    out.flush();
  }

  static void expect(Connection connection, PrintWriter out, String sql, String sqlState)
      throws SQLException {
    out.println("facetdb> " + sql + ";");
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      Errors.print(e, out);
      if (sqlState.equals(e.getSQLState())) {
        return;
      }
      throw e;
    }
    throw new SQLException("this should have failed with " + sqlState + ": " + sql, "XX000");
  }

  static String scalar(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      if (!rows.next()) {
        throw new SQLException("no row came back: " + sql, "02000");
      }
      return rows.getString(1);
    }
  }
}
