package org.facetdb.jdbc;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.function.Executable;

/** A fresh database in memory for each test. */
abstract class JdbcTest {
  private static final AtomicInteger DATABASES = new AtomicInteger();

  String url;
  Connection connection;

  @BeforeEach
  void connect() throws SQLException {
    url = "jdbc:facetdb:mem:test" + DATABASES.incrementAndGet();
    connection = DriverManager.getConnection(url);
  }

  @AfterEach
  void disconnect() throws SQLException {
    connection.close();
  }

  void execute(String... statements) throws SQLException {
    try (Statement jdbc = connection.createStatement()) {
      for (String sql : statements) {
        jdbc.execute(sql);
      }
    }
  }

  /** All values as text, row by row. */
  List<List<String>> rows(String sql) throws SQLException {
    try (Statement jdbc = connection.createStatement();
        ResultSet rows = jdbc.executeQuery(sql)) {
      return rows(rows);
    }
  }

  static List<List<String>> rows(ResultSet rows) throws SQLException {
    List<List<String>> all = new ArrayList<>();
    while (rows.next()) {
      List<String> row = new ArrayList<>();
      for (int c = 1; c <= rows.getMetaData().getColumnCount(); c++) {
        row.add(rows.getString(c));
      }
      all.add(row);
    }
    return all;
  }

  static SQLException assertState(String state, Executable action) {
    SQLException failure = assertThrows(SQLException.class, action);
    Assertions.assertEquals(state, failure.getSQLState(), failure.getMessage());
    return failure;
  }
}
