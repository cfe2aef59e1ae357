package org.facetdb.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;

/**
 * The state of a shell: the statement typed so far and the settings. Lines go in, statements run
 * when their semicolon comes. Used by one thread.
 */
final class ShellSession {
  private static final String HELP =
      """
      \\d [NAME]        tables, or the columns, keys and indexes of one
      \\dt              tables
      \\dx              extensions that are installed
      \\timing [on|off] print how long statements take
      \\format NAME     table, line, csv or json
      \\x               switch between table and line
      \\i FILE          run a file
      \\?               this list
      \\q               quit\
      """;

  private final Connection connection;
  private final PrintWriter out;
  private final PrintWriter err;
  private final StatementRunner runner;
  private final StringBuilder typed = new StringBuilder();
  private ResultFormat format;
  private boolean timing;
  private boolean failed;

  ShellSession(Connection connection, PrintWriter out, PrintWriter err, ResultFormat format) {
    this.connection = connection;
    this.out = out;
    this.err = err;
    this.format = format;
    this.runner = new StatementRunner(connection, out, err);
  }

  /** True if no statement has been begun. */
  boolean isEmpty() {
    return typed.isEmpty();
  }

  /** True if any statement or command failed. */
  boolean hasFailed() {
    return failed;
  }

  /** Forgets the statement begun. */
  void discard() {
    typed.setLength(0);
  }

  /**
   * Takes one line. What fails is shown, and the session goes on.
   *
   * @return false if it asks to quit
   */
  boolean accept(String line) {
    if (isEmpty() && line.strip().startsWith("\\")) {
      try {
        return command(line.strip());
      } catch (SQLException | IOException e) {
        show(e);
        return true;
      }
    }
    if (isEmpty() && (line.strip().equals("quit") || line.strip().equals("exit"))) {
      return false;
    }
    typed.append(line).append('\n');
    Scripts.Cut cut = Scripts.cut(typed.toString());
    typed.setLength(0);
    typed.append(cut.rest().stripLeading());
    for (String sql : cut.statements()) {
      run(sql);
    }
    return true;
  }

  /** Runs what was typed last without a semicolon. */
  void finish() {
    for (String sql : Scripts.all(typed.toString())) {
      run(sql);
    }
    discard();
  }

  /** Ends the session: says so where it leaves a transaction open. */
  void end() throws SQLException {
    runner.end();
  }

  private void show(Exception error) {
    failed = true;
    out.flush();
    Errors.print(error, err);
  }

  private void run(String sql) {
    long begin = System.nanoTime();
    try {
      runner.run(sql, format);
    } catch (SQLException | IOException e) {
      show(e);
    }
    if (timing) {
      out.printf(Locale.ROOT, "Time: %.3f ms%n", (System.nanoTime() - begin) / 1e6);
    }
    out.flush();
  }

  private boolean command(String line) throws SQLException, IOException {
    String[] words = line.split("\\s+", 2);
    String argument = words.length > 1 ? words[1].strip() : "";
    switch (words[0]) {
      case "\\q" -> {
        return false;
      }
      case "\\?" -> out.println(HELP);
      case "\\timing" -> {
        timing = argument.isEmpty() ? !timing : argument.equals("on");
        out.println("Timing is " + (timing ? "on." : "off."));
      }
      case "\\x" -> format = format == ResultFormat.LINE ? ResultFormat.TABLE : ResultFormat.LINE;
      case "\\format" -> setFormat(argument);
      case "\\dt" -> tables();
      case "\\dx" ->
          run(
              "SELECT e.name, e.version, e.state, a.comment AS description, e.problem"
                  + " FROM facetdb_extensions e LEFT JOIN pg_available_extensions a"
                  + " ON a.name = e.name WHERE e.state <> 'dropped' ORDER BY e.name");
      case "\\d" -> {
        if (argument.isEmpty()) {
          tables();
        } else {
          describe(argument);
        }
      }
      case "\\i" -> {
        for (String sql : Scripts.all(Files.readString(Path.of(argument)))) {
          run(sql);
        }
      }
      default -> out.println("unknown command " + words[0] + "; \\? lists them");
    }
    out.flush();
    return true;
  }

  private void setFormat(String name) {
    try {
      format = ResultFormat.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      out.println("unknown format '" + name + "': table, line, csv or json");
    }
  }

  private void tables() throws SQLException, IOException {
    try (ResultSet rows =
        connection.getMetaData().getTables(null, null, "%", new String[] {"TABLE", "VIEW"})) {
      boolean any = false;
      while (rows.next()) {
        any = true;
        out.println(
            rows.getString("TABLE_SCHEM")
                + "."
                + rows.getString("TABLE_NAME")
                + "  "
                + rows.getString("TABLE_TYPE").toLowerCase(Locale.ROOT));
      }
      if (!any) {
        out.println("No tables.");
      }
    }
  }

  private void describe(String name) throws SQLException {
    DatabaseMetaData metadata = connection.getMetaData();
    boolean found = false;
    try (ResultSet columns = metadata.getColumns(null, null, name, "%")) {
      while (columns.next()) {
        found = true;
        String type = ColumnType.of(columns);
        String byDefault = columns.getString("COLUMN_DEF");
        out.println(
            "  "
                + columns.getString("COLUMN_NAME")
                + "  "
                + type
                + (columns.getInt("NULLABLE") == DatabaseMetaData.columnNoNulls ? " not null" : "")
                + (byDefault == null ? "" : " default " + byDefault));
      }
    }
    if (!found) {
      out.println("No table named " + name + ".");
      return;
    }
    try (ResultSet keys = metadata.getPrimaryKeys(null, null, name)) {
      while (keys.next()) {
        out.println(
            "  primary key column "
                + keys.getInt("KEY_SEQ")
                + ": "
                + keys.getString("COLUMN_NAME"));
      }
    }
    try (ResultSet indexes = metadata.getIndexInfo(null, null, name, false, false)) {
      while (indexes.next()) {
        out.println(
            "  index "
                + indexes.getString("INDEX_NAME")
                + (indexes.getBoolean("NON_UNIQUE") ? "" : " unique")
                + " column "
                + indexes.getInt("ORDINAL_POSITION")
                + ": "
                + indexes.getString("COLUMN_NAME"));
      }
    }
    describeMethodIndexes(name);
  }

  /** The indexes that plug-ins keep, which metadata has no words for. */
  private void describeMethodIndexes(String table) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT index_name, method, state, column_names, options FROM facetdb_indexes"
                + " WHERE table_name = ? ORDER BY index_name")) {
      statement.setString(1, table);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          out.println(
              "  index "
                  + rows.getString(1)
                  + " using "
                  + rows.getString(2)
                  + " ("
                  + rows.getString(4)
                  + ")"
                  + (rows.getString(5) == null ? "" : " with (" + rows.getString(5) + ")")
                  + ": "
                  + rows.getString(3));
        }
      }
    }
  }
}
