package org.facetdb.storage.tree.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.facetdb.storage.tree.entry.EntryCursor;

/**
 * Divides a table that is being written into parts, and makes the index and the filter of each as
 * soon as it is full. Used by one thread. What it holds is bounded by the indexes and filters of
 * the table, and the hashes of one part and one data block.
 */
final class PartsBuilder {
  /** Raw size of an index block, in data blocks. */
  private static final int INDEX_BLOCKS = 4;

  /** Keys of a part for each byte of a data block, which bounds the filter where keys are small. */
  private static final int KEYS_PER_BYTE = 8;

  /**
   * A part that is complete.
   *
   * @param blocks how many data blocks it has
   * @param index raw bytes of its index block
   */
  record Part(
      int keySpace,
      byte[] firstKey,
      long firstBegin,
      HashFilter filter,
      int blocks,
      byte[] index) {}

  private final boolean lasting;
  private final int indexBytesMax;
  private final int keysMax;
  private final BlockBuilder index = new BlockBuilder();
  private final List<Part> parts = new ArrayList<>();
  private long[] hashes = new long[1024];
  private int hashCount;

  /** How many of the hashes are of blocks that the part has. */
  private int partHashes;

  /** Whether the block that comes begins with the last key of the block before. */
  private boolean goesOn;

  /**
   * Begins the first part.
   *
   * @param lasting whether to take longer for better filters
   * @param blockBytes raw size of a data block, without what makes zstd's larger
   */
  PartsBuilder(boolean lasting, int blockBytes) {
    this.lasting = lasting;
    this.indexBytesMax = INDEX_BLOCKS * blockBytes;
    this.keysMax = KEYS_PER_BYTE * blockBytes;
  }

  /** A key of the block that comes, which the one before has not. */
  void addKey(long hash) {
    if (hashCount == hashes.length) {
      hashes = Arrays.copyOf(hashes, hashCount * 2);
    }
    hashes[hashCount++] = hash;
  }

  /** The block that comes begins with the last key of the block before. */
  void goOn() {
    goesOn = true;
  }

  /** Takes note of a data block whose keys have been added. */
  void addBlock(int keySpace, byte[] firstKey, long firstBegin, BlockHandle handle) {
    if (index.count() > 0
        && (index.keySpace() != keySpace
            || index.estimate() + firstKey.length + BlockHandle.BYTES > indexBytesMax
            || hashCount > keysMax)) {
      cut();
    }
    index.add(
        keySpace,
        firstKey,
        0,
        firstKey.length,
        firstBegin,
        EntryCursor.OPEN,
        false,
        handle.toBytes(),
        0,
        BlockHandle.BYTES);
    partHashes = hashCount;
    goesOn = false;
  }

  private void cut() {
    HashFilter filter =
        lasting
            ? BinaryFuseFilter.build(hashes, partHashes)
            : BlockedBloomFilter.build(hashes, partHashes);
    parts.add(
        new Part(
            index.keySpace(),
            index.firstKey(),
            index.firstBegin(),
            filter,
            index.count(),
            index.finish()));
    // A key that goes on in the next part is in both.
    int kept = goesOn ? partHashes - 1 : partHashes;
    System.arraycopy(hashes, kept, hashes, 0, hashCount - kept);
    hashCount -= kept;
    partHashes = 0;
  }

  /** All parts; at least one block has been added. */
  List<Part> finish() {
    cut();
    return parts;
  }
}
