package org.facetdb.storage.log;

import java.util.ArrayList;
import java.util.List;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.fs.SyncSite;
import org.facetdb.storage.log.LogFormat.SegmentHeader;
import org.facetdb.storage.log.RecordFormat.Before;
import org.facetdb.storage.log.RecordFormat.RecordHeader;
import org.facetdb.storage.log.SegmentSearch.Found;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log at open: finds the segments that are still needed, hands their commits on, cuts a
 * torn tail, and a last commit of which parts are missing, and refuses damage. Changes no file, but
 * syncs the last one. Used by one thread, once; owns nothing.
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

  private static final long NOTHING = -1;

  /** See {@link SegmentSearch#free}. */
  final List<String> free;

  /** See {@link SegmentSearch#useless}. */
  final List<String> useless;

  /** See {@link SegmentSearch#kept}. */
  final List<LogSegments.Segment> kept;

  /** Segments that were read to their end. */
  final List<LogSegments.Segment> segments = new ArrayList<>();

  /** Files of segments that hold nothing but parts of a commit whose end is missing. */
  final List<String> unfinished = new ArrayList<>();

  private final FileSystem files;
  private final Needs needs;
  private final boolean syncs;
  private final long completeThrough;
  private final SegmentSearch search;
  private long endOffset;
  private long lastSequence;
  private long lastTimestamp;
  private long sequenceCeiling;
  private long timestampCeiling;
  private boolean closedCleanly;

  /** Where the commit begins whose parts are being read; null between commits. */
  private @Nullable Begin begin;

  /**
   * Where a commit of several parts begins.
   *
   * @param segment index of its segment
   * @param offset log offset of its first part
   */
  private record Begin(int segment, long offset, long lastSequence, long lastTimestamp) {}

  private LogRecovery(
      FileSystem files, String directory, Needs needs, boolean syncs, long completeThrough) {
    this.files = files;
    this.needs = needs;
    this.syncs = syncs;
    this.completeThrough = completeThrough;
    this.search = new SegmentSearch(files, directory, needs);
    this.free = search.free;
    this.useless = search.useless;
    this.kept = search.kept;
  }

  /**
   * Reads the log, makes its end durable, and hands on all commits that are needed.
   *
   * @param completeThrough the last commit that {@link #inspect} found, so that no part is handed
   *     on of one that is not complete
   * @throws StorageException category {@code CORRUPTION} with file, offset, expected and found
   */
  public static LogRecovery run(
      FileSystem files, String directory, Needs needs, long completeThrough, LogReplay replay) {
    return new LogRecovery(files, directory, needs, true, completeThrough).read(replay);
  }

  /**
   * As {@link #run}, and changes nothing, not even what is durable. Hands on the parts of a commit
   * that is not complete, too.
   */
  public static LogRecovery inspect(
      FileSystem files, String directory, Needs needs, LogReplay replay) {
    return new LogRecovery(files, directory, needs, false, Long.MAX_VALUE).read(replay);
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
    return List.copyOf(search.problems);
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
    return search.maxNumber();
  }

  private LogRecovery read(LogReplay replay) {
    List<Found> needed = search.needed;
    if (!needed.isEmpty()) {
      endOffset = needed.getFirst().header().base();
    }
    for (int i = 0; i < needed.size(); i++) {
      readSegment(needed.get(i), i + 1 < needed.size() ? needed.get(i + 1) : null, replay);
    }
    Begin incomplete = begin;
    if (incomplete != null) {
      cutTo(incomplete);
    }
    return this;
  }

  /** Takes back what was read of a commit whose end is missing; nobody was told of it. */
  private void cutTo(Begin incomplete) {
    while (segments.size() > incomplete.segment() + 1) {
      unfinished.addFirst(segments.removeLast().file());
    }
    LogSegments.Segment last = segments.removeLast();
    endOffset = incomplete.offset();
    lastSequence = incomplete.lastSequence();
    lastTimestamp = incomplete.lastTimestamp();
    segments.add(
        new LogSegments.Segment(
            last.file(),
            last.number(),
            last.base(),
            endOffset,
            last.sequenceBefore(),
            lastSequence,
            last.fileBytes()));
  }

  private void readSegment(Found segment, @Nullable Found next, LogReplay replay) {
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
    byte[] bytes = search.readAll(segment.file());
    lastSequence = header.lastSequence();
    Before before = Before.first(header);
    sequenceCeiling = Math.max(sequenceCeiling, header.sequenceCeiling());
    timestampCeiling = Math.max(timestampCeiling, header.timestampCeiling());
    long end = next == null ? Long.MAX_VALUE : next.header().base();
    if (segments.isEmpty() && header.following() > 0) {
      // Its first parts are in tables, so it was complete.
      begin = new Begin(0, header.base(), NOTHING, lastTimestamp);
    }
    int at = LogFormat.HEADER_BYTES;
    closedCleanly = false;
    while (header.base() + at - LogFormat.HEADER_BYTES < end) {
      RecordHeader record = RecordFormat.decode(bytes, at, bytes.length, at, before);
      if (record == null) {
        break;
      }
      verifyOrder(segment, record, before, at);
      if (record.following() > 0 && begin == null) {
        long offset = header.base() + at - LogFormat.HEADER_BYTES;
        begin = new Begin(segments.size(), offset, lastSequence, lastTimestamp);
      } else if (record.following() == 0) {
        begin = null;
      }
      take(record, bytes, at, replay);
      before = before.then(record);
      at += record.totalBytes();
    }
    endOffset = header.base() + at - LogFormat.HEADER_BYTES;
    if (next != null && endOffset != end) {
      throw endsEarly(segment, next, bytes, at);
    }
    if (next == null) {
      refuseDamageBeforeSynced(segment, bytes, at);
      Begin incomplete = begin;
      long complete = incomplete == null ? lastSequence : incomplete.lastSequence();
      if (complete < needs.flushedSequence()) {
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
  private void syncTail(Found segment) {
    try (StorageFile file = files.open(segment.file(), FileSystem.Mode.WRITE)) {
      file.sync(SyncSite.LOG_TAIL);
    }
  }

  private void verifyOrder(Found segment, RecordHeader record, Before before, int at) {
    boolean commit = record.isCommit();
    long expected = commit ? before.sequence() + 1 : before.sequence();
    // The parts of a commit have one timestamp.
    long lowest = begin == null ? lastTimestamp + 1 : lastTimestamp;
    if (closedCleanly || record.sequence() != expected || (commit && record.timestamp() < lowest)) {
      throw StorageException.corruption(
          files.describe(segment.file()),
          at,
          "sequence " + expected + " with a timestamp of at least " + lowest,
          "sequence " + record.sequence() + " with timestamp " + record.timestamp());
    }
  }

  private void take(RecordHeader record, byte[] bytes, int at, LogReplay replay) {
    if (!record.isCommit()) {
      closedCleanly = true;
      sequenceCeiling = record.sequence();
      timestampCeiling = record.timestamp();
      return;
    }
    closedCleanly = false;
    lastSequence = record.sequence();
    lastTimestamp = record.timestamp();
    sequenceCeiling = Math.max(sequenceCeiling, record.sequenceCeiling());
    timestampCeiling = Math.max(timestampCeiling, record.timestampCeiling());
    if (record.sequence() <= completeThrough) {
      replay.commit(
          record.batch(bytes, at), record.timestamp(), record.sequence(), record.following());
    }
  }

  /**
   * Tells a torn tail from damage: a later record that was written when more than the good part was
   * known synced proves that the bytes between were good once.
   */
  private void refuseDamageBeforeSynced(Found segment, byte[] bytes, int at) {
    Before anywhere = Before.anywhere(segment.header());
    for (int i = at + 1; i <= bytes.length - RecordFormat.SHORT_HEADER_BYTES; i++) {
      RecordHeader later = RecordFormat.decode(bytes, i, bytes.length, i, anywhere);
      if (later != null && later.synced() > endOffset) {
        throw damagedRecord(segment, bytes, at);
      }
    }
  }

  /**
   * A segment ends before the base of the next one that there is. If its own bytes go on with
   * nothing, and a number is missing behind it, that one is gone.
   */
  private StorageException endsEarly(Found segment, Found next, byte[] bytes, int at) {
    long number = segment.header().number();
    if (next.header().number() == number + 1) {
      return damagedRecord(segment, bytes, at);
    }
    Before anywhere = Before.anywhere(segment.header());
    boolean goesOn = RecordFormat.claims(bytes, at, bytes.length, number);
    for (int i = at + 1; !goesOn && i <= bytes.length - RecordFormat.SHORT_HEADER_BYTES; i++) {
      goesOn = RecordFormat.decode(bytes, i, bytes.length, i, anywhere) != null;
    }
    if (goesOn) {
      return damagedRecord(segment, bytes, at);
    }
    return search.missing(
        number + 1, "a segment from log offset " + endOffset + " to " + next.header().base());
  }

  private StorageException damagedRecord(Found segment, byte[] bytes, int at) {
    long number = segment.header().number();
    return StorageException.corruption(
        files.describe(segment.file()),
        at,
        RecordFormat.expected(bytes, at, bytes.length, number),
        RecordFormat.describe(bytes, at, bytes.length, number, at));
  }
}
