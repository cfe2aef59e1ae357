package org.facetdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShellSessionTest {
  /** What a session prints of its input and at its end. */
  private static List<String> shown(String... lines) throws SQLException {
    StringWriter shown = new StringWriter();
    try (Connection connection = DriverManager.getConnection("jdbc:facetdb:mem:shell-session");
        PrintWriter out = new PrintWriter(shown)) {
      ShellSession session = new ShellSession(connection, out, out, ResultFormat.CSV);
      for (String line : lines) {
        session.accept(line);
      }
      session.finish();
      session.end();
    }
    return shown.toString().lines().toList();
  }

  @Test
  void aTransactionThatTheInputLeavesOpenIsSpokenOf() throws SQLException {
    String warning = "WARNING: the input ended inside a transaction, which was rolled back";
    assertEquals(List.of("BEGIN", warning), shown("begin;"));
    assertEquals(
        List.of("START TRANSACTION", "SAVEPOINT", "ROLLBACK", warning),
        shown("start transaction; savepoint s; rollback to s"));
    List<String> failed = shown("begin; select 1/0;");
    assertEquals("BEGIN", failed.getFirst());
    assertEquals(warning, failed.getLast());
    assertEquals(List.of("BEGIN", "COMMIT"), shown("begin; commit;"));
    assertEquals(List.of("BEGIN", "ROLLBACK"), shown("begin; abort"));
    assertEquals(List.of("a", "1"), shown("select 1 as a"));
  }

  @Test
  void aTablesTypesAreShownAsDeclared() throws SQLException {
    StringWriter shown = new StringWriter();
    try (Connection connection = DriverManager.getConnection("jdbc:facetdb:mem:described");
        PrintWriter out = new PrintWriter(shown)) {
      ShellSession session = new ShellSession(connection, out, out, ResultFormat.TABLE);
      session.accept(
          "create table t (a numeric(10,2) not null, b varchar(20), c char(3), d numeric(5),"
              + " e numeric, f varchar, g text, h integer, i char);");
      session.accept("\\d t");
    }
    assertEquals(
        List.of(
            "CREATE TABLE",
            "  a  numeric(10,2) not null",
            "  b  character varying(20)",
            "  c  character(3)",
            "  d  numeric(5,0)",
            "  e  numeric",
            "  f  character varying",
            "  g  text",
            "  h  integer",
            "  i  character(1)"),
        shown.toString().lines().toList());
  }
}
