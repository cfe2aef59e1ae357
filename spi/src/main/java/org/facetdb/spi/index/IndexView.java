package org.facetdb.spi.index;

import java.util.List;
import org.facetdb.spi.type.Vector;

/**
 * What an index contained at one moment. Used by one thread at a time; stays the same until it is
 * closed.
 */
public interface IndexView extends AutoCloseable {
  /** Every change up to this position is contained, and possibly some of later ones. */
  Position position();

  /**
   * Finds rows. Only entries with {@code begin <= snapshot < end} are found.
   *
   * @throws org.facetdb.spi.DatabaseException 42601 for an argument that doesn't parse, with
   *     position and what was expected
   */
  SearchCursor search(SearchRequest request);

  /**
   * Estimates what a search costs, cheaply.
   *
   * @throws org.facetdb.spi.DatabaseException as {@link #search}
   */
  SearchCost cost(SearchRequest request);

  /**
   * Evaluates clauses on rows that needn't be in the index, with this view's statistics: a row that
   * is in the index gets the same answer and score as from {@link #search}.
   *
   * @throws org.facetdb.spi.DatabaseException as {@link #search}
   */
  Evaluator evaluator(List<SearchClause> clauses);

  /**
   * Runs a {@link SearchFunction.Rendering}.
   *
   * @param column the shape's column that {@code values} come from
   * @param values text or null
   * @param arguments the further arguments, as many as were given
   * @param rows of {@code values} to render
   * @param result a vector of the rendering's type with room for those rows
   */
  void render(
      SearchFunction.Rendering function,
      List<SearchClause> clauses,
      int column,
      Vector values,
      Vector[] arguments,
      int[] rows,
      int count,
      Vector result);

  @Override
  void close();
}
