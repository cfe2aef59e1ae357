package org.facetdb.storage.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.facetdb.storage.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a timeline file: a run of blocks. Stateless. Little-endian.
 *
 * <pre>
 *  0  4  CRC32C of bytes 4 .. 52 + length
 *  4  4  length of the payload
 *  8  8  first sequence
 * 16  8  first timestamp
 * 24  8  through: all commits up to this sequence are in this block or before it
 * 32  4  entries, at most 1,024
 * 36  2  format version, 2
 * 38  2  key id, 0 = not encrypted
 * 40  8  before: what "through" was in the block before this one, 0 in the first of all
 * 48  4  CRC32C of bytes 4 .. 48
 * 52     per further entry: sequence minus the one before, timestamp minus the one before,
 *        both unsigned LEB128
 *
 *  sequences 7 and 8 at timestamps 1,000 and 1,003, two entries, through 8, after 6:
 *  09 17 d8 57 02 00 00 00 07 (7 x 00) e8 03 (6 x 00) 08 (7 x 00) 02 00 00 00 02 00 00 00
 *  06 (7 x 00) 32 b1 db 6f 01 03
 * </pre>
 *
 * <p>Version 1 has neither "before" nor the checksum behind it: its payload starts at byte 40.
 */
final class TimelineFormat {
  static final int BLOCK_ENTRIES = 1024;
  private static final int VERSION = 2;
  private static final int OLDEST_VERSION = 1;
  private static final int HEADER_BYTES = 52;
  private static final int HEADER_BYTES_OF_1 = 40;
  private static final int SECTOR_BYTES = 512;
  private static final VarHandle LONG = WriteBatch.LONG;
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  /**
   * A block that holds.
   *
   * @param bytes of the whole block
   * @param through all commits up to this sequence are in it or before it
   * @param before what the block before it says of that; -1 if this is not stated
   */
  record Block(int bytes, List<Timeline.Commit> commits, long through, long before) {}

  private TimelineFormat() {}

  /**
   * The block at an index, null if the bytes there are none that holds.
   *
   * @throws StorageException SQLSTATE 0A000 if its version is not known
   */
  static @Nullable Block decode(String place, byte[] bytes, int at) {
    int room = bytes.length - at;
    if (room < HEADER_BYTES_OF_1) {
      return null;
    }
    int version = version(bytes, at);
    if (hasWholeHeader(bytes, at) && version > VERSION) {
      throw StorageException.unknownFormat(place, at + 36L, OLDEST_VERSION, VERSION, version);
    }
    int header = version == OLDEST_VERSION ? HEADER_BYTES_OF_1 : HEADER_BYTES;
    int length = (int) INT.get(bytes, at + 4);
    int count = (int) INT.get(bytes, at + 32);
    if (room < header
        || length < 0
        || length > room - header
        || count < 1
        || (int) INT.get(bytes, at) != LogFormat.checksum(bytes, at + 4, header - 4 + length)) {
      return null;
    }
    return new Block(
        header + length,
        commits(bytes, at, at + header, count),
        (long) LONG.get(bytes, at + 24),
        version == OLDEST_VERSION ? -1 : (long) LONG.get(bytes, at + 40));
  }

  private static int version(byte[] bytes, int at) {
    return Short.toUnsignedInt((short) SHORT.get(bytes, at + 36));
  }

  private static boolean hasWholeHeader(byte[] bytes, int at) {
    return bytes.length - at >= HEADER_BYTES
        && (int) INT.get(bytes, at + 48) == LogFormat.checksum(bytes, at + 4, 44);
  }

  private static List<Timeline.Commit> commits(byte[] bytes, int at, int payload, int count) {
    List<Timeline.Commit> commits = new ArrayList<>(count);
    long sequence = (long) LONG.get(bytes, at + 8);
    long timestamp = (long) LONG.get(bytes, at + 16);
    commits.add(new Timeline.Commit(sequence, timestamp));
    Varints in = new Varints(bytes, payload);
    for (int i = 1; i < count; i++) {
      sequence += in.next();
      timestamp += in.next();
      commits.add(new Timeline.Commit(sequence, timestamp));
    }
    return commits;
  }

  /**
   * Whether bytes that are no block may be what a crash left of the last write: some 512-byte
   * sector's part of the block is missing or zero. Otherwise they were a block once.
   */
  static boolean isTorn(byte[] bytes, int at) {
    int room = bytes.length - at;
    if (room < HEADER_BYTES_OF_1) {
      return true;
    }
    if (hasWholeHeader(bytes, at)) {
      long end = at + (long) HEADER_BYTES + (int) INT.get(bytes, at + 4);
      return end > bytes.length || lacksSector(bytes, at, (int) end);
    }
    boolean first = version(bytes, at) == OLDEST_VERSION;
    return lacksSector(bytes, at, Math.min(bytes.length, at + HEADER_BYTES))
        || (!first && room < HEADER_BYTES)
        || (first && isTornOfVersion1(bytes, at));
  }

  /** Nothing vouches for the length of such a block alone. */
  private static boolean isTornOfVersion1(byte[] bytes, int at) {
    int length = (int) INT.get(bytes, at + 4);
    int room = bytes.length - at - HEADER_BYTES_OF_1;
    int lengthMax = 20 * (BLOCK_ENTRIES - 1);
    return length >= 0
        && length <= lengthMax
        && (length > room || lacksSector(bytes, at, at + HEADER_BYTES_OF_1 + length));
  }

  /** Whether some sector's part of a range was never written; no part of a block is all zero. */
  private static boolean lacksSector(byte[] bytes, int from, int to) {
    int start = from;
    while (start < to) {
      int end = Math.min(to, (start / SECTOR_BYTES + 1) * SECTOR_BYTES);
      if (Arrays.mismatch(bytes, start, end, new byte[end - start], 0, end - start) < 0) {
        return true;
      }
      start = end;
    }
    return false;
  }

  /** The block of some entries of two columns. */
  static byte[] encode(
      long[] sequences, long[] timestamps, int from, int entries, long through, long before) {
    byte[] bytes = new byte[HEADER_BYTES + 20 * (entries - 1)];
    LONG.set(bytes, 8, sequences[from]);
    LONG.set(bytes, 16, timestamps[from]);
    LONG.set(bytes, 24, through);
    INT.set(bytes, 32, entries);
    SHORT.set(bytes, 36, (short) VERSION);
    LONG.set(bytes, 40, before);
    int at = HEADER_BYTES;
    for (int i = from + 1; i < from + entries; i++) {
      at = WriteBatch.putVarlong(bytes, at, sequences[i] - sequences[i - 1]);
      at = WriteBatch.putVarlong(bytes, at, timestamps[i] - timestamps[i - 1]);
    }
    INT.set(bytes, 4, at - HEADER_BYTES);
    INT.set(bytes, 48, LogFormat.checksum(bytes, 4, 44));
    INT.set(bytes, 0, LogFormat.checksum(bytes, 4, at - 4));
    return Arrays.copyOf(bytes, at);
  }

  private static final class Varints {
    private final byte[] bytes;
    private int at;

    Varints(byte[] bytes, int at) {
      this.bytes = bytes;
      this.at = at;
    }

    long next() {
      long value = 0;
      int shift = 0;
      byte b;
      do {
        b = bytes[at++];
        value |= (long) (b & 0x7f) << shift;
        shift += 7;
      } while (b < 0);
      return value;
    }
  }
}
