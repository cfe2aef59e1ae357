package org.facetdb.testkit;

import java.util.List;
import java.util.random.RandomGenerator;
import org.facetdb.spi.index.IndexMethod;
import org.facetdb.spi.index.IndexShape;
import org.facetdb.spi.index.SearchClause;
import org.jspecify.annotations.Nullable;

/**
 * What a plug-in author gives: the index method, data and searches for it, and a naive reference.
 * Called by several threads at once. Values are canonical ones, null for null, one per column of
 * the shape; a small variety of values and clauses finds more than a large one, because rows then
 * match often and versions resemble each other.
 */
public interface IndexFixture {
  /** The versions of one method, oldest first, at least one; they may differ in their format. */
  List<IndexMethod> methods();

  /** An index that the methods accept. */
  IndexShape shape();

  /** Values for a row. */
  @Nullable Object[] randomValues(RandomGenerator random);

  /** Clauses that parse, at least one. */
  List<SearchClause> randomClauses(RandomGenerator random);

  /** Whether a row satisfies all clauses, computed in the plainest way. */
  boolean matches(List<SearchClause> clauses, @Nullable Object[] values);

  /** The score of a row that matches; NaN where it depends on more than the row's values. */
  default double score(List<SearchClause> clauses, @Nullable Object[] values) {
    return Double.NaN;
  }

  /** Searches that must be refused because an argument doesn't parse. */
  default List<List<SearchClause>> refusedClauses() {
    return List.of();
  }

  /** Shapes that must be refused: a column of a wrong type, an unknown option. */
  default List<IndexShape> refusedShapes() {
    return List.of();
  }
}
