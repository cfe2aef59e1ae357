package org.facetdb.storage.txn;

import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.txn.StagedWrites.Staged;
import org.jspecify.annotations.Nullable;

/**
 * The stored entries of a range overlaid with a transaction's own writes, as they stood when the
 * cursor was opened. Used by the transaction's thread. Owns the stored cursor.
 */
final class MergedCursor implements Cursor {
  private static final byte[] NONE = new byte[0];

  private final Cursor stored;
  private final StagedWrites writes;
  private final NavigableMap<byte[], Staged> staged;
  private final byte @Nullable [] to;
  private final long stamp;
  private boolean storedValid;
  private boolean storedRead;
  private byte @Nullable [] stagedKey;
  private byte @Nullable [] stagedValue;
  private boolean onStaged;
  private byte[] ownKey = NONE;
  private byte[] ownValue = NONE;
  private boolean closed;

  MergedCursor(
      Cursor stored,
      StagedWrites writes,
      NavigableMap<byte[], Staged> staged,
      byte @Nullable [] from,
      byte @Nullable [] to) {
    this.stored = stored;
    this.writes = writes;
    this.staged = staged;
    this.to = to == null ? null : to.clone();
    this.stamp = writes.stamp();
    writes.cursorOpened();
    moveStaged(from == null ? firstEntry() : staged.ceilingEntry(from));
  }

  private Map.@Nullable Entry<byte[], Staged> firstEntry() {
    return staged.isEmpty() ? null : staged.firstEntry();
  }

  /** Settles on the first entry from here on that was staged when the cursor was opened. */
  private void moveStaged(Map.@Nullable Entry<byte[], Staged> from) {
    Map.Entry<byte[], Staged> entry = from;
    while (entry != null && (to == null || Arrays.compareUnsigned(entry.getKey(), to) < 0)) {
      Staged write = entry.getValue().asOf(stamp);
      if (write != null) {
        stagedKey = entry.getKey();
        stagedValue = write.value();
        return;
      }
      entry = staged.higherEntry(entry.getKey());
    }
    stagedKey = null;
    stagedValue = null;
  }

  private int compareStoredTo(byte[] key) {
    byte[] array = stored.keyArray();
    int offset = stored.keyOffset();
    return Arrays.compareUnsigned(array, offset, offset + stored.keyLength(), key, 0, key.length);
  }

  @Override
  public boolean next() {
    while (true) {
      if (!storedRead) {
        storedValid = stored.next();
        storedRead = true;
      }
      byte[] key = stagedKey;
      if (key == null) {
        onStaged = false;
        storedRead = false;
        return storedValid;
      }
      int order = storedValid ? compareStoredTo(key) : 1;
      if (order < 0) {
        onStaged = false;
        storedRead = false;
        return true;
      }
      byte[] value = stagedValue;
      if (order == 0) {
        storedRead = false;
      }
      moveStaged(staged.higherEntry(key));
      if (value != null) {
        onStaged = true;
        ownKey = key;
        ownValue = value;
        return true;
      }
    }
  }

  @Override
  public byte[] keyArray() {
    return onStaged ? ownKey : stored.keyArray();
  }

  @Override
  public int keyOffset() {
    return onStaged ? 0 : stored.keyOffset();
  }

  @Override
  public int keyLength() {
    return onStaged ? ownKey.length : stored.keyLength();
  }

  @Override
  public byte[] valueArray() {
    return onStaged ? ownValue : stored.valueArray();
  }

  @Override
  public int valueOffset() {
    return onStaged ? 0 : stored.valueOffset();
  }

  @Override
  public int valueLength() {
    return onStaged ? ownValue.length : stored.valueLength();
  }

  @Override
  public long commitTimestamp() {
    return onStaged ? Long.MAX_VALUE : stored.commitTimestamp();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      writes.cursorClosed();
      stored.close();
    }
  }
}
