package org.facetdb.storage.tree.table;

import org.facetdb.storage.tree.entry.Bytes;

/**
 * A blocked Bloom filter: all probes of a key fall into one line of 64 bytes, so that a miss costs
 * one cache line. About 0.23 % false positives. Immutable once built.
 *
 * <p>Source: Putze, Sanders, Singler, "Cache-, Hash- and Space-Efficient Bloom Filters", section 3.
 *
 * <pre>
 *  raw = lines:4 | 0:4 | lines x 8 words of 64 bits
 *  line of hash h = high half of h * lines (unsigned); probe j, of 6, sets bit
 *  (g_j >>> 23) of the line, with g_0 = low 32 bits of h and g_(j+1) = g_j * 0x9e3779b9
 * </pre>
 */
public final class BlockedBloomFilter implements HashFilter {
  private static final int BITS_PER_KEY = 14;
  private static final int PROBES = 6;
  private static final int STEP = 0x9e3779b9;

  private final int lines;
  private final long[] words;

  private BlockedBloomFilter(int lines, long[] words) {
    this.lines = lines;
    this.words = words;
  }

  /** A filter over the first hashes of an array, see {@link Bytes#hash}. */
  public static BlockedBloomFilter build(long[] hashes, int count) {
    int lines = (int) Math.min((1 << 27) - 1, (long) count * BITS_PER_KEY / 512 + 1);
    long[] words = new long[lines * 8];
    for (int i = 0; i < count; i++) {
      long hash = hashes[i];
      int line = (int) Math.unsignedMultiplyHigh(hash, lines) << 3;
      int probe = (int) hash;
      for (int j = 0; j < PROBES; j++) {
        int bit = probe >>> 23;
        words[line + (bit >>> 6)] |= 1L << bit;
        probe *= STEP;
      }
    }
    return new BlockedBloomFilter(lines, words);
  }

  @Override
  public boolean mayContain(long hash) {
    int line = (int) Math.unsignedMultiplyHigh(hash, lines) << 3;
    int probe = (int) hash;
    for (int j = 0; j < PROBES; j++) {
      int bit = probe >>> 23;
      if ((words[line + (bit >>> 6)] & (1L << bit)) == 0) {
        return false;
      }
      probe *= STEP;
    }
    return true;
  }

  @Override
  public long heapBytes() {
    return words.length * 8L;
  }

  @Override
  public byte blockType() {
    return TableFormat.FILTER;
  }

  @Override
  public byte[] toBytes() {
    byte[] raw = new byte[8 + words.length * 8];
    Bytes.putInt(raw, 0, lines);
    for (int i = 0; i < words.length; i++) {
      Bytes.putLong(raw, 8 + 8 * i, words[i]);
    }
    return raw;
  }

  static BlockedBloomFilter fromBytes(byte[] raw, String file, long offset) {
    int lines = raw.length < 8 ? -1 : Bytes.getInt(raw, 0);
    if (lines < 1 || 8 + lines * 64L != raw.length) {
      throw TableFormat.damaged(
          file, offset, "a filter of " + lines + " lines", raw.length + " bytes");
    }
    long[] words = new long[lines * 8];
    for (int i = 0; i < words.length; i++) {
      words[i] = Bytes.getLong(raw, 8 + 8 * i);
    }
    return new BlockedBloomFilter(lines, words);
  }
}
