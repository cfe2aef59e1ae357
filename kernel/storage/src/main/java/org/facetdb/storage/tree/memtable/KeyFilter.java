package org.facetdb.storage.tree.memtable;

/**
 * A blocked Bloom filter that grows with a memtable's keys, so that a lookup of a key that is not
 * there costs one cache line instead of a walk down a tree.
 *
 * <p>One writer, any number of readers: words are plain, because a reader that must find a key
 * knows of its commit, and so sees the bits that were set before. Too many keys only make it less
 * sharp.
 */
final class KeyFilter {
  private static final int PROBES = 5;
  private static final int STEP = 0x9e3779b9;
  private static final int KEY_BYTES = 96;
  private static final int BITS_PER_KEY = 8;

  private final int lines;
  private final long[] words;

  /** Sized for a memtable of so many bytes. */
  KeyFilter(long memtableBytes) {
    this.lines = (int) Math.min(1 << 20, memtableBytes / KEY_BYTES * BITS_PER_KEY / 512 + 1);
    this.words = new long[lines * 8];
  }

  long bytes() {
    return words.length * 8L;
  }

  void add(long hash) {
    int line = (int) Math.unsignedMultiplyHigh(hash, lines) << 3;
    int probe = (int) hash;
    for (int i = 0; i < PROBES; i++) {
      int bit = probe >>> 23;
      words[line + (bit >>> 6)] |= 1L << bit;
      probe *= STEP;
    }
  }

  boolean mayContain(long hash) {
    int line = (int) Math.unsignedMultiplyHigh(hash, lines) << 3;
    int probe = (int) hash;
    for (int i = 0; i < PROBES; i++) {
      int bit = probe >>> 23;
      if ((words[line + (bit >>> 6)] & (1L << bit)) == 0) {
        return false;
      }
      probe *= STEP;
    }
    return true;
  }
}
