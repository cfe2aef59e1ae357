package org.facetdb.fts;

import java.io.IOException;
import java.util.List;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.similarities.Similarity;
import org.facetdb.spi.index.Position;

/**
 * One state of the index that views read. Immutable and thread-safe. It owns one reference to its
 * reader from creation to {@link #release}; a view that retains it holds another.
 */
final class Published {
  private final DirectoryReader reader;
  private final SegmentTimes[] times;
  private final IndexSearcher searcher;
  private final Position position;

  /** Takes over the caller's reference to the reader. */
  Published(
      DirectoryReader reader, SegmentTimes[] times, Similarity similarity, Position position) {
    this.reader = reader;
    this.times = times;
    this.position = position;
    this.searcher = new IndexSearcher(reader);
    searcher.setSimilarity(similarity);
    searcher.setQueryCache(null);
  }

  private Published(Published same, Position position) {
    this.reader = same.reader;
    this.times = same.times;
    this.searcher = same.searcher;
    this.position = position;
  }

  /** The same state, known to contain all up to a later position. */
  Published at(Position later) {
    reader.incRef();
    return new Published(this, later);
  }

  DirectoryReader reader() {
    return reader;
  }

  IndexSearcher searcher() {
    return searcher;
  }

  List<LeafReaderContext> leaves() {
    return reader.leaves();
  }

  SegmentTimes times(LeafReaderContext leaf) {
    return times[leaf.ord];
  }

  SegmentTimes[] times() {
    return times;
  }

  Position position() {
    return position;
  }

  /** False once it is closed. */
  boolean tryRetain() {
    return reader.tryIncRef();
  }

  void release() throws IOException {
    reader.decRef();
  }
}
