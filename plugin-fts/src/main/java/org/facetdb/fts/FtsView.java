package org.facetdb.fts;

import java.io.IOException;
import java.util.List;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.ConstantScoreQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.ScorerSupplier;
import org.apache.lucene.search.Weight;
import org.facetdb.spi.index.Evaluator;
import org.facetdb.spi.index.IndexView;
import org.facetdb.spi.index.Position;
import org.facetdb.spi.index.SearchClause;
import org.facetdb.spi.index.SearchCost;
import org.facetdb.spi.index.SearchCursor;
import org.facetdb.spi.index.SearchFunction;
import org.facetdb.spi.index.SearchRequest;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.Vector;
import org.jspecify.annotations.Nullable;

/**
 * A view of one published state. Used by one thread at a time. It owns a reference to the state,
 * and keeps the rewritten form of the clauses that it saw last, which cost and search both need.
 */
final class FtsView implements IndexView {
  private static final double SEARCH_NANOS = 4_000;
  private static final double SEGMENT_NANOS = 1_000;
  private static final double SKIPPING_NANOS_PER_MATCH = 1;
  private static final double SCORED_NANOS_PER_MATCH = 15;
  private static final double UNSCORED_NANOS_PER_MATCH = 6;

  private final String index;
  private final Published published;
  private final Documents documents;
  private @Nullable List<SearchClause> rewrittenClauses;
  private @Nullable Query rewritten;
  private boolean closed;

  /** Takes over a reference to the state and one to the documents. */
  FtsView(String index, Published published, Documents documents) {
    this.index = index;
    this.published = published;
    this.documents = documents;
  }

  @Override
  public Position position() {
    return published.position();
  }

  @Override
  public SearchCursor search(SearchRequest request) {
    try {
      return switch (request.order()) {
        case BEST_FIRST ->
            new BestFirstCursor(
                index, published, weight(request.clauses(), ScoreMode.TOP_SCORES), request);
        case ANY -> new AnyOrderCursor(index, published, anyOrderWeight(request), request);
      };
    } catch (IOException | RuntimeException e) {
      throw Faults.search(index, e);
    }
  }

  private Weight anyOrderWeight(SearchRequest request) throws IOException {
    ScoreMode mode = request.scored() ? ScoreMode.COMPLETE : ScoreMode.COMPLETE_NO_SCORES;
    return weight(request.clauses(), mode);
  }

  private Weight weight(List<SearchClause> clauses, ScoreMode mode) throws IOException {
    IndexSearcher searcher = published.searcher();
    Query query = rewritten;
    if (query == null || !clauses.equals(rewrittenClauses)) {
      query = searcher.rewrite(documents.queries().of(clauses));
      rewritten = query;
      rewrittenClauses = clauses;
    }
    Query simplest = mode.needsScores() ? query : searcher.rewrite(constant(query));
    return searcher.createWeight(simplest, mode, 1);
  }

  private static Query constant(Query query) {
    return new ConstantScoreQuery(query);
  }

  @Override
  public SearchCost cost(SearchRequest request) {
    try {
      boolean bestFirst = request.order() == SearchRequest.Order.BEST_FIRST;
      Weight weight = weight(request.clauses(), ScoreMode.COMPLETE_NO_SCORES);
      long matches = 0;
      for (LeafReaderContext leaf : published.leaves()) {
        ScorerSupplier scorers = weight.scorerSupplier(leaf);
        if (scorers != null) {
          matches += Math.min(scorers.cost(), leaf.reader().maxDoc());
        }
      }
      double each =
          bestFirst && request.wanted() < matches
              ? SKIPPING_NANOS_PER_MATCH
              : request.scored() ? SCORED_NANOS_PER_MATCH : UNSCORED_NANOS_PER_MATCH;
      double fixed = SEARCH_NANOS + SEGMENT_NANOS * published.leaves().size();
      return new SearchCost(matches, fixed + each * matches);
    } catch (IOException | RuntimeException e) {
      throw Faults.search(index, e);
    }
  }

  @Override
  public Evaluator evaluator(List<SearchClause> clauses) {
    return new RowEvaluator(
        index, documents.queries().of(clauses), published.searcher(), documents.similarity());
  }

  @Override
  public void render(
      SearchFunction.Rendering function,
      List<SearchClause> clauses,
      int column,
      Vector values,
      Vector[] arguments,
      int[] rows,
      int count,
      Vector result) {
    Query query = documents.queries().of(clauses);
    try {
      new Highlights(documents.analyzer(), query, column)
          .render((BytesVector) values, arguments, rows, count, (BytesVector) result);
    } catch (IOException | RuntimeException e) {
      throw Faults.search(index, e);
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      published.release();
    } catch (IOException e) {
      throw Faults.files(index, e);
    } finally {
      documents.release();
    }
  }
}
