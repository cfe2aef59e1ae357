package org.facetdb.storage.tree.table;

import java.util.Arrays;
import org.facetdb.storage.tree.entry.Bytes;

/**
 * Puts the begins and the key rests of a raw block, which lie entry by entry, into the order byte
 * position by byte position, and back: what all keys have alike at one place then lies together and
 * is compressed to nothing. Stateless.
 */
final class ColumnOrder {
  private static final int COUNT_MIN = 4;

  /** So many entries and positions are turned at once, as the bytes of so many numbers. */
  private static final int SQUARE = 8;

  private ColumnOrder() {}

  /** Whether a raw data or index block has columns that can be put so. */
  static boolean applies(byte[] raw) {
    return (raw[0] & BlockView.FIXED_KEYS) != 0 && Bytes.getInt(raw, 8) >= COUNT_MIN;
  }

  /** Copies a block of a length that it applies to in the order of byte positions. */
  static void putByPosition(byte[] raw, int length, byte[] to) {
    System.arraycopy(raw, 0, to, 0, length);
    int count = Bytes.getInt(raw, 8);
    int begins = beginsAt(raw);
    putByPosition(raw, to, begins, count, raw[1]);
    putByPosition(raw, to, (int) keysAt(raw, begins), count, Bytes.getInt(raw, 16));
  }

  /** Restores the order of entries in place; false if the bytes are no such block. */
  static boolean restore(byte[] ordered) {
    if (ordered.length < BlockView.HEADER_BYTES || !applies(ordered)) {
      return false;
    }
    int count = Bytes.getInt(ordered, 8);
    int beginWidth = ordered[1];
    int stride = Bytes.getInt(ordered, 16);
    int beginsAt = beginsAt(ordered);
    long keysAt = keysAt(ordered, beginsAt);
    if (beginsAt < BlockView.HEADER_BYTES
        || beginWidth < 0
        || stride < 0
        || keysAt < beginsAt
        || keysAt + (long) count * stride > ordered.length) {
      return false;
    }
    restore(ordered, beginsAt, count, beginWidth);
    restore(ordered, (int) keysAt, count, stride);
    return true;
  }

  private static int beginsAt(byte[] raw) {
    return BlockView.HEADER_BYTES + Bytes.getInt(raw, 12);
  }

  private static long keysAt(byte[] raw, int beginsAt) {
    int count = Bytes.getInt(raw, 8);
    boolean ends = (raw[0] & BlockView.ENDS) != 0;
    boolean removals = (raw[0] & BlockView.REMOVALS) != 0;
    return beginsAt
        + (long) count * (raw[1] + (ends ? raw[2] : 0))
        + (removals ? (count + 7) >>> 3 : 0);
  }

  /** The padding of a raw block allows loads beyond the last entry. */
  private static void putByPosition(byte[] raw, byte[] to, int at, int count, int width) {
    long[] square = new long[SQUARE];
    int done = 0;
    for (; done + SQUARE <= count; done += SQUARE) {
      putPositions(raw, to, at, done, count, width, square);
    }
    for (int entry = done; entry < count; entry++) {
      for (int position = 0; position < width; position++) {
        to[at + position * count + entry] = raw[at + entry * width + position];
      }
    }
  }

  private static void restore(byte[] bytes, int at, int count, int width) {
    byte[] column = Arrays.copyOfRange(bytes, at, at + count * width);
    long[] square = new long[SQUARE];
    int done = 0;
    // The last store of an entry goes beyond it, where the entries after it are still to come.
    while ((long) (done + SQUARE) * width + SQUARE <= column.length) {
      putEntries(column, bytes, at, done, count, width, square);
      done += SQUARE;
    }
    for (int entry = done; entry < count; entry++) {
      for (int position = 0; position < width; position++) {
        bytes[at + entry * width + position] = column[position * count + entry];
      }
    }
  }

  /** Of eight entries all positions. */
  private static void putPositions(
      byte[] raw, byte[] to, int at, int first, int count, int width, long[] square) {
    for (int position = 0; position < width; position += SQUARE) {
      for (int i = 0; i < SQUARE; i++) {
        square[i] = Bytes.getLong(raw, at + (first + i) * width + position);
      }
      transpose(square);
      int rows = Math.min(SQUARE, width - position);
      for (int i = 0; i < rows; i++) {
        Bytes.putLong(to, at + (position + i) * count + first, square[i]);
      }
    }
  }

  /** Of all positions eight entries, the last positions first. */
  private static void putEntries(
      byte[] column, byte[] to, int at, int first, int count, int width, long[] square) {
    for (int position = (width - 1) & -SQUARE; position >= 0; position -= SQUARE) {
      int rows = Math.min(SQUARE, width - position);
      for (int i = 0; i < rows; i++) {
        square[i] = Bytes.getLong(column, (position + i) * count + first);
      }
      transpose(square);
      for (int i = 0; i < SQUARE; i++) {
        Bytes.putLong(to, at + (first + i) * width + position, square[i]);
      }
    }
  }

  /** Byte j of number i becomes byte i of number j: blocks of four, two and one are swapped. */
  private static void transpose(long[] square) {
    for (int i = 0; i < 4; i++) {
      swap(square, i, i + 4, 32, 0x00000000ffffffffL);
    }
    for (int i = 0; i < 8; i += 4) {
      swap(square, i, i + 2, 16, 0x0000ffff0000ffffL);
      swap(square, i + 1, i + 3, 16, 0x0000ffff0000ffffL);
    }
    for (int i = 0; i < 8; i += 2) {
      swap(square, i, i + 1, 8, 0x00ff00ff00ff00ffL);
    }
  }

  private static void swap(long[] square, int low, int high, int bits, long mask) {
    long changed = (square[low] >>> bits ^ square[high]) & mask;
    square[low] ^= changed << bits;
    square[high] ^= changed;
  }
}
