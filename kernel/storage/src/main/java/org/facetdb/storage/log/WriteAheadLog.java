package org.facetdb.storage.log;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.facetdb.storage.HybridTime;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.fs.SyncSite;
import org.facetdb.storage.log.LogFormat.RecordHeader;
import org.facetdb.storage.log.LogFormat.SegmentHeader;
import org.jspecify.annotations.Nullable;

/**
 * The write-ahead log: appends commit records to pre-written segments and syncs them.
 *
 * <p>{@link #append} and {@link #close} belong to the commit pipeline, one thread at a time;
 * everything else may be called by any thread. One lock keeps the active segment, another the full
 * and spare ones; the second may be taken under the first. The bytes are described in {@link
 * LogFormat}.
 *
 * <p>Invariant: when a segment's header exists, all records of the segments before it are synced.
 * After an exception from append, write or sync all later ones fail, since nobody knows what the
 * device holds: a second sync may report success for bytes that the first one lost. Owns the file
 * of the active segment.
 */
public final class WriteAheadLog implements CommitLog {
  private static final int TERM = 1;
  private static final int BUFFER_BYTES = 64 << 10;
  private static final int SPARES_MAX = 2;
  private static final int CEILING_MILLIS = 1_000;
  private static final int CEILING_SEQUENCES = 1 << 20;

  private record Full(String file, long lastSequence) {}

  private final FileSystem files;
  private final String directory;
  private final int segmentBytes;
  private final Timeline timeline;
  private final ReentrantLock activeLock = new ReentrantLock();
  private final ReentrantLock segmentsLock = new ReentrantLock();
  private final Deque<Full> full = new ArrayDeque<>();
  private final Deque<String> spares = new ArrayDeque<>();
  private volatile Runnable onRotate = () -> {};
  private long spareNumber;

