package org.facetdb.fts;

import java.io.IOException;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.FilterCodecReader;
import org.apache.lucene.index.FilterMergePolicy;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.OneMergeWrappingMergePolicy;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.IOSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Drops expired entries when segments are merged, and counts them as deletes so that segments which
 * hold many are merged. Thread-safe. An entry is expired once it ended at or before the watermark,
 * which only moves forward.
 */
final class ExpiringMergePolicy extends FilterMergePolicy {
  private final SegmentRegistry segments;
  private volatile long watermark = Long.MIN_VALUE;

  ExpiringMergePolicy(MergePolicy in, SegmentRegistry segments) {
    this(in, new Holder(), segments);
  }

  private ExpiringMergePolicy(MergePolicy in, Holder holder, SegmentRegistry segments) {
    super(new OneMergeWrappingMergePolicy(in, merge -> new ExpiringMerge(merge, holder)));
    this.segments = segments;
    holder.policy = this;
  }

  long watermark() {
    return watermark;
  }

  void expire(long newWatermark) {
    watermark = Math.max(watermark, newWatermark);
  }

  @Override
  public int numDeletesToMerge(
      SegmentCommitInfo info, int deleted, IOSupplier<CodecReader> readerSupplier)
      throws IOException {
    SegmentTimes times = segments.named(info.info.name);
    return times == null ? deleted : Math.max(deleted, times.expiredCount(watermark));
  }

  private CodecReader withoutExpired(CodecReader reader) {
    SegmentTimes times = segments.merging(reader);
    long limit = watermark;
    if (times == null || times.expiredCount(limit) == 0) {
      return reader;
    }
    FixedBitSet live = new FixedBitSet(reader.maxDoc());
    Bits before = reader.getLiveDocs();
    for (int doc = 0; doc < reader.maxDoc(); doc++) {
      if (times.end(doc) > limit && (before == null || before.get(doc))) {
        live.set(doc);
      }
    }
    return new LiveReader(reader, live);
  }

  /** Hands the policy to merges, which its constructor can't name yet. */
  private static final class Holder {
    private @Nullable ExpiringMergePolicy policy;
  }

  private static final class ExpiringMerge extends MergePolicy.OneMerge {
    private final Holder holder;

    ExpiringMerge(MergePolicy.OneMerge merge, Holder holder) {
      super(merge);
      this.holder = holder;
    }

    @Override
    public CodecReader wrapForMerge(CodecReader reader) {
      ExpiringMergePolicy policy = holder.policy;
      return policy == null ? reader : policy.withoutExpired(reader);
    }
  }

  private static final class LiveReader extends FilterCodecReader {
    private final FixedBitSet live;
    private final int liveCount;

    LiveReader(CodecReader in, FixedBitSet live) {
      super(in);
      this.live = live;
      this.liveCount = live.cardinality();
    }

    @Override
    public Bits getLiveDocs() {
      return live.asReadOnlyBits();
    }

    @Override
    public int numDocs() {
      return liveCount;
    }

    @Override
    public @Nullable CacheHelper getCoreCacheHelper() {
      return in.getCoreCacheHelper();
    }

    @Override
    public @Nullable CacheHelper getReaderCacheHelper() {
      return null;
    }
  }
}
