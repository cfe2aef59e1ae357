package org.facetdb.storage.tree;

/**
 * How far flushes and compactions are behind: what makes writers slow down, a little at first, so
 * that none of them has to stop. Immutable.
 *
 * @param memtables full memtables that wait for their flush
 * @param activeBytes size of the memtable that takes writes
 * @param sublevels sublevels of level 0
 * @param bytes what the levels below hold beyond what they are meant to
 */
record Debt(int memtables, long activeBytes, int sublevels, long bytes) {
  /** Level 0 slows writers from so many times the sublevels that start a compaction. */
  private static final int SUBLEVELS_FACTOR = 2;

  private static final int SUBLEVELS_MAX = 50;
  private static final double NANOS_PER_SUBLEVEL = 20;

  /** Delay per byte where the last memtable that may wait is about to be full. */
  private static final double NANOS_OF_MEMTABLES = 100;

  /** The levels below slow writers from so many times the size of level 1. */
  private static final int BYTES_FACTOR = 16;

  private static final int BYTES_MAX = 40;
  private static final double NANOS_PER_LEVEL_ONE = 5;

  static Debt of(View view, TreeOptions options) {
    Version version = view.version();
    return new Debt(
        view.frozen().size(),
        view.active().bytes(),
        version.depth(),
        excess(version, options.levelOneBytes()));
  }

  private static long excess(Version version, long levelOneBytes) {
    long bytes = 0;
    long target = levelOneBytes;
    for (int level = 1; level < version.current().length - 1; level++) {
      bytes += Math.max(0, version.bytesOf(level) - target);
      target *= CompactionPolicy.GROWTH;
    }
    return bytes;
  }

  /** How long a writer waits for each byte that it wrote, in nanoseconds; 0 without a debt. */
  double nanosPerByte(TreeOptions options) {
    int high = sublevels - SUBLEVELS_FACTOR * options.levelZeroFiles();
    double ofSublevels = NANOS_PER_SUBLEVEL * Math.clamp(high, 0, SUBLEVELS_MAX);
    double ofMemtables =
        isLastMemtable(options)
            ? NANOS_OF_MEMTABLES * Math.min(1, (double) activeBytes / options.memtableBytes())
            : 0;
    double over = (double) bytes / options.levelOneBytes() - BYTES_FACTOR;
    double ofBytes = NANOS_PER_LEVEL_ONE * Math.clamp(over, 0, BYTES_MAX);
    return ofSublevels + ofMemtables + ofBytes;
  }

  /** Whether compactions should not hold back any more: half of what slows writers is there. */
  boolean isHigh(TreeOptions options) {
    return isLastMemtable(options)
        || 2 * sublevels > SUBLEVELS_FACTOR * options.levelZeroFiles()
        || 2 * bytes > BYTES_FACTOR * options.levelOneBytes();
  }

  private boolean isLastMemtable(TreeOptions options) {
    return memtables > 0 && memtables >= options.memtablesMax() - 1;
  }
}
