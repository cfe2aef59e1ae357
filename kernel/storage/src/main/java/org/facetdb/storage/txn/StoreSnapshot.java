package org.facetdb.storage.txn;

import java.util.concurrent.atomic.AtomicBoolean;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.Snapshot;
import org.facetdb.storage.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of a {@link FacetStore}. Safe for use by any number of threads. Owns a pin of its
 * timestamp until it is closed. One of the past looks before each read whether the key space still
 * has that past in full; the pin keeps it so from then on. The state of its timestamp lasted until
 * {@code validUntil}, {@link Long#MAX_VALUE} if nothing was committed since.
 */
final class StoreSnapshot implements Snapshot {
  private final FacetStore store;
  private final View view;
  private final long sequence;
  private final long validUntil;
  private final AtomicBoolean closed = new AtomicBoolean();

  StoreSnapshot(FacetStore store, View view, long sequence, long validUntil) {
    this.store = store;
    this.view = view;
    this.sequence = sequence;
    this.validUntil = validUntil;
  }

  private void check(int keySpace) {
    if (closed.get()) {
      throw new StorageException("55000", StorageException.Category.USER, "the snapshot is closed");
    }
    store.checkOpen();
    if (validUntil < Long.MAX_VALUE) {
      long oldest = store.oldestReadable(keySpace);
      if (oldest > validUntil) {
        throw new StorageException(
            "22023",
            StorageException.Category.USER,
            "the time lies before what is kept: keySpace="
                + keySpace
                + " timestamp="
                + view.timestamp()
                + " oldest="
                + oldest);
      }
    }
  }

  @Override
  public long timestamp() {
    return view.timestamp();
  }

  @Override
  public long sequence() {
    return sequence;
  }

  @Override
  public byte @Nullable [] get(int keySpace, byte[] key) {
    check(keySpace);
    return store.tree().get(keySpace, key, view.timestamp());
  }

  @Override
  public Cursor scan(int keySpace, byte @Nullable [] from, byte @Nullable [] to) {
    check(keySpace);
    return store.tree().scan(keySpace, from, to, view.timestamp());
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      view.release();
    }
  }
}
