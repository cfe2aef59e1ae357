package org.facetdb.storage.tree.zstd;

import java.util.Arrays;

/**
 * Decodes a zstd frame in Java, for processes without native code. Used by one thread, for one
 * frame.
 *
 * <p>Source: RFC 8878. Of the format, what a table has is decoded: one frame with the size of its
 * content, without dictionary and checksum. Whatever else the bytes are, decoding ends: with {@code
 * false}, or with an array of other bytes, which the checksum of the block has excluded before.
 */
public final class ZstdDecoder {
  private static final int MAGIC = 0xFD2FB528;
  private static final int BLOCK_BYTES_MAX = 128 << 10;
  private static final int LITERAL_LOG_MAX = 9;
  private static final int OFFSET_LOG_MAX = 8;
  private static final int MATCH_LOG_MAX = 9;
  private static final int OFFSET_CODE_MAX = 30;

  /** Bits beside the codes for lengths of literals and of matches, and the lengths they add to. */
  private static final int[] LITERAL_BITS = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11,
    12, 13, 14, 15, 16
  };

  private static final int[] MATCH_BITS = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
  };

  private static final int[] LITERAL_BASES = bases(LITERAL_BITS, 0);
  private static final int[] MATCH_BASES = bases(MATCH_BITS, 3);

  /** The tables that a frame need not describe. */
  private static final int[] LITERAL_COUNTS = {
    4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1,
    -1, -1, -1, -1
  };

  private static final int[] OFFSET_COUNTS = {
    1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1
  };

  private static final int[] MATCH_COUNTS = {
    1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1
  };

  private final byte[] source;
  private final byte[] target;
  private final HuffmanTable huffman = new HuffmanTable();
  private final FseTable literalLengths = new FseTable(LITERAL_LOG_MAX);
  private final FseTable offsets = new FseTable(OFFSET_LOG_MAX);
  private final FseTable matchLengths = new FseTable(MATCH_LOG_MAX);
  private byte[] literals = {};
  private int literalCount;
  private int out;
  private boolean hasSequenceTables;
  private int latest = 1;
  private int second = 4;
  private int third = 8;

  private ZstdDecoder(byte[] source, byte[] target) {
    this.source = source;
    this.target = target;
  }

  private static int[] bases(int[] bits, int first) {
    int[] bases = new int[bits.length];
    int base = first;
    for (int code = 0; code < bits.length; code++) {
      bases[code] = base;
      base += 1 << bits[code];
    }
    return bases;
  }

  /** Decodes a frame into a whole array; false if the bytes are no frame of that length. */
  public static boolean decode(byte[] source, int offset, int length, byte[] target) {
    byte[] padded = new byte[length + 2 * BitReader.PADDING];
    System.arraycopy(source, offset, padded, BitReader.PADDING, length);
    try {
      new ZstdDecoder(padded, target).frame(BitReader.PADDING, BitReader.PADDING + length);
      return true;
    } catch (MalformedFrameException | IndexOutOfBoundsException e) {
      // Streams are not bounded bit by bit: what leaves the arrays is malformed.
      return false;
    }
  }

  private int unsigned(int at, int bytes) {
    return (int) BitReader.forward(source, (long) at << 3, bytes * 8);
  }

  private void frame(int from, int to) {
    BitReader.require(to - from > 6 && unsigned(from, 4) == MAGIC);
    int descriptor = source[from + 4] & 0xff;
    boolean single = (descriptor & 0x20) != 0;
    int sizeCode = descriptor >>> 6;
    int at = from + 5 + (single ? 0 : 1);
    // Neither checksum nor dictionary, and a size.
    BitReader.require((descriptor & 0x0f) == 0 && (single || sizeCode > 0) && sizeCode < 3);
    int size =
        switch (sizeCode) {
          case 0 -> unsigned(at, 1);
          case 1 -> unsigned(at, 2) + 256;
          default -> unsigned(at, 4);
        };
    BitReader.require(size == target.length);
    at += 1 << sizeCode;
    boolean last = false;
    while (!last) {
      BitReader.require(to - at >= 3);
      int header = unsigned(at, 3);
      last = (header & 1) != 0;
      at = block(at + 3, to, header >>> 1 & 3, header >>> 3);
    }
    BitReader.require(at == to && out == target.length);
  }

  private int block(int from, int to, int type, int size) {
    BitReader.require(size <= BLOCK_BYTES_MAX && (type == 1 || size <= to - from));
    switch (type) {
      case 0 -> {
        System.arraycopy(source, from, target, out, size);
        out += size;
      }
      case 1 -> {
        BitReader.require(from < to && size <= target.length - out);
        Arrays.fill(target, out, out + size, source[from]);
        out += size;
        return from + 1;
      }
      case 2 -> sequences(literals(from, from + size), from + size);
      default -> BitReader.require(false);
    }
    return from + size;
  }

  // ---- literals

  /** Decodes the literals of a block and returns where they end in it. */
  private int literals(int from, int to) {
    BitReader.require(from < to);
    int type = source[from] & 3;
    int format = source[from] >>> 2 & 3;
    if (type >= 2) {
      return huffmanLiterals(from, to, type == 2, format);
    }
    int headBytes = format == 1 ? 2 : format == 3 ? 3 : 1;
    literalCount = unsigned(from, headBytes) >>> (headBytes == 1 ? 3 : 4);
    int at = from + headBytes;
    int end = at + (type == 0 ? literalCount : 1);
    BitReader.require(end <= to);
    makeRoom();
    if (type == 0) {
      System.arraycopy(source, at, literals, 0, literalCount);
    } else {
      Arrays.fill(literals, 0, literalCount, source[at]);
    }
    return end;
  }

  private int huffmanLiterals(int from, int to, boolean hasTable, int format) {
    int sizeBits = format < 2 ? 10 : format == 2 ? 14 : 18;
    int headBytes = (4 + 2 * sizeBits + 7) >>> 3;
    long head = BitReader.forward(source, (long) from << 3, headBytes * 8);
    literalCount = (int) (head >>> 4) & ((1 << sizeBits) - 1);
    int at = from + headBytes;
    int end = at + ((int) (head >>> (4 + sizeBits)) & ((1 << sizeBits) - 1));
    BitReader.require(end <= to);
    makeRoom();
    if (hasTable) {
      at = huffman.read(source, at, end);
    }
    BitReader.require(huffman.isPresent());
    if (format == 0) {
      huffman.decode(source, at, end, literals, 0, literalCount);
    } else {
      huffman.decodeFour(source, at, end, literals, literalCount);
    }
    return end;
  }

  private void makeRoom() {
    BitReader.require(literalCount <= Math.min(BLOCK_BYTES_MAX, target.length - out));
    if (literals.length < literalCount) {
      literals = new byte[literalCount];
    }
  }

  // ---- sequences

  private void sequences(int from, int to) {
    BitReader.require(from < to);
    int count = source[from] & 0xff;
    int at = from + 1;
    if (count == 255) {
      count = 0x7f00 + unsigned(at, 2);
      at += 2;
    } else if (count >= 128) {
      count = (count - 128 << 8) + unsigned(at, 1);
      at++;
    }
    int taken = 0;
    if (count == 0) {
      BitReader.require(at == to);
    } else {
      BitReader.require(at < to);
      int modes = source[at++];
      BitReader.require((modes & 3) == 0);
      at = table(literalLengths, modes >>> 6 & 3, at, to, LITERAL_LOG_MAX, LITERAL_COUNTS, 36);
      at = table(offsets, modes >>> 4 & 3, at, to, OFFSET_LOG_MAX, OFFSET_COUNTS, 32);
      at = table(matchLengths, modes >>> 2 & 3, at, to, MATCH_LOG_MAX, MATCH_COUNTS, 53);
      hasSequenceTables = true;
      taken = execute(at, to, count);
    }
    int rest = literalCount - taken;
    System.arraycopy(literals, taken, target, out, rest);
    out += rest;
  }

  /** Sets a table up and returns where its description ends. */
  private int table(
      FseTable table, int mode, int from, int to, int logMax, int[] counts, int symbols) {
    switch (mode) {
      case 0 -> table.fill(counts, counts.length, counts == OFFSET_COUNTS ? 5 : 6);
      case 1 -> {
        BitReader.require(from < to && (source[from] & 0xff) < symbols);
        table.single(source[from]);
        return from + 1;
      }
      case 2 -> {
        return table.read(source, from, to, logMax, symbols);
      }
      default -> BitReader.require(hasSequenceTables);
    }
    return from;
  }

  /** Copies literals and matches, and returns how many literals were taken. */
  private int execute(int from, int to, int count) {
    int at = BitReader.streamEnd(source, from, to);
    int logs = literalLengths.accuracyLog() + offsets.accuracyLog() + matchLengths.accuracyLog();
    long word = BitReader.before(source, at);
    at -= logs;
    int literalState = BitReader.top(word, literalLengths.accuracyLog());
    word <<= literalLengths.accuracyLog();
    int offsetState = BitReader.top(word, offsets.accuracyLog());
    word <<= offsets.accuracyLog();
    int matchState = BitReader.top(word, matchLengths.accuracyLog());
    int taken = 0;
    for (int left = count; ; ) {
      int offsetCode = offsets.symbol(offsetState);
      int matchCode = matchLengths.symbol(matchState);
      int literalCode = literalLengths.symbol(literalState);
      BitReader.require(offsetCode <= OFFSET_CODE_MAX);
      word = BitReader.before(source, at);
      int offsetValue = (1 << offsetCode) + BitReader.top(word, offsetCode);
      word <<= offsetCode;
      int matchLength = MATCH_BASES[matchCode] + BitReader.top(word, MATCH_BITS[matchCode]);
      at -= offsetCode + MATCH_BITS[matchCode];
      word = BitReader.before(source, at);
      int literalBits = LITERAL_BITS[literalCode];
      int literalLength = LITERAL_BASES[literalCode] + BitReader.top(word, literalBits);
      word <<= literalBits;
      at -= literalBits;
      BitReader.require(literalLength <= literalCount - taken);
      System.arraycopy(literals, taken, target, out, literalLength);
      taken += literalLength;
      out += literalLength;
      copyMatch(offset(offsetValue, literalLength == 0), matchLength);
      if (--left == 0) {
        BitReader.require(at == from << 3);
        return taken;
      }
      int bits = literalLengths.bits(literalState);
      literalState = literalLengths.base(literalState) + BitReader.top(word, bits);
      word <<= bits;
      at -= bits;
      bits = matchLengths.bits(matchState);
      matchState = matchLengths.base(matchState) + BitReader.top(word, bits);
      word <<= bits;
      at -= bits;
      bits = offsets.bits(offsetState);
      offsetState = offsets.base(offsetState) + BitReader.top(word, bits);
      at -= bits;
    }
  }

  /** The distance that an offset's value stands for: one of the last three, or a new one. */
  private int offset(int value, boolean noLiterals) {
    if (value > 3) {
      third = second;
      second = latest;
      latest = value - 3;
      return latest;
    }
    int which = noLiterals ? value + 1 : value;
    if (which == 1) {
      return latest;
    }
    int chosen = which == 2 ? second : which == 3 ? third : latest - 1;
    if (which != 2) {
      third = second;
    }
    second = latest;
    latest = chosen;
    return chosen;
  }

  private void copyMatch(int distance, int length) {
    BitReader.require(distance > 0 && distance <= out && length <= target.length - out);
    if (distance >= length) {
      System.arraycopy(target, out - distance, target, out, length);
    } else {
      for (int i = 0; i < length; i++) {
        target[out + i] = target[out + i - distance];
      }
    }
    out += length;
  }
}
