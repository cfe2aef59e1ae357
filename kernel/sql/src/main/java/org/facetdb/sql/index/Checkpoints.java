package org.facetdb.sql.index;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.Durability;
import org.facetdb.storage.Snapshot;
import org.facetdb.storage.Store;
import org.facetdb.storage.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * The committed checkpoints of all indexes, in a key space of their own. Thread-safe.
 *
 * <pre>
 * index id:i32 'c'   -> CheckpointRecord   the last checkpoint
 * index id:i32 'f'   -> CheckpointRecord   the last one in the format before, for a downgrade
 * </pre>
 */
final class Checkpoints {
  private static final byte CURRENT = 'c';
  private static final byte FORMER = 'f';

  private final Store store;
  private final int keySpace;

  Checkpoints(Store store, int keySpace) {
    this.store = store;
    this.keySpace = keySpace;
  }

  /** The checkpoints of one index. */
  record Saved(@Nullable CheckpointRecord current, @Nullable CheckpointRecord former) {
    static final Saved NONE = new Saved(null, null);
  }

  Saved load(int indexId) {
    try (Snapshot snapshot = store.snapshot()) {
      byte[] current = snapshot.get(keySpace, key(indexId, CURRENT));
      byte[] former = snapshot.get(keySpace, key(indexId, FORMER));
      return new Saved(
          current == null ? null : CheckpointRecord.decode(current),
          former == null ? null : CheckpointRecord.decode(former));
    }
  }

  /** Makes checkpoints durable, with the log before them. */
  void save(int indexId, Saved saved) {
    try (Transaction transaction = store.begin()) {
      stage(transaction, key(indexId, CURRENT), saved.current());
      stage(transaction, key(indexId, FORMER), saved.former());
      transaction.commit(Durability.SYNC);
    }
  }

  private void stage(Transaction transaction, byte[] key, @Nullable CheckpointRecord record) {
    if (record != null) {
      transaction.put(keySpace, key, record.encode());
    } else if (transaction.get(keySpace, key) != null) {
      transaction.delete(keySpace, key);
    }
  }

  /** Ids of the indexes that have checkpoints. */
  Set<Integer> indexIds() {
    Set<Integer> ids = new HashSet<>();
    try (Snapshot snapshot = store.snapshot();
        Cursor cursor = snapshot.scan(keySpace, null, null)) {
      while (cursor.next()) {
        ids.add(ByteBuffer.wrap(cursor.key()).getInt());
      }
    }
    return ids;
  }

  private static byte[] key(int indexId, byte slot) {
    return ByteBuffer.allocate(5).putInt(indexId).put(slot).array();
  }
}
