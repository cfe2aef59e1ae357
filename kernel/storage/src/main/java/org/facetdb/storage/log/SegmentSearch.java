package org.facetdb.storage.log;

import java.util.ArrayList;
import java.util.List;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.log.LogFormat.SegmentHeader;
import org.facetdb.storage.log.LogRecovery.Needs;
import org.facetdb.storage.log.RecordFormat.Before;
import org.facetdb.storage.log.RecordFormat.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * Finds the segments of a log at open, and tells those that recovery needs from those that
 * consumers may still read and from what is free. Refuses a log of which something is missing.
 * Changes no file. Used by one thread, once; owns nothing.
 */
final class SegmentSearch {
  /** A segment whose header is valid. */
  record Found(String file, SegmentHeader header, long fileBytes) {
    /** Whether the file has less bytes than it had when the segment came into use. */
    boolean isCut() {
      return fileBytes < header.fileBytes();
    }
  }

  /** Files that were segments once, or whose room is reserved; free for new segments. */
  final List<String> free = new ArrayList<>();

  /**
   * Names to delete. Renames that a crash made durable in another order than they were made may
   * have left two names of one file, and one of the two is a segment.
   */
  final List<String> useless = new ArrayList<>();

  /** Segments that recovery does not need, and that lead up to those it needs without a gap. */
  final List<LogSegments.Segment> kept = new ArrayList<>();

  /** Segments that recovery reads, oldest first. */
  final List<Found> needed = new ArrayList<>();

  /** Damage of what recovery does not need, one line each. */
  final List<String> problems = new ArrayList<>();

  private final FileSystem files;
  private final String directory;
  private final Needs needs;
  private final long flushedSequence;
  private long maxNumber;

  /**
   * Searches a directory.
   *
   * @throws StorageException category {@code CORRUPTION} with file, offset, expected and found
   */
  SegmentSearch(FileSystem files, String directory, Needs needs) {
    this.files = files;
    this.directory = directory;
    this.needs = needs;
    this.flushedSequence = needs.through();
    search();
  }

  /** The largest number that a segment has by its name; 0 if there is none. */
  long maxNumber() {
    return maxNumber;
  }

  private void search() {
    List<Found> valid = new ArrayList<>();
    List<String> invalid = new ArrayList<>();
    List<Long> invalidNumbers = new ArrayList<>();
    for (String entry : files.list(directory)) {
      String name = directory + "/" + entry;
      if (entry.startsWith("spare-")) {
        (isSegmentToo(name) ? useless : free).add(name);
      } else if (entry.endsWith(".log")) {
        long number = parseNumber(name, entry);
        maxNumber = Math.max(maxNumber, number);
        Found segment = readHeader(name, number);
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
    dropCutAway(valid);
    if (!valid.isEmpty()) {
      choose(valid);
    }
  }

  private void choose(List<Found> valid) {
    int first = firstNeeded(valid);
    needed.addAll(valid.subList(first, valid.size()));
    for (Found segment : needed) {
      if (segment.isCut()) {
        throw cut(segment);
      }
    }
    keep(valid, first);
  }

  private StorageException cut(Found segment) {
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
  private void dropUnusedLast(List<Found> valid) {
    if (valid.isEmpty()) {
      return;
    }
    Found last = valid.getLast();
    long number = last.header().number();
    if (last.isCut() && number > needs.newestSegment()) {
      byte[] bytes = readAll(last.file());
      int at = LogFormat.HEADER_BYTES;
      if (RecordFormat.decode(bytes, at, bytes.length, at, Before.first(last.header())) == null) {
        useless.add(valid.removeLast().file());
      }
    }
  }

  /** A recovery cut these away, and a crash came before they were used again. */
  private void dropCutAway(List<Found> valid) {
    long base = Long.MAX_VALUE;
    for (int i = valid.size() - 1; i >= 0; i--) {
      long own = valid.get(i).header().base();
      if (own > base) {
        free.add(valid.remove(i).file());
      } else {
        base = own;
      }
    }
  }

  /** Where the newest segments are gone, nothing else in the log says so. */
  private void requireNewest(List<Found> valid) {
    long newest = valid.isEmpty() ? 0 : valid.getLast().header().number();
    if (newest < needs.newestSegment()) {
      throw missing(needs.newestSegment(), "the newest segment of the log");
    }
    if (valid.isEmpty() && flushedSequence > 0) {
      throw missing(
          Math.max(1, maxNumber), "a segment with commits from sequence " + (flushedSequence + 1));
    }
  }

  StorageException missing(long number, String expected) {
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

  private @Nullable Found readHeader(String name, long number) {
    try (StorageFile file = files.open(name, FileSystem.Mode.READ)) {
      byte[] bytes = new byte[LogFormat.HEADER_BYTES];
      int count = file.read(0, bytes, 0, bytes.length);
      LogFormat.requireKnown(files.describe(name), bytes);
      SegmentHeader header = count < bytes.length ? null : LogFormat.decodeHeader(bytes, number);
      return header == null ? null : new Found(name, header, file.size());
    }
  }

  /** Sorts what recovery does not need into what consumers may still read and what is free. */
  private void keep(List<Found> valid, int first) {
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

  private static LogSegments.Segment described(Found segment, SegmentHeader next) {
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
  private boolean isFollowedBy(Found segment, Found next) {
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
    Before before = Before.first(header);
    while (at - LogFormat.HEADER_BYTES < length) {
      RecordHeader record = RecordFormat.decode(bytes, at, bytes.length, at, before);
      if (record == null) {
        break;
      }
      before = before.then(record);
      at += record.totalBytes();
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
    Before before = new Before(number, 0, 0, Before.NONE);
    RecordHeader record = RecordFormat.decode(bytes, at, bytes.length, at, before);
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
      before = before.then(record);
      record = RecordFormat.decode(bytes, at, bytes.length, at, before);
    }
    return lost;
  }

  private int firstNeeded(List<Found> valid) {
    int first = -1;
    for (int i = 0; i < valid.size(); i++) {
      if (valid.get(i).header().lastSequence() <= flushedSequence) {
        first = i;
      }
    }
    if (first < 0) {
      SegmentHeader oldest = valid.getFirst().header();
      StorageException missing =
          missing(
              oldest.number() - 1,
              "a segment with the commits "
                  + (flushedSequence + 1)
                  + " to "
                  + oldest.lastSequence());
      // The tables have these commits, so the timeline had them, or else the segment was needed.
      throw oldest.lastSequence() > needs.flushedSequence()
          ? missing
          : StorageException.corruption(
              needs.timelineFile(),
              needs.timelineEnd(),
              "the timeline through sequence " + oldest.lastSequence(),
              "its end at sequence "
                  + needs.timelineThrough()
                  + ", and where that is right: "
                  + missing.getMessage());
    }
    return first;
  }

  byte[] readAll(String name) {
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
}
