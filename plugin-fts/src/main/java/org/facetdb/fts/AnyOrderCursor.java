package org.facetdb.fts;

import java.io.IOException;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.Bits;
import org.facetdb.spi.index.SearchCursor;
import org.facetdb.spi.index.SearchRequest;
import org.jspecify.annotations.Nullable;

/** All visible rows of a search, segment by segment as they are asked for. Used by one thread. */
final class AnyOrderCursor implements SearchCursor {
  private final String index;
  private final Published published;
  private final Weight weight;
  private final SearchRequest request;
  private int nextLeaf;
  private @Nullable Leaf current;

  AnyOrderCursor(String index, Published published, Weight weight, SearchRequest request) {
    this.index = index;
    this.published = published;
    this.weight = weight;
    this.request = request;
  }

  /** A segment that is being read. */
  private record Leaf(
      Scorer scorer,
      DocIdSetIterator documents,
      SegmentTimes times,
      SegmentTimes.@Nullable Visibility visibility,
      @Nullable Bits live) {
    boolean visible(int doc) {
      return (visibility == null || visibility.test(doc)) && (live == null || live.get(doc));
    }
  }

  @Override
  public int next(long[] rowIds, double[] scores, int limit) {
    int count = 0;
    try {
      while (count < limit) {
        Leaf leaf = current;
        if (leaf == null) {
          if (nextLeaf == published.leaves().size()) {
            break;
          }
          current = open(published.leaves().get(nextLeaf++));
          continue;
        }
        int doc = leaf.documents.nextDoc();
        if (doc == DocIdSetIterator.NO_MORE_DOCS) {
          current = null;
        } else if (leaf.visible(doc)) {
          rowIds[count] = leaf.times.rowId(doc);
          if (request.scored()) {
            scores[count] = leaf.scorer.score();
          }
          count++;
        }
      }
    } catch (IOException | RuntimeException e) {
      throw Faults.search(index, e);
    }
    return count;
  }

  private @Nullable Leaf open(LeafReaderContext leaf) throws IOException {
    Scorer scorer = weight.scorer(leaf);
    if (scorer == null) {
      return null;
    }
    SegmentTimes times = published.times(leaf);
    return new Leaf(
        scorer,
        scorer.iterator(),
        times,
        times.visibility(request.snapshot(), request.only(), request.except()),
        leaf.reader().getLiveDocs());
  }

  @Override
  public void close() {}
}
