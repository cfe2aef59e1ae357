package org.facetdb.cli.suite;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.facetdb.cli.suite.SqlLogicRecord.Sort;

/**
 * Replays sqllogictest files over JDBC. Every statement and query is one record; a record that the
 * file's own {@code skipif}/{@code onlyif} leaves out for dialect {@code postgresql} is skipped.
 */
public final class SqlLogicSuite {
  private static final Pattern CREATED =
      Pattern.compile(
          "^\\s*create\\s+(table|view)\\s+(?:if\\s+not\\s+exists\\s+)?(\\w+)",
          Pattern.CASE_INSENSITIVE);

  private final Databases databases;
  private final Consumer<Outcome> sink;

  public SqlLogicSuite(Databases databases, Consumer<Outcome> sink) {
    this.databases = databases;
    this.sink = sink;
  }

  /** Replays one file on one connection, and drops what it created before and after. */
  public void run(Path file) throws IOException, SQLException {
    List<SqlLogicRecord> records = SqlLogicParser.parse(file);
    Map<String, String> created = new LinkedHashMap<>();
    for (SqlLogicRecord record : records) {
      if (record instanceof SqlLogicRecord.Statement statement) {
        Matcher matcher = CREATED.matcher(statement.sql());
        if (matcher.find()) {
          created.put(matcher.group(2), matcher.group(1));
        }
      }
    }
    try (Connection connection = databases.connect(String.valueOf(file.getFileName()))) {
      drop(connection, created);
      try (Statement jdbc = connection.createStatement()) {
        replay(file, records, jdbc);
      } finally {
        drop(connection, created);
      }
    }
  }

  private static void drop(Connection connection, Map<String, String> created) throws SQLException {
    List<String> names = new ArrayList<>(created.keySet());
    try (Statement jdbc = connection.createStatement()) {
      for (String name : names.reversed()) {
        if ("table".equalsIgnoreCase(created.get(name))) {
          jdbc.execute("DROP TABLE IF EXISTS " + name + " CASCADE");
        } else {
          jdbc.execute("DROP VIEW IF EXISTS " + name);
        }
      }
    }
  }

  private void replay(Path file, List<SqlLogicRecord> records, Statement jdbc) {
    Map<String, String> labels = new HashMap<>();
    for (SqlLogicRecord record : records) {
      String where = file.getFileName() + ":" + record.line();
      if (record.skipReason() != null) {
        if (!(record instanceof SqlLogicRecord.Halt)) {
          sink.accept(Outcome.skipped(where, record.skipReason()));
        }
        continue;
      }
      switch (record) {
        case SqlLogicRecord.Halt halt -> {
          return;
        }
        case SqlLogicRecord.Statement statement -> sink.accept(execute(where, statement, jdbc));
        case SqlLogicRecord.Query query -> sink.accept(compare(where, query, jdbc, labels));
      }
    }
  }

  private static Outcome execute(String where, SqlLogicRecord.Statement record, Statement jdbc) {
    try {
      jdbc.execute(record.sql());
      return record.expectsError()
          ? Outcome.failed(where, record.sql() + "\n  expected an error, but it succeeded")
          : Outcome.passed(where);
    } catch (SQLException e) {
      return record.expectsError()
          ? Outcome.passed(where)
          : Outcome.failed(where, record.sql() + "\n  " + describe(e));
    }
  }

  private static Outcome compare(
      String where, SqlLogicRecord.Query record, Statement jdbc, Map<String, String> labels) {
    List<String> values;
    try (ResultSet rows = jdbc.executeQuery(record.sql())) {
      values = values(rows, record.types(), record.sort());
    } catch (SQLException e) {
      return Outcome.failed(where, record.sql() + "\n  " + describe(e));
    }
    String hashed = values.size() + " values hashing to " + md5(values);
    if (record.label() != null) {
      String earlier = labels.putIfAbsent(record.label(), hashed);
      if (earlier != null && !earlier.equals(hashed)) {
        return Outcome.failed(
            where,
            record.sql() + "\n  label " + record.label() + ": " + earlier + ", now " + hashed);
      }
    }
    boolean byHash =
        record.expected().size() == 1
            && record.expected().getFirst().contains(" values hashing to ");
    boolean same =
        byHash ? record.expected().getFirst().equals(hashed) : record.expected().equals(values);
    if (same) {
      return Outcome.passed(where);
    }
    return Outcome.failed(
        where,
        record.sql()
            + "\n  expected "
            + record.expected()
            + "\n  actual   "
            + hashed
            + " "
            + head(values));
  }

  private static List<String> head(List<String> values) {
    return values.subList(0, Math.min(values.size(), 40));
  }

  private static List<String> values(ResultSet rows, String types, Sort sort) throws SQLException {
    int columns = rows.getMetaData().getColumnCount();
    List<String[]> table = new ArrayList<>();
    while (rows.next()) {
      String[] row = new String[columns];
      for (int c = 0; c < columns; c++) {
        row[c] = value(rows, c + 1, c < types.length() ? types.charAt(c) : 'T');
      }
      table.add(row);
    }
    if (sort == Sort.ROWSORT) {
      table.sort(Arrays::compare);
    }
    List<String> values = new ArrayList<>(table.size() * columns);
    table.forEach(row -> values.addAll(Arrays.asList(row)));
    if (sort == Sort.VALUESORT) {
      values.sort(null);
    }
    return values;
  }

  private static String value(ResultSet rows, int column, char type) throws SQLException {
    String text = rows.getString(column);
    if (text == null) {
      return "NULL";
    }
    return switch (type) {
      case 'I' -> integer(text);
      case 'R' -> real(text);
      default -> printable(text);
    };
  }

  private static String integer(String text) {
    if (text.equals("t") || text.equals("true")) {
      return "1";
    }
    if (text.equals("f") || text.equals("false")) {
      return "0";
    }
    try {
      return new BigDecimal(text).setScale(0, RoundingMode.DOWN).toPlainString();
    } catch (NumberFormatException e) {
      return "0"; // what the reference runner prints for text in an integer column
    }
  }

  private static String real(String text) {
    try {
      return new BigDecimal(text).setScale(3, RoundingMode.HALF_EVEN).toPlainString();
    } catch (NumberFormatException e) {
      return text;
    }
  }

  private static String printable(String text) {
    if (text.isEmpty()) {
      return "(empty)";
    }
    StringBuilder shown = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      shown.append(c < ' ' || c > '~' ? '@' : c);
    }
    return shown.toString();
  }

  private static String md5(List<String> values) {
    try {
      MessageDigest digest = MessageDigest.getInstance("MD5");
      for (String value : values) {
        digest.update(value.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) '\n');
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has MD5", e);
    }
  }

  static String describe(SQLException e) {
    return "error " + e.getSQLState() + ": " + e.getMessage();
  }
}
