package org.facetdb.cli.plugins;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;

/** Compares an index at rest with its table and with what was acknowledged. Used by one thread. */
final class SwapComparison {
  private static final int QUERIES = 12;
  private static final int TOKENS_AT_ONCE = 200;
  private static final int TOKENS_ALONE = 500;

  private final Statement statement;
  private final SwapFacts facts;
  private final SplittableRandom random;

  SwapComparison(Statement statement, SwapFacts facts, SplittableRandom random) {
    this.statement = statement;
    this.facts = facts;
    this.random = random;
  }

  private TreeSet<Long> ids(String condition) throws SQLException {
    TreeSet<Long> ids = new TreeSet<>();
    int rows = 0;
    try (ResultSet found = statement.executeQuery("SELECT id FROM docs WHERE " + condition)) {
      while (found.next()) {
        ids.add(found.getLong(1));
        rows++;
      }
    }
    assertEquals(ids.size(), rows, "a row was found twice: " + condition);
    return ids;
  }

  private String plan(String condition) throws SQLException {
    StringBuilder plan = new StringBuilder();
    try (ResultSet lines =
        statement.executeQuery("EXPLAIN SELECT id FROM docs WHERE " + condition)) {
      while (lines.next()) {
        plan.append(lines.getString(1)).append('\n');
      }
    }
    return plan.toString();
  }

  private List<String> queries() {
    List<String> queries = new ArrayList<>();
    for (int i = 0; i < QUERIES; i++) {
      String word = SwapWriter.word(random);
      String topic = "topic" + random.nextInt(facts.topics());
      queries.add(
          switch (i % 4) {
            case 0 -> word;
            case 1 -> topic;
            case 2 -> "+" + topic + " +" + word;
            default -> "\"" + word + " " + SwapWriter.word(random) + "\"";
          });
    }
    return queries;
  }

  void indexEqualsScan() throws SQLException {
    for (String query : queries()) {
      String search = "docs @@@ '" + query + "'";
      // No index search can answer it, so each row is evaluated by itself.
      String evaluation = search + " OR id < 0";
      assertTrue(plan(search).contains("Index Search"), plan(search));
      assertTrue(plan(evaluation).contains("Table Scan"), plan(evaluation));
      assertEquals(ids(evaluation), ids(search), query);
    }
  }

  void everyTokenIsFound() throws SQLException {
    TreeSet<Long> rows = new TreeSet<>();
    List<Integer> present = new ArrayList<>();
    for (int id = 1; id <= facts.rows(); id++) {
      assertTrue(facts.token(id) >= 0, "a change of row " + id + " was never acknowledged");
      if (facts.token(id) > 0) {
        rows.add((long) id);
        present.add(id);
      }
    }
    assertFalse(present.isEmpty());
    assertEquals(rows, ids("id > 0"), "rows of the table");
    for (int from = 0; from < present.size(); from += TOKENS_AT_ONCE) {
      List<Integer> some = present.subList(from, Math.min(present.size(), from + TOKENS_AT_ONCE));
      TreeSet<Long> expected = new TreeSet<>();
      some.forEach(id -> expected.add((long) id));
      assertEquals(expected, ids(search(some.stream().mapToLong(facts::token).toArray())));
    }
    for (int i = 0; i < Math.min(TOKENS_ALONE, present.size()); i++) {
      int id = present.get(random.nextInt(present.size()));
      assertEquals(List.of((long) id), List.copyOf(ids(search(facts.token(id)))));
    }
    long[] retired = facts.retired();
    for (int from = 0; from < retired.length; from += TOKENS_AT_ONCE) {
      int to = Math.min(retired.length, from + TOKENS_AT_ONCE);
      assertEquals(new TreeSet<Long>(), ids(search(Arrays.copyOfRange(retired, from, to))));
    }
  }

  private static String search(long... tokens) {
    StringBuilder words = new StringBuilder();
    Arrays.stream(tokens).forEach(token -> words.append(" tok").append(token));
    return "docs @@@ '" + words.substring(1) + "'";
  }
}
