package org.facetdb.storage.crash;

import java.nio.ByteBuffer;
import org.facetdb.storage.ChangeCursor;
import org.facetdb.storage.CommittedBatch;
import org.facetdb.storage.Durability;
import org.facetdb.storage.Store;
import org.facetdb.storage.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * A consumer of the log: counts the commits of each thread of a {@link KillChild}, and commits its
 * counts together with its position. Used by one thread.
 */
final class Follower {
  private static final byte[] KEY = {(byte) 201};
  private static final int BATCHES = 50;

  private final Store store;
  private final long[] counts = new long[KillChild.THREADS];
  private long position;
  private @Nullable String fault;

  /** Goes on where the store says that the one before has got to. */
  Follower(Store store) {
    this.store = store;
    try (Transaction transaction = store.begin()) {
      byte[] state = transaction.get(Store.CATALOG_KEY_SPACE, KEY);
      if (state != null) {
        ByteBuffer in = ByteBuffer.wrap(state);
        position = in.getLong();
        for (int thread = 0; thread < counts.length; thread++) {
          counts[thread] = in.getLong();
        }
      }
    }
  }

  long count(int thread) {
    return counts[thread];
  }

  /** Takes some commits, and saves; the last of them may be its own. Null if all was well. */
  @Nullable String follow() {
    store.changes().retainAfter(position);
    int[] taken = new int[1];
    store
        .changes()
        .read(
            position,
            store.lastSequence(),
            batch -> {
              take(batch);
              return fault == null && ++taken[0] < BATCHES;
            });
    ByteBuffer state = ByteBuffer.allocate(8 + 8 * counts.length).putLong(position);
    for (long count : counts) {
      state.putLong(count);
    }
    try (Transaction transaction = store.begin()) {
      transaction.put(Store.CATALOG_KEY_SPACE, KEY, state.array());
      transaction.commit(Durability.SYNC);
    }
    return fault;
  }

  /** Takes all that was committed when this is called. */
  @Nullable String followToEnd() {
    long last = store.lastSequence();
    while (position < last && fault == null) {
      follow();
    }
    return fault;
  }

  private void take(CommittedBatch batch) {
    ChangeCursor rows = batch.changes();
    while (rows.next()) {
      if (rows.keySpace() == KillChild.LEFT && !rows.isDelete()) {
        ByteBuffer key = ByteBuffer.wrap(rows.key());
        int thread = key.get();
        long number = key.getLong();
        if (number != counts[thread] + 1) {
          fault =
              "sequence="
                  + batch.sequence()
                  + " thread="
                  + thread
                  + " expected="
                  + (counts[thread] + 1)
                  + " found="
                  + number;
        }
        counts[thread] = number;
      }
    }
    position = batch.sequence();
  }
}
