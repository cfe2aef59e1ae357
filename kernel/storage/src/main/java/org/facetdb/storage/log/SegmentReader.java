package org.facetdb.storage.log;

import java.util.Arrays;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.log.LogFormat.SegmentHeader;
import org.facetdb.storage.log.RecordFormat.Before;
import org.facetdb.storage.log.RecordFormat.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * Reads the commits of one segment in order, up to an end that is known: whatever does not hold
 * before it is damage. The segment may be one that is still being written behind that end.
 *
 * <p>Used by one thread. Owns its handle of the file; batches own their bytes.
 */
final class SegmentReader implements AutoCloseable {
  private static final int BUFFER_BYTES = 128 << 10;

  private final FileSystem files;
  private final LogSegments.Segment segment;
  private final StorageFile file;
  private final long end;
  private byte[] buffer = new byte[BUFFER_BYTES];

  /** File position of the buffer's first byte. */
  private long bufferPosition;

  private int limit;
  private int at;
  private Before before;

  SegmentReader(FileSystem files, LogSegments.Segment segment) {
    this.files = files;
    this.segment = segment;
    this.end = LogFormat.HEADER_BYTES + segment.end() - segment.base();
    this.file = files.open(segment.file(), FileSystem.Mode.READ);
    try {
      fill(LogFormat.HEADER_BYTES);
      SegmentHeader header =
          LogFormat.decodeHeader(Arrays.copyOf(buffer, LogFormat.HEADER_BYTES), segment.number());
      if (header == null || header.base() != segment.base()) {
        throw StorageException.corruption(
            files.describe(segment.file()),
            0,
            "header of segment " + segment.number() + " with base " + segment.base(),
            header == null ? "no such header" : "base " + header.base());
      }
      at = LogFormat.HEADER_BYTES;
      before = Before.first(header);
    } catch (Throwable e) {
      file.close();
      throw e;
    }
  }

  /** Goes on behind a commit that was read here before, at the place where its record ends. */
  void skipTo(long position, long lastSequence, long lastTimestamp) {
    bufferPosition = position;
    limit = 0;
    at = 0;
    before = new Before(segment.number(), segment.base(), lastSequence, lastTimestamp);
  }

  /** File position behind the record that was read last. */
  long position() {
    return bufferPosition + at;
  }

  /** Has at least {@code bytes} from {@link #at} in the buffer, or all up to the end. */
  private void fill(int bytes) {
    if (limit - at >= bytes) {
      return;
    }
    byte[] target = bytes > buffer.length ? new byte[bytes] : buffer;
    System.arraycopy(buffer, at, target, 0, limit - at);
    bufferPosition += at;
    limit -= at;
    at = 0;
    buffer = target;
    long wanted = Math.min(buffer.length, end - bufferPosition) - limit;
    if (wanted > 0) {
      limit += file.read(bufferPosition + limit, buffer, limit, (int) wanted);
    }
  }

  /**
   * The next commit after a sequence, or null at the end.
   *
   * @throws StorageException category {@code CORRUPTION} with file, offset, expected and found
   */
  @Nullable LoggedCommit next(long afterSequence) {
    while (position() < end) {
      RecordHeader record = nextRecord();
      int start = at;
      at += record.totalBytes();
      if (record.isCommit() && record.sequence() > afterSequence) {
        byte[] own = Arrays.copyOfRange(buffer, start, at);
        return new LoggedCommit(
            record.sequence(), record.timestamp(), record.batch(own, 0), record.following() == 0);
      }
    }
    return null;
  }

  private RecordHeader nextRecord() {
    fill(RecordFormat.HEADER_BYTES);
    if (limit - at >= RecordFormat.SHORT_HEADER_BYTES) {
      int length = RecordFormat.payloadLength(buffer, at);
      int header = RecordFormat.headerBytes(buffer, at);
      if (length >= 0 && length <= end - position() - header) {
        fill(header + length);
      }
    }
    long number = segment.number();
    RecordHeader record = RecordFormat.decode(buffer, at, limit, position(), before);
    if (record == null) {
      throw StorageException.corruption(
          files.describe(segment.file()),
          position(),
          RecordFormat.expected(buffer, at, limit, number),
          RecordFormat.describe(buffer, at, limit, number, position()));
    }
    boolean commit = record.isCommit();
    long expected = commit ? before.sequence() + 1 : before.sequence();
    if (record.sequence() != expected || (commit && record.timestamp() < before.timestamp())) {
      throw StorageException.corruption(
          files.describe(segment.file()),
          position(),
          "sequence " + expected + " with a timestamp of at least " + before.timestamp(),
          "sequence " + record.sequence() + " with timestamp " + record.timestamp());
    }
    before = before.then(record);
    return record;
  }

  @Override
  public void close() {
    file.close();
  }
}
