package org.facetdb.parser;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Statements that were not written for this project parse, where they are at hand. */
class OutsideStatementsTest {
  private static Path data(String folder) {
    for (Path dir = Path.of("").toAbsolutePath(); dir != null; dir = dir.getParent()) {
      Path data = dir.resolveSibling("shared").resolve("data").resolve(folder);
      if (Files.exists(data)) {
        return data;
      }
    }
    String property = System.getProperty("facetdb.testdata", "");
    Path data = Path.of(property, folder);
    Assumptions.assumeTrue(!property.isEmpty() && Files.exists(data), "no outside data: " + folder);
    return data;
  }

  @ParameterizedTest
  @ValueSource(strings = {"select1", "select2", "select3"})
  void sqllogictestFilesParse(String name) throws IOException {
    List<String> statements = new ArrayList<>();
    StringBuilder current = null;
    for (String line : Files.readAllLines(data("sqllogictest").resolve(name + ".test"))) {
      if (line.startsWith("statement") || line.startsWith("query")) {
        current = new StringBuilder();
      } else if (current != null && (line.isBlank() || line.startsWith("----"))) {
        statements.add(current.toString());
        current = null;
      } else if (current != null) {
        current.append(line).append('\n');
      }
    }
    assertTrue(statements.size() > 1000, "statements found: " + statements.size());
    statements.forEach(OutsideStatementsTest::parse);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ddl", "queries"})
  void tpchParses(String kind) throws IOException {
    int count = 0;
    try (var files = Files.walk(data("tpch"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".sql")).toList()) {
        boolean ddl = !file.getFileName().toString().matches("q?[0-9]+\\.sql");
        if (ddl == kind.equals("ddl")) {
          for (StatementText statement : SqlParsing.split(Files.readString(file))) {
            parse(statement.sql());
            count++;
          }
        }
      }
    }
    assertTrue(count >= (kind.equals("ddl") ? 8 : 22), "statements found: " + count);
  }

  private static void parse(String sql) {
    try {
      SqlParsing.parse(sql);
    } catch (SqlSyntaxException e) {
      fail(e.getMessage() + "\n" + e.render(sql));
    }
  }
}
