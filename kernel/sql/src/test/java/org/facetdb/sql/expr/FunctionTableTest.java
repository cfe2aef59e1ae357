package org.facetdb.sql.expr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.type.SqlType;
import org.facetdb.sql.type.TypeKind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Calls of functions, operators and casts with the answers of PostgreSQL 15. */
class FunctionTableTest {
  private static final CallReader READER = new CallReader();

  static Stream<String> cases() throws IOException {
    try (var in =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    FunctionTableTest.class.getResourceAsStream("functions.tsv")),
                StandardCharsets.UTF_8))) {
      List<String> lines = in.lines().toList();
      assertTrue(lines.size() > 300, "the table was read");
      return lines.stream();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void answersAsPostgres(String line) {
    String[] fields = line.split("\t");
    assertEquals(
        fields.length == 2 ? fields[1] : fields[1] + " " + fields[2], answer(fields[0]), fields[0]);
  }

  private String answer(String call) {
    try {
      CompiledExpression expression = READER.read(call);
      Batch batch = new Batch(new Vector[0], 1);
      Vector result = expression.evaluate(batch, ExecutionContext.builder().build());
      SqlType type = expression.type();
      String name = type.kind() == TypeKind.CHAR ? "character" : type.base().name();
      return text(result, type).replace("\\", "\\\\").replace("\n", "\\n") + " " + name;
    } catch (DatabaseException e) {
      return "!" + e.sqlState() + ": " + e.getMessage();
    }
  }

  private static String text(Vector result, SqlType type) {
    if (result.isNull(0)) {
      return "(null)";
    }
    Object value = Objects.requireNonNull(result.valueAt(0));
    return switch (type.kind()) {
      case BOOLEAN -> value.toString();
      case CHAR -> value.toString().stripTrailing();
      default -> type.format(value);
    };
  }
}
