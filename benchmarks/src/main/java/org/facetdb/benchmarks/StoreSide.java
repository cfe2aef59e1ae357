package org.facetdb.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.Durability;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.Snapshot;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Stores;
import org.facetdb.storage.Transaction;
import org.jspecify.annotations.Nullable;

/** Our store, through its transactions: every put is one. */
final class StoreSide implements KeyValueSide {
  private final Path directory;
  private final Store store;
  private final int keySpace;
  private @Nullable Snapshot snapshot;

  /** History is kept for an hour. */
  StoreSide(Path directory, long cacheBytes) {
    this(directory, cacheBytes, Duration.ofHours(1));
  }

  /** Opens a new store whose superseded entries stay readable for a while. */
  StoreSide(Path directory, long cacheBytes, Duration retention) {
    this.directory = directory;
    store =
        Stores.open(
            directory,
            StoreOptions.defaults().withMemtableBytes(64L << 20).withBlockCacheBytes(cacheBytes));
    keySpace = store.createKeySpace(KeySpaceOptions.keepFor(retention));
  }

  @Override
  public void put(byte[] key, byte[] value) {
    put(key, value, Durability.NONE);
  }

  /** Of two writers of one key at the same time the second begins anew. */
  private void put(byte[] key, byte[] value, Durability durability) {
    while (true) {
      try (Transaction transaction = store.begin()) {
        transaction.put(keySpace, key, value);
        transaction.commit(durability);
        return;
      } catch (StorageException e) {
        if (!e.sqlState().equals("40001")) {
          throw e;
        }
      }
    }
  }

  @Override
  public void putAll(byte[][] keys, byte[][] values, int from, int to) {
    try (Transaction transaction = store.begin()) {
      for (int i = from; i < to; i++) {
        transaction.put(keySpace, keys[i], values[i]);
      }
      transaction.commit(Durability.NONE);
    }
  }

  @Override
  public void loadAtOnce(Entries entries) {
    try (Transaction transaction = store.begin()) {
      for (int n = 0; n < entries.count(); n++) {
        transaction.put(keySpace, entries.key(n), entries.value(n, 0));
      }
      transaction.commit(Durability.SYNC);
    }
  }

  @Override
  public void putDurably(byte[] key, byte[] value) {
    put(key, value, Durability.SYNC);
  }

  @Override
  public int getLatest(byte[] key) {
    try (Snapshot latest = store.snapshot()) {
      byte[] value = latest.get(keySpace, key);
      return value == null ? -1 : value.length;
    }
  }

  @Override
  public long range(byte[] from, int count) {
    long sum = 0;
    try (Cursor cursor = snapshot().scan(keySpace, from, null)) {
      for (int i = 0; i < count && cursor.next(); i++) {
        sum += KeyValueSide.sum(cursor.keyArray(), cursor.keyOffset(), cursor.keyLength());
        sum += KeyValueSide.sum(cursor.valueArray(), cursor.valueOffset(), cursor.valueLength());
      }
    }
    return sum;
  }

  @Override
  public long tableBytes() throws IOException {
    return Scratch.bytes(directory, ".sst");
  }

  @Override
  public void flush() {
    store.flush();
  }

  @Override
  public void settle() {
    store.flush();
    store.compact();
    closeSnapshot();
    snapshot = store.snapshot();
  }

  private Snapshot snapshot() {
    Snapshot current = snapshot;
    if (current == null) {
      throw new IllegalStateException("reads come after settle()");
    }
    return current;
  }

  @Override
  public int get(byte[] key) {
    byte[] value = snapshot().get(keySpace, key);
    return value == null ? -1 : value.length;
  }

  @Override
  public Scanned scan() {
    long count = 0;
    long sum = 0;
    try (Cursor cursor = snapshot().scan(keySpace, null, null)) {
      while (cursor.next()) {
        sum += KeyValueSide.sum(cursor.keyArray(), cursor.keyOffset(), cursor.keyLength());
        sum += KeyValueSide.sum(cursor.valueArray(), cursor.valueOffset(), cursor.valueLength());
        count++;
      }
    }
    return new Scanned(count, sum);
  }

  private void closeSnapshot() {
    Snapshot current = snapshot;
    snapshot = null;
    if (current != null) {
      current.close();
    }
  }

  @Override
  public void close() {
    closeSnapshot();
    store.close();
  }
}
