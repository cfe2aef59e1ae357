package org.facetdb.storage.log;

import org.facetdb.storage.ChangeLog;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.FileSystem;
import org.jspecify.annotations.Nullable;

/**
 * Reads commits from the segments of a log that goes on being written.
 *
 * <p>Safe for use by any number of threads. Remembers where the last read ended, so that a consumer
 * who comes back for more does not read a segment from its start. Owns nothing.
 */
public final class LogReader {
  /** A record ends at a position of a segment's file; the next one builds on it. */
  private record Place(long number, long sequence, long timestamp, long position) {}

  private final FileSystem files;
  private final LogSegments segments;
  private volatile @Nullable Place lastEnd;

  LogReader(FileSystem files, LogSegments segments) {
    this.files = files;
    this.segments = segments;
  }

  /**
   * Reads as {@link ChangeLog#read} says; all commits of the range must have been written.
   *
   * @throws StorageException SQLSTATE 72000 if the first of them are gone
   */
  public boolean read(long afterSequence, long throughSequence, ChangeLog.Visitor visitor) {
    if (afterSequence >= throughSequence) {
      return true;
    }
    try (LogSegments.Pin pin = segments.pin(afterSequence, throughSequence)) {
      for (LogSegments.Segment segment : pin.segments()) {
        pin.advance(segment);
        if (!read(segment, afterSequence, throughSequence, visitor)) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean read(
      LogSegments.Segment segment, long after, long through, ChangeLog.Visitor visitor) {
    try (SegmentReader reader = new SegmentReader(files, segment)) {
      Place start = lastEnd;
      if (start != null && start.number() == segment.number() && start.sequence() <= after) {
        reader.skipTo(start.position(), start.sequence(), start.timestamp());
      }
      LoggedCommit commit = reader.next(after);
      while (commit != null && commit.sequence() <= through) {
        lastEnd =
            new Place(segment.number(), commit.sequence(), commit.timestamp(), reader.position());
        if (!visitor.visit(commit)) {
          return false;
        }
        commit = commit.sequence() < through ? reader.next(after) : null;
      }
    }
    return true;
  }
}
