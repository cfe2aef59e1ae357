package org.facetdb.storage.tree.table;

/**
 * Reads data blocks of a table past the cache, several at a time once they follow each other. Used
 * by one thread.
 */
final class ReadAhead {
  private static final int BYTES = 128 << 10;

  private final TableReader table;
  private final boolean always;
  private byte[] ahead = {};
  private long position;
  private int bytes;

  /** Where the last block that was read ends in the file. */
  private long lastEnd = -1;

  /**
   * Reads ahead.
   *
   * @param always from the first block on, else from the second of two that follow each other
   */
  ReadAhead(TableReader table, boolean always) {
    this.table = table;
    this.always = always;
  }

  /**
   * A block's raw bytes.
   *
   * @param room an array that the caller needs no more: it gets them if there are as many
   */
  byte[] read(TableIndex index, int block, byte[] room) {
    long start = index.position(block);
    int length = index.length(block);
    if (start < position || start + length > position + bytes) {
      int wanted = Math.max(always || lastEnd == start ? BYTES : length, length);
      if (ahead.length < wanted) {
        ahead = new byte[wanted];
      }
      bytes = table.readStored(start, ahead, wanted);
      position = start;
      if (bytes < length) {
        throw TableFormat.damaged(table.place(), start, length + " bytes", bytes + " bytes");
      }
    }
    lastEnd = start + length;
    return table.decode(index, block, ahead, (int) (start - position), room);
  }

  /** Lets go of the bytes. */
  void close() {
    ahead = new byte[0];
    bytes = 0;
  }
}
