package org.facetdb.cli.suite;

import io.trino.tpch.TpchColumn;
import io.trino.tpch.TpchColumnTypes;
import io.trino.tpch.TpchEntity;
import io.trino.tpch.TpchTable;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * TPC-H over JDBC: makes the tables with the folder's DDL, fills them from the generator, and
 * compares the queries with the folder's answers at scale 0.01.
 *
 * <p>Answers are compared as text, exactly, except in floating-point columns (relative 1e-9).
 */
public final class TpchSuite {
  /** Scale of the answers that the folder holds. */
  public static final double ANSWERS_SCALE = 0.01;

  private static final String FEATURE_NOT_SUPPORTED = "0A000";
  private static final int ROWS_PER_BATCH = 1_000;

  /** Parents before children. */
  private static final List<TpchTable<?>> TABLES =
      List.of(
          TpchTable.REGION,
          TpchTable.NATION,
          TpchTable.PART,
          TpchTable.SUPPLIER,
          TpchTable.PART_SUPPLIER,
          TpchTable.CUSTOMER,
          TpchTable.ORDERS,
          TpchTable.LINE_ITEM);

  private final Databases databases;
  private final Consumer<Outcome> sink;

  public TpchSuite(Databases databases, Consumer<Outcome> sink) {
    this.databases = databases;
    this.sink = sink;
  }

  /**
   * Runs the queries with these numbers. One that needs a feature which the database says it does
   * not have (0A000) is skipped with that reason: Q15 makes a view.
   *
   * @param folder holds {@code ddl-postgres.sql}, {@code sf001/queries} and {@code sf001/expected}
   * @param queries numbers from 1 to 22
   */
  public void run(Path folder, List<Integer> queries) throws IOException, SQLException {
    try (Connection connection = databases.connect("tpch")) {
      createTables(connection, folder.resolve("ddl-postgres.sql"));
      load(connection, ANSWERS_SCALE);
      for (int number : queries) {
        String name = "q%02d".formatted(number);
        sink.accept(
            query(
                connection,
                name,
                Files.readString(folder.resolve("sf001/queries/" + name + ".sql")),
                answers(folder.resolve("sf001/expected/" + name + ".csv"))));
      }
    }
  }

  /** Runs a DDL file whose statements end with a semicolon at the end of a line. */
  public static void createTables(Connection connection, Path ddl)
      throws IOException, SQLException {
    try (Statement jdbc = connection.createStatement()) {
      for (String sql : statements(Files.readString(ddl))) {
        jdbc.execute(sql);
      }
    }
  }

  /** Fills the eight tables from the generator, one transaction a table. */
  public static void load(Connection connection, double scale) throws SQLException {
    boolean autoCommit = connection.getAutoCommit();
    connection.setAutoCommit(false);
    for (TpchTable<?> table : TABLES) {
      load(connection, table, scale);
      connection.commit();
    }
    connection.setAutoCommit(autoCommit);
  }

  private static <E extends TpchEntity> void load(
      Connection connection, TpchTable<E> table, double scale) throws SQLException {
    List<TpchColumn<E>> columns = table.getColumns();
    String marks = String.join(", ", Collections.nCopies(columns.size(), "?"));
    String name = table == TpchTable.PART_SUPPLIER ? "partsupp" : table.getTableName();
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO " + name + " VALUES (" + marks + ")")) {
      int staged = 0;
      for (E row : table.createGenerator(scale, 1, 1)) {
        for (int c = 0; c < columns.size(); c++) {
          set(insert, c + 1, columns.get(c), row);
        }
        insert.addBatch();
        if (++staged == ROWS_PER_BATCH) {
          insert.executeBatch();
          staged = 0;
        }
      }
      if (staged > 0) {
        insert.executeBatch();
      }
    }
  }

  private static <E extends TpchEntity> void set(
      PreparedStatement insert, int index, TpchColumn<E> column, E row) throws SQLException {
    var type = column.getType();
    if (type.equals(TpchColumnTypes.INTEGER)) {
      insert.setInt(index, column.getInteger(row));
    } else if (type.equals(TpchColumnTypes.IDENTIFIER)) {
      insert.setInt(index, Math.toIntExact(column.getIdentifier(row)));
    } else if (type.equals(TpchColumnTypes.DOUBLE)) {
      insert.setBigDecimal(
          index, java.math.BigDecimal.valueOf(Math.round(column.getDouble(row) * 100), 2));
    } else if (type.equals(TpchColumnTypes.DATE)) {
      insert.setDate(index, Date.valueOf(LocalDate.ofEpochDay(column.getDate(row))));
    } else {
      insert.setString(index, column.getString(row));
    }
  }

  private static List<List<@Nullable String>> answers(Path file) throws IOException {
    CSVFormat format =
        CSVFormat.POSTGRESQL_CSV
            .builder()
            .setNullString("")
            .setSkipHeaderRecord(true)
            .setHeader()
            .get();
    List<List<@Nullable String>> rows = new ArrayList<>();
    try (Reader reader = Files.newBufferedReader(file);
        var parser = format.parse(reader)) {
      for (CSVRecord record : parser) {
        List<@Nullable String> row = new ArrayList<>();
        record.forEach(row::add);
        rows.add(row);
      }
    }
    return rows;
  }

  /** Runs the statements of one query file; one of them returns the rows that are compared. */
  private static Outcome query(
      Connection connection, String name, String text, List<List<@Nullable String>> expected) {
    Outcome outcome = Outcome.failed(name, "no statement returned rows");
    try (Statement jdbc = connection.createStatement()) {
      for (String sql : statements(text)) {
        if (jdbc.execute(sql)) {
          try (ResultSet rows = jdbc.getResultSet()) {
            outcome = compare(name, rows, expected);
          }
        }
      }
      return outcome;
    } catch (SQLException e) {
      String described = SqlLogicSuite.describe(e);
      return FEATURE_NOT_SUPPORTED.equals(e.getSQLState())
          ? Outcome.skipped(name, described)
          : Outcome.failed(name, described);
    }
  }

  private static List<String> statements(String text) {
    return Arrays.stream(text.split(";\\s*(\\n|$)")).filter(sql -> !sql.isBlank()).toList();
  }

  private static Outcome compare(String name, ResultSet rows, List<List<@Nullable String>> expected)
      throws SQLException {
    ResultSetMetaData metadata = rows.getMetaData();
    int at = 0;
    while (rows.next()) {
      if (at == expected.size()) {
        return Outcome.failed(name, "more rows than the " + expected.size() + " expected");
      }
      List<@Nullable String> wanted = expected.get(at++);
      for (int c = 1; c <= metadata.getColumnCount(); c++) {
        String actual = rows.getString(c);
        if (!same(wanted.get(c - 1), actual, metadata.getColumnType(c))) {
          return Outcome.failed(
              name,
              "row %d, column %s: expected %s, actual %s"
                  .formatted(at, metadata.getColumnLabel(c), wanted.get(c - 1), actual));
        }
      }
    }
    return at == expected.size()
        ? Outcome.passed(name)
        : Outcome.failed(name, at + " rows, " + expected.size() + " expected");
  }

  private static boolean same(@Nullable String expected, @Nullable String actual, int jdbcType) {
    if (expected == null || actual == null) {
      return expected == null && actual == null;
    }
    if (jdbcType == Types.DOUBLE || jdbcType == Types.REAL || jdbcType == Types.FLOAT) {
      double wanted = Double.parseDouble(expected);
      return Math.abs(wanted - Double.parseDouble(actual)) <= 1e-9 * Math.abs(wanted);
    }
    return expected.equals(actual);
  }
}
