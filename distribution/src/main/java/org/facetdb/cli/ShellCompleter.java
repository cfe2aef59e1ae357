package org.facetdb.cli;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;

/** Completes keywords, and the names of tables and columns as the catalog has them now. */
final class ShellCompleter implements Completer {
  private static final List<String> KEYWORDS =
      List.of(
          "ANALYZE",
          "AND",
          "AS",
          "ASC",
          "BEGIN",
          "BETWEEN",
          "BY",
          "CASE",
          "CAST",
          "CHECK",
          "COMMIT",
          "COPY",
          "CREATE",
          "CROSS",
          "DEFAULT",
          "DELETE",
          "DESC",
          "DISTINCT",
          "DROP",
          "ELSE",
          "END",
          "EXCEPT",
          "EXISTS",
          "EXPLAIN",
          "FOR",
          "FOREIGN",
          "FROM",
          "FULL",
          "GROUP",
          "HAVING",
          "IN",
          "INDEX",
          "INNER",
          "INSERT",
          "INTERSECT",
          "INTO",
          "IS",
          "JOIN",
          "KEY",
          "LEFT",
          "LIKE",
          "LIMIT",
          "NOT",
          "NULL",
          "OFFSET",
          "ON",
          "OR",
          "ORDER",
          "PRIMARY",
          "REFERENCES",
          "RIGHT",
          "ROLLBACK",
          "SELECT",
          "SET",
          "SYSTEM_TIME",
          "TABLE",
          "THEN",
          "TIMESTAMP",
          "UNION",
          "UNIQUE",
          "UPDATE",
          "USING",
          "VALUES",
          "WHEN",
          "WHERE",
          "WITH");

  private final Connection connection;

  ShellCompleter(Connection connection) {
    this.connection = connection;
  }

  @Override
  public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
    String prefix = line.word().toLowerCase(Locale.ROOT);
    KEYWORDS.stream()
        .filter(keyword -> keyword.toLowerCase(Locale.ROOT).startsWith(prefix))
        .forEach(keyword -> candidates.add(new Candidate(keyword)));
    for (String name : names(prefix)) {
      candidates.add(new Candidate(name));
    }
  }

  private TreeSet<String> names(String prefix) {
    TreeSet<String> names = new TreeSet<>();
    try (ResultSet columns = connection.getMetaData().getColumns(null, null, "%", "%")) {
      while (columns.next()) {
        names.add(columns.getString("TABLE_NAME"));
        names.add(columns.getString("COLUMN_NAME"));
      }
    } catch (SQLException e) {
      names.clear(); // completion is a courtesy: in a failed transaction it offers keywords alone
    }
    names.removeIf(name -> !name.startsWith(prefix));
    return names;
  }
}
