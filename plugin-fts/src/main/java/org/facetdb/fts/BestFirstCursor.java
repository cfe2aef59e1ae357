package org.facetdb.fts;

import java.io.IOException;
import java.util.List;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.search.BulkScorer;
import org.apache.lucene.search.CollectionTerminatedException;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.LeafCollector;
import org.apache.lucene.search.Scorable;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopScoreDocCollector;
import org.apache.lucene.search.TopScoreDocCollectorManager;
import org.apache.lucene.search.Weight;
import org.facetdb.spi.index.SearchCursor;
import org.facetdb.spi.index.SearchRequest;
import org.jspecify.annotations.Nullable;

/**
 * The visible rows of a search, best first. Used by one thread. Rows come in pages: each page is a
 * search of its own for the best rows after the last one, many times as many as before. Rows that
 * can't be seen are left out before they reach the heap of the best, so Lucene's skipping of
 * documents that can't compete works as ever.
 */
final class BestFirstCursor implements SearchCursor {
  private static final int FIRST_PAGE_MAX = 4096;
  private static final int PAGE_GROWTH = 16;

  /** Fewer hits are scored faster than skipped. */
  private static final int HITS_BEFORE_SKIPPING = 1000;

  private final String index;
  private final Published published;
  private final Weight weight;
  private final SearchRequest request;
  private final int documentCount;
  private int pageSize;
  private ScoreDoc[] page = new ScoreDoc[0];
  private int taken;
  private @Nullable ScoreDoc last;
  private boolean complete;

  BestFirstCursor(String index, Published published, Weight weight, SearchRequest request) {
    this.index = index;
    this.published = published;
    this.weight = weight;
    this.request = request;
    this.documentCount = published.reader().maxDoc();
    this.pageSize = Math.min(request.wanted(), FIRST_PAGE_MAX);
    this.complete = documentCount == 0;
  }

  @Override
  public int next(long[] rowIds, double[] scores, int limit) {
    int count = 0;
    while (count < limit) {
      if (taken == page.length && !nextPage()) {
        break;
      }
      ScoreDoc hit = page[taken++];
      List<LeafReaderContext> leaves = published.leaves();
      LeafReaderContext leaf = leaves.get(ReaderUtil.subIndex(hit.doc, leaves));
      rowIds[count] = published.times(leaf).rowId(hit.doc - leaf.docBase);
      scores[count] = hit.score;
      count++;
    }
    return count;
  }

  private boolean nextPage() {
    if (complete) {
      return false;
    }
    int size = Math.min(pageSize, documentCount);
    try {
      page = search(size);
    } catch (IOException | RuntimeException e) {
      throw Faults.search(index, e);
    }
    taken = 0;
    complete = page.length < size;
    pageSize = (int) Math.min((long) pageSize * PAGE_GROWTH, documentCount);
    if (page.length == 0) {
      return false;
    }
    last = page[page.length - 1];
    return true;
  }

  private ScoreDoc[] search(int size) throws IOException {
    int threshold = Math.max(size, HITS_BEFORE_SKIPPING);
    TopScoreDocCollector best =
        new TopScoreDocCollectorManager(size, last, threshold).newCollector();
    best.setWeight(weight);
    for (LeafReaderContext leaf : published.leaves()) {
      try {
        LeafCollector collector = best.getLeafCollector(leaf);
        BulkScorer scorer = weight.bulkScorer(leaf);
        if (scorer != null) {
          SegmentTimes.Visibility visibility =
              published
                  .times(leaf)
                  .visibility(request.snapshot(), request.only(), request.except());
          LeafCollector visible =
              visibility == null ? collector : new VisibleCollector(collector, visibility);
          scorer.score(visible, leaf.reader().getLiveDocs(), 0, DocIdSetIterator.NO_MORE_DOCS);
          visible.finish();
        }
      } catch (CollectionTerminatedException _) {
        // No later document of this segment can compete; the next segment's may.
        continue;
      }
    }
    return best.topDocs().scoreDocs;
  }

  @Override
  public void close() {}

  /** Hands on the documents that the search may find. */
  private static final class VisibleCollector implements LeafCollector {
    private final LeafCollector in;
    private final SegmentTimes.Visibility visibility;

    VisibleCollector(LeafCollector in, SegmentTimes.Visibility visibility) {
      this.in = in;
      this.visibility = visibility;
    }

    @Override
    public void setScorer(Scorable scorer) throws IOException {
      in.setScorer(scorer);
    }

    @Override
    public void collect(int doc) throws IOException {
      if (visibility.test(doc)) {
        in.collect(doc);
      }
    }

    @Override
    public @Nullable DocIdSetIterator competitiveIterator() throws IOException {
      return in.competitiveIterator();
    }

    @Override
    public void finish() throws IOException {
      in.finish();
    }
  }
}
