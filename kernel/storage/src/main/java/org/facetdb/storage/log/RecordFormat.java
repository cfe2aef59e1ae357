package org.facetdb.storage.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.facetdb.storage.HybridTime;
import org.facetdb.storage.log.LogFormat.SegmentHeader;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a record of the log: a header, full or short, then the payload. Stateless.
 * Little-endian.
 *
 * <pre>
 * full record                                   short record
 *  0  4  CRC32C of bytes 4 .. 60 + length        0  4  CRC32C, see below
 *  4  4  length of the payload                   4  2  length of the payload
 *  8  8  log number of the segment               6  2  rows, and the sign bit set
 * 16  8  sequence                                8  3  timestamp, less that of the record before
 * 24  8  commit timestamp                       11  1  low byte of the log number
 * 32  8  synced: log offset known synced before 12  4  synced, less the segment's base
 * 40  4  ceiling of timestamps, milliseconds    16     payload
 *        above
 * 44  4  ceiling of sequences, above the
 *        sequence
 * 48  4  term
 * 52  4  rows
 * 56  1  kind: 1 = commit with rows of version 1, 2 = closed, 3 = commit, 4 = part of a commit
 * 57  1  key id, 0 = not encrypted
 * 58  2  how many records of the same commit follow; 0 but in a part
 * 60     payload: the rows, see WriteBatch
 * </pre>
 *
 * <p>The sign bit of byte 7 tells the two apart. A short record is a commit with the next sequence;
 * ceilings, term and key id are those of the last full record before it in its segment, so the
 * first record of a segment is full, and so is one with other ceilings, or with a number that does
 * not fit. Its checksum is over log number:8, position in the file:8, and bytes 4 to 16 + length:
 * bytes that a recycled file has from its life before lie where they lay and differ in the number
 * alone, which no CRC32C misses; and bytes that were moved differ in the position.
 *
 * <p>A commit that is too large for one record is a run of parts and a commit record at its end,
 * with ascending sequences and one timestamp. None of it counts where the end is missing.
 *
 * <p>Worked example: in segment 1 with base 0, at position 156, timestamp 5 above the record
 * before, nothing synced, one row of 7 bytes: {@code 96 cc a3 12, 07 00, 01 80, 05 00 00, 01, 00 00
 * 00 00, ...} and 23 bytes in all.
 */
final class RecordFormat {
  /** Bytes of a full record's header; no record's is longer. */
  static final int HEADER_BYTES = 60;

  static final int SHORT_HEADER_BYTES = 16;

  /** Kind of a commit whose rows have their first format. */
  static final byte OLD_COMMIT = 1;

  /** Kind of the record that ends a log. */
  static final byte CLOSED = 2;

  /** Kind of a commit; short records have no other. */
  static final byte COMMIT = 3;

  /** Kind of a record whose commit goes on in the next one. */
  static final byte PART = 4;

  private static final int SHORT_LENGTH_MAX = 0xffff;
  private static final int SHORT_ROWS_MAX = 0x7fff;
  private static final int SHORT_DELTA_MAX = 0xff_ffff;
  private static final long SHORT_SYNCED_MAX = 0xffff_ffffL;
  private static final int SEED_BYTES = 16;

  private static final VarHandle LONG = WriteBatch.LONG;
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  private RecordFormat() {}

  /**
   * What a short record leaves out: where it stands, and what comes before it there.
   *
   * @param timestamp of the record before, or {@link #NONE}, and then no short record follows
   */
  record Before(long number, long base, long sequence, long timestamp) {
    static final long NONE = -1;

    static Before first(SegmentHeader header) {
      return new Before(header.number(), header.base(), header.sequenceFloor(), NONE);
    }

    /** For records that are found by search: of a short one, sequence and time mean nothing. */
    static Before anywhere(SegmentHeader header) {
      return new Before(header.number(), header.base(), 0, 0);
    }

    Before then(RecordHeader record) {
      return new Before(number, base, record.sequence(), record.timestamp());
    }
  }

