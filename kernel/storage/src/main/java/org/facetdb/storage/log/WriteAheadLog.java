package org.facetdb.storage.log;

import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import org.facetdb.storage.HybridTime;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.fs.SyncSite;
import org.facetdb.storage.log.LogFormat.SegmentHeader;
import org.facetdb.storage.log.RecordFormat.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * The write-ahead log: appends commit records to segments whose room is reserved and syncs them.
 *
 * <p>{@link #append} and {@link #close} belong to the commit pipeline, one thread at a time;
 * everything else may be called by any thread. One lock keeps the active segment, another the other
 * ones, see {@link LogSegments}; the second may be taken under the first. The bytes are described
 * in {@link LogFormat} and {@link RecordFormat}.
 *
 * <p>Invariants: when a segment's header exists, all records of the segments before it are synced;
 * a record is written where its segment has bytes already, and a closing record has room behind it.
 * After an exception from append, write or sync all later ones fail, since nobody knows what the
 * device holds: a second sync may report success for bytes that the first one lost. Owns the file
 * of the active segment.
 */
public final class WriteAheadLog implements CommitLog {
  private static final int TERM = 1;
  private static final int BUFFER_BYTES = 64 << 10;

  /** So many unsynced bytes are brought to the device ahead of the sync at the segment's end. */
  private static final long BEGIN_WRITING_BYTES = 2 << 20;

  private static final int PAGE_BYTES = 4096;

  private static final int CEILING_MILLIS = 1_000;
  private static final int CEILING_SEQUENCES = 1 << 20;

  private final FileSystem files;
  private final String directory;
  private final int segmentBytes;
  private final ReentrantLock activeLock = new ReentrantLock();
  private final LogSegments segments;
  private final LogReader reader;
  private final RecordEncoder encoder = new RecordEncoder(TERM);
  private volatile Runnable onRotate = () -> {};

  private byte[] buffer = new byte[BUFFER_BYTES];
  private int buffered;
  private @Nullable StorageFile active;
  private String activeName = "";
  private long number;
  private long position;
  private long base;
  private long activeBytes;

  /** Where the next record goes, in the file: known to the pipeline without the lock. */
  private long endPosition;

  /** Up to where the file was synced, or the device has begun with it. */
  private long begun;

  private long sequenceBefore;
  private long lastSequence;
  private long lastTimestamp;
  private long syncedOffset;

  /** How many parts follow of the commit of the record that was appended last. */
  private int following;

  private volatile long syncedSequence;
  private volatile long newest;
  private volatile boolean broken;
  private long durableSequenceCeiling;
  private long durableTimestampCeiling;
  private long sequenceCeiling;
  private long timestampCeiling;

  /**
   * Goes on after recovery, in a new segment.
   *
   * @param committedSequence sequence of the last commit, in the log or in sstables
   * @param sequenceFloor the largest sequence that may have been given out
   * @param timestampFloor the largest timestamp that may have been given out
   */
  public WriteAheadLog(
      FileSystem files,
      String directory,
      StoreOptions options,
      LogRecovery recovery,
      Timeline timeline,
      long committedSequence,
      long sequenceFloor,
      long timestampFloor) {
    this.files = files;
    this.directory = directory;
    this.segmentBytes = options.segmentBytes();
    this.segments = new LogSegments(files, directory, options, recovery, timeline);
    this.reader = new LogReader(files, segments);
    this.lastSequence = sequenceFloor;
    this.lastTimestamp = timestampFloor;
    this.number = recovery.maxNumber();
    this.base = recovery.endOffset();
    this.position = LogFormat.HEADER_BYTES;
    this.syncedSequence = committedSequence;
    openSegment(committedSequence);
    // Only now the log says that they do not belong to it.
    segments.discard(recovery.unfinished);
  }

  private long endOffset() {
    return base + position - LogFormat.HEADER_BYTES + buffered;
  }

  /** Everything before is synced, so that the new header may state where the log before it ends. */
  private void openSegment(long committedSequence) {
    base = endOffset();
    number++;
    activeName = LogFormat.segmentName(directory, number);
    String spare = segments.takeSpare();
    if (spare == null) {
      active = files.open(activeName, FileSystem.Mode.CREATE);
    } else {
      files.rename(spare, activeName);
      active = files.open(activeName, FileSystem.Mode.WRITE);
    }
    active.reserve(segmentBytes);
    active.mapForOverwriting();
    activeBytes = segmentBytes;
    SegmentHeader header =
        new SegmentHeader(
            TERM,
            number,
            base,
            committedSequence,
            lastSequence,
            Math.max(lastSequence, sequenceCeiling),
            Math.max(lastTimestamp, timestampCeiling),
            active.size(),
            following);
    byte[] bytes = LogFormat.encode(header);
    active.write(0, bytes, 0, bytes.length);
    active.sync(SyncSite.LOG_SEGMENT);
    position = LogFormat.HEADER_BYTES;
    endPosition = position;
    begun = position;
    syncedOffset = base;
    encoder.begin(number, base);
    files.syncDirectory(directory, SyncSite.LOG_DIRECTORY);
    sequenceBefore = committedSequence;
    segments.opened(
        new LogSegments.Segment(
            activeName, number, base, base, committedSequence, Long.MAX_VALUE, active.size()));
    newest = number;
  }

  @Override
  public void makeRoom(int bytes) {
    long needed = 2L * RecordFormat.HEADER_BYTES + bytes;
    if (!broken && endPosition + needed <= activeBytes) {
      return;
    }
    changeSegment(
        () -> {
          boolean empty = position + buffered == LogFormat.HEADER_BYTES;
          if (!empty && !fits(needed)) {
            segments.prepareSpare(LogFormat.HEADER_BYTES + needed);
            rotate();
          }
          if (!fits(needed)) {
            extend(needed);
          }
        });
  }

  @Override
  public void reserve(long bytes, int largest, int parts) {
    long overhead = 2L * RecordFormat.HEADER_BYTES;
    long fileBytes = Math.max(segmentBytes, LogFormat.HEADER_BYTES + overhead + largest);
    // What no part fits into at the end of a segment is less than the largest part.
    long used = Math.max(1, fileBytes - LogFormat.HEADER_BYTES - overhead - largest);
    long segmentsNeeded = Math.min(parts, (bytes + parts * overhead) / used + 1);
    segments.reserve(Math.toIntExact(segmentsNeeded), fileBytes);
  }

  @Override
  public void endSegment() {
    changeSegment(
        () -> {
          if (position + buffered > LogFormat.HEADER_BYTES) {
            segments.prepareSpare(0);
            rotate();
          }
        });
  }

  /** Runs under the lock what leaves the log as it was where the disk is full. */
  private void changeSegment(Runnable change) {
    activeLock.lock();
    try {
      requireWhole();
      change.run();
    } catch (StorageException e) {
      broken |= !e.isDiskFull();
      throw e;
    } catch (Throwable e) {
      broken = true;
      throw e;
    } finally {
      activeLock.unlock();
    }
  }

  /** Whether the active segment holds that many bytes more without growing. */
  private boolean fits(long bytes) {
    return position + buffered + bytes <= activeBytes;
  }

  /**
   * Makes an empty segment large enough for one record. To begin another segment instead would give
   * two of them the same base.
   */
  private void extend(long bytes) {
    StorageFile file = active();
    long before = file.size();
    try {
      file.reserve(position + buffered + bytes);
    } catch (StorageException e) {
      file.truncate(before);
      throw e;
    }
    file.mapForOverwriting();
    activeBytes = position + buffered + bytes;
  }

  @Override
  public boolean append(
      WriteBatch batch, long sequence, long timestamp, boolean unsynced, boolean alone) {
    activeLock.lock();
    try {
      requireWhole();
      boolean mustSync = unsynced && raiseCeiling(sequence, timestamp);
      appendRecord(RecordFormat.COMMIT, sequence, timestamp, batch, 0);
      if (alone && unsynced && !mustSync) {
        handOver();
      }
      return mustSync;
    } catch (Throwable e) {
      broken = true;
      throw e;
    } finally {
      activeLock.unlock();
    }
  }

  @Override
  public void appendPart(WriteBatch batch, long sequence, long timestamp, int more) {
    activeLock.lock();
    try {
      requireWhole();
      if (following == 0 && more > 0) {
        segments.commitBegins(number);
      }
      byte kind = more > 0 ? RecordFormat.PART : RecordFormat.COMMIT;
      appendRecord(kind, sequence, timestamp, batch, more);
      following = more;
    } catch (Throwable e) {
      broken = true;
      throw e;
    } finally {
      activeLock.unlock();
    }
  }

  /** A commit that is not synced may only get what a synced record has announced. */
  private boolean raiseCeiling(long sequence, long timestamp) {
    if (sequence <= durableSequenceCeiling && timestamp <= durableTimestampCeiling) {
      return false;
    }
    sequenceCeiling = sequence + CEILING_SEQUENCES;
    timestampCeiling = timestamp + HybridTime.ofMillis(CEILING_MILLIS);
    encoder.ceilingsChanged();
    return true;
  }

  private void appendRecord(
      byte kind, long sequence, long timestamp, @Nullable WriteBatch batch, int more) {
    int length = batch == null ? 0 : batch.byteLength();
    if (RecordFormat.HEADER_BYTES + length > buffer.length - buffered) {
      writeBuffer();
    }
    long millis = (timestampCeiling - timestamp) >> HybridTime.COUNTER_BITS;
    RecordHeader header =
        new RecordHeader(
            kind,
            RecordFormat.HEADER_BYTES,
            length,
            sequence,
            timestamp,
            syncedOffset,
            Math.clamp(millis + 1, 0, timestampCeiling == 0 ? 0 : Integer.MAX_VALUE),
            Math.clamp(sequenceCeiling - sequence, 0, Integer.MAX_VALUE),
            batch == null ? 0 : batch.count(),
            more);
    lastSequence = sequence;
    lastTimestamp = timestamp;
    byte[] payload = batch == null ? buffer : batch.array();
    int offset = batch == null ? 0 : batch.offset();
    int headerBytes = encoder.put(buffer, buffered, position + buffered, header, payload, offset);
    buffered += headerBytes;
    endPosition += headerBytes + length;
    if (length <= buffer.length - buffered) {
      System.arraycopy(payload, offset, buffer, buffered, length);
      buffered += length;
    } else {
      writeBuffer();
      active().write(position, payload, offset, length);
      position += length;
    }
  }

  private void requireWhole() {
    if (broken) {
      throw StorageException.io("the log failed before: file=" + activeName, null);
    }
  }

  private StorageFile active() {
    StorageFile file = active;
    if (file == null) {
      throw new IllegalStateException("the log is closed");
    }
    return file;
  }

  @Override
  public void write() {
    activeLock.lock();
    try {
      requireWhole();
      handOver();
    } catch (Throwable e) {
      broken = true;
      throw e;
    } finally {
      activeLock.unlock();
    }
  }

  private void handOver() {
    writeBuffer();
    segments.written(endOffset());
    if (position - begun >= BEGIN_WRITING_BYTES) {
      beginWriting();
    }
  }

  /**
   * Has the device begin with what was written, so that the next sync is short. Its pages leave the
   * mapping with that: to clean one that is still mapped, as a sync by another thread does, costs
   * the thread that writes more than this call.
   */
  private void beginWriting() {
    long to = position - position % PAGE_BYTES;
    active().beginWriting(begun, to);
    begun = to;
  }

  private void writeBuffer() {
    if (buffered > 0) {
      active().write(position, buffer, 0, buffered);
      position += buffered;
      buffered = 0;
    }
  }

  @Override
  public void sync() {
    activeLock.lock();
    try {
      requireWhole();
      long end = endOffset();
      if (end > syncedOffset) {
        bringToDevice();
        syncedOffset = end;
        begun = position;
        syncedSequence = lastSequence;
        durableSequenceCeiling = sequenceCeiling;
        durableTimestampCeiling = timestampCeiling;
      }
      if (following == 0 && segments.commitEnded()) {
        onRotate.run();
      }
    } catch (Throwable e) {
      broken = true;
      throw e;
    } finally {
      activeLock.unlock();
    }
  }

  /** The records that nobody waits for yet are all in the buffer, or else the file needs a sync. */
  private void bringToDevice() {
    StorageFile file = active();
    if (syncedOffset == endOffset() - buffered) {
      file.writeDurably(position, buffer, 0, buffered, SyncSite.LOG_RECORDS);
      position += buffered;
      buffered = 0;
      segments.written(endOffset());
    } else {
      handOver();
      file.sync(SyncSite.LOG_RECORDS);
    }
  }

  /** Returns when all commits up to a sequence are on the device. */
  public void syncThrough(long sequence) {
    if (syncedSequence < sequence) {
      sync();
    }
  }

  /** The next file is there in full; what fails now is a failure of the log. */
  private void rotate() {
    try {
      startNext();
    } catch (StorageException e) {
      throw e.isDiskFull() ? StorageException.io("the log cannot go on: " + e.getMessage(), e) : e;
    }
  }

  private void startNext() {
    sync();
    long fileBytes = active().size();
    active().close();
    active = null;
    segments.filled(
        new LogSegments.Segment(
            activeName, number, base, endOffset(), sequenceBefore, lastSequence, fileBytes));
    openSegment(lastSequence);
    onRotate.run();
  }

  /** Number of the newest segment, whose header is on the device. */
  public long newestSegment() {
    return newest;
  }

  /** Sets what runs after each change of segments; it must be quick. */
  public void onRotate(Runnable action) {
    onRotate = action;
  }

  /** How many segments wait for a flush, the active one not counted. */
  public int fullSegments() {
    return segments.fullSegments();
  }

  /** How many segments there are, spare ones not counted. */
  public int segments() {
    return segments.all().size();
  }

  /** Size of the segments' files, spare ones not counted. */
  public long bytes() {
    return segments.all().stream().mapToLong(LogSegments.Segment::fileBytes).sum();
  }

  /** Makes the segments whose commits are all in sstables free for use again, or for consumers. */
  public void recycle(long flushedSequence) {
    segments.recycle(flushedSequence);
  }

  /** Makes segments free that were kept for consumers and are not needed any more. */
  public void trim() {
    segments.trim();
  }

  /** Reserves a spare segment if there is none, so that the next rotation is quick. */
  public void prepareSpare() {
    segments.prepareSpare(0);
  }

  /** See {@link org.facetdb.storage.ChangeLog#retainAfter}; {@link #trim} acts on it. */
  public void retainAfter(long sequence) {
    segments.retainAfter(sequence);
  }

  /** Commits after this sequence can be read. */
  public long oldestSequence() {
    return segments.oldestSequence();
  }

  /** Number of the newest segment that had to go before it was archived, 0 if none had to. */
  public long lostThrough() {
    return segments.lostThrough();
  }

  /** All closed segments up to a number are archived; {@link #trim} acts on it. */
  public void archived(long number) {
    segments.archived(number);
  }

  /** Keeps the segments that are needed now, for a copy of the store. */
  public LogHold hold() {
    return new LogHold(files, segments);
  }

  /** Reads commits that were written, by {@link #write} or {@link #sync}, from the segments. */
  public LogReader reader() {
    return reader;
  }

  /**
   * Syncs, and leaves a record that says so: from then on any damage is told from a torn tail. Not
   * to be called after a failure.
   */
  @Override
  public void close() {
    activeLock.lock();
    try {
      if (active == null) {
        return;
      }
      sync();
      sequenceCeiling = 0;
      timestampCeiling = 0;
      appendRecord(RecordFormat.CLOSED, lastSequence, lastTimestamp, null, 0);
      sync();
      long fileBytes = active().size();
      release();
      segments.ended(
          new LogSegments.Segment(
              activeName, number, base, endOffset(), sequenceBefore, lastSequence, fileBytes));
    } finally {
      activeLock.unlock();
    }
  }

  /** Closes the file and nothing else. */
  @Override
  public void release() {
    activeLock.lock();
    try {
      StorageFile file = active;
      active = null;
      buffer = Arrays.copyOf(buffer, 0);
      if (file != null) {
        file.close();
      }
    } finally {
      activeLock.unlock();
    }
  }
}
