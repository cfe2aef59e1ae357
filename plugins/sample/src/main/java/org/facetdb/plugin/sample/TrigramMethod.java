package org.facetdb.plugin.sample;

import java.util.List;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.index.Index;
import org.facetdb.spi.index.IndexContext;
import org.facetdb.spi.index.IndexMethod;
import org.facetdb.spi.index.IndexShape;
import org.facetdb.spi.index.SearchFunction;
import org.facetdb.spi.index.SearchOperator;
import org.facetdb.spi.type.LogicalType;

/**
 * {@code USING trigram (column)}: finds texts that contain a text, {@code column %% 'part'}, case
 * sensitive. It knows which texts have all three-letter sequences of the part, not in which order;
 * so it finds candidates, and the kernel looks at each once more.
 *
 * @param text the type of the column and of the argument
 */
record TrigramMethod(LogicalType text) implements IndexMethod {
  static final String CONTAINS = "%%";

  @Override
  public String name() {
    return "trigram";
  }

  @Override
  public int formatVersion() {
    return TrigramFile.FORMAT;
  }

  @Override
  public boolean exact() {
    return false;
  }

  @Override
  public List<SearchOperator> operators() {
    return List.of(new SearchOperator(CONTAINS, text));
  }

  @Override
  public List<SearchFunction> functions() {
    return List.of();
  }

  @Override
  public void validate(IndexShape shape) {
    if (shape.columns().size() != 1) {
      throw DatabaseException.user(
          "42804", "a trigram index has one column: columns=" + shape.columns().size());
    }
    IndexShape.Column column = shape.columns().getFirst();
    if (!column.type().equals(text)) {
      throw DatabaseException.user(
          "42804",
          "a trigram index has a text column: column="
              + column.name()
              + " type="
              + column.type().name());
    }
    for (String option : shape.options().keySet()) {
      throw DatabaseException.user("22023", "a trigram index has no options: option=" + option);
    }
  }

  @Override
  public Index open(IndexContext context) {
    return new TrigramIndex(context);
  }
}