  /**
   * What stands before the payload of a record.
   *
   * @param synced log offset up to which all was known synced when this was written
   * @param ceilingMillis 0 in a short record, which announces nothing
   * @param ceilingSequences 0 in a short record
   * @param following how many records of the same commit follow
   */
  record RecordHeader(
      byte kind,
      int headerBytes,
      int length,
      long sequence,
      long timestamp,
      long synced,
      int ceilingMillis,
      int ceilingSequences,
      int rows,
      int following) {
    /** Whether it is a commit or a part of one. */
    boolean isCommit() {
      return kind != CLOSED;
    }

    int totalBytes() {
      return headerBytes + length;
    }

    long timestampCeiling() {
      return timestamp + ((long) ceilingMillis << HybridTime.COUNTER_BITS);
    }

    long sequenceCeiling() {
      return sequence + ceilingSequences;
    }

    /** The rows, which follow the header at an index. */
    WriteBatch batch(byte[] bytes, int at) {
      return kind == OLD_COMMIT
          ? WriteBatch.wrapOld(bytes, at + headerBytes, length, rows)
          : WriteBatch.wrap(bytes, at + headerBytes, length, rows);
    }
  }

  /** Whether a short header can say this of a record that follows another in a segment. */
  static boolean fitsShort(RecordHeader header, Before before) {
    long delta = header.timestamp() - before.timestamp();
    long synced = header.synced() - before.base();
    return header.kind() == COMMIT
        && before.timestamp() != Before.NONE
        && header.sequence() == before.sequence() + 1
        && header.length() <= SHORT_LENGTH_MAX
        && header.rows() > 0
        && header.rows() <= SHORT_ROWS_MAX
        && delta > 0
        && delta <= SHORT_DELTA_MAX
        && synced >= 0
        && synced <= SHORT_SYNCED_MAX;
  }

  /** Writes the header of a record whose payload lies in another array, with its checksum. */
  static void putFull(
      byte[] target, int at, RecordHeader header, long number, int term, byte[] payload, int from) {
    INT.set(target, at + 4, header.length());
    LONG.set(target, at + 8, number);
    LONG.set(target, at + 16, header.sequence());
    LONG.set(target, at + 24, header.timestamp());
    LONG.set(target, at + 32, header.synced());
    INT.set(target, at + 40, header.ceilingMillis());
    INT.set(target, at + 44, header.ceilingSequences());
    INT.set(target, at + 48, term);
    INT.set(target, at + 52, header.rows());
    target[at + 56] = header.kind();
    target[at + 57] = 0;
    SHORT.set(target, at + 58, (short) header.following());
    CRC32C crc = new CRC32C();
    crc.update(target, at + 4, HEADER_BYTES - 4);
    crc.update(payload, from, header.length());
    INT.set(target, at, (int) crc.getValue());
  }

  /**
   * As {@link #putFull} for a record that {@link #fitsShort}.
   *
   * @param position of the record in its file
   */
  static void putShort(
      byte[] target,
      int at,
      RecordHeader header,
      Before before,
      long position,
      byte[] payload,
      int from) {
    SHORT.set(target, at + 4, (short) header.length());
    SHORT.set(target, at + 6, (short) (header.rows() | 0x8000));
    int delta = (int) (header.timestamp() - before.timestamp());
    INT.set(target, at + 8, delta | (int) before.number() << 24);
    INT.set(target, at + 12, (int) (header.synced() - before.base()));
    CRC32C crc = seeded(before.number(), position);
    crc.update(target, at + 4, SHORT_HEADER_BYTES - 4);
    crc.update(payload, from, header.length());
    INT.set(target, at, (int) crc.getValue());
  }

  private static CRC32C seeded(long number, long position) {
    byte[] seed = new byte[SEED_BYTES];
    LONG.set(seed, 0, number);
    LONG.set(seed, 8, position);
    CRC32C crc = new CRC32C();
    crc.update(seed, 0, SEED_BYTES);
    return crc;
  }

  /**
   * The record at an index, or null if the bytes there are not a whole record of this segment.
   *
   * @param position of the index in the file
   */
  static @Nullable RecordHeader decode(
      byte[] bytes, int at, int limit, long position, Before before) {
    if (at < 0 || !isWhole(bytes, at, limit)) {
      return null;
    }
    return isShort(bytes, at)
        ? decodeShort(bytes, at, position, before)
        : decodeFull(bytes, at, before.number());
  }

  /** Whether the record that an index claims ends before the limit. */
  private static boolean isWhole(byte[] bytes, int at, int limit) {
    int available = limit - at;
    if (available < SHORT_HEADER_BYTES || available < headerBytes(bytes, at)) {
      return false;
    }
    int length = payloadLength(bytes, at);
    return length >= 0 && length <= available - headerBytes(bytes, at);
  }

