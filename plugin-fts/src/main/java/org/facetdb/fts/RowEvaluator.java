package org.facetdb.fts;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.TermStates;
import org.apache.lucene.search.CollectionStatistics;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.TermStatistics;
import org.apache.lucene.search.similarities.Similarity;
import org.facetdb.spi.index.Evaluator;
import org.facetdb.spi.index.PreparedRow;
import org.jspecify.annotations.Nullable;

/**
 * Runs a query on prepared rows with the statistics of a view, so that a row gets the score that
 * the view's index gives it. Used by one thread. Statistics and scorers of terms are worked out
 * once.
 */
final class RowEvaluator implements Evaluator {
  private final String index;
  private final Query query;
  private final Statistics statistics;
  private final Similarity similarity;

  RowEvaluator(String index, Query query, IndexSearcher view, Similarity similarity) {
    this.index = index;
    this.query = query;
    this.statistics = new Statistics(view);
    this.similarity = new RememberingSimilarity(similarity);
  }

  @Override
  public void evaluate(PreparedRow[] rows, int count, boolean[] matches, double[] scores) {
    try {
      for (int i = 0; i < count; i++) {
        LeafReaderContext leaf = ((RowReader) rows[i]).getContext();
        IndexSearcher searcher = new RowSearcher(leaf, statistics, similarity);
        Query simplest = searcher.rewrite(query);
        // Most rows don't match, and to find that takes no statistics.
        matches[i] = match(searcher, simplest, leaf, ScoreMode.COMPLETE_NO_SCORES) != null;
        if (matches[i]) {
          Scorer scorer = match(searcher, simplest, leaf, ScoreMode.COMPLETE);
          scores[i] = Objects.requireNonNull(scorer).score();
        }
      }
    } catch (IOException | RuntimeException e) {
      throw Faults.search(index, e);
    }
  }

  /** A scorer that stands on the row; null if the row doesn't match. */
  private static @Nullable Scorer match(
      IndexSearcher searcher, Query query, LeafReaderContext leaf, ScoreMode mode)
      throws IOException {
    Scorer scorer = searcher.createWeight(query, mode, 1).scorer(leaf);
    return scorer != null && scorer.iterator().nextDoc() == 0 ? scorer : null;
  }

  /** What a view knows of terms and fields. What it doesn't know counts as if it occurred once. */
  private static final class Statistics {
    private final IndexSearcher view;
    private final Map<Term, TermStatistics> terms = new HashMap<>();
    private final Map<String, CollectionStatistics> fields = new HashMap<>();

    Statistics(IndexSearcher view) {
      this.view = view;
    }

    TermStatistics term(Term term) throws IOException {
      TermStatistics known = terms.get(term);
      if (known == null) {
        TermStates states = TermStates.build(view, term, true);
        known =
            states.docFreq() == 0
                ? new TermStatistics(term.bytes(), 1, 1)
                : view.termStatistics(term, states.docFreq(), states.totalTermFreq());
        terms.put(term, known);
      }
      return known;
    }

    CollectionStatistics field(String field) throws IOException {
      CollectionStatistics known = fields.get(field);
      if (known == null) {
        known = view.collectionStatistics(field);
        if (known == null) {
          known = new CollectionStatistics(field, 1, 1, 1, 1);
        }
        fields.put(field, known);
      }
      return known;
    }
  }

  private static final class RowSearcher extends IndexSearcher {
    private final Statistics statistics;

    RowSearcher(LeafReaderContext row, Statistics statistics, Similarity similarity) {
      super(row);
      this.statistics = statistics;
      setSimilarity(similarity);
      setQueryCache(null);
    }

    @Override
    public TermStatistics termStatistics(Term term, int docFreq, long totalTermFreq)
        throws IOException {
      return statistics.term(term);
    }

    @Override
    public CollectionStatistics collectionStatistics(String field) throws IOException {
      return statistics.field(field);
    }
  }

  /** Keeps the scorers of terms: making one fills a table of 256 numbers. */
  private static final class RememberingSimilarity extends Similarity {
    private final Similarity in;
    private final Map<Key, SimScorer> scorers = new HashMap<>();

    RememberingSimilarity(Similarity in) {
      this.in = in;
    }

    private record Key(float boost, String field, List<TermStatistics> terms) {}

    @Override
    public SimScorer scorer(float boost, CollectionStatistics collection, TermStatistics... terms) {
      Key key = new Key(boost, collection.field(), Arrays.asList(terms));
      SimScorer known = scorers.get(key);
      if (known == null) {
        known = in.scorer(boost, collection, terms);
        scorers.put(key, known);
      }
      return known;
    }
  }
}
