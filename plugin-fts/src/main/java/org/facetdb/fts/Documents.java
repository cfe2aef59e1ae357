package org.facetdb.fts;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.index.IndexableField;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.search.similarities.Similarity;
import org.facetdb.spi.index.IndexShape;
import org.facetdb.spi.type.Batch;

/**
 * How an index's texts become terms, in documents, queries and prepared rows alike. Thread-safe,
 * but for {@link #document}, which is the applier's. Owns the analyzer until the last of its users,
 * the index and its open views, has released it; the index is the first.
 */
final class Documents {
  private final IndexShape shape;
  private final Analyzer analyzer;
  private final Similarity similarity;
  private final RowDocuments rows;
  private final RowAnalyzer preparation;
  private final SearchQueries queries;
  private final AtomicInteger users = new AtomicInteger(1);

  Documents(IndexShape shape) {
    FtsOptions options = FtsOptions.of(shape.options());
    this.shape = shape;
    this.analyzer = Analyzers.create(options.analyzer());
    this.similarity = new BM25Similarity(options.k1(), options.b());
    this.rows = new RowDocuments(shape.columns().size());
    this.preparation = new RowAnalyzer(shape.columns().size(), analyzer, similarity);
    this.queries = new SearchQueries(shape, analyzer);
  }

  IndexShape shape() {
    return shape;
  }

  Analyzer analyzer() {
    return analyzer;
  }

  Similarity similarity() {
    return similarity;
  }

  SearchQueries queries() {
    return queries;
  }

  /** The document of a row, valid until the next call. */
  Iterable<IndexableField> document(long rowId, long begin, Batch values, int row) {
    return rows.of(rowId, begin, values, row);
  }

  RowReader prepare(Batch values, int row) throws IOException {
    return preparation.prepare(values, row);
  }

  /** False once it is closed. */
  boolean tryRetain() {
    return users.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
  }

  void release() {
    if (users.decrementAndGet() == 0) {
      analyzer.close();
    }
  }
}
