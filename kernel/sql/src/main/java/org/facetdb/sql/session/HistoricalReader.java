package org.facetdb.sql.session;

import org.facetdb.spi.DatabaseException;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.Reader;
import org.facetdb.storage.Snapshot;
import org.facetdb.storage.Store;
import org.jspecify.annotations.Nullable;

/**
 * A view of the past that refuses key spaces whose history no longer reaches back to it, rather
 * than show what is left of them. Used by one thread; the snapshot is the execution's.
 */
final class HistoricalReader implements Reader {
  private final Store store;
  private final Snapshot snapshot;

  HistoricalReader(Store store, Snapshot snapshot) {
    this.store = store;
    this.snapshot = snapshot;
  }

  @Override
  public long timestamp() {
    return snapshot.timestamp();
  }

  @Override
  public byte @Nullable [] get(int keySpace, byte[] key) {
    requireKept(keySpace);
    return snapshot.get(keySpace, key);
  }

  @Override
  public Cursor scan(int keySpace, byte @Nullable [] from, byte @Nullable [] to) {
    requireKept(keySpace);
    return snapshot.scan(keySpace, from, to);
  }

  private void requireKept(int keySpace) {
    requireKept(store, keySpace, snapshot.timestamp());
  }

  /** Throws 72000 where a key space's history doesn't reach back to a time. */
  static void requireKept(Store store, int keySpace, long timestamp) {
    if (timestamp < store.oldestReadable(keySpace)) {
      throw DatabaseException.user(
              "72000", "the table's history no longer reaches back to the time asked for")
          .withHint("A table WITH SYSTEM VERSIONING keeps its history.");
    }
  }
}
