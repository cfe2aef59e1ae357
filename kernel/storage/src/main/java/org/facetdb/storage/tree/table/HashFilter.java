package org.facetdb.storage.tree.table;

/** Tells, without false negatives, whether a part of a table holds a key with a hash. Immutable. */
sealed interface HashFilter permits BlockedBloomFilter, BinaryFuseFilter {
  /** False if no key of the part has this hash ({@code Bytes.hash}). */
  boolean mayContain(long hash);

  /** Bytes held on the heap, without what every object takes. */
  long heapBytes();

  /** The type of the block that it is stored in. */
  byte blockType();

  /** The block's raw bytes. */
  byte[] toBytes();

  /** A filter from the raw bytes of a block of a type. */
  static HashFilter fromBytes(byte blockType, byte[] raw, String file, long offset) {
    return blockType == TableFormat.FUSE_FILTER
        ? BinaryFuseFilter.fromBytes(raw, file, offset)
        : BlockedBloomFilter.fromBytes(raw, file, offset);
  }
}
