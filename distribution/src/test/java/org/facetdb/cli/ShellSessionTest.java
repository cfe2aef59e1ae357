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
