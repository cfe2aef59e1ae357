package org.facetdb.storage.log;

import java.util.Arrays;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.log.LogFormat.RecordHeader;
import org.facetdb.storage.log.LogFormat.SegmentHeader;

/**
 * The bytes of a segment on their way into another file: its header written anew for that file, and
 * its records as they are, each one verified. Not safe for use by several threads; owns the bytes.
 */
final class LogCopy {
  private final String place;
  private final byte[] bytes;
  private final SegmentHeader header;

  /**
   * @param bytes the header and all records, and nothing behind them
   * @throws StorageException category {@code CORRUPTION} if there is no such header
   */
  LogCopy(String place, byte[] bytes, long number) {
    this.place = place;
    this.bytes = bytes;
    SegmentHeader decoded = LogFormat.decodeHeader(bytes, number);
    if (decoded == null) {
      throw StorageException.corruption(place, 0, "header of segment " + number, "no such header");
    }
    this.header = decoded;
  }

  /** All records. */
  byte[] whole() {
    int at = LogFormat.HEADER_BYTES;
    while (at < bytes.length) {
      at += record(at).totalBytes();
    }
    return withHeader(bytes.clone());
  }

  /**
   * The records up to that of a commit, or none if the commit lies before them, and one that closes
   * the log: what comes to lack of these bytes is then never taken for a torn tail.
   */
  byte[] closedAfter(long sequence) {
    RecordHeader last = null;
    int end = LogFormat.HEADER_BYTES;
    while (end < bytes.length) {
      RecordHeader record = record(end);
      if (record.sequence() > sequence) {
        break;
      }
      last = record;
      end += record.totalBytes();
    }
    if (last != null && last.kind() == LogFormat.CLOSED) {
      return withHeader(Arrays.copyOf(bytes, end));
    }
    byte[] copy = Arrays.copyOf(bytes, end + LogFormat.RECORD_HEADER_BYTES);
    LogFormat.putRecordHeader(
        copy,
        end,
        new RecordHeader(
            LogFormat.CLOSED,
            0,
            header.number(),
            last == null ? header.sequenceFloor() : last.sequence(),
            last == null ? header.timestampCeiling() : last.timestamp(),
            header.base() + end - LogFormat.HEADER_BYTES,
            0,
            0,
            header.term(),
            0));
    LogFormat.seal(copy, end, copy, end, 0);
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
                copy.length));
    System.arraycopy(head, 0, copy, 0, head.length);
    return copy;
  }

  /** The record at an index, which must be whole. */
  private RecordHeader record(int at) {
    RecordHeader record = LogFormat.decodeRecord(bytes, at, bytes.length, header.number());
    if (record == null) {
      throw StorageException.corruption(
          place,
          at,
          "record of segment " + header.number(),
          LogFormat.describe(bytes, at, bytes.length, header.number()));
    }
    return record;
  }
}
