package org.facetdb.fts;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The bytes that are kept with a checkpoint: four little-endian numbers, see {@link #encode}.
 *
 * @param format of the checkpoint
 * @param generation counts the checkpoints of an index; names the file of ends
 * @param largestBegin the latest begin that was given
 * @param largestRowId the largest row id that was given
 */
record CheckpointState(int format, long generation, long largestBegin, long largestRowId) {
  /** Format (4 bytes), generation (8), largest begin (8), largest row id (8). */
  private static final int BYTES = 28;

  static final CheckpointState EMPTY = new CheckpointState(0, 0, Long.MIN_VALUE, Long.MIN_VALUE);

  String endsFile() {
    return "ends_" + generation;
  }

  byte[] encode() {
    return ByteBuffer.allocate(BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(format)
        .putLong(generation)
        .putLong(largestBegin)
        .putLong(largestRowId)
        .array();
  }

  static CheckpointState decode(byte[] bytes, int format) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.length != BYTES || in.getInt(0) != format) {
      throw Faults.corruption(
          "the state of a checkpoint is damaged: bytes="
              + bytes.length
              + " expected="
              + BYTES
              + " format="
              + format,
          null);
    }
    return new CheckpointState(in.getInt(), in.getLong(), in.getLong(), in.getLong());
  }
}
