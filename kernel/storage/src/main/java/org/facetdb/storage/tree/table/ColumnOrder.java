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
    byte[] column = Arrays.copyOfRange(bytes, at, at + count * width);
    int ordered = 0;
    for (int position = 0; position < width; position++) {
      for (int entry = position; entry < column.length; entry += width) {
        if (byPosition) {
          bytes[at + ordered++] = column[entry];
        } else {
          bytes[at + entry] = column[ordered++];
        }
      }
    }
  }
}