  private byte[] buffer = new byte[BUFFER_BYTES];
  private int buffered;
  private @Nullable StorageFile active;
  private String activeName = "";
  private long number;
  private long position;
  private long base;
  private long lastSequence;
  private long lastTimestamp;
  private long syncedOffset;
  private volatile long syncedSequence;
  private boolean broken;
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
      int segmentBytes,
      LogRecovery recovery,
      Timeline timeline,
      long committedSequence,
      long sequenceFloor,
      long timestampFloor) {
    this.files = files;
    this.directory = directory;
    this.segmentBytes = segmentBytes;
    this.timeline = timeline;
    this.lastSequence = sequenceFloor;
    this.lastTimestamp = timestampFloor;
    this.number = recovery.maxNumber();
    this.base = recovery.endOffset();
    this.position = LogFormat.HEADER_BYTES;
    int segments = recovery.segments.size();
    for (int i = 0; i < segments; i++) {
      LogRecovery.ReadSegment segment = recovery.segments.get(i);
      boolean last = i + 1 == segments;
      full.add(new Full(segment.file(), last ? committedSequence : segment.lastSequence()));
    }
    for (String file : recovery.free) {
      release(file);
    }
    this.syncedSequence = committedSequence;
    openSegment(committedSequence);
  }

  private void release(String file) {
    if (spares.size() >= SPARES_MAX) {
      files.delete(file);
      return;
    }
    String spare = directory + "/spare-" + String.format("%08x", spareNumber++);
    if (!file.equals(spare)) {
      while (files.exists(spare)) {
        spare = directory + "/spare-" + String.format("%08x", spareNumber++);
      }
      files.rename(file, spare);
    }
    spares.add(spare);
  }

  private long endOffset() {
    return base + position - LogFormat.HEADER_BYTES + buffered;
  }

  /** Everything before is synced, so that the new header may state where the log before it ends. */
  private void openSegment(long committedSequence) {
    base = endOffset();
    number++;
    activeName = LogFormat.segmentName(directory, number);
    String spare = takeSpare();
    if (spare == null) {
      active = files.open(activeName, FileSystem.Mode.CREATE);
    } else {
      files.rename(spare, activeName);
      active = files.open(activeName, FileSystem.Mode.WRITE);
    }
    active.prewrite(segmentBytes);
    SegmentHeader header =
        new SegmentHeader(
            TERM,
            number,
            base,
            committedSequence,
            lastSequence,
            Math.max(lastSequence, sequenceCeiling),
            Math.max(lastTimestamp, timestampCeiling));
    byte[] bytes = LogFormat.encode(header);
    active.write(0, bytes, 0, bytes.length);
    active.sync(SyncSite.LOG_SEGMENT);
    position = LogFormat.HEADER_BYTES;
    syncedOffset = base;
    files.syncDirectory(directory, SyncSite.LOG_DIRECTORY);
  }

  private @Nullable String takeSpare() {
    segmentsLock.lock();
    try {
      return spares.poll();
    } finally {
      segmentsLock.unlock();
    }
  }

  @Override
  public boolean append(WriteBatch batch, long sequence, long timestamp, boolean unsynced) {
    activeLock.lock();
    try {
      requireWhole();
      int length = batch.byteLength();
      int total = LogFormat.RECORD_HEADER_BYTES + length;
      if (position + buffered + (long) total > segmentBytes
          && position + buffered > LogFormat.HEADER_BYTES) {
        rotate();
      }
      boolean mustSync = unsynced && raiseCeiling(sequence, timestamp);
      if (total > buffer.length - buffered) {
        write();
      }
      appendRecord(LogFormat.COMMIT, sequence, timestamp, batch);
      lastSequence = sequence;
      lastTimestamp = timestamp;
      return mustSync;
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
    return true;
  }

  private void appendRecord(byte kind, long sequence, long timestamp, @Nullable WriteBatch batch) {
    int length = batch == null ? 0 : batch.byteLength();
    int at = buffered;
    long millis = (timestampCeiling - timestamp) >> HybridTime.COUNTER_BITS;
    LogFormat.putRecordHeader(
        buffer,
        at,
        new RecordHeader(
            kind,
            length,
            number,
            sequence,
            timestamp,
            syncedOffset,
            Math.clamp(millis + 1, 0, timestampCeiling == 0 ? 0 : Integer.MAX_VALUE),
            Math.clamp(sequenceCeiling - sequence, 0, Integer.MAX_VALUE),
            TERM,
            batch == null ? 0 : batch.count()));
    byte[] payload = batch == null ? buffer : batch.array();
    int offset = batch == null ? 0 : batch.offset();
    LogFormat.seal(buffer, at, payload, offset, length);
    buffered = at + LogFormat.RECORD_HEADER_BYTES;
    if (length <= buffer.length - buffered) {
      System.arraycopy(payload, offset, buffer, buffered, length);
      buffered += length;
    } else {
      write();
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
      if (buffered > 0) {
        active().write(position, buffer, 0, buffered);
        position += buffered;
        buffered = 0;
      }
    } catch (Throwable e) {
      broken = true;
      throw e;
    } finally {
      activeLock.unlock();
    }
  }

  @Override
  public void sync() {
    activeLock.lock();
    try {
      requireWhole();
      write();
      long end = endOffset();
      if (end > syncedOffset) {
        active().sync(SyncSite.LOG_RECORDS);
        syncedOffset = end;
        syncedSequence = lastSequence;
        durableSequenceCeiling = sequenceCeiling;
        durableTimestampCeiling = timestampCeiling;
      }
    } catch (Throwable e) {
      broken = true;
      throw e;
    } finally {
      activeLock.unlock();
    }
  }

  /** Returns when all commits up to a sequence are on the device. */
  public void syncThrough(long sequence) {
    if (syncedSequence < sequence) {
      sync();
    }
  }

  private void rotate() {
    sync();
    active().close();
    active = null;
    segmentsLock.lock();
    try {
      full.add(new Full(activeName, lastSequence));
    } finally {
      segmentsLock.unlock();
    }
    openSegment(lastSequence);
    onRotate.run();
  }

  /** Sets what runs after each change of segments; it must be quick. */
  public void onRotate(Runnable action) {
    onRotate = action;
  }

  /** How many segments wait for a flush, the active one not counted. */
  public int fullSegments() {
    segmentsLock.lock();
    try {
      return full.size();
    } finally {
      segmentsLock.unlock();
    }
  }

  /** Makes the segments whose commits are all in sstables free for use again. */
  public void recycle(long flushedSequence) {
    segmentsLock.lock();
    try {
      List<Full> done = new ArrayList<>();
      while (!full.isEmpty() && full.getFirst().lastSequence() <= flushedSequence) {
        done.add(full.removeFirst());
      }
      if (!done.isEmpty()) {
        timeline.persist(done.getLast().lastSequence());
        for (Full segment : done) {
          release(segment.file());
        }
      }
    } finally {
      segmentsLock.unlock();
    }
  }

  /** Writes a spare segment ahead if there is none, so that the next rotation is quick. */
  public void prepareSpare() {
    segmentsLock.lock();
    try {
      if (!spares.isEmpty()) {
        return;
      }
      String name = directory + "/spare-" + String.format("%08x", spareNumber++);
      if (files.exists(name)) {
        return;
      }
      try (StorageFile file = files.open(name, FileSystem.Mode.CREATE)) {
        file.prewrite(segmentBytes);
      }
      spares.add(name);
    } finally {
      segmentsLock.unlock();
    }
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
      appendRecord(LogFormat.CLOSED, lastSequence, lastTimestamp, null);
      sync();
      release();
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
