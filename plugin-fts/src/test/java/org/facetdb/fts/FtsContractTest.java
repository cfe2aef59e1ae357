package org.facetdb.fts;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.facetdb.spi.index.IndexMethod;
import org.facetdb.spi.index.IndexShape;
import org.facetdb.spi.index.SearchClause;
import org.facetdb.testkit.IndexMethodContract;
import org.facetdb.testkit.TestType;
import org.jspecify.annotations.Nullable;

/** Both formats against words of a tiny language; scores are compared with the evaluator's. */
class FtsContractTest extends IndexMethodContract {
  private static final String[] WORDS = {"ab", "abc", "ba", "bac", "cab", "cc"};
  private static final String[] COLUMNS = {"title", "body"};

  private static IndexShape shape(TestColumns columns, Map<String, String> options) {
    return new IndexShape("docs_text", "docs", columns.list(), options);
  }

  private record TestColumns(List<IndexShape.Column> list) {
    static TestColumns text() {
      return new TestColumns(
          Arrays.stream(COLUMNS).map(c -> new IndexShape.Column(c, TestType.TEXT)).toList());
    }
  }

  @Override
  public List<IndexMethod> methods() {
    return Arrays.stream(FtsFormat.values()).map(Fixture::method).toList();
  }

  @Override
  public IndexShape shape() {
    return shape(TestColumns.text(), Map.of("analyzer", "standard"));
  }

  private static @Nullable String text(RandomGenerator random, int maxWords) {
    if (random.nextInt(8) == 0) {
      return null;
    }
    List<String> words = new ArrayList<>();
    for (int i = random.nextInt(maxWords + 1); i > 0; i--) {
      String word = word(random);
      words.add(random.nextInt(4) == 0 ? word.toUpperCase(java.util.Locale.ROOT) : word);
    }
    return String.join(random.nextBoolean() ? " " : ", ", words);
  }

  private static String word(RandomGenerator random) {
    return WORDS[random.nextInt(WORDS.length)];
  }

  @Override
  public @Nullable Object[] randomValues(RandomGenerator random) {
    return new @Nullable Object[] {text(random, 3), text(random, 8)};
  }

  /**
   * A query's parts are told apart by spaces; a phrase's words by a hyphen, where analysis cuts
   * too.
   */
  @Override
  public List<SearchClause> randomClauses(RandomGenerator random) {
    List<SearchClause> clauses = new ArrayList<>();
    for (int i = 1 + random.nextInt(4) / 3; i > 0; i--) {
      int column = random.nextInt(3) - 1;
      List<String> parts = new ArrayList<>();
      for (int k = 1 + random.nextInt(3); k > 0; k--) {
        parts.add(part(random, column == SearchClause.ALL_COLUMNS));
      }
      clauses.add(new SearchClause(column, "@@@", String.join(" ", parts)));
    }
    return clauses;
  }

  private static String part(RandomGenerator random, boolean mayNameColumn) {
    String occurs =
        switch (random.nextInt(6)) {
          case 0 -> "+";
          case 1 -> "-";
          default -> "";
        };
    String column = mayNameColumn && random.nextInt(3) == 0 ? COLUMNS[random.nextInt(2)] + ":" : "";
    String atom =
        switch (random.nextInt(5)) {
          case 0 -> word(random).charAt(0) + "*";
          case 1 -> "\"" + word(random) + "-" + word(random) + "\"";
          default -> word(random);
        };
    return occurs + column + atom;
  }

  @Override
  public boolean matches(List<SearchClause> clauses, @Nullable Object[] values) {
    return clauses.stream().allMatch(clause -> matches(clause, values));
  }

  private static boolean matches(SearchClause clause, @Nullable Object[] values) {
    boolean anyRequired = false;
    boolean anyOptional = false;
    for (String part : ((String) clause.argument()).split(" ")) {
      char occurs = part.charAt(0);
      String atom = occurs == '+' || occurs == '-' ? part.substring(1) : part;
      boolean found = found(atom, clause.column(), values);
      if (occurs == '-' && found || occurs == '+' && !found) {
        return false;
      }
      anyRequired |= occurs == '+';
      anyOptional |= occurs != '+' && occurs != '-' && found;
    }
    return anyRequired || anyOptional;
  }

  private static boolean found(String part, int clauseColumn, @Nullable Object[] values) {
    int colon = part.indexOf(':');
    String atom = part.substring(colon + 1);
    for (int column = 0; column < COLUMNS.length; column++) {
      boolean concerned =
          colon > 0
              ? part.startsWith(COLUMNS[column])
              : clauseColumn == SearchClause.ALL_COLUMNS || clauseColumn == column;
      if (concerned && values[column] != null && found(atom, (String) values[column])) {
        return true;
      }
    }
    return false;
  }

  private static boolean found(String atom, String text) {
    List<String> words = List.of(text.toLowerCase(java.util.Locale.ROOT).split("[, ]+"));
    if (atom.endsWith("*")) {
      return words.stream().anyMatch(w -> w.startsWith(atom.substring(0, atom.length() - 1)));
    }
    if (atom.startsWith("\"")) {
      String phrase = " " + atom.replace("\"", "").replace('-', ' ') + " ";
      return (" " + String.join(" ", words) + " ").contains(phrase);
    }
    return words.contains(atom);
  }

  @Override
  public List<List<SearchClause>> refusedClauses() {
    return List.of(
        List.of(new SearchClause(0, "@@@", "(ab")),
        List.of(new SearchClause(SearchClause.ALL_COLUMNS, "@@@", "\"ab")),
        List.of(new SearchClause(SearchClause.ALL_COLUMNS, "@@@", "absent:ab")));
  }

  @Override
  public List<IndexShape> refusedShapes() {
    return List.of(
        shape(TestColumns.text(), Map.of("analyzer", "klingon")),
        shape(TestColumns.text(), Map.of("stemming", "on")),
        shape(new TestColumns(List.of(new IndexShape.Column("n", TestType.BIGINT))), Map.of()));
  }
}
