package org.facetdb.storage.staged;

import org.jspecify.annotations.Nullable;

/**
 * A write that is not committed.
 *
 * @param value null for a removal
 * @param changedColumns see {@link org.facetdb.storage.Transaction#put}
 * @param stamp place among all writes of the transaction
 * @param older the write that it replaced, where somebody may still ask for that
 */
public record StagedWrite(
    byte @Nullable [] value, long changedColumns, long stamp, @Nullable StagedWrite older) {
  /** Heap bytes of a write and its place in a map, roughly, beside key and value. */
  private static final int HEAP_BYTES = 160;

  /** The newest of this write and older ones that is not younger than a stamp. */
  @Nullable StagedWrite asOf(long limit) {
    StagedWrite write = this;
    while (write != null && write.stamp > limit) {
      write = write.older;
    }
    return write;
  }

  static long heapBytes(byte[] key, byte @Nullable [] value) {
    return HEAP_BYTES + key.length + (value == null ? 0L : value.length);
  }
}
