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

  /** A copy in the order of byte positions. */
  static byte[] byPosition(byte[] raw) {
    byte[] copy = raw.clone();
    reorder(copy, true);
    return copy;
  }

  /** Restores the order of entries in place; false if the bytes are no such block. */
  static boolean restore(byte[] ordered) {
    return reorder(ordered, false);
  }

  private static boolean reorder(byte[] source, boolean byPosition) {
    if (source.length < BlockView.HEADER_BYTES || !applies(source)) {
      return false;
    }
    int count = Bytes.getInt(source, 8);
    int beginWidth = source[1];
    int stride = Bytes.getInt(source, 16);
    boolean ends = (source[0] & BlockView.ENDS) != 0;
    boolean removals = (source[0] & BlockView.REMOVALS) != 0;
    long beginsAt = (long) BlockView.HEADER_BYTES + Bytes.getInt(source, 12);
    long keysAt =
        beginsAt
            + (long) count * (beginWidth + (ends ? source[2] : 0))
            + (removals ? (count + 7) >>> 3 : 0);
    if (beginsAt < BlockView.HEADER_BYTES
        || beginWidth < 0
        || stride < 0
        || keysAt < beginsAt
        || keysAt + (long) count * stride > source.length) {
      return false;
    }
    reorder(source, (int) beginsAt, count, beginWidth, byPosition);
    reorder(source, (int) keysAt, count, stride, byPosition);
    return true;
  }

  private static void reorder(byte[] bytes, int at, int count, int width, boolean byPosition) {
    byte[] column = Arrays.copyOfRange(bytes, at, at + count * width + SQUARE);
    long[] square = new long[SQUARE];
    int done = 0;
    if (byPosition) {
      for (; done + SQUARE <= count; done += SQUARE) {
        putPositions(column, bytes, at + done, done * width, count, width, square);
      }
    } else {
      // The last store of an entry goes beyond it, where the entries after it are still to come.
      while ((long) (done + SQUARE) * width + SQUARE <= (long) count * width) {
        putEntries(column, bytes, at + done * width, done, count, width, square);
        done += SQUARE;
      }
    }
    for (int entry = done; entry < count; entry++) {
      for (int position = 0; position < width; position++) {
        int byEntry = entry * width + position;
        int ordered = position * count + entry;
        if (byPosition) {
          bytes[at + ordered] = column[byEntry];
        } else {
          bytes[at + byEntry] = column[ordered];
        }
      }
    }
  }

  /** Of eight entries all positions. */
  private static void putPositions(
      byte[] column, byte[] to, int toAt, int from, int count, int width, long[] square) {
    for (int position = 0; position < width; position += SQUARE) {
      for (int i = 0; i < SQUARE; i++) {
        square[i] = Bytes.getLong(column, from + i * width + position);
      }
      transpose(square);
      int rows = Math.min(SQUARE, width - position);
      for (int i = 0; i < rows; i++) {
        Bytes.putLong(to, toAt + (position + i) * count, square[i]);
      }
    }
  }

  /** Of all positions eight entries, the last positions first. */
  private static void putEntries(
      byte[] column, byte[] to, int toAt, int from, int count, int width, long[] square) {
    for (int position = (width - 1) & -SQUARE; position >= 0; position -= SQUARE) {
      int rows = Math.min(SQUARE, width - position);
      for (int i = 0; i < rows; i++) {
        square[i] = Bytes.getLong(column, from + (position + i) * count);
      }
      transpose(square);
      for (int i = 0; i < SQUARE; i++) {
        Bytes.putLong(to, toAt + i * width + position, square[i]);
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
