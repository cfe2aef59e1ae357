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
  /**
   * What the log has to hold.
   *
   * @param flushedSequence every commit up to it is in tables
   * @param timelineThrough every commit up to it is in the timeline's files
   * @param timelineFile the file that the timeline goes on in, as messages call it
   * @param timelineEnd where it goes on there
   * @param newestSegment number of a segment that exists, or of one before it; 0 if none is known
   */
  public record Needs(
      long flushedSequence,
      long timelineThrough,
      String timelineFile,
      long timelineEnd,
      long newestSegment) {
    long through() {
      return Math.min(flushedSequence, timelineThrough);
    }
  }

  /** A segment whose header is valid. */
  private record Segment(String file, SegmentHeader header, long fileBytes) {
    /** Whether the file has less bytes than it had when the segment came into use. */
    boolean isCut() {
      return fileBytes < header.fileBytes();
    }
  }

  /** Files that were segments once, or are written ahead; free for new segments. */
  final List<String> free = new ArrayList<>();

  /**
   * Names to delete. Renames that a crash made durable in another order than they were made may
   * have left two names of one file, and one of the two is a segment.
   */
  final List<String> useless = new ArrayList<>();

  /** Segments that recovery does not need, and that lead up to those it needs without a gap. */
  final List<LogSegments.Segment> kept = new ArrayList<>();

  /** Segments that were read to their end. */
  final List<LogSegments.Segment> segments = new ArrayList<>();

  private final List<String> problems = new ArrayList<>();
  private final FileSystem files;
  private final String directory;
  private final Needs needs;
  private final boolean syncs;
  private final long flushedSequence;
  private long maxNumber;
  private long endOffset;
  private long lastSequence;
  private long expectedSequence;
  private long lastTimestamp;
  private long sequenceCeiling;
  private long timestampCeiling;
  private boolean closedCleanly;

  private LogRecovery(FileSystem files, String directory, Needs needs, boolean syncs) {
    this.files = files;
    this.directory = directory;
    this.needs = needs;
    this.syncs = syncs;
    this.flushedSequence = needs.through();
  }

  /**
   * Reads the log, makes its end durable, and hands on all commits that are needed.
   *
   * @throws StorageException category {@code CORRUPTION} with file, offset, expected and found
   */
  public static LogRecovery run(FileSystem files, String directory, Needs needs, LogReplay replay) {
    return new LogRecovery(files, directory, needs, true).read(replay);
  }

  /** As {@link #run}, and changes nothing, not even what is durable. */
  public static LogRecovery inspect(
      FileSystem files, String directory, Needs needs, LogReplay replay) {
    return new LogRecovery(files, directory, needs, false).read(replay);
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

  /** Log offset at which the log ends. */
  public long endOffset() {
    return endOffset;
  }

  /** Damage of what recovery does not need, one line each. */
  public List<String> problems() {
    return List.copyOf(problems);
  }

  /** Reads the segments that are kept for consumers, and returns their damage, one line each. */
  public List<String> damageOfKept() {
    List<String> damage = new ArrayList<>();
    for (LogSegments.Segment segment : kept) {
      try (SegmentReader reader = new SegmentReader(files, segment)) {
        reader.next(Long.MAX_VALUE);
      } catch (StorageException e) {
        if (e.category() != StorageException.Category.CORRUPTION) {
          throw e;
        }
        damage.add(String.valueOf(e.getMessage()));
      }
    }
    return damage;
  }

  long maxNumber() {
    return maxNumber;
  }

  private LogRecovery read(LogReplay replay) {
    List<Segment> valid = new ArrayList<>();
    List<String> invalid = new ArrayList<>();
    List<Long> invalidNumbers = new ArrayList<>();
    for (String entry : files.list(directory)) {
      String name = directory + "/" + entry;
      if (entry.startsWith("spare-")) {
        (isSegmentToo(name) ? useless : free).add(name);
      } else if (entry.endsWith(".log")) {
        long number = parseNumber(name, entry);
        maxNumber = Math.max(maxNumber, number);
        Segment segment = readHeader(name, number);
        if (segment == null) {
          invalid.add(name);
          invalidNumbers.add(number);
        } else {
          valid.add(segment);
        }
      }
    }
    for (int i = 0; i < invalid.size(); i++) {
      if (!refuseLostHeader(invalid.get(i), invalidNumbers.get(i))) {
        useless.add(invalid.get(i));
      }
    }
    dropUnusedLast(valid);
    requireNewest(valid);
    if (!valid.isEmpty()) {
      readNeeded(valid, replay);
    }
    return this;
  }

  private void readNeeded(List<Segment> valid, LogReplay replay) {
    int first = firstNeeded(valid);
    for (Segment segment : valid.subList(first, valid.size())) {
      if (segment.isCut()) {
        throw cut(segment);
      }
    }
    keep(valid, first);
    endOffset = valid.get(first).header().base();
    for (int i = first; i < valid.size(); i++) {
      readSegment(valid.get(i), i + 1 < valid.size() ? valid.get(i + 1) : null, replay);
    }
  }

  private StorageException cut(Segment segment) {
    return StorageException.corruption(
        files.describe(segment.file()),
        segment.fileBytes(),
        "a file of at least " + segment.header().fileBytes() + " bytes",
        "its end");
  }

  /**
   * A crash may leave the header of a new segment and not the size of its file. It was not in use
   * then: it has no record, and nobody was told of it.
   */
  private void dropUnusedLast(List<Segment> valid) {
    if (valid.isEmpty()) {
      return;
    }
    Segment last = valid.getLast();
    long number = last.header().number();
    if (last.isCut() && number > needs.newestSegment()) {
      byte[] bytes = readAll(last.file());
      if (LogFormat.decodeRecord(bytes, LogFormat.HEADER_BYTES, bytes.length, number) == null) {
        useless.add(valid.removeLast().file());
      }
    }
  }

  /** Where the newest segments are gone, nothing else in the log says so. */
  private void requireNewest(List<Segment> valid) {
    long newest = valid.isEmpty() ? 0 : valid.getLast().header().number();
    if (newest < needs.newestSegment()) {
      throw missing(needs.newestSegment(), "the newest segment of the log");
    }
    if (valid.isEmpty() && flushedSequence > 0) {
      throw missing(
          Math.max(1, maxNumber), "a segment with commits from sequence " + (flushedSequence + 1));
    }
  }

  private StorageException missing(long number, String expected) {
    String name = LogFormat.segmentName(directory, number);
    return StorageException.corruption(
        files.describe(name), 0, expected, files.exists(name) ? "no header of it" : "no file");
  }

  private long parseNumber(String name, String entry) {
    try {
      return Long.parseUnsignedLong(entry.substring(0, entry.length() - 4), 16);
    } catch (NumberFormatException e) {
      throw StorageException.corruption(
          files.describe(name), 0, "a segment named by its number", entry);
    }
  }

  private boolean isSegmentToo(String name) {
    byte[] bytes = new byte[LogFormat.HEADER_BYTES];
    try (StorageFile file = files.open(name, FileSystem.Mode.READ)) {
      int count = file.read(0, bytes, 0, bytes.length);
      return count == bytes.length
          && LogFormat.isHeader(bytes)
          && files.exists(LogFormat.segmentName(directory, LogFormat.headerNumber(bytes)));
    }
  }

  private @Nullable Segment readHeader(String name, long number) {
    try (StorageFile file = files.open(name, FileSystem.Mode.READ)) {
      byte[] bytes = new byte[LogFormat.HEADER_BYTES];
      int count = file.read(0, bytes, 0, bytes.length);
      LogFormat.requireKnown(files.describe(name), bytes);
      SegmentHeader header = count < bytes.length ? null : LogFormat.decodeHeader(bytes, number);
      return header == null ? null : new Segment(name, header, file.size());
    }
  }

  /** Sorts what recovery does not need into what consumers may still read and what is free. */
  private void keep(List<Segment> valid, int first) {
    int oldest = first;
    while (oldest > 0 && isFollowedBy(valid.get(oldest - 1), valid.get(oldest))) {
      oldest--;
    }
    for (int i = 0; i < oldest; i++) {
      free.add(valid.get(i).file());
    }
    for (int i = oldest; i < first; i++) {
      if (valid.get(i).isCut()) {
        problems.add(String.valueOf(cut(valid.get(i)).getMessage()));
      }
      kept.add(described(valid.get(i), valid.get(i + 1).header()));
    }
  }

  private static LogSegments.Segment described(Segment segment, SegmentHeader next) {
    SegmentHeader header = segment.header();
    return new LogSegments.Segment(
        segment.file(),
        header.number(),
        header.base(),
        next.base(),
        header.lastSequence(),
        next.lastSequence(),
        segment.fileBytes());
  }

  /**
   * Whether nothing is missing between two segments. Deletions that no sync has reached may leave
   * holes. Where a number is missing too, which an open that failed may have used up, the first of
   * the two is read to see where it ends.
   */
  private boolean isFollowedBy(Segment segment, Segment next) {
    SegmentHeader header = segment.header();
    long length = next.header().base() - header.base();
    long fileBytes = Math.max(segment.fileBytes(), header.fileBytes());
    if (length < 0
        || length > fileBytes - LogFormat.HEADER_BYTES
        || next.header().lastSequence() < header.lastSequence()) {
      return false;
    }
    if (next.header().number() == header.number() + 1) {
      return true;
    }
    byte[] bytes = readAll(segment.file());
    int at = LogFormat.HEADER_BYTES;
    RecordHeader record = LogFormat.decodeRecord(bytes, at, bytes.length, header.number());
    while (record != null && at - LogFormat.HEADER_BYTES < length) {
      at += record.totalBytes();
      record = LogFormat.decodeRecord(bytes, at, bytes.length, header.number());
    }
    return at - LogFormat.HEADER_BYTES == length;
  }

  /**
   * A segment that never came into use has no header yet, and one that is being recycled under a
   * name that was not durable has another's; but neither has records that are still needed.
   *
   * @return whether the file has records that are not needed, and lost the header before them
   */
  private boolean refuseLostHeader(String name, long number) {
    byte[] bytes = readAll(name);
    int at = LogFormat.HEADER_BYTES;
    RecordHeader record = LogFormat.decodeRecord(bytes, at, bytes.length, number);
    boolean lost = record != null && !LogFormat.isHeader(bytes);
    if (lost) {
      problems.add(
          String.valueOf(
              StorageException.corruption(
                      files.describe(name), 0, "header of segment " + number, "no header")
                  .getMessage()));
    }
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
    return lost;
  }

  private int firstNeeded(List<Segment> valid) {
    int first = -1;
    for (int i = 0; i < valid.size(); i++) {
      if (valid.get(i).header().lastSequence() <= flushedSequence) {
        first = i;
      }
    }
    if (first < 0) {
      SegmentHeader oldest = valid.getFirst().header();
      if (oldest.lastSequence() <= needs.flushedSequence()) {
        throw StorageException.corruption(
            needs.timelineFile(),
            needs.timelineEnd(),
            "the timeline through sequence " + oldest.lastSequence(),
            "its end at sequence " + needs.timelineThrough());
      }
      throw missing(
          oldest.number() - 1,
          "a segment with the commits " + (flushedSequence + 1) + " to " + oldest.lastSequence());
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
    if (next == null && syncs) {
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
      throw endsEarly(segment, next, bytes, at);
    }
    if (next == null) {
      refuseDamageBeforeSynced(segment, bytes, at);
      if (lastSequence < needs.flushedSequence()) {
        // Tables never know more than the log.
        throw damagedRecord(segment, bytes, at);
      }
    }
    long covered = next == null ? lastSequence : next.header().lastSequence();
    segments.add(
        new LogSegments.Segment(
            segment.file(),
            header.number(),
            header.base(),
            endOffset,
            header.lastSequence(),
            covered,
            segment.fileBytes()));
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

  /**
   * A segment ends before the base of the next one that there is. If its own bytes go on with
   * nothing, and a number is missing behind it, that one is gone.
   */
  private StorageException endsEarly(Segment segment, Segment next, byte[] bytes, int at) {
    long number = segment.header().number();
    if (next.header().number() == number + 1) {
      return damagedRecord(segment, bytes, at);
    }
    for (int i = at; i <= bytes.length - LogFormat.RECORD_HEADER_BYTES; i++) {
      if (LogFormat.recordNumber(bytes, i) == number
          && (i == at || LogFormat.decodeRecord(bytes, i, bytes.length, number) != null)) {
        return damagedRecord(segment, bytes, at);
      }
    }
    return missing(
        number + 1, "a segment from log offset " + endOffset + " to " + next.header().base());
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
