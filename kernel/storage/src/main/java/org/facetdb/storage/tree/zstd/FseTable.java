package org.facetdb.storage.tree.zstd;

/**
 * Decoding table of a finite state entropy code. Used by one thread.
 *
 * <p>Source: RFC 8878, section 4.1. A state is an index; its cell says the symbol, how many bits
 * the next state takes from the stream, and what is added to them.
 */
final class FseTable {
  private final int[] cells;
  private final int[] sizes = new int[256];
  private final int[] next = new int[256];
  private int accuracyLog;

  FseTable(int accuracyLogMax) {
    cells = new int[1 << accuracyLogMax];
  }

  int accuracyLog() {
    return accuracyLog;
  }

  int symbol(int state) {
    return cells[state] & 0xff;
  }

  int bits(int state) {
    return cells[state] >>> 8 & 0xff;
  }

  int base(int state) {
    return cells[state] >>> 16;
  }

  /** A table of one symbol that takes no bits. */
  void single(int symbol) {
    accuracyLog = 0;
    cells[0] = symbol;
  }

  /**
   * Fills the table.
   *
   * @param counts share of each symbol of the table's size, -1 for less than one cell
   */
  void fill(int[] counts, int symbols, int log) {
    accuracyLog = log;
    int size = 1 << log;
    int high = size;
    for (int symbol = 0; symbol < symbols; symbol++) {
      next[symbol] = Math.abs(counts[symbol]);
      if (counts[symbol] == -1) {
        cells[--high] = symbol;
      }
    }
    int step = (size >> 1) + (size >> 3) + 3;
    int at = 0;
    for (int symbol = 0; symbol < symbols; symbol++) {
      for (int i = 0; i < counts[symbol]; i++) {
        cells[at] = symbol;
        do {
          at = (at + step) & (size - 1);
        } while (at >= high);
      }
    }
    for (int state = 0; state < size; state++) {
      int symbol = cells[state];
      int share = next[symbol]++;
      int bits = log - (31 - Integer.numberOfLeadingZeros(share));
      cells[state] = symbol | bits << 8 | ((share << bits) - size) << 16;
    }
  }

  /**
   * Reads the description of a table.
   *
   * @param to where the part of the frame ends
   * @return where the description ends
   */
  int read(byte[] source, int from, int to, int accuracyLogMax, int symbolsMax) {
    long at = (long) from << 3;
    int log = (int) BitReader.forward(source, at, 4) + 5;
    at += 4;
    BitReader.require(log <= accuracyLogMax);
    int left = (1 << log) + 1;
    int threshold = 1 << log;
    int width = log + 1;
    int symbol = 0;
    while (left > 1) {
      BitReader.require(symbol < symbolsMax && at <= (long) to << 3);
      int max = 2 * threshold - 1 - left;
      int value = (int) BitReader.forward(source, at, width);
      int small = value & (threshold - 1);
      if (small < max) {
        value = small;
        at += width - 1;
      } else {
        value = value >= threshold ? value - max : value;
        at += width;
      }
      int count = value - 1;
      left -= Math.abs(count);
      BitReader.require(left >= 1);
      sizes[symbol++] = count;
      if (count == 0) {
        int zeros;
        do {
          zeros = (int) BitReader.forward(source, at, 2);
          at += 2;
          BitReader.require(symbol + zeros <= symbolsMax);
          for (int i = 0; i < zeros; i++) {
            sizes[symbol++] = 0;
          }
        } while (zeros == 3);
      }
      while (left < threshold) {
        width--;
        threshold >>= 1;
      }
    }
    int end = (int) ((at + 7) >>> 3);
    BitReader.require(end <= to);
    fill(sizes, symbol, log);
    return end;
  }
}
