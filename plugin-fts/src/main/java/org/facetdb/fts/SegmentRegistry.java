package org.facetdb.fts;

import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.FilterCodecReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.SegmentReader;
import org.jspecify.annotations.Nullable;

/**
 * The times of all segments that are open, by segment name. Thread-safe: merges load those of a new
 * segment before it is published, so that a refresh needn't. A segment is registered before it is
 * loaded, so an end that comes meanwhile is either in the map that loading reads, or is set after
 * it.
 */
final class SegmentRegistry {
  private final Map<String, SegmentTimes> segments = new ConcurrentHashMap<>();
  private final EndTimes endTimes;

  SegmentRegistry(EndTimes endTimes) {
    this.endTimes = endTimes;
  }

  /** The loaded times of a segment. */
  SegmentTimes of(LeafReader reader) throws IOException {
    String name = ((SegmentReader) reader).getSegmentName();
    SegmentTimes times = segments.get(name);
    if (times == null) {
      SegmentTimes created = new SegmentTimes(reader);
      SegmentTimes earlier = segments.putIfAbsent(name, created);
      if (earlier == null) {
        IndexReader.CacheHelper core = Objects.requireNonNull(reader.getCoreCacheHelper());
        core.addClosedListener(_ -> segments.remove(name, created));
      }
      times = Objects.requireNonNullElse(earlier, created);
    }
    times.use(reader);
    times.load(endTimes);
    return times;
  }

  /** Sets the ends of rows in all segments. */
  void applyEnds(EndedRows ended) throws IOException {
    Collection<SegmentTimes> open = segments.values();
    for (SegmentTimes times : open) {
      times.applyEnds(ended, endTimes);
    }
  }

  /** The times of a segment, null if it was never opened. */
  @Nullable SegmentTimes named(String name) {
    return segments.get(name);
  }

  /** The times of the segment that a merge reads, null if it was never opened. */
  @Nullable SegmentTimes merging(CodecReader reader) {
    return FilterCodecReader.unwrap(reader) instanceof SegmentReader segment
        ? named(segment.getSegmentName())
        : null;
  }
}
