package org.facetdb.storage.txn;

import java.util.Arrays;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.staged.StagedCursor;
import org.jspecify.annotations.Nullable;

/**
 * The stored entries of a range overlaid with a transaction's own writes, as they stood when the
 * cursor was opened. Used by the transaction's thread. Owns both cursors.
 */
final class MergedCursor implements Cursor {
  private static final byte[] NONE = new byte[0];

  private final Cursor stored;
  private final StagedCursor staged;
  private boolean storedValid;
  private boolean storedRead;
  private boolean stagedValid;
  private boolean onStaged;
  private byte[] ownKey = NONE;
  private byte[] ownValue = NONE;
  private boolean closed;

  MergedCursor(Cursor stored, StagedCursor staged) {
    this.stored = stored;
    this.staged = staged;
    this.stagedValid = staged.next();
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
      if (!stagedValid) {
        onStaged = false;
        storedRead = false;
        return storedValid;
      }
      byte[] key = staged.key();
      int order = storedValid ? compareStoredTo(key) : 1;
      if (order < 0) {
        onStaged = false;
        storedRead = false;
        return true;
      }
      byte @Nullable [] value = staged.value();
      if (order == 0) {
        storedRead = false;
      }
      stagedValid = staged.next();
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
      staged.close();
      stored.close();
    }
  }
}
