package org.facetdb.storage.log;

import java.util.ArrayList;
import java.util.List;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the segments of an open log that recovery or a consumer needs now, and all later ones,
 * until it is closed, so that they can be copied while commits go on.
 *
 * <p>Used by one thread; commits of any other go on. Owns a pin of the segments.
 */
public final class LogHold implements AutoCloseable {
  private final FileSystem files;
  private final LogSegments segments;
  private final LogSegments.Pin pin;

  LogHold(FileSystem files, LogSegments segments) {
    this.files = files;
    this.segments = segments;
    this.pin = segments.pinNeeded();
  }

  /** A segment as it belongs into a copy of the store. */
  public final class Part {
    private final LogSegments.Segment segment;
    private final long throughSequence;
    private final boolean last;

    private Part(LogSegments.Segment segment, long throughSequence, boolean last) {
      this.segment = segment;
      this.throughSequence = throughSequence;
      this.last = last;
    }

    /** Log offset of the first record. */
    public long base() {
      return segment.base();
    }

    /** Log offset behind the last record. */
    public long end() {
      return segment.end();
    }

    /** Sequence up to which all commits are in the segment or before it. */
    public long lastSequence() {
      return segment.lastSequence();
    }

    /** Size of the file in the store. */
    public long fileBytes() {
      return segment.fileBytes();
    }

    /** The last bytes of the records, all of them if there are fewer. */
    public byte[] tail(int most) {
      int length = (int) Math.min(most, segment.end() - segment.base());
      byte[] bytes = new byte[length];
      long end = LogFormat.HEADER_BYTES + segment.end() - segment.base();
      try (StorageFile file = files.open(segment.file(), FileSystem.Mode.READ)) {
        file.readFully(end - length, bytes, 0, length);
      }
      return bytes;
    }

    /** Number of the segment. */
    public long number() {
      return segment.number();
    }

    /** Name of the file in the store. */
    public String name() {
      return segment.file();
    }

    /**
     * Reads and verifies the segment. The last one ends with the record asked for and one that
     * closes the log.
     *
     * @throws StorageException category {@code CORRUPTION} with file, offset, expected and found
     */
    public byte[] bytes() {
      LogCopy copy = copy();
      return last ? copy.closedAfter(throughSequence) : copy.whole();
    }

    /** Reads the segment. */
    public LogCopy copy() {
      long end = LogFormat.HEADER_BYTES + segment.end() - segment.base();
      byte[] bytes = new byte[Math.toIntExact(end)];
      try (StorageFile file = files.open(segment.file(), FileSystem.Mode.READ)) {
        file.readFully(0, bytes, 0, bytes.length);
      }
      return new LogCopy(files.describe(segment.file()), bytes, segment.number());
    }
  }

  /**
   * The segments that lead up to a commit, oldest first.
   *
   * @param sequence of a commit that was written, and is in a held segment or right before them
   */
  public List<Part> through(long sequence) {
    List<LogSegments.Segment> wanted = new ArrayList<>();
    for (LogSegments.Segment segment : segments.written(pin)) {
      if (wanted.isEmpty() || segment.sequenceBefore() < sequence) {
        wanted.add(segment);
      }
    }
    List<Part> parts = new ArrayList<>();
    for (LogSegments.Segment segment : wanted) {
      parts.add(new Part(segment, sequence, segment == wanted.getLast()));
    }
    return parts;
  }

  /** The segments that are closed and not archived, oldest first. */
  public List<Part> unarchived() {
    List<Part> parts = new ArrayList<>();
    for (LogSegments.Segment segment : segments.unarchived()) {
      parts.add(new Part(segment, Long.MAX_VALUE, false));
    }
    return parts;
  }

  /** The first of them, null if there is none. */
  public @Nullable Part oldestUnarchived() {
    List<Part> parts = unarchived();
    return parts.isEmpty() ? null : parts.getFirst();
  }

  @Override
  public void close() {
    pin.close();
  }
}
