package org.facetdb.fts;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReaderContext;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.index.Checkpoint;
import org.facetdb.spi.index.Index;
import org.facetdb.spi.index.IndexContext;
import org.facetdb.spi.index.IndexStore;
import org.facetdb.spi.index.IndexView;
import org.facetdb.spi.index.Position;
import org.facetdb.spi.index.PreparedRow;
import org.facetdb.spi.type.Batch;
import org.jspecify.annotations.Nullable;

/**
 * A full-text index: each entry is a document of Lucene, its end is kept beside Lucene. The
 * applier's calls come from one thread at a time; {@link #view} and {@link #prepare} from any.
 * Invariants: a published state contains every change up to its position; an end is in {@link
 * EndTimes} for as long as a document needs it, whatever segments that document moves to. Owns
 * writer, store's directory, merge thread and the published state.
 */
final class FtsIndex implements Index {
  /** Rows that wait before {@link #advance} makes them visible. */
  private static final int REFRESH_ROWS = 256;

  private static final long REFRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(40);

  /** After so long without a change an index is quiet, and looks now and then what was merged. */
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final long TIDY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /**
   * Rows that wait, in the memory that finds repeated puts, before they are looked up in segments.
   */
  private static final int WAITING_ROWS_MAX = 1 << 16;

  private final String name;
  private final FtsFormat format;
  private final IndexStore store;
  private final LongSupplier nanoTime;
  private final Documents documents;
  private final LuceneWriter lucene;
  private final EndTimes endTimes;
  private final SegmentRegistry segments;

  private final RowTimes waitingPuts = new RowTimes();
  private long[] endedRows = new long[REFRESH_ROWS];
  private int endedRowCount;
  private Position given;
  private CheckpointState state;
  private long largestBegin;
  private long largestRowId;
  private long refreshedNanos;
  private long changedNanos;
  private long lookedNanos;
  private boolean quiet;
  private boolean rearranged;

  private volatile @Nullable Published published;

  private FtsIndex(
      IndexContext context,
      FtsFormat format,
      LongSupplier nanoTime,
      CheckpointState state,
      EndTimes endTimes,
      Documents documents)
      throws IOException {
    this.name = context.shape().name();
    this.format = format;
    this.store = context.store();
    this.nanoTime = nanoTime;
    this.documents = documents;
    this.state = state;
    this.largestBegin = state.largestBegin();
    this.largestRowId = state.largestRowId();
    this.endTimes = endTimes;
    this.segments = new SegmentRegistry(endTimes);
    IndexContext.Restored restored = context.checkpoint();
    this.given = restored == null ? Position.START : restored.position();
    this.lucene = new LuceneWriter(context, documents, segments);
    try {
      this.published = publish(lucene.openReader());
    } catch (IOException | RuntimeException e) {
      lucene.close();
      throw e;
    }
    this.refreshedNanos = nanoTime.getAsLong();
    this.changedNanos = refreshedNanos;
    this.lookedNanos = refreshedNanos;
  }

  static FtsIndex open(IndexContext context, FtsFormat format, LongSupplier nanoTime) {
    IndexContext.Restored restored = context.checkpoint();
    CheckpointState state = CheckpointState.EMPTY;
    EndTimes endTimes = new EndTimes();
    if (restored != null) {
      if (!format.reads(restored.format())) {
        throw Faults.corruption(
            "this version can't read the checkpoint: format=" + restored.format(), null);
      }
      state = CheckpointState.decode(restored.state(), restored.format());
      endTimes = readEnds(context, state);
    }
    Documents documents = new Documents(context.shape());
    try {
      return new FtsIndex(context, format, nanoTime, state, endTimes, documents);
    } catch (IOException e) {
      documents.release();
      throw Faults.files(context.shape().name(), e);
    } catch (RuntimeException e) {
      documents.release();
      throw e;
    }
  }

  private static EndTimes readEnds(IndexContext context, CheckpointState state) {
    if (!context.store().list().contains(state.endsFile())) {
      throw Faults.corruption("a file of ends is missing: file=" + state.endsFile(), null);
    }
    return EndsFile.read(context.store(), state.endsFile());
  }

  @Override
  public void put(long rowId, long begin, Batch values, int row) {
    try {
      if (!isNew(rowId, begin)) {
        return;
      }
      lucene.add(documents.document(rowId, begin, values, row));
      waitingPuts.add(rowId, begin);
      largestBegin = Math.max(largestBegin, begin);
      largestRowId = Math.max(largestRowId, rowId);
      if (waitingPuts.size() >= WAITING_ROWS_MAX) {
        refresh(current().position());
      }
    } catch (IOException e) {
      throw Faults.files(name, e);
    }
  }

