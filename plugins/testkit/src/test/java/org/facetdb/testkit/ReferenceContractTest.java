package org.facetdb.testkit;

import java.util.List;
import java.util.random.RandomGenerator;
import org.facetdb.spi.index.IndexMethod;
import org.facetdb.spi.index.IndexShape;
import org.facetdb.spi.index.SearchClause;

/** A method without faults passes. */
class ReferenceContractTest extends IndexMethodContract {
  private final IndexFixture fixture = ReferenceFixture.with(null);

  @Override
  public List<IndexMethod> methods() {
    return fixture.methods();
  }

  @Override
  public IndexShape shape() {
    return fixture.shape();
  }

  @Override
  public Object[] randomValues(RandomGenerator random) {
    return fixture.randomValues(random);
  }

  @Override
  public List<SearchClause> randomClauses(RandomGenerator random) {
    return fixture.randomClauses(random);
  }

  @Override
  public boolean matches(List<SearchClause> clauses, Object[] values) {
    return fixture.matches(clauses, values);
  }

  @Override
  public double score(List<SearchClause> clauses, Object[] values) {
    return fixture.score(clauses, values);
  }

  @Override
  public List<List<SearchClause>> refusedClauses() {
    return fixture.refusedClauses();
  }

  @Override
  public List<IndexShape> refusedShapes() {
    return fixture.refusedShapes();
  }
}
