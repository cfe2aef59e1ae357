package org.facetdb.storage.log;

import java.util.ArrayList;
import java.util.List;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.fs.SyncSite;
import org.facetdb.storage.log.LogFormat.RecordHeader;
import org.facetdb.storage.log.LogFormat.SegmentHeader;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log at open: finds the segments that are still needed, hands their commits on, cuts a
 * torn tail and refuses damage. Changes no file, but syncs the last one. Used by one thread, once;
 * owns nothing.
 */
public final class LogRecovery {
  /** A segment whose header is valid. */
  record Segment(String file, SegmentHeader header) {}

  /**
   * A segment that was read to its end.
   *
   * @param lastSequence sequence up to which everything is in this segment or before it
   */
  record ReadSegment(String file, long number, long lastSequence) {}

  /** Files that were segments once, or never became one; free for new segments. */
  final List<String> free = new ArrayList<>();

  final List<ReadSegment> segments = new ArrayList<>();
  private final FileSystem files;
  private final String directory;
  private final long flushedSequence;
  private long firstSequenceBefore;
  private long maxNumber;
  private long endOffset;
  private long lastSequence;
  private long expectedSequence;
  private long lastTimestamp;
  private long sequenceCeiling;
  private long timestampCeiling;
  private boolean closedCleanly;

  private LogRecovery(FileSystem files, String directory, long flushedSequence) {
    this.files = files;
    this.directory = directory;
    this.flushedSequence = flushedSequence;
  }

  /**
   * Reads the log and hands on all commits after {@code flushedSequence}.
   *
   * @throws StorageException category {@code CORRUPTION} with file, offset, expected and found
   */
  public static LogRecovery run(
      FileSystem files, String directory, long flushedSequence, LogReplay replay) {
    LogRecovery recovery = new LogRecovery(files, directory, flushedSequence);
    recovery.read(replay);
    return recovery;
  }

  /** Sequence of the last commit found, or of the last before the first segment. */
  public long lastSequence() {
    return lastSequence;
  }

  /** The largest timestamp that may have been given out. */
  public long timestampCeiling() {
    return Math.max(lastTimestamp, timestampCeiling);
  }

  /** The largest sequence that may have been given out. */
  public long sequenceCeiling() {
    return Math.max(lastSequence, sequenceCeiling);
  }

  /** Timestamp of the last commit found; 0 if none was. */
  public long lastTimestamp() {
    return lastTimestamp;
  }

  /** Last sequence before the oldest segment that is still needed. */
  public long firstSequenceBefore() {
    return firstSequenceBefore;
  }

  /** Log offset at which the log ends. */
  public long endOffset() {
    return endOffset;
  }

  long maxNumber() {
    return maxNumber;
  }

  private void read(LogReplay replay) {
    List<Segment> valid = new ArrayList<>();
    List<String> invalid = new ArrayList<>();
    List<Long> invalidNumbers = new ArrayList<>();
    for (String entry : files.list(directory)) {
      String name = directory + "/" + entry;
      if (entry.startsWith("spare-")) {
        free.add(name);
      } else if (entry.endsWith(".log")) {
        long number = parseNumber(name, entry);
        maxNumber = Math.max(maxNumber, number);
        SegmentHeader header = readHeader(name, number);
        if (header == null) {
          invalid.add(name);
          invalidNumbers.add(number);
        } else {
          valid.add(new Segment(name, header));
        }
      }
    }
    for (int i = 0; i < invalid.size(); i++) {
      refuseLostHeader(invalid.get(i), invalidNumbers.get(i));
      free.add(invalid.get(i));
    }
    if (valid.isEmpty()) {
      if (flushedSequence > 0) {
        throw StorageException.corruption(
            files.describe(directory), 0, "log segments up to " + flushedSequence, "none");
      }
      return;
    }
    int first = firstNeeded(valid);
    for (int i = 0; i < first; i++) {
      free.add(valid.get(i).file());
    }
    firstSequenceBefore = valid.get(first).header().lastSequence();
    endOffset = valid.get(first).header().base();
    for (int i = first; i < valid.size(); i++) {
      readSegment(valid.get(i), i + 1 < valid.size() ? valid.get(i + 1) : null, replay);
    }
  }

  private long parseNumber(String name, String entry) {
    try {
      return Long.parseUnsignedLong(entry.substring(0, entry.length() - 4), 16);
    } catch (NumberFormatException e) {
      throw StorageException.corruption(
          files.describe(name), 0, "a segment named by its number", entry);
    }
  }

  private @Nullable SegmentHeader readHeader(String name, long number) {
    try (StorageFile file = files.open(name, FileSystem.Mode.READ)) {
      byte[] bytes = new byte[LogFormat.HEADER_BYTES];
      int count = file.read(0, bytes, 0, bytes.length);
      return count < bytes.length ? null : LogFormat.decodeHeader(bytes, number);
    }
  }

  /**
   * A segment that never came into use has no header yet, and one that is being recycled under a
   * name that was not durable has another's; but neither has records that are still needed.
   */
  private void refuseLostHeader(String name, long number) {
    byte[] bytes = readAll(name);
    int at = LogFormat.HEADER_BYTES;
    RecordHeader record = LogFormat.decodeRecord(bytes, at, bytes.length, number);
    while (record != null) {
      if (record.sequence() > flushedSequence) {
        throw StorageException.corruption(
            files.describe(name),
            0,
            "header of segment " + number,
            "no such header before the record of sequence " + record.sequence());
      }
      at += record.totalBytes();
      record = LogFormat.decodeRecord(bytes, at, bytes.length, number);
    }
  }

