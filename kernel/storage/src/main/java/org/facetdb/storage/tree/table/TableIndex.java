package org.facetdb.storage.tree.table;

import java.util.List;

/** Where the data blocks of a part lie, and the first key and begin of each. Immutable. */
final class TableIndex {
  private static final int FIXED_BYTES = 64;
  private static final int ENTRY_BYTES = 12;

  private final FirstKeys firsts;
  private final long[] positions;
  private final int[] lengths;

  /**
   * Of one index block, or of all of a table whose version has no parts.
   *
   * @param limit where the data blocks end at the latest
   */
  TableIndex(List<BlockView> blocks, String place, long limit) {
    int count = blocks.stream().mapToInt(BlockView::count).sum();
    int[] keySpaces = new int[count];
    byte[][] keys = new byte[count][];
    long[] begins = new long[count];
    positions = new long[count];
    lengths = new int[count];
    int at = 0;
    for (BlockView block : blocks) {
      for (int i = 0; i < block.count(); i++) {
        int handle = block.valueOffset(i);
        keySpaces[at] = block.keySpace();
        keys[at] = block.key(i);
        begins[at] = block.begin(i);
        if (block.valueLength(i) != BlockHandle.BYTES) {
          throw TableFormat.damaged(place, limit, "a data block's place", "other bytes");
        }
        BlockHandle data = BlockHandle.of(block.array(), handle, place, limit);
        positions[at] = data.position();
        lengths[at] = data.length();
        at++;
      }
    }
    firsts = new FirstKeys(keySpaces, keys, begins);
  }

  int count() {
    return lengths.length;
  }

  FirstKeys firsts() {
    return firsts;
  }

  long position(int block) {
    return positions[block];
  }

  int length(int block) {
    return lengths[block];
  }

  int keySpace(int block) {
    return firsts.keySpace(block);
  }

  /** The last block whose first entry is at or before (key, begin); the first if there is none. */
  int find(int keySpace, byte[] key, long begin) {
    return firsts.find(keySpace, key, begin);
  }

  int heapBytes() {
    return FIXED_BYTES + firsts.heapBytes() + ENTRY_BYTES * lengths.length;
  }
}
