package org.facetdb.storage.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.facetdb.storage.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a log segment: a header, then records without gaps. Stateless. Little-endian.
 *
 * <pre>
 * segment header
 *  0  8  magic "FACETLOG"
 *  8  2  format version, 3
 * 10  2  key id, 0 = not encrypted
 * 12  4  term
 * 16  8  log number
 * 24  8  base: log offset of byte 80
 * 32  8  last sequence committed before
 * 40  8  floor: sequences here are above it
 * 48  8  ceiling of sequences
 * 56  8  ceiling of timestamps
 * 64  8  size of the file, 0 = not stated
 * 72  4  how many parts follow of the last commit before, which is not complete there; else 0
 * 76  4  CRC32C of bytes 0 .. 76
 * 80     first record, see {@link RecordFormat}
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
 * <p>A recovery that cuts a commit of which parts are missing, and those fill segments, begins the
 * next segment with the base that the cut has: earlier segments with a larger base are no part of
 * the log.
 *
 * <p>A segment of version 1 has full records of kind 1 alone, one of version 2 no parts of commits;
 * they are read like one of version 3.
 */
final class LogFormat {
  static final int HEADER_BYTES = 80;
  static final int OLDEST_VERSION = 1;
  static final int VERSION = 3;

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
   * @param following how many parts of the last commit before are in this segment and later ones
   */
  record SegmentHeader(
      int term,
      long number,
      long base,
      long lastSequence,
      long sequenceFloor,
      long sequenceCeiling,
      long timestampCeiling,
      long fileBytes,
      int following) {}

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
    INT.set(bytes, 72, header.following());
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
        (long) LONG.get(bytes, 64),
        (int) INT.get(bytes, 72));
  }

  /** Whether the bytes start with the header of some segment. */
  static boolean isHeader(byte[] bytes) {
    return isWholeHeader(bytes) && isKnown(version(bytes));
  }

  private static boolean isKnown(int version) {
    return version >= OLDEST_VERSION && version <= VERSION;
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
    if (isWholeHeader(bytes) && !isKnown(version(bytes))) {
      throw StorageException.unknownFormat(place, 8, OLDEST_VERSION, VERSION, version(bytes));
    }
  }

  /** The log number in a header. */
  static long headerNumber(byte[] bytes) {
    return (long) LONG.get(bytes, 16);
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
