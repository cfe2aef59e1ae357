package org.facetdb.storage.tree.zstd;

import org.facetdb.storage.tree.entry.Bytes;

/**
 * Bits of an array by their numbers, bit 0 the lowest of byte 0. Stateless. Around what is read the
 * array has {@link #PADDING} bytes, since eight are loaded at once.
 */
final class BitReader {
  static final int PADDING = 8;

  private BitReader() {}

  /** Up to 56 bits from a bit on. */
  static long forward(byte[] source, long at, int count) {
    return Bytes.getLong(source, (int) (at >>> 3)) >>> (at & 7) & ((1L << count) - 1);
  }

  /** The bits before a bit, that one's neighbour as the highest; 57 of the 64 are right. */
  static long before(byte[] source, int end) {
    int bytesEnd = (end + 7) >>> 3;
    return Bytes.getLong(source, bytesEnd - 8) << ((bytesEnd << 3) - end);
  }

  /** The number that the highest bits of a word are, up to 63 of them. */
  static int top(long word, int count) {
    return (int) (word >>> 1 >>> (63 - count));
  }

  /** Where a stream that is read from its end begins: at the highest bit set of its last byte. */
  static int streamEnd(byte[] source, int from, int to) {
    require(from < to && source[to - 1] != 0);
    return (to << 3) - (Integer.numberOfLeadingZeros(source[to - 1] & 0xff) - 24) - 1;
  }

  static void require(boolean condition) {
    if (!condition) {
      throw new MalformedFrameException();
    }
  }
}
