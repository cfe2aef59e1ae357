package org.facetdb.testkit;

import java.util.List;
import java.util.Objects;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.index.Index;
import org.facetdb.spi.index.IndexContext;
import org.facetdb.spi.index.IndexMethod;
import org.facetdb.spi.index.IndexShape;
import org.facetdb.spi.index.SearchFunction;
import org.facetdb.spi.index.SearchOperator;

/**
 * The simplest method that fulfils the contract: texts that contain a text, short ones first. With
 * a fault it doesn't.
 *
 * @param formatVersion 1 or 2; 2 reads both
 * @param fault what it does wrong, null for nothing
 */
record ReferenceMethod(int formatVersion, Fault fault) implements IndexMethod {
  static final String OPERATOR = "~~";

  boolean has(Fault candidate) {
    return fault == candidate;
  }

  @Override
  public String name() {
    return "reference";
  }

  @Override
  public boolean reads(int format) {
    return has(Fault.READS_ANY_FORMAT) || (format >= 1 && format <= formatVersion);
  }

  @Override
  public boolean exact() {
    return true;
  }

  @Override
  public List<SearchOperator> operators() {
    return List.of(new SearchOperator(OPERATOR, TestType.TEXT));
  }

  @Override
  public List<SearchFunction> functions() {
    return List.of(new SearchFunction.Score("shortness", true));
  }

  @Override
  public void validate(IndexShape shape) {
    if (!has(Fault.ACCEPTS_BAD_SHAPES)
        && (shape.columns().size() != 1
            || !shape.columns().getFirst().type().equals(TestType.TEXT))) {
      throw DatabaseException.user("42804", "a reference index has one text column");
    }
  }

  @Override
  public Index open(IndexContext context) {
    ReferenceIndex index = new ReferenceIndex(this, context);
    if (context.checkpoint() != null) {
      index.read(Objects.requireNonNull(context.checkpoint()));
    }
    return index;
  }
}
