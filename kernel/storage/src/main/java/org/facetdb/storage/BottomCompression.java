package org.facetdb.storage;

/** How the data blocks of a store's lowest sstables are compressed. */
public enum BottomCompression {
  /** As all others. */
  LZ4,
  /**
   * Smaller, in blocks of four times the size, and slower to write and to read. A process without
   * native access reads such tables, and writes LZ4.
   */
  ZSTD
}
