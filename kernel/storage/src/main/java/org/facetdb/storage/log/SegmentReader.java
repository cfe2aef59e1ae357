package org.facetdb.storage.log;

import java.util.Arrays;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.log.LogFormat.RecordHeader;
import org.facetdb.storage.log.LogFormat.SegmentHeader;
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
  private long sequence;
  private long timestamp;

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
      sequence = header.sequenceFloor();
    } catch (Throwable e) {
      file.close();
      throw e;
    }
  }

  /** Goes on behind a commit that was read here before, at the place where its record ends. */
  void skipTo(long position, long lastSequence) {
    bufferPosition = position;
    limit = 0;
    at = 0;
    sequence = lastSequence;
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
      int payload = at + LogFormat.RECORD_HEADER_BYTES;
      at += record.totalBytes();
      if (record.kind() == LogFormat.COMMIT && record.sequence() > afterSequence) {
        byte[] rows = Arrays.copyOfRange(buffer, payload, payload + record.length());
        return new LoggedCommit(
            record.sequence(),
            record.timestamp(),
            WriteBatch.wrap(rows, 0, rows.length, record.rows()));
      }
    }
    return null;
  }

  private RecordHeader nextRecord() {
    fill(LogFormat.RECORD_HEADER_BYTES);
    int length =
        limit - at < LogFormat.RECORD_HEADER_BYTES ? -1 : LogFormat.payloadLength(buffer, at);
    if (length >= 0 && length <= end - position() - LogFormat.RECORD_HEADER_BYTES) {
      fill(LogFormat.RECORD_HEADER_BYTES + length);
    }
    RecordHeader record = LogFormat.decodeRecord(buffer, at, limit, segment.number());
    if (record == null) {
      throw StorageException.corruption(
          files.describe(segment.file()),
          position(),
          "record of segment " + segment.number(),
          LogFormat.describe(buffer, at, limit, segment.number()));
    }
    boolean commit = record.kind() == LogFormat.COMMIT;
    long expected = commit ? sequence + 1 : sequence;
    if (record.sequence() != expected || (commit && record.timestamp() <= timestamp)) {
      throw StorageException.corruption(
          files.describe(segment.file()),
          position(),
          "sequence " + expected + " with a timestamp above " + timestamp,
          "sequence " + record.sequence() + " with timestamp " + record.timestamp());
    }
    sequence = record.sequence();
    timestamp = record.timestamp();
    return record;
  }

  @Override
  public void close() {
    file.close();
  }
}
