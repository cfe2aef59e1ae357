package org.facetdb.fts;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.facetdb.spi.index.IndexStore;

/**
 * The file of a checkpoint that says when entries ended. Stateless. All numbers are little-endian;
 * the pairs ascend by row id, then by end.
 *
 * <pre>
 * offset  bytes  content
 *      0      4  magic, 0x53444E45, the letters ENDS
 *      4      4  format: 1 or 2
 *      8      8  count of pairs
 *     16      n  pairs
 *  16 + n      4  CRC32C of all bytes before
 *
 * pair in format 1 (16 bytes)    row id (8), end (8)
 * pair in format 2 (2-20 bytes)  row id minus that of the pair before, as an unsigned varint;
 *                                end minus that of the pair before, zigzag, as a varint
 * </pre>
 *
 * A varint has seven bits in each byte, lowest first; the top bit says that more bytes follow.
 * Before the first pair both numbers are 0. Example: row 5 ended at 300, row 7 at 310. Format 2
 * writes the pairs as {@code 05 D8 04 02 14}: 5, zigzag(300) = 600, 2, zigzag(10) = 20.
 */
final class EndsFile {
  private static final int MAGIC = 0x53444E45;
  private static final int HEADER_BYTES = 16;
  private static final int CHECKSUM_BYTES = 4;
  private static final int VARINT_BYTES_MAX = 10;

  private EndsFile() {}

  static void write(IndexStore store, String name, FtsFormat format, EndTimes ends) {
    byte[] bytes = encode(format, ends.sortedPairs());
    try (IndexStore.Output output = store.create(name)) {
      output.write(bytes, 0, bytes.length);
    }
  }

  /**
   * Reads a file.
   *
   * @throws org.facetdb.spi.DatabaseException category CORRUPTION if it isn't what was written
   */
  static EndTimes read(IndexStore store, String name) {
    byte[] bytes;
    try (IndexStore.Input input = store.open(name)) {
      bytes = new byte[Math.toIntExact(input.length())];
      input.read(0, bytes, 0, bytes.length);
    }
    return decode(name, bytes);
  }

  static byte[] encode(FtsFormat format, long[] pairs) {
    int pairBytesMax = pairs.length * VARINT_BYTES_MAX;
    ByteBuffer out =
        ByteBuffer.allocate(HEADER_BYTES + pairBytesMax + CHECKSUM_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(MAGIC).putInt(format.number()).putLong(pairs.length / 2);
    switch (format) {
      case FIXED_ENDS -> {
        for (long number : pairs) {
          out.putLong(number);
        }
      }
      case DELTA_ENDS -> putDeltas(out, pairs);
    }
    out.putInt(checksum(out.array(), out.position()));
    byte[] bytes = new byte[out.position()];
    System.arraycopy(out.array(), 0, bytes, 0, bytes.length);
    return bytes;
  }

  private static void putDeltas(ByteBuffer out, long[] pairs) {
    long rowId = 0;
    long end = 0;
    for (int i = 0; i < pairs.length; i += 2) {
      putVarint(out, pairs[i] - rowId);
      long delta = pairs[i + 1] - end;
      putVarint(out, (delta << 1) ^ (delta >> 63));
      rowId = pairs[i];
      end = pairs[i + 1];
    }
  }

  private static void putVarint(ByteBuffer out, long number) {
    long rest = number;
    while ((rest & ~0x7FL) != 0) {
      out.put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    out.put((byte) rest);
  }

  static EndTimes decode(String name, byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int checksumAt = bytes.length - CHECKSUM_BYTES;
    if (checksumAt < HEADER_BYTES || in.getInt(0) != MAGIC) {
      throw damaged(name, "header", MAGIC, bytes.length < 4 ? 0 : in.getInt(0));
    }
    int found = checksum(bytes, checksumAt);
    if (found != in.getInt(checksumAt)) {
      throw damaged(name, "checksum", in.getInt(checksumAt), found);
    }
    int format = in.getInt(4);
    long count = in.getLong(8);
    in.position(HEADER_BYTES).limit(checksumAt);
    EndTimes ends = new EndTimes();
    try {
      if (format == FtsFormat.FIXED_ENDS.number()) {
        for (long i = 0; i < count; i++) {
          ends.add(in.getLong(), in.getLong());
        }
      } else if (format == FtsFormat.DELTA_ENDS.number()) {
        takeDeltas(in, count, ends);
      } else {
        throw damaged(name, "format", FtsFormat.DELTA_ENDS.number(), format);
      }
    } catch (BufferUnderflowException e) {
      throw Faults.corruption("a file of ends is too short: file=" + name, e);
    }
    if (in.hasRemaining()) {
      throw damaged(name, "length", in.position() + CHECKSUM_BYTES, bytes.length);
    }
    return ends;
  }

  private static void takeDeltas(ByteBuffer in, long count, EndTimes ends) {
    long rowId = 0;
    long end = 0;
    for (long i = 0; i < count; i++) {
      rowId += takeVarint(in);
      long zigzag = takeVarint(in);
      end += (zigzag >>> 1) ^ -(zigzag & 1);
      ends.add(rowId, end);
    }
  }

  private static long takeVarint(ByteBuffer in) {
    long number = 0;
    int shift = 0;
    byte next;
    do {
      next = in.get();
      number |= (long) (next & 0x7F) << shift;
      shift += 7;
    } while (next < 0);
    return number;
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  private static RuntimeException damaged(String name, String what, long expected, long found) {
    return Faults.corruption(
        "a file of ends is damaged: file="
            + name
            + " what="
            + what
            + " expected="
            + expected
            + " found="
            + found,
        null);
  }
}
