package org.facetdb.storage.txn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.log.WriteBatch;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction has written and not committed, with the way back to its savepoints.
 *
 * <p>Used by one thread at a time. A cursor sees the writes staged before it was opened and none
 * after: each write carries a stamp, and while cursors are open a write keeps the one it replaces.
 */
final class StagedWrites {
  /** A staged value, or a removal where the value is null. */
  record Staged(byte @Nullable [] value, long changedColumns, long stamp, @Nullable Staged older) {
    /** The newest write of this key that is not younger than a stamp. */
    @Nullable Staged asOf(long limit) {
      Staged staged = this;
      while (staged != null && staged.stamp > limit) {
        staged = staged.older;
      }
      return staged;
    }
  }

  private record Undo(int keySpace, byte[] key, @Nullable Staged before) {}

  private final Map<Integer, NavigableMap<byte[], Staged>> keySpaces = new TreeMap<>();
  private final List<Undo> undo = new ArrayList<>();
  private long bytes;
  private long stamp;
  private int rows;
  private int openCursors;

  boolean isEmpty() {
    return rows == 0;
  }

  long stamp() {
    return stamp;
  }

  void cursorOpened() {
    openCursors++;
  }

  void cursorClosed() {
    openCursors--;
  }

  /** The staged writes of a key space in key order, or null if there are none. */
  @Nullable NavigableMap<byte[], Staged> of(int keySpace) {
    return keySpaces.isEmpty() ? null : keySpaces.get(keySpace);
  }

  void stage(
      int keySpace, byte[] key, byte @Nullable [] value, long changedColumns, boolean undoable) {
    NavigableMap<byte[], Staged> staged =
        keySpaces.computeIfAbsent(keySpace, id -> new TreeMap<>(Arrays::compareUnsigned));
    Staged before = staged.get(key);
    long mask = changedColumns;
    if (before != null) {
      mask = before.value == null ? Transaction.ALL_COLUMNS : before.changedColumns | mask;
    } else {
      rows++;
    }
    byte[] ownKey = key.clone();
    byte[] ownValue = value == null ? null : value.clone();
    Staged older = openCursors > 0 ? before : null;
    staged.put(ownKey, new Staged(ownValue, mask, ++stamp, older));
    bytes +=
        ownKey.length + (ownValue == null ? 0L : ownValue.length) + WriteBatch.ROW_OVERHEAD_MAX;
    if (undoable) {
      undo.add(new Undo(keySpace, ownKey, before));
    }
  }

  int undoSize() {
    return undo.size();
  }

  /** Takes back all writes after the undo list had a size. */
  void undoTo(int size) {
    while (undo.size() > size) {
      Undo last = undo.removeLast();
      NavigableMap<byte[], Staged> staged = keySpaces.get(last.keySpace);
      if (staged == null) {
        continue;
      }
      if (last.before != null) {
        staged.put(last.key, last.before);
      } else {
        staged.remove(last.key);
        rows--;
      }
    }
  }

  /** All writes, encoded in order of key space and key. */
  WriteBatch encode() {
    WriteBatch batch = new WriteBatch(Math.clamp(bytes, 64, 64 << 20));
    for (Map.Entry<Integer, NavigableMap<byte[], Staged>> keySpace : keySpaces.entrySet()) {
      int id = keySpace.getKey();
      for (Map.Entry<byte[], Staged> entry : keySpace.getValue().entrySet()) {
        Staged staged = entry.getValue();
        if (staged.value == null) {
          batch.delete(id, entry.getKey(), 0);
        } else {
          batch.put(id, entry.getKey(), staged.value, staged.changedColumns, 0);
        }
      }
    }
    return batch;
  }
}
