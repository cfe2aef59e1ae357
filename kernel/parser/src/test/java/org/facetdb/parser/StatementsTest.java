package org.facetdb.parser;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Statements and the trees or errors that they give, from {@code statements.txt}. A new statement
 * is added without its answer, which {@code -Dfacetdb.golden=write} then adds.
 */
class StatementsTest {
  private static final Path FILE =
      Path.of("src/test/resources/org/facetdb/parser/statements.txt").toAbsolutePath();

  private record Case(int line, String sql, String expected) {}

  @TestFactory
  Stream<DynamicTest> statementsGiveTheirTreesOrErrors() throws IOException {
    List<String> lines = Files.readAllLines(FILE);
    if ("write".equals(System.getProperty("facetdb.golden"))) {
      rewrite(lines);
      lines = Files.readAllLines(FILE);
    }
    List<Case> cases = cases(lines);
    return cases.stream().map(c -> DynamicTest.dynamicTest(c.line + ": " + c.sql, () -> check(c)));
  }

  private static void check(Case c) {
    assertEquals(c.expected, answer(c.sql), c.sql);
  }

  private static String answer(String sql) {
    try {
      return "=> " + TreeText.of(SqlParsing.parse(sql)).replace("\n", "\\n");
    } catch (SqlSyntaxException e) {
      return "!! %s %d:%d %s"
          .formatted(e.sqlState(), e.line(), e.column(), e.getMessage())
          .replace("\n", "\\n");
    }
  }

  /** A statement is a line and the indented lines below it. */
  private static List<Case> cases(List<String> lines) {
    List<Case> cases = new ArrayList<>();
    StringBuilder sql = new StringBuilder();
    int start = 0;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.startsWith("=> ") || line.startsWith("!! ")) {
        cases.add(new Case(start, sql.toString(), line));
        sql.setLength(0);
      } else if (!line.isBlank() && !line.startsWith("#")) {
        start = sql.isEmpty() ? i + 1 : start;
        sql.append(sql.isEmpty() ? "" : "\n").append(line);
      }
    }
    assertEquals("", sql.toString(), "a statement without its answer");
    return cases;
  }

  private static void rewrite(List<String> lines) throws IOException {
    List<String> out = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.startsWith("=> ") || line.startsWith("!! ")) {
        continue;
      }
      out.add(line);
      if (!line.isBlank() && !line.startsWith("#")) {
        StringBuilder sql = new StringBuilder(line);
        while (i + 1 < lines.size() && lines.get(i + 1).startsWith("  ")) {
          i++;
          out.add(lines.get(i));
          sql.append('\n').append(lines.get(i));
        }
        out.add(answer(sql.toString()));
      }
    }
    Files.write(FILE, out);
  }
}