  private int firstNeeded(List<Segment> valid) {
    int first = -1;
    for (int i = 0; i < valid.size(); i++) {
      if (valid.get(i).header().lastSequence() <= flushedSequence) {
        first = i;
      }
    }
    if (first < 0) {
      Segment oldest = valid.get(0);
      throw StorageException.corruption(
          files.describe(oldest.file()),
          32,
          "log from sequence " + (flushedSequence + 1),
          "log from sequence " + (oldest.header().lastSequence() + 1));
    }
    return first;
  }

  private byte[] readAll(String name) {
    try (StorageFile file = files.open(name, FileSystem.Mode.READ)) {
      long size = file.size();
      if (size > Integer.MAX_VALUE - 64) {
        throw StorageException.corruption(
            files.describe(name), 0, "a segment of at most 2 GB", size + " bytes");
      }
      byte[] bytes = new byte[(int) size];
      file.readFully(0, bytes, 0, bytes.length);
      return bytes;
    }
  }

  private void readSegment(Segment segment, @Nullable Segment next, LogReplay replay) {
    SegmentHeader header = segment.header();
    if (header.base() != endOffset || header.lastSequence() < lastSequence) {
      throw StorageException.corruption(
          files.describe(segment.file()),
          24,
          "base " + endOffset + " after sequence " + lastSequence,
          "base " + header.base() + " after sequence " + header.lastSequence());
    }
    if (next == null) {
      syncTail(segment);
    }
    byte[] bytes = readAll(segment.file());
    lastSequence = header.lastSequence();
    expectedSequence = header.sequenceFloor() + 1;
    sequenceCeiling = Math.max(sequenceCeiling, header.sequenceCeiling());
    timestampCeiling = Math.max(timestampCeiling, header.timestampCeiling());
    long end = next == null ? Long.MAX_VALUE : next.header().base();
    int at = LogFormat.HEADER_BYTES;
    closedCleanly = false;
    while (header.base() + at - LogFormat.HEADER_BYTES < end) {
      RecordHeader record = LogFormat.decodeRecord(bytes, at, bytes.length, header.number());
      if (record == null) {
        break;
      }
      take(segment, record, bytes, at, replay);
      at += record.totalBytes();
    }
    endOffset = header.base() + at - LogFormat.HEADER_BYTES;
    if (next != null && endOffset != end) {
      throw damagedRecord(segment, bytes, at);
    }
    if (next == null) {
      refuseDamageBeforeSynced(segment, bytes, at);
    }
    long covered = next == null ? lastSequence : next.header().lastSequence();
    segments.add(new ReadSegment(segment.file(), header.number(), covered));
  }

  /** A killed process may have left records that no sync has reached, and now they count. */
  private void syncTail(Segment segment) {
    try (StorageFile file = files.open(segment.file(), FileSystem.Mode.WRITE)) {
      file.sync(SyncSite.LOG_TAIL);
    }
  }

  private void take(Segment segment, RecordHeader record, byte[] bytes, int at, LogReplay replay) {
    boolean commit = record.kind() == LogFormat.COMMIT;
    long expected = commit ? expectedSequence : expectedSequence - 1;
    if (closedCleanly
        || record.sequence() != expected
        || (commit && record.timestamp() <= lastTimestamp)) {
      throw StorageException.corruption(
          files.describe(segment.file()),
          at,
          "sequence " + expected + " with a timestamp above " + lastTimestamp,
          "sequence " + record.sequence() + " with timestamp " + record.timestamp());
    }
    expectedSequence = record.sequence() + 1;
    lastSequence = commit ? record.sequence() : lastSequence;
    lastTimestamp = commit ? record.timestamp() : lastTimestamp;
    sequenceCeiling = Math.max(sequenceCeiling, record.sequenceCeiling());
    timestampCeiling = Math.max(timestampCeiling, record.timestampCeiling());
    closedCleanly = !commit;
    if (closedCleanly) {
      sequenceCeiling = record.sequence();
      timestampCeiling = record.timestamp();
    } else {
      replay.commit(
          WriteBatch.wrap(
              bytes, at + LogFormat.RECORD_HEADER_BYTES, record.length(), record.rows()),
          record.timestamp(),
          record.sequence());
    }
  }

  /**
   * Tells a torn tail from damage: a later record that was written when more than the good part was
   * known synced proves that the bytes between were good once.
   */
  private void refuseDamageBeforeSynced(Segment segment, byte[] bytes, int at) {
    long number = segment.header().number();
    for (int i = at + 1; i <= bytes.length - LogFormat.RECORD_HEADER_BYTES; i++) {
      RecordHeader later = LogFormat.decodeRecord(bytes, i, bytes.length, number);
      if (later != null && later.synced() > endOffset) {
        throw damagedRecord(segment, bytes, at);
      }
    }
  }

  private StorageException damagedRecord(Segment segment, byte[] bytes, int at) {
    long number = segment.header().number();
    boolean header = bytes.length - at >= LogFormat.RECORD_HEADER_BYTES;
    return StorageException.corruption(
        files.describe(segment.file()),
        at,
        "record of segment "
            + number
            + (header
                ? " with checksum " + Integer.toHexString(LogFormat.storedChecksum(bytes, at))
                : ""),
        LogFormat.describe(bytes, at, bytes.length, number));
  }
}
