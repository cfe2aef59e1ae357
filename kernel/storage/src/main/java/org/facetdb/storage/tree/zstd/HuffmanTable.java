package org.facetdb.storage.tree.zstd;

import java.util.Arrays;

/**
 * Decoding table of the Huffman code of literals, and the streams of them. Used by one thread.
 *
 * <p>Source: RFC 8878, section 4.2. An index is the next bits of a stream, as many as the longest
 * code has; its cell says the symbol and the length of its code.
 */
final class HuffmanTable {
  private static final int BITS_MAX = 11;
  private static final int WEIGHT_LOG_MAX = 6;
  private static final int SYMBOLS_MAX = 256;

  /** Symbols whose codes fit one load of 57 bits. */
  private static final int PER_LOAD = 5;

  private final short[] cells = new short[1 << BITS_MAX];
  private final byte[] weights = new byte[SYMBOLS_MAX];
  private final FseTable weightTable = new FseTable(WEIGHT_LOG_MAX);
  private int bitsMax;

  /** Whether a table was read. */
  boolean isPresent() {
    return bitsMax > 0;
  }

  /** Reads the description of a table and returns where it ends. */
  int read(byte[] source, int from, int to) {
    BitReader.require(from < to);
    int head = source[from] & 0xff;
    int count;
    int end;
    if (head < 128) {
      end = from + 1 + head;
      BitReader.require(end <= to);
      count = readCompressedWeights(source, from + 1, end);
    } else {
      count = head - 127;
      end = from + 1 + ((count + 1) >>> 1);
      BitReader.require(end <= to);
      for (int i = 0; i < count; i++) {
        int pair = source[from + 1 + (i >>> 1)];
        weights[i] = (byte) ((i & 1) == 0 ? pair >>> 4 & 15 : pair & 15);
      }
    }
    fill(count);
    return end;
  }

  /** Two states take turns, until one asks for more bits than are left; the other one ends it. */
  private int readCompressedWeights(byte[] source, int from, int to) {
    int start = weightTable.read(source, from, to, WEIGHT_LOG_MAX, BITS_MAX + 2) << 3;
    int at = BitReader.streamEnd(source, start >>> 3, to);
    int log = weightTable.accuracyLog();
    at -= 2 * log;
    BitReader.require(at >= start);
    int state = BitReader.top(BitReader.before(source, at + 2 * log), log);
    int other = BitReader.top(BitReader.before(source, at + log), log);
    int count = 0;
    while (true) {
      BitReader.require(count < SYMBOLS_MAX - 2);
      weights[count++] = (byte) weightTable.symbol(state);
      int bits = weightTable.bits(state);
      if (at - bits < start) {
        weights[count++] = (byte) weightTable.symbol(other);
        return count;
      }
      int moved = weightTable.base(state) + BitReader.top(BitReader.before(source, at), bits);
      at -= bits;
      state = other;
      other = moved;
    }
  }

  /** The weight of the last symbol is what the others leave of a power of two. */
  private void fill(int count) {
    int sum = 0;
    for (int i = 0; i < count; i++) {
      BitReader.require(weights[i] <= BITS_MAX + 1);
      sum += 1 << weights[i] >>> 1;
    }
    BitReader.require(sum > 0);
    int log = 32 - Integer.numberOfLeadingZeros(sum);
    int rest = (1 << log) - sum;
    BitReader.require(log <= BITS_MAX && Integer.bitCount(rest) == 1);
    weights[count] = (byte) (32 - Integer.numberOfLeadingZeros(rest));
    bitsMax = log;
    int at = 0;
    for (int weight = 1; weight <= log; weight++) {
      for (int symbol = 0; symbol <= count; symbol++) {
        if (weights[symbol] == weight) {
          int cell = symbol << 8 | (log + 1 - weight);
          Arrays.fill(cells, at, at + (1 << weight >>> 1), (short) cell);
          at += 1 << weight >>> 1;
        }
      }
    }
  }

  /** Decodes one stream into part of an array. */
  void decode(byte[] source, int from, int to, byte[] target, int targetFrom, int targetTo) {
    int at = BitReader.streamEnd(source, from, to);
    int shift = 64 - bitsMax;
    int out = targetFrom;
    while (out < targetTo) {
      long word = BitReader.before(source, at);
      int last = Math.min(targetTo, out + PER_LOAD);
      while (out < last) {
        int cell = cells[(int) (word >>> shift)];
        target[out++] = (byte) (cell >>> 8);
        word <<= cell;
        at -= cell & 0xff;
      }
    }
    BitReader.require(at == from << 3);
  }

  /** Decodes four streams at once, the last of which may be shorter than the others. */
  void decodeFour(byte[] source, int from, int to, byte[] target, int count) {
    BitReader.require(to - from > 6);
    int second = from + 6 + length(source, from);
    int third = second + length(source, from + 2);
    int fourth = third + length(source, from + 4);
    int part = (count + 3) >>> 2;
    BitReader.require(fourth < to && 3 * part <= count);
    int atA = BitReader.streamEnd(source, from + 6, second);
    int atB = BitReader.streamEnd(source, second, third);
    int atC = BitReader.streamEnd(source, third, fourth);
    int atD = BitReader.streamEnd(source, fourth, to);
    int shift = 64 - bitsMax;
    int together = count - 3 * part;
    int out = 0;
    while (out < together) {
      long a = BitReader.before(source, atA);
      long b = BitReader.before(source, atB);
      long c = BitReader.before(source, atC);
      long d = BitReader.before(source, atD);
      for (int last = Math.min(together, out + PER_LOAD); out < last; out++) {
        int cellA = cells[(int) (a >>> shift)];
        int cellB = cells[(int) (b >>> shift)];
        int cellC = cells[(int) (c >>> shift)];
        int cellD = cells[(int) (d >>> shift)];
        target[out] = (byte) (cellA >>> 8);
        target[out + part] = (byte) (cellB >>> 8);
        target[out + 2 * part] = (byte) (cellC >>> 8);
        target[out + 3 * part] = (byte) (cellD >>> 8);
        a <<= cellA;
        b <<= cellB;
        c <<= cellC;
        d <<= cellD;
        atA -= cellA & 0xff;
        atB -= cellB & 0xff;
        atC -= cellC & 0xff;
        atD -= cellD & 0xff;
      }
    }
    BitReader.require(atD == fourth << 3);
    rest(source, from + 6, atA, target, out, part);
    rest(source, second, atB, target, out + part, 2 * part);
    rest(source, third, atC, target, out + 2 * part, 3 * part);
  }

  private static int length(byte[] source, int at) {
    return source[at] & 0xff | (source[at + 1] & 0xff) << 8;
  }

  /** The up to three symbols that a stream has more than the fourth. */
  private void rest(byte[] source, int from, int end, byte[] target, int targetFrom, int targetTo) {
    int at = end;
    for (int out = targetFrom; out < targetTo; out++) {
      int cell = cells[(int) (BitReader.before(source, at) >>> (64 - bitsMax))];
      target[out] = (byte) (cell >>> 8);
      at -= cell & 0xff;
    }
    BitReader.require(at == from << 3);
  }
}
