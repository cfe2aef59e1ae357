package org.facetdb.parser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlParsingTest {
  @Test
  void splitKeepsOffsetsAndLeavesEmptyStatementsOut() {
    String script =
        " SELECT 1 ;;\n-- a;b\n/* ; /* ; */ ; */ SELECT 'a;b' , \"c;d\"; \n ; SELECT $$;$$";
    List<StatementText> parts = SqlParsing.split(script);
    assertEquals(
        List.of("SELECT 1", "SELECT 'a;b' , \"c;d\"", "SELECT $$;$$"),
        parts.stream().map(StatementText::sql).toList());
    for (StatementText part : parts) {
      assertTrue(script.startsWith(part.sql(), part.offset()), part.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"SELECT 1; SELECT 'a; b", "SELECT 1; SELECT $$ ; x", "SELECT 1; SELECT \"a; b"})
  void splitGivesAnOpenTokenToTheLastStatement(String script) {
    List<StatementText> parts = SqlParsing.split(script);
    assertEquals(2, parts.size());
    assertEquals(script.substring(10), parts.getLast().sql());
    var e = assertThrows(SqlSyntaxException.class, () -> SqlParsing.parse(parts.getLast().sql()));
    assertEquals("42601", e.sqlState());
  }

  @Test
  void splitGoesOnBehindACharacterThatNoTokenBeginsWith() {
    assertEquals(
        List.of("SELECT \\", "SELECT 123abc", "SELECT 2"),
        SqlParsing.split("SELECT \\; SELECT 123abc; SELECT 2").stream()
            .map(StatementText::sql)
            .toList());
  }

  @Test
  void splitOfATextWithoutTokensIsEmpty() {
    assertEquals(List.of(), SqlParsing.split(" -- nothing\n /* here */ ;"));
  }

  @Test
  void errorNamesLineAndColumnAndDrawsACaret() {
    String sql = "SELECT a,\n  b FROM\n  t WHER x = 'é' y";
    var e = assertThrows(SqlSyntaxException.class, () -> SqlParsing.parse(sql));
    assertEquals("syntax error at or near \"x\"", e.getMessage());
    assertEquals(3, e.line());
    assertEquals(10, e.column());
    assertEquals(sql.indexOf("x ="), e.offset());
    assertEquals("LINE 3:   t WHER x = 'é' y\n                 ^", e.render(sql));
  }

  @Test
  void caretIsPlacedByCharactersNotByUtf16Units() {
    String sql = "SELECT '𝄞𝄞' 1";
    var e = assertThrows(SqlSyntaxException.class, () -> SqlParsing.parse(sql));
    assertEquals(13, e.column());
    assertEquals("LINE 1: SELECT '𝄞𝄞' 1\n" + " ".repeat(8 + 12) + "^", e.render(sql));
  }

  @Test
  void caretOfALongLineIsShownWithItsSurroundings() {
    String sql = "SELECT " + "a, ".repeat(500) + "b c d FROM t" + " ".repeat(500);
    var e = assertThrows(SqlSyntaxException.class, () -> SqlParsing.parse(sql));
    String[] lines = e.render(sql).split("\n");
    assertTrue(lines[0].length() < 150, lines[0]);
    assertEquals('d', lines[0].charAt(lines[1].indexOf('^')));
  }

  @Test
  void emptyTextIsAnErrorAtItsEnd() {
    var e = assertThrows(SqlSyntaxException.class, () -> SqlParsing.parse("  -- nothing\n"));
    assertEquals("syntax error at end of input", e.getMessage());
    assertEquals("42601", e.sqlState());
  }

  @Test
  void expressionAloneParses() {
    assertEquals("(> a (+ b 1))", TreeText.of(SqlParsing.parseExpression("a > b + 1")));
    assertThrows(SqlSyntaxException.class, () -> SqlParsing.parseExpression("a > b, c"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(|)|1",
        "[|]|a",
        "- |  |1",
        "NOT | |a",
        "(SELECT |)|1",
        "CASE WHEN true THEN | END|1",
        "f(|)|1",
        "EXISTS (SELECT |)|1",
        "a IN (SELECT |)|1",
        "@ ||1",
        "(SELECT x FROM (SELECT 1 AS x WHERE |) AS t)|true"
      })
  void nestingWithoutEndIsAnErrorAndNoOverflow(String parts) {
    String[] part = parts.split("\\|");
    boolean array = part[0].equals("[");
    for (int depth : new int[] {2_000, 50_000}) {
      String sql =
          "SELECT "
              + (array ? "ARRAY" : "")
              + part[0].repeat(depth)
              + part[2]
              + part[1].repeat(depth);
      var e = assertThrows(SqlSyntaxException.class, () -> SqlParsing.parse(sql), parts);
      assertTrue(e.sqlState().equals("54001") || array, e.sqlState() + " " + e.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a + ", "a || ", "1::int + ", "SELECT 1 UNION ", "a = 1 IS NULL AND b <-> "})
  void longChainsAreAnErrorAndNoOverflow(String link) {
    String last = link.startsWith("SELECT") ? "SELECT 1" : "a";
    String start = link.startsWith("SELECT") ? "" : "SELECT ";
    String sql = start + link.repeat(20_000) + last;
    if (link.contains("AND")) {
      SqlParsing.parse(sql);
    } else {
      var e = assertThrows(SqlSyntaxException.class, () -> SqlParsing.parse(sql));
      assertEquals("54001", e.sqlState());
    }
  }

  @Test
  void nestingIsRefusedOnASmallStackToo() throws InterruptedException, ExecutionException {
    String sql = "SELECT " + "(".repeat(450) + "1" + ")".repeat(450);
    FutureTask<String> task =
        new FutureTask<>(
            () -> {
              try {
                SqlParsing.parse(sql);
                return "parsed";
              } catch (SqlSyntaxException e) {
                return e.sqlState();
              }
            });
    Thread thread = new Thread(null, task, "small stack", 200 * 1024);
    thread.start();
    assertTrue(List.of("54001", "parsed").contains(task.get()), task.get());
    assertEquals("(SELECT [1])", TreeText.of(SqlParsing.parse(sql)));
  }

  @Test
  void generatedFiltersWithManyTermsParse() {
    String terms =
        IntStream.range(0, 50_000).mapToObj(i -> "a = " + i).collect(Collectors.joining(" OR "));
    SqlParsing.parse("SELECT * FROM t WHERE " + terms);
    String values =
        IntStream.range(0, 50_000).mapToObj(i -> "(" + i + ")").collect(Collectors.joining(","));
    SqlParsing.parse("INSERT INTO t VALUES " + values);
  }

  @Test
  void statementTooLongIsRefusedBeforeItIsRead() {
    String sql = "SELECT 1" + " ".repeat(64 << 20);
    var e = assertThrows(SqlSyntaxException.class, () -> SqlParsing.parse(sql));
    assertEquals("54001", e.sqlState());
  }

  @Test
  void everyNonReservedWordIsANameAndEveryReservedWordAnAlias() {
    for (String word :
        List.of(
            "abort",
            "action",
            "begin",
            "by",
            "cascade",
            "commit",
            "copy",
            "data",
            "day",
            "delete",
            "drop",
            "exists",
            "explain",
            "extract",
            "filter",
            "first",
            "if",
            "index",
            "insert",
            "key",
            "last",
            "level",
            "local",
            "name",
            "no",
            "of",
            "over",
            "partition",
            "position",
            "range",
            "read",
            "release",
            "replace",
            "reset",
            "rollback",
            "row",
            "rows",
            "sequence",
            "session",
            "set",
            "show",
            "start",
            "substring",
            "time",
            "transaction",
            "trim",
            "truncate",
            "update",
            "value",
            "work",
            "write",
            "year",
            "zone")) {
      String tree = "(SELECT [" + word + "] FROM " + word + ")";
      assertEquals(tree, TreeText.of(SqlParsing.parse("SELECT " + word + " FROM " + word)), word);
      SqlParsing.parse("CREATE TABLE " + word + " (" + word + " int, b int)");
      SqlParsing.parse("UPDATE " + word + " SET " + word + " = 1 WHERE " + word + " = 2");
      SqlParsing.parse("INSERT INTO " + word + " (" + word + ") VALUES (1)");
      SqlParsing.parse("SELECT a." + word + " FROM t AS a ORDER BY " + word);
    }
    for (String word : List.of("select", "table", "user", "end", "order", "to", "with")) {
      assertThrows(
          SqlSyntaxException.class, () -> SqlParsing.parse("CREATE TABLE " + word + " (a int)"));
      SqlParsing.parse("SELECT 1 AS " + word + ", t." + word + " FROM t");
    }
  }
}