  private boolean isNew(long rowId, long begin) throws IOException {
    if (begin > largestBegin || rowId > largestRowId) {
      return true;
    }
    if (waitingPuts.contains(rowId, begin)) {
      return false;
    }
    for (SegmentTimes times : current().times()) {
      if (times.contains(rowId, begin)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void end(long rowId, long begin, long end) {
    if (endTimes.add(rowId, end)) {
      if (endedRowCount == endedRows.length) {
        endedRows = Arrays.copyOf(endedRows, 2 * endedRows.length);
      }
      endedRows[endedRowCount++] = rowId;
    }
  }

  @Override
  public void expire(long watermark) {
    try {
      lucene.expire(watermark);
    } catch (IOException e) {
      throw Faults.files(name, e);
    }
  }

  @Override
  public void advance(Position position) {
    lucene.checkMerges();
    given = position;
    int waiting = waitingPuts.size() + endedRowCount;
    long now = nanoTime.getAsLong();
    if (waiting == 0) {
      replace(current().at(position));
      tidy(now);
      return;
    }
    if (quiet) {
      setQuiet(false);
    }
    changedNanos = now;
    if (waiting >= REFRESH_ROWS || now - refreshedNanos >= REFRESH_NANOS) {
      refresh();
    }
  }

  private void setQuiet(boolean value) {
    try {
      lucene.setQuiet(value);
      quiet = value;
    } catch (IOException e) {
      throw Faults.files(name, e);
    }
  }

  /** Uses the time in which nothing changes to merge more, and shows what was merged. */
  private void tidy(long now) {
    if (!quiet && now - changedNanos >= QUIET_NANOS) {
      setQuiet(true);
    } else if (quiet && now - lookedNanos >= TIDY_NANOS) {
      lookedNanos = now;
      if (!isCurrent()) {
        refresh();
        rearranged = true;
      }
    }
  }

  /** Whether what is published shows all that was merged. */
  private boolean isCurrent() {
    try {
      return current().reader().isCurrent();
    } catch (IOException e) {
      throw Faults.files(name, e);
    }
  }

  @Override
  public boolean wantsCheckpoint() {
    return rearranged;
  }

  @Override
  public void refresh() {
    try {
      refresh(given);
    } catch (IOException e) {
      throw Faults.files(name, e);
    }
  }

  private void refresh(Position position) throws IOException {
    Published before = current();
    DirectoryReader reader = lucene.reopen(before.reader());
    replace(publish(reader, position));
    waitingPuts.clear();
    endedRowCount = 0;
    refreshedNanos = nanoTime.getAsLong();
  }

  private Published publish(DirectoryReader reader) throws IOException {
    return publish(reader, given);
  }

  /** Takes over a reference to the reader. */
  private Published publish(DirectoryReader reader, Position position) throws IOException {
    boolean done = false;
    try {
      SegmentTimes[] times = new SegmentTimes[reader.leaves().size()];
      for (LeafReaderContext leaf : reader.leaves()) {
        times[leaf.ord] = segments.of(leaf.reader());
      }
      if (endedRowCount > 0) {
        segments.applyEnds(new EndedRows(endedRows, endedRowCount));
      }
      lucene.account(times);
      Published next = new Published(reader, times, documents.similarity(), position);
      done = true;
      return next;
    } finally {
      if (!done) {
        reader.decRef();
      }
    }
  }

  private void replace(Published next) {
    Published before = current();
    published = next;
    release(before);
  }

  private void release(Published state) {
    try {
      state.release();
    } catch (IOException e) {
      throw Faults.files(name, e);
    }
  }

  private Published current() {
    Published now = published;
    if (now == null) {
      throw DatabaseException.internal("the index is closed: index=" + name, null);
    }
    return now;
  }

  @Override
  public IndexView view() {
    while (true) {
      Published now = current();
      if (now.tryRetain()) {
        if (documents.tryRetain()) {
          return new FtsView(name, now, documents);
        }
        release(now);
      }
    }
  }

  @Override
  public PreparedRow prepare(Batch values, int row) {
    try {
      return documents.prepare(values, row);
    } catch (IOException e) {
      throw Faults.files(name, e);
    }
  }

  @Override
  public Checkpoint checkpoint() {
    lucene.checkMerges();
    refresh();
    forgetEnds();
    try {
      Set<String> files = new HashSet<>(lucene.commit());
      CheckpointState before = state;
      CheckpointState next =
          new CheckpointState(format.number(), before.generation() + 1, largestBegin, largestRowId);
      EndsFile.write(store, next.endsFile(), format, endTimes);
      if (store.list().contains(before.endsFile())) {
        store.delete(before.endsFile());
      }
      state = next;
      rearranged = false;
      files.add(next.endsFile());
      return new Checkpoint(files, next.encode());
    } catch (IOException e) {
      throw Faults.files(name, e);
    }
  }

  /** Drops expired ends that no document has any more. */
  private void forgetEnds() {
    long watermark = lucene.watermark();
    if (watermark == Long.MIN_VALUE || endTimes.size() == 0) {
      return;
    }
    RowTimes used = new RowTimes();
    for (SegmentTimes times : current().times()) {
      if (times.expiredCount(watermark) == 0) {
        continue;
      }
      for (int doc = 0; doc < times.documents(); doc++) {
        if (times.end(doc) <= watermark) {
          used.add(times.rowId(doc), times.end(doc));
        }
      }
    }
    endTimes.retain(watermark, used);
  }

  @Override
  public long entryCount() {
    return lucene.documentCount();
  }

  @Override
  public void close() {
    Published last = published;
    if (last == null) {
      return;
    }
    published = null;
    try {
      last.release();
    } catch (IOException e) {
      throw Faults.files(name, e);
    } finally {
      lucene.close();
      documents.release();
    }
  }

  /** Waits until no merge is running. */
  void awaitMerges() {
    lucene.awaitMerges();
  }

  int segmentCount() {
    return current().times().length;
  }

  /** How many ends are kept. */
  long endCount() {
    return endTimes.size();
  }
}
