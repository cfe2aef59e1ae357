package org.facetdb.storage.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.facetdb.storage.HybridTime;
import org.facetdb.storage.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a log segment: a header, then records without gaps. Stateless. Little-endian.
 *
 * <pre>
 * segment header                              record
 *  0  8  magic "FACETLOG"                      0  4  CRC32C of bytes 4 .. 60 + length
 *  8  2  format version, 1                     4  4  length of the payload
 * 10  2  key id, 0 = not encrypted             8  8  log number of the segment
 * 12  4  term                                 16  8  sequence
 * 16  8  log number                           24  8  commit timestamp
 * 24  8  base: log offset of byte 80          32  8  synced: log offset known synced before
 * 32  8  last sequence committed before       40  4  ceiling of timestamps, milliseconds above
 * 40  8  floor: sequences here are above it   44  4  ceiling of sequences, above the sequence
 * 48  8  ceiling of sequences                 48  4  term
 * 56  8  ceiling of timestamps                52  4  rows
 * 64  8  size of the file, 0 = not stated     56  1  kind: 1 = commit, 2 = closed
 * 72  4  zero                                 57  1  key id, 0 = not encrypted
 * 76  4  CRC32C of bytes 0 .. 76              58  2  zero
 * 80     first record                         60     payload: the rows, see WriteBatch
 * </pre>
 *
 * <p>A log offset counts the bytes of all records since the store was made; headers do not count.
 * The log number is the segment's own: bytes that a recycled file has from its life before carry
 * another one. A ceiling says what may have been given out to a commit that was never synced: after
 * a crash, sequences and timestamps go on above it.
 *
 * <p>The end of each segment but the last is the base of the next. In the last one, the first
 * record that does not verify is the torn tail, unless a record behind it says that it was synced.
 *
 * <p>Worked example: sequence 1, timestamp 0x0192_0000_0000_0000, the first record of segment 1,
 * with one row of 13 bytes: {@code crc crc crc crc, 0d 00 00 00, 01 (7 x 00), 01 (7 x 00), 00 (6 x
 * 00) 92 01, ...} and 73 bytes in all.
 */
final class LogFormat {
  static final int HEADER_BYTES = 80;
  static final int RECORD_HEADER_BYTES = 60;
  static final int VERSION = 1;
  static final byte COMMIT = 1;
  static final byte CLOSED = 2;

  /** "FACETLOG" read as a little-endian number. */
  static final long MAGIC = 0x474f_4c54_4543_4146L;

  private static final VarHandle LONG = WriteBatch.LONG;
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  private LogFormat() {}

  /**
   * What the first bytes of a segment say.
   *
   * @param base log offset of the first record
   * @param lastSequence sequence of the last commit before this segment
   * @param sequenceFloor the first sequence of this segment is the next one
   * @param fileBytes what the file had at least when the segment came into use; 0 if not stated
   */
  record SegmentHeader(
      int term,
      long number,
      long base,
      long lastSequence,
      long sequenceFloor,
      long sequenceCeiling,
      long timestampCeiling,
      long fileBytes) {}

  /**
   * The fixed part of a record.
   *
   * @param synced log offset up to which all was known synced when this was written
   */
  record RecordHeader(
      byte kind,
      int length,
      long number,
      long sequence,
      long timestamp,
      long synced,
      int ceilingMillis,
      int ceilingSequences,
      int term,
      int rows) {
    int totalBytes() {
      return RECORD_HEADER_BYTES + length;
    }

    long timestampCeiling() {
      return timestamp + ((long) ceilingMillis << HybridTime.COUNTER_BITS);
    }

    long sequenceCeiling() {
      return sequence + ceilingSequences;
    }
  }

  static byte[] encode(SegmentHeader header) {
    byte[] bytes = new byte[HEADER_BYTES];
    LONG.set(bytes, 0, MAGIC);
    SHORT.set(bytes, 8, (short) VERSION);
    INT.set(bytes, 12, header.term());
    LONG.set(bytes, 16, header.number());
    LONG.set(bytes, 24, header.base());
    LONG.set(bytes, 32, header.lastSequence());
    LONG.set(bytes, 40, header.sequenceFloor());
    LONG.set(bytes, 48, header.sequenceCeiling());
    LONG.set(bytes, 56, header.timestampCeiling());
    LONG.set(bytes, 64, header.fileBytes());
    INT.set(bytes, 76, checksum(bytes, 0, 76));
    return bytes;
  }

  /** The header of a segment with this number, or null if the bytes are none. */
  static @Nullable SegmentHeader decodeHeader(byte[] bytes, long number) {
    if (!isHeader(bytes) || headerNumber(bytes) != number) {
      return null;
    }
    return new SegmentHeader(
        (int) INT.get(bytes, 12),
        number,
        (long) LONG.get(bytes, 24),
        (long) LONG.get(bytes, 32),
        (long) LONG.get(bytes, 40),
        (long) LONG.get(bytes, 48),
        (long) LONG.get(bytes, 56),
        (long) LONG.get(bytes, 64));
  }

