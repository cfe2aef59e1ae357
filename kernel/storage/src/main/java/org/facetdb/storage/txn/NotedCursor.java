package org.facetdb.storage.txn;

import java.util.Arrays;
import java.util.Collection;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.serial.KeyRanges;
import org.jspecify.annotations.Nullable;

/**
 * A cursor that notes, when it is closed, which part of its range was walked. Used by the
 * transaction's thread. Owns the other one.
 */
final class NotedCursor implements Cursor {
  private final Cursor cursor;
  private final Collection<NotedCursor> open;
  private final KeyRanges reads;
  private final int keySpace;
  private final byte @Nullable [] from;
  private final byte @Nullable [] to;
  private boolean standing;
  private boolean exhausted;

  /**
   * @param open the transaction's open cursors, of which this is one until it is closed
   */
  NotedCursor(
      Cursor cursor,
      Collection<NotedCursor> open,
      KeyRanges reads,
      int keySpace,
      byte @Nullable [] from,
      byte @Nullable [] to) {
    this.cursor = cursor;
    this.open = open;
    open.add(this);
    this.reads = reads;
    this.keySpace = keySpace;
    this.from = from == null ? null : from.clone();
    this.to = to == null ? null : to.clone();
  }

  @Override
  public boolean next() {
    standing = cursor.next();
    exhausted = !standing;
    return standing;
  }

  @Override
  public byte[] keyArray() {
    return cursor.keyArray();
  }

  @Override
  public int keyOffset() {
    return cursor.keyOffset();
  }

  @Override
  public int keyLength() {
    return cursor.keyLength();
  }

  @Override
  public byte[] valueArray() {
    return cursor.valueArray();
  }

  @Override
  public int valueOffset() {
    return cursor.valueOffset();
  }

  @Override
  public int valueLength() {
    return cursor.valueLength();
  }

  @Override
  public long commitTimestamp() {
    return cursor.commitTimestamp();
  }

  /** Notes what was walked so far. */
  void note() {
    if (exhausted) {
      reads.add(keySpace, from, to);
    } else if (standing) {
      // What lies behind the last key was not looked at.
      byte[] key = cursor.key();
      reads.add(keySpace, from, Arrays.copyOf(key, key.length + 1));
    }
  }

  @Override
  public void close() {
    try {
      if (open.remove(this)) {
        note();
      }
    } finally {
      cursor.close();
    }
  }
}
