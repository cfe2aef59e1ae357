package org.facetdb.fts;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.BoostAttribute;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.ConstantScoreQuery;
import org.apache.lucene.search.DisjunctionMaxQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.MultiTermQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.util.AttributeSource;
import org.apache.lucene.util.BytesRef;

/**
 * Expands a fuzzy query to all terms near enough; a row's score is how near its nearest term is.
 * Stateless. Lucene's own expansions keep the best 50 terms of the index at hand and weigh them by
 * their frequency there, so that a row which isn't in the index yet would be judged otherwise.
 */
final class ClosestTerms extends MultiTermQuery.RewriteMethod {
  static final ClosestTerms INSTANCE = new ClosestTerms();

  private ClosestTerms() {}

  @Override
  public Query rewrite(IndexSearcher searcher, MultiTermQuery query) throws IOException {
    Map<Float, Set<BytesRef>> termsByNearness = new TreeMap<>();
    for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
      Terms terms = leaf.reader().terms(query.getField());
      if (terms != null) {
        collect(getTermsEnum(query, terms, new AttributeSource()), termsByNearness);
      }
    }
    if (termsByNearness.isEmpty()) {
      return MatchNoDocsQuery.INSTANCE;
    }
    List<Query> alternatives = new ArrayList<>();
    for (Map.Entry<Float, Set<BytesRef>> group : termsByNearness.entrySet()) {
      Query any = new TermInSetQuery(query.getField(), group.getValue());
      alternatives.add(new BoostQuery(new ConstantScoreQuery(any), group.getKey()));
    }
    return new DisjunctionMaxQuery(alternatives, 0);
  }

  private static void collect(TermsEnum terms, Map<Float, Set<BytesRef>> termsByNearness)
      throws IOException {
    BoostAttribute nearness = terms.attributes().addAttribute(BoostAttribute.class);
    for (BytesRef term = terms.next(); term != null; term = terms.next()) {
      termsByNearness
          .computeIfAbsent(nearness.getBoost(), _ -> new HashSet<>())
          .add(BytesRef.deepCopyOf(term));
    }
  }
}
