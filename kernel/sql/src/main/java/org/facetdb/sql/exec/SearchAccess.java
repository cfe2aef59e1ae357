package org.facetdb.sql.exec;

import java.util.List;
import org.facetdb.spi.index.Evaluator;
import org.facetdb.spi.index.PreparedRow;
import org.facetdb.spi.index.SearchClause;
import org.facetdb.spi.index.SearchFunction;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.Vector;

/**
 * What the expressions of one execution ask plug-ins' indexes. Used by the executing thread; what
 * it opens stays open until the execution ends.
 */
public interface SearchAccess {
  /** Evaluates conditions with an index's analysis and statistics. */
  Evaluator evaluator(int indexId, List<SearchClause> clauses);

  /** A row in the form that {@link #evaluator} takes. */
  PreparedRow prepare(int indexId, Batch values, int row);

  /** Renders values in the light of a search; see {@code IndexView.render}. */
  void render(
      int indexId,
      SearchFunction.Rendering function,
      List<SearchClause> clauses,
      int column,
      Vector values,
      Vector[] arguments,
      int[] rows,
      int count,
      Vector result);

  /** A number by which the conditions of a search can be found again in this execution. */
  long register(List<SearchClause> clauses);

  /** The conditions with a number. */
  List<SearchClause> registered(long number);
}
