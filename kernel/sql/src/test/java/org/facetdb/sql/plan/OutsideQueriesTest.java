package org.facetdb.sql.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.Result;
import org.facetdb.sql.SqlDatabase;
import org.facetdb.sql.SqlOptions;
import org.facetdb.sql.SqlSession;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Stores;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A random share of the outside sqllogictest files: all statements, and so many of the queries as
 * {@code -Dfacetdb.slt.share} says (one in so many, 20 by default). The whole files are for the
 * distribution's suite.
 */
class OutsideQueriesTest {
  private static Path data(String file) {
    for (Path dir = Path.of("").toAbsolutePath(); dir != null; dir = dir.getParent()) {
      Path data = dir.resolveSibling("shared").resolve("data/sqllogictest").resolve(file);
      if (Files.exists(data)) {
        return data;
      }
    }
    String property = System.getProperty("facetdb.testdata", "");
    Path data = Path.of(property, "sqllogictest", file);
    Assumptions.assumeTrue(!property.isEmpty() && Files.exists(data), "no outside data: " + file);
    return data;
  }

  @ParameterizedTest
  @ValueSource(strings = {"select1.test", "select2.test", "select3.test"})
  void answersAreThoseOfTheFile(String file) throws Exception {
    List<String> lines = Files.readAllLines(data(file));
    long seed = Long.getLong("facetdb.seed", System.nanoTime());
    int share = Integer.getInteger("facetdb.slt.share", 20);
    System.out.println("replay: -Dfacetdb.seed=" + seed + " file=" + file);
    SplittableRandom random = new SplittableRandom(seed);
    int queries = 0;
    try (Store store = Stores.openInMemory(StoreOptions.defaults());
        SqlSession session = SqlDatabase.open(store, SqlOptions.defaults("slt")).session("slt")) {
      int at = 0;
      while (at < lines.size()) {
        String head = lines.get(at++);
        if (!head.startsWith("statement") && !head.startsWith("query")) {
          continue;
        }
        StringBuilder sql = new StringBuilder();
        while (at < lines.size() && !lines.get(at).isBlank() && !lines.get(at).equals("----")) {
          sql.append(lines.get(at++)).append('\n');
        }
        List<String> expected = new ArrayList<>();
        while (at < lines.size() && !lines.get(at).isBlank()) {
          expected.add(lines.get(at++));
        }
        if (head.startsWith("statement")) {
          session.execute(sql.toString()).close();
        } else if (random.nextInt(share) == 0) {
          queries++;
          expected.removeFirst();
          assertEquals(expected, answer(session, sql.toString(), head, expected), sql.toString());
        }
      }
    }
    assertTrue(queries > 0, "queries run: " + queries);
  }

  private static List<String> answer(
      SqlSession session, String sql, String head, List<String> expected) throws Exception {
    String[] words = head.split("\\s+");
    List<List<String>> rows = new ArrayList<>();
    try (Result result = session.execute(sql)) {
      Batch batch;
      while ((batch = result.nextBatch()) != null) {
        for (int i = 0; i < batch.selectedCount(); i++) {
          List<String> row = new ArrayList<>();
          for (int c = 0; c < batch.columns().length; c++) {
            row.add(cell(batch.column(c), batch.rows()[i], words[1].charAt(c)));
          }
          rows.add(row);
        }
      }
    }
    if (words[2].equals("rowsort")) {
      rows.sort(Comparator.comparing(row -> String.join("\0", row)));
    }
    List<String> values = new ArrayList<>();
    rows.forEach(values::addAll);
    if (words[2].equals("valuesort")) {
      Collections.sort(values);
    }
    return expected.size() == 1 && expected.getFirst().contains(" values hashing to ")
        ? List.of(values.size() + " values hashing to " + hash(values))
        : values;
  }

  private static String cell(Vector vector, int row, char type) {
    if (vector.isNull(row)) {
      return "NULL";
    }
    Object value = vector.valueAt(row);
    return switch (type) {
      case 'I' -> String.valueOf(((Number) value).longValue());
      case 'R' -> String.format(Locale.ROOT, "%.3f", ((Number) value).doubleValue());
      default -> value.toString().isEmpty() ? "(empty)" : value.toString();
    };
  }

  private static String hash(List<String> values) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("MD5");
    for (String value : values) {
      digest.update((value + "\n").getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
