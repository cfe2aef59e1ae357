package org.facetdb.storage.log;

import java.util.Arrays;
import org.facetdb.storage.RestorePoint;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.log.LogFormat.SegmentHeader;
import org.facetdb.storage.log.RecordFormat.Before;
import org.facetdb.storage.log.RecordFormat.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a segment on their way into another file: its header written anew for that file, and
 * its records as they are, each one verified. Not safe for use by several threads; owns the bytes.
 */
public final class LogCopy {
  private final String place;
  private final byte[] bytes;
  private final SegmentHeader header;

  /**
   * @param place what messages call the file
   * @param bytes the header and all records, and nothing behind them
   * @throws StorageException category {@code CORRUPTION} if there is no such header
   */
  public LogCopy(String place, byte[] bytes, long number) {
    this.place = place;
    this.bytes = bytes;
    SegmentHeader decoded = LogFormat.decodeHeader(bytes, number);
    if (decoded == null) {
      throw StorageException.corruption(place, 0, "header of segment " + number, "no such header");
    }
    this.header = decoded;
  }

  /** Log offset behind the last record. */
  public long end() {
    return header.base() + bytes.length - LogFormat.HEADER_BYTES;
  }

  /** The last commit that does not lie after a moment, null if the segment has none. */
  public Timeline.@Nullable Commit lastUntil(RestorePoint until) {
    Timeline.Commit last = null;
    Before before = Before.first(header);
    int at = LogFormat.HEADER_BYTES;
    while (at < bytes.length) {
      RecordHeader record = record(at, before);
      before = before.then(record);
      if (record.kind() == RecordFormat.COMMIT) {
        if (until.isBefore(record.sequence(), record.timestamp())) {
          break;
        }
        last = new Timeline.Commit(record.sequence(), record.timestamp());
      }
      at += record.totalBytes();
    }
    return last;
  }

  /** Whether the commits of another copy of the segment, up to a sequence, begin this one. */
  public boolean continues(LogCopy other, long sequence) {
    int start = LogFormat.HEADER_BYTES;
    int end = other.commitsEnd(sequence);
    return header.base() == other.header.base()
        && header.lastSequence() == other.header.lastSequence()
        && header.sequenceFloor() == other.header.sequenceFloor()
        && bytes.length >= end
        && Arrays.equals(bytes, start, end, other.bytes, start, end);
  }

  /** All records. */
  public byte[] whole() {
    int at = LogFormat.HEADER_BYTES;
    Before before = Before.first(header);
    while (at < bytes.length) {
      RecordHeader record = record(at, before);
      before = before.then(record);
      at += record.totalBytes();
    }
    return withHeader(bytes.clone());
  }

  /**
   * The records up to that of a commit, or none if the commit lies before them, and one that closes
   * the log: what comes to lack of these bytes is then never taken for a torn tail.
   */
  public byte[] closedAfter(long sequence) {
    RecordHeader last = null;
    Before before = Before.first(header);
    int end = LogFormat.HEADER_BYTES;
    while (end < bytes.length) {
      RecordHeader record = record(end, before);
      if (record.sequence() > sequence) {
        break;
      }
      last = record;
      before = before.then(record);
      end += record.totalBytes();
    }
    if (last != null && !last.isCommit()) {
      return withHeader(Arrays.copyOf(bytes, end));
    }
    byte[] copy = Arrays.copyOf(bytes, end + RecordFormat.HEADER_BYTES);
    RecordHeader closed =
        new RecordHeader(
            RecordFormat.CLOSED,
            RecordFormat.HEADER_BYTES,
            0,
            last == null ? header.sequenceFloor() : last.sequence(),
            last == null ? header.timestampCeiling() : last.timestamp(),
            header.base() + end - LogFormat.HEADER_BYTES,
            0,
            0,
            0,
            0);
    RecordFormat.putFull(copy, end, closed, header.number(), header.term(), copy, end);
    return withHeader(copy);
  }

  /** The header as it was, but for the size of the file. */
  private byte[] withHeader(byte[] copy) {
    byte[] head =
        LogFormat.encode(
            new SegmentHeader(
                header.term(),
                header.number(),
                header.base(),
                header.lastSequence(),
                header.sequenceFloor(),
                header.sequenceCeiling(),
                header.timestampCeiling(),
                copy.length,
                header.following()));
    System.arraycopy(head, 0, copy, 0, head.length);
    return copy;
  }

  /** Index behind the last commit up to a sequence; verifies those. */
  private int commitsEnd(long sequence) {
    Before before = Before.first(header);
    int at = LogFormat.HEADER_BYTES;
    while (at < bytes.length) {
      RecordHeader record = record(at, before);
      before = before.then(record);
      if (record.sequence() > sequence || record.kind() == RecordFormat.CLOSED) {
        break;
      }
      at += record.totalBytes();
    }
    return at;
  }

  /** The record at an index, which must be whole. */
  private RecordHeader record(int at, Before before) {
    RecordHeader record = RecordFormat.decode(bytes, at, bytes.length, at, before);
    if (record == null) {
      throw StorageException.corruption(
          place,
          at,
          RecordFormat.expected(bytes, at, bytes.length, header.number()),
          RecordFormat.describe(bytes, at, bytes.length, header.number(), at));
    }
    return record;
  }
}