  /** Whether the bytes start with the header of some segment. */
  static boolean isHeader(byte[] bytes) {
    return isWholeHeader(bytes) && version(bytes) == VERSION;
  }

  private static boolean isWholeHeader(byte[] bytes) {
    return bytes.length >= HEADER_BYTES
        && (long) LONG.get(bytes, 0) == MAGIC
        && (int) INT.get(bytes, 76) == checksum(bytes, 0, 76);
  }

  private static int version(byte[] bytes) {
    return Short.toUnsignedInt((short) SHORT.get(bytes, 8));
  }

  /** Refuses the header of a segment whose format is not known. */
  static void requireKnown(String place, byte[] bytes) {
    if (isWholeHeader(bytes) && version(bytes) != VERSION) {
      throw StorageException.unknownFormat(place, 8, VERSION, VERSION, version(bytes));
    }
  }

  /** The log number in a header. */
  static long headerNumber(byte[] bytes) {
    return (long) LONG.get(bytes, 16);
  }

  /** Writes a record's header, without its checksum. */
  static void putRecordHeader(byte[] target, int at, RecordHeader header) {
    INT.set(target, at + 4, header.length());
    LONG.set(target, at + 8, header.number());
    LONG.set(target, at + 16, header.sequence());
    LONG.set(target, at + 24, header.timestamp());
    LONG.set(target, at + 32, header.synced());
    INT.set(target, at + 40, header.ceilingMillis());
    INT.set(target, at + 44, header.ceilingSequences());
    INT.set(target, at + 48, header.term());
    INT.set(target, at + 52, header.rows());
    target[at + 56] = header.kind();
    target[at + 57] = 0;
    SHORT.set(target, at + 58, (short) 0);
  }

  /** Sets the checksum of a record whose payload lies in another array. */
  static void seal(byte[] target, int at, byte[] payload, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(target, at + 4, RECORD_HEADER_BYTES - 4);
    crc.update(payload, offset, length);
    INT.set(target, at, (int) crc.getValue());
  }

  /** The record at an index, or null if the bytes there are not a whole record of this segment. */
  static @Nullable RecordHeader decodeRecord(byte[] bytes, int at, int limit, long number) {
    if (at < 0 || limit - at < RECORD_HEADER_BYTES || (long) LONG.get(bytes, at + 8) != number) {
      return null;
    }
    int length = (int) INT.get(bytes, at + 4);
    if (length < 0 || length > limit - at - RECORD_HEADER_BYTES) {
      return null;
    }
    if ((int) INT.get(bytes, at) != checksum(bytes, at + 4, RECORD_HEADER_BYTES - 4 + length)) {
      return null;
    }
    byte kind = bytes[at + 56];
    if (kind != COMMIT && kind != CLOSED) {
      return null;
    }
    return new RecordHeader(
        kind,
        length,
        number,
        (long) LONG.get(bytes, at + 16),
        (long) LONG.get(bytes, at + 24),
        (long) LONG.get(bytes, at + 32),
        (int) INT.get(bytes, at + 40),
        (int) INT.get(bytes, at + 44),
        (int) INT.get(bytes, at + 48),
        (int) INT.get(bytes, at + 52));
  }

  /** The log number that the record at an index claims. */
  static long recordNumber(byte[] bytes, int at) {
    return (long) LONG.get(bytes, at + 8);
  }

  /** The length of the payload that the record at an index claims. */
  static int payloadLength(byte[] bytes, int at) {
    return (int) INT.get(bytes, at + 4);
  }

  /** The checksum that stands at an index. */
  static int storedChecksum(byte[] bytes, int at) {
    return (int) INT.get(bytes, at);
  }

  /** Describes the bytes where a record was expected. */
  static String describe(byte[] bytes, int at, int limit, long number) {
    if (limit - at < RECORD_HEADER_BYTES) {
      return (limit - at) + " bytes before the end of the file";
    }
    long foundNumber = (long) LONG.get(bytes, at + 8);
    if (foundNumber != number) {
      return "log number " + foundNumber;
    }
    int length = (int) INT.get(bytes, at + 4);
    if (length < 0 || length > limit - at - RECORD_HEADER_BYTES) {
      return "payload length " + length;
    }
    return "checksum "
        + Integer.toHexString(checksum(bytes, at + 4, RECORD_HEADER_BYTES - 4 + length));
  }

  static int checksum(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }

  static String segmentName(String directory, long number) {
    return directory + "/" + String.format("%016x", number) + ".log";
  }
}