  private static @Nullable RecordHeader decodeFull(byte[] bytes, int at, long number) {
    int length = payloadLength(bytes, at);
    if ((long) LONG.get(bytes, at + 8) != number
        || (int) INT.get(bytes, at) != computedChecksum(bytes, at, length, number, 0)) {
      return null;
    }
    byte kind = bytes[at + 56];
    int following = Short.toUnsignedInt((short) SHORT.get(bytes, at + 58));
    boolean isKnown =
        following == 0 ? kind == OLD_COMMIT || kind == CLOSED || kind == COMMIT : kind == PART;
    if (!isKnown) {
      return null;
    }
    return new RecordHeader(
        kind,
        HEADER_BYTES,
        length,
        (long) LONG.get(bytes, at + 16),
        (long) LONG.get(bytes, at + 24),
        (long) LONG.get(bytes, at + 32),
        (int) INT.get(bytes, at + 40),
        (int) INT.get(bytes, at + 44),
        (int) INT.get(bytes, at + 52),
        following);
  }

  /** What can be told without the checksum comes first, since searches try every byte. */
  private static @Nullable RecordHeader decodeShort(
      byte[] bytes, int at, long position, Before before) {
    int length = payloadLength(bytes, at);
    int rows = (short) SHORT.get(bytes, at + 6) & SHORT_ROWS_MAX;
    int delta = (int) INT.get(bytes, at + 8) & SHORT_DELTA_MAX;
    long synced = Integer.toUnsignedLong((int) INT.get(bytes, at + 12));
    if (bytes[at + 11] != (byte) before.number()
        || rows == 0
        || rows > length
        || delta == 0
        || synced > position - LogFormat.HEADER_BYTES
        || before.timestamp() == Before.NONE
        || (int) INT.get(bytes, at)
            != computedChecksum(bytes, at, length, before.number(), position)) {
      return null;
    }
    return new RecordHeader(
        COMMIT,
        SHORT_HEADER_BYTES,
        length,
        before.sequence() + 1,
        before.timestamp() + delta,
        before.base() + synced,
        0,
        0,
        rows,
        0);
  }

  private static int computedChecksum(
      byte[] bytes, int at, int length, long number, long position) {
    CRC32C crc = isShort(bytes, at) ? seeded(number, position) : new CRC32C();
    crc.update(bytes, at + 4, headerBytes(bytes, at) - 4 + length);
    return (int) crc.getValue();
  }

  private static boolean isShort(byte[] bytes, int at) {
    return bytes[at + 7] < 0;
  }

  /** Length of the header that the record at an index claims; needs its first 8 bytes. */
  static int headerBytes(byte[] bytes, int at) {
    return isShort(bytes, at) ? SHORT_HEADER_BYTES : HEADER_BYTES;
  }

  /** Length of the payload that the record at an index claims; needs its first 8 bytes. */
  static int payloadLength(byte[] bytes, int at) {
    return isShort(bytes, at)
        ? Short.toUnsignedInt((short) SHORT.get(bytes, at + 4))
        : (int) INT.get(bytes, at + 4);
  }

  /** Whether a record of this segment, whole or not, claims to begin at an index. */
  static boolean claims(byte[] bytes, int at, int limit, long number) {
    if (limit - at < SHORT_HEADER_BYTES) {
      return false;
    }
    return isShort(bytes, at)
        ? bytes[at + 11] == (byte) number
        : (long) LONG.get(bytes, at + 8) == number;
  }

  /** What is said to have been expected at an index where no record holds. */
  static String expected(byte[] bytes, int at, int limit, long number) {
    String expected = "record of segment " + number;
    return isWhole(bytes, at, limit)
        ? expected + " with checksum " + Integer.toHexString((int) INT.get(bytes, at))
        : expected;
  }

  /** Describes the bytes where a record was expected. */
  static String describe(byte[] bytes, int at, int limit, long number, long position) {
    int available = limit - at;
    if (available < SHORT_HEADER_BYTES || available < headerBytes(bytes, at)) {
      return available + " bytes before the end of the file";
    }
    if (!isShort(bytes, at) && (long) LONG.get(bytes, at + 8) != number) {
      return "log number " + (long) LONG.get(bytes, at + 8);
    }
    int length = payloadLength(bytes, at);
    if (!isWhole(bytes, at, limit)) {
      return "payload length " + length;
    }
    int checksum = computedChecksum(bytes, at, length, number, position);
    return "checksum " + Integer.toHexString(checksum);
  }
}
