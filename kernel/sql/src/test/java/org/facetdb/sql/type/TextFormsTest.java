package org.facetdb.sql.type;

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
import org.facetdb.spi.type.Vector;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Text forms in and out, with the answers of PostgreSQL 15. */
class TextFormsTest {
  static Stream<String> cases() throws IOException {
    try (var in =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(TextFormsTest.class.getResourceAsStream("inputs.tsv")),
                StandardCharsets.UTF_8))) {
      List<String> lines = in.lines().toList();
      assertTrue(lines.size() > 150, "the table was read");
      return lines.stream();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void readsAndShowsAsPostgres(String line) {
    String[] fields = line.split("\t", -1);
    SqlType type = Objects.requireNonNull(TypeNames.parse(fields[0]));
    assertEquals(fields[2], shown(type, fields[1]), line);
  }

  private static String shown(SqlType type, String text) {
    try {
      Vector vector = Vector.create(type, 1);
      type.parseInto(text, vector, 0);
      String shown = Objects.requireNonNull(type.formatAt(vector, 0));
      // What is shown reads back as the same value.
      assertEquals(shown, type.format(type.parse(shown)));
      return shown;
    } catch (DatabaseException e) {
      return "!" + e.sqlState() + ": " + e.getMessage();
    }
  }
}
