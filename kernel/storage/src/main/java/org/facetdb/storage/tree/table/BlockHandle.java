package org.facetdb.storage.tree.table;

import org.facetdb.storage.tree.entry.Bytes;

/**
 * Where a block lies.
 *
 * @param position in the file
 * @param length with the block's header
 */
record BlockHandle(long position, int length) {
  static final int BYTES = 12;

  /** Reads a handle, of which the block must end at or before a limit. */
  static BlockHandle of(byte[] bytes, int at, String place, long limit) {
    long position = Bytes.getLong(bytes, at);
    int length = Bytes.getInt(bytes, at + 8);
    if (position < TableFormat.HEADER_BYTES
        || position > limit
        || length < TableFormat.BLOCK_HEADER_BYTES
        || length > limit - position) {
      throw TableFormat.damaged(
          place, limit, "a block before offset " + limit, "offset " + position + "+" + length);
    }
    return new BlockHandle(position, length);
  }

  void put(byte[] target, int at) {
    Bytes.putLong(target, at, position);
    Bytes.putInt(target, at + 8, length);
  }

  byte[] toBytes() {
    byte[] bytes = new byte[BYTES];
    put(bytes, 0);
    return bytes;
  }
}
