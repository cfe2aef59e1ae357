package org.facetdb.fts;

import java.io.IOException;
import java.util.Objects;
import java.util.Set;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.IndexableField;
import org.apache.lucene.index.TieredMergePolicy;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.MemoryAccount;
import org.facetdb.spi.index.IndexContext;

/**
 * Lucene's writer with the settings of an index. Used by the applier alone; merges run in a thread
 * of their own. Segments that are small stay in memory until a commit. Owns the writer, its
 * directory and the memory that they take from the budget.
 */
final class LuceneWriter implements AutoCloseable {
  private static final long MEGABYTE = 1L << 20;
  private static final double QUIET_SEGMENTS_PER_TIER = 3;
  private static final long CACHED_SEGMENT_BYTES_MAX = 4 * MEGABYTE;

  private final String name;
  private final MemoryAccount memory;
  private final LastCommit lastCommit = new LastCommit();
  private final BackgroundMerges merges = new BackgroundMerges();
  private final TieredMergePolicy tiers = new TieredMergePolicy();
  private final double usualSegmentsPerTier = tiers.getSegmentsPerTier();
  private final ExpiringMergePolicy mergePolicy;
  private final IndexWriter writer;
  private long reservedForBuffers;
  private long reservedForTimes;

  LuceneWriter(IndexContext context, Documents documents, SegmentRegistry segments)
      throws IOException {
    this.name = context.shape().name();
    this.memory = context.memory();
    this.mergePolicy = new ExpiringMergePolicy(tiers, segments);
    Buffers buffers = reserveBuffers();
    boolean done = false;
    try {
      IndexWriterConfig config =
          new IndexWriterConfig(documents.analyzer())
              .setSimilarity(documents.similarity())
              .setOpenMode(
                  context.checkpoint() == null
                      ? IndexWriterConfig.OpenMode.CREATE
                      : IndexWriterConfig.OpenMode.APPEND)
              .setIndexDeletionPolicy(lastCommit)
              .setMergePolicy(mergePolicy)
              .setMergeScheduler(merges)
              .setMergedSegmentWarmer(segments::of)
              .setMaxFullFlushMergeWaitMillis(0)
              .setRAMBufferSizeMB(buffers.writerMegabytes);
      this.writer =
          new IndexWriter(
              new HeapCachedDirectory(
                  new StoreDirectory(context.store()),
                  CACHED_SEGMENT_BYTES_MAX,
                  buffers.cacheMegabytes * MEGABYTE),
              config);
      done = true;
    } finally {
      if (!done) {
        merges.close();
        memory.release(reservedForBuffers);
      }
    }
  }

  /** How much memory is used before segments become files. */
  private enum Buffers {
    LARGE(16, 8),
    SMALL(3, 1);

    private final int writerMegabytes;
    private final int cacheMegabytes;

    Buffers(int writerMegabytes, int cacheMegabytes) {
      this.writerMegabytes = writerMegabytes;
      this.cacheMegabytes = cacheMegabytes;
    }

    private long bytes() {
      return (writerMegabytes + cacheMegabytes) * MEGABYTE;
    }
  }

  private Buffers reserveBuffers() {
    Buffers buffers = Buffers.LARGE;
    try {
      memory.reserve(buffers.bytes());
    } catch (DatabaseException e) {
      buffers = Buffers.SMALL;
      memory.reserve(buffers.bytes());
    }
    reservedForBuffers = buffers.bytes();
    return buffers;
  }

  void add(Iterable<IndexableField> document) throws IOException {
    writer.addDocument(document);
  }

  DirectoryReader openReader() throws IOException {
    return DirectoryReader.open(writer, false, false);
  }

  /** The newest reader, a reference of which the caller owns; the same one if nothing changed. */
  DirectoryReader reopen(DirectoryReader before) throws IOException {
    DirectoryReader newer = DirectoryReader.openIfChanged(before, writer, false);
    if (newer == null) {
      before.incRef();
    }
    return Objects.requireNonNullElse(newer, before);
  }

  /** Reserves what the arrays of the open segments take. */
  void account(SegmentTimes[] segments) {
    long bytes = 0;
    for (SegmentTimes times : segments) {
      bytes += times.bytes();
    }
    if (bytes > reservedForTimes) {
      memory.reserve(bytes - reservedForTimes);
    } else {
      memory.release(reservedForTimes - bytes);
    }
    reservedForTimes = bytes;
  }

  long watermark() {
    return mergePolicy.watermark();
  }

  void expire(long watermark) throws IOException {
    if (watermark > mergePolicy.watermark()) {
      mergePolicy.expire(watermark);
      writer.maybeMerge();
    }
  }

  /**
   * Says whether there is time to merge. Where changes come, merging less costs less; where none
   * come, each segment that is gone makes every search faster.
   */
  void setQuiet(boolean quiet) throws IOException {
    tiers.setSegmentsPerTier(quiet ? QUIET_SEGMENTS_PER_TIER : usualSegmentsPerTier);
    if (quiet) {
      writer.maybeMerge();
    }
  }

  /** Commits all that was added; returns the names of the files. */
  Set<String> commit() throws IOException {
    writer.commit();
    return lastCommit.files();
  }

  long documentCount() {
    return writer.getDocStats().maxDoc;
  }

  /** Waits until no merge is running. */
  void awaitMerges() {
    merges.sync();
  }

  /** Raises what a merge in the background failed with. */
  void checkMerges() {
    Throwable failure = merges.failure();
    switch (failure) {
      case null -> {}
      case DatabaseException known -> throw known;
      case IOException files -> throw Faults.files(name, files);
      default -> throw DatabaseException.internal("a merge failed: index=" + name, failure);
    }
  }

  /** Forgets what wasn't committed, ends merges and waits for their thread. */
  @Override
  public void close() {
    try {
      writer.rollback();
      merges.close();
    } catch (IOException e) {
      throw Faults.files(name, e);
    } finally {
      memory.release(reservedForBuffers + reservedForTimes);
    }
  }
}
