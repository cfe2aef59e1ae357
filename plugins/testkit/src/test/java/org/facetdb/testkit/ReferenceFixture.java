package org.facetdb.testkit;

import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.facetdb.spi.index.IndexMethod;
import org.facetdb.spi.index.IndexShape;
import org.facetdb.spi.index.SearchClause;

/** Short texts over three letters, some of them null. */
final class ReferenceFixture {
  private ReferenceFixture() {}

  static IndexFixture with(Fault fault) {
    return new IndexFixture() {
      @Override
      public List<IndexMethod> methods() {
        return ReferenceFixture.methods(fault);
      }

      @Override
      public IndexShape shape() {
        return ReferenceFixture.shape();
      }

      @Override
      public Object[] randomValues(RandomGenerator random) {
        return new Object[] {random.nextInt(10) == 0 ? null : text(random, 6)};
      }

      @Override
      public List<SearchClause> randomClauses(RandomGenerator random) {
        return ReferenceFixture.clauses(random);
      }

      @Override
      public boolean matches(List<SearchClause> clauses, Object[] values) {
        return ReferenceView.matches(clauses, (String) values[0]);
      }

      @Override
      public double score(List<SearchClause> clauses, Object[] values) {
        return ReferenceView.score((String) values[0]);
      }

      @Override
      public List<List<SearchClause>> refusedClauses() {
        return List.of(List.of(new SearchClause(0, ReferenceMethod.OPERATOR, "(")));
      }

      @Override
      public List<IndexShape> refusedShapes() {
        return List.of(
            new IndexShape(
                "i", "t", List.of(new IndexShape.Column("n", TestType.BIGINT)), Map.of()));
      }
    };
  }

  static List<IndexMethod> methods(Fault fault) {
    return List.of(new ReferenceMethod(1, fault), new ReferenceMethod(2, fault));
  }

  static IndexShape shape() {
    return new IndexShape(
        "i", "t", List.of(new IndexShape.Column("body", TestType.TEXT)), Map.of());
  }

  static List<SearchClause> clauses(RandomGenerator random) {
    SearchClause first = new SearchClause(0, ReferenceMethod.OPERATOR, text(random, 2));
    return random.nextBoolean()
        ? List.of(first)
        : List.of(first, new SearchClause(0, ReferenceMethod.OPERATOR, text(random, 2)));
  }

  private static String text(RandomGenerator random, int maxLength) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(maxLength + 1); i > 0; i--) {
      text.append((char) ('a' + random.nextInt(3)));
    }
    return text.toString();
  }
}
