package org.facetdb.plugin.sample;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.facetdb.spi.index.IndexMethod;
import org.facetdb.spi.index.IndexShape;
import org.facetdb.spi.index.SearchClause;
import org.facetdb.testkit.IndexMethodContract;
import org.facetdb.testkit.TestType;

class TrigramContractTest extends IndexMethodContract {
  private static IndexShape shape(Map<String, String> options, IndexShape.Column... columns) {
    return new IndexShape("documents_body", "documents", List.of(columns), options);
  }

  private static final IndexShape.Column BODY = new IndexShape.Column("body", TestType.TEXT);

  @Override
  public List<IndexMethod> methods() {
    return List.of(new TrigramMethod(TestType.TEXT));
  }

  @Override
  public IndexShape shape() {
    return shape(Map.of(), BODY);
  }

  /** Few letters, one of them outside the basic plane, so that parts are found often. */
  private static String text(RandomGenerator random, int maxLength) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(maxLength + 1); i > 0; i--) {
      text.append(random.nextInt(12) == 0 ? "😀" : "abA".charAt(random.nextInt(3)));
    }
    return text.toString();
  }

  @Override
  public Object[] randomValues(RandomGenerator random) {
    return new Object[] {random.nextInt(10) == 0 ? null : text(random, 20)};
  }

  @Override
  public List<SearchClause> randomClauses(RandomGenerator random) {
    List<SearchClause> clauses = new ArrayList<>();
    for (int i = 1 + random.nextInt(2); i > 0; i--) {
      int column = random.nextBoolean() ? 0 : SearchClause.ALL_COLUMNS;
      clauses.add(new SearchClause(column, TrigramMethod.CONTAINS, text(random, 5)));
    }
    return clauses;
  }

  @Override
  public boolean matches(List<SearchClause> clauses, Object[] values) {
    String text = (String) values[0];
    return text != null && clauses.stream().allMatch(c -> text.contains((String) c.argument()));
  }

  @Override
  public List<IndexShape> refusedShapes() {
    return List.of(
        shape(Map.of(), BODY, BODY),
        shape(Map.of(), new IndexShape.Column("number", TestType.BIGINT)),
        shape(Map.of("letters", "4"), BODY));
  }
}
