package org.facetdb.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLSyntaxErrorException;
import java.sql.SQLTransactionRollbackException;
import org.facetdb.spi.DatabaseException;
import org.junit.jupiter.api.Test;

class SqlErrorsTest {
  private static DatabaseException at(int position) {
    return DatabaseException.user("42601", "syntax error at or near \"x\"").withPosition(position);
  }

  @Test
  void aCaretStandsUnderThePlace() {
    SQLException error = SqlErrors.of(at(8), "SELECT x", 0);
    assertEquals(
        """
        syntax error at or near "x" (line 1, column 8)
        LINE 1: SELECT x
                       ^\
        """,
        error.getMessage());
    assertEquals("42601", error.getSQLState());
  }

  @Test
  void theLineIsThatOfTheWholeScript() {
    String script = "SELECT 1;\n\n  SELECT\n    x FROM t";
    int offset = script.indexOf("SELECT\n");
    SQLException error = SqlErrors.of(at(script.indexOf("x ") - offset + 1), script, offset);
    assertEquals(
        """
        syntax error at or near "x" (line 4, column 5)
        LINE 4:     x FROM t
                    ^\
        """,
        error.getMessage());
  }

  @Test
  void aPlaceAtTheEndIsShownBehindTheText() {
    SQLException error = SqlErrors.of(at(7), "SELECT", 0);
    assertTrue(error.getMessage().endsWith("LINE 1: SELECT\n              ^"), error.getMessage());
  }

  @Test
  void aLongLineIsCutAroundThePlace() {
    String script = "SELECT " + "a, ".repeat(100) + "x, " + "b, ".repeat(100);
    String[] lines = SqlErrors.of(at(script.indexOf('x') + 1), script, 0).getMessage().split("\n");
    assertTrue(lines[1].startsWith("LINE 1: ...") && lines[1].endsWith("..."), lines[1]);
    assertEquals('x', lines[1].charAt(lines[2].indexOf('^')));
    assertTrue(lines[1].length() < 100, lines[1]);
  }

  @Test
  void detailAndHintFollow() {
    DatabaseException failure =
        DatabaseException.user("23505", "duplicate key").withDetail("Key (id)=(1) exists.");
    SQLException error = SqlErrors.of(failure.withHint("Choose another."), "INSERT", 0);
    assertEquals(
        "duplicate key\nDETAIL: Key (id)=(1) exists.\nHINT: Choose another.", error.getMessage());
  }

  @Test
  void theClassFollowsTheState() {
    assertInstanceOf(SQLDataException.class, SqlErrors.create("m", "22012"));
    assertInstanceOf(SQLSyntaxErrorException.class, SqlErrors.create("m", "42703"));
    assertInstanceOf(SQLTransactionRollbackException.class, SqlErrors.create("m", "40001"));
    assertInstanceOf(
        SQLIntegrityConstraintViolationException.class, SqlErrors.create("m", "23503"));
    assertInstanceOf(SQLFeatureNotSupportedException.class, SqlErrors.unsupported("x"));
    assertEquals(SQLException.class, SqlErrors.create("m", "55006").getClass());
  }
}
