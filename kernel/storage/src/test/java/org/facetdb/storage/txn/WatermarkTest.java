package org.facetdb.storage.txn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.facetdb.storage.Durability;
import org.facetdb.storage.HybridTime;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.Snapshot;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Stores;
import org.facetdb.storage.Transaction;
import org.junit.jupiter.api.Test;

/** How far what is derived from a key space may forget its past. */
class WatermarkTest {
  private final AtomicLong millis = new AtomicLong(1_000_000);
  private final StoreOptions options =
      StoreOptions.defaults().withClock(() -> Instant.ofEpochMilli(millis.get()));

  private static long put(Store store, int space, int value) {
    try (Transaction transaction = store.begin()) {
      transaction.put(space, new byte[] {1}, new byte[] {(byte) value});
      return transaction.commit(Durability.SYNC);
    }
  }

  @Test
  void followsRetentionAndWaitsForTheOldestSnapshot() {
    try (Store store = Stores.openInMemory(options)) {
      int space = store.createKeySpace(KeySpaceOptions.keepFor(Duration.ofSeconds(10)));
      long first = put(store, space, 1);
      assertEquals(HybridTime.ofMillis(millis.get() - 10_000), store.watermark(space));
      assertEquals(0, store.watermark(Store.CATALOG_KEY_SPACE));
      Snapshot held = store.snapshot();
      millis.addAndGet(60_000);
      put(store, space, 2);
      long last = put(store, space, 3);
      assertEquals(first, store.watermark(space));
      assertEquals(1, held.get(space, new byte[] {1})[0]);
      held.close();
      long moved = store.watermark(space);
      assertEquals(HybridTime.ofMillis(millis.get() - 10_000), moved);
      assertEquals(moved, store.oldestReadable(space));
      millis.addAndGet(60_000);
      assertEquals(last, store.watermark(space));
    }
  }

  @Test
  void noReaderIsLetInBeforeItAnyMore() {
    try (Store store = Stores.openInMemory(options)) {
      int space = store.createKeySpace(KeySpaceOptions.keepFor(Duration.ofSeconds(10)));
      long first = put(store, space, 1);
      millis.addAndGet(1_000);
      put(store, space, 2);
      millis.addAndGet(60_000);
      put(store, space, 3);
      try (Snapshot past = store.snapshotAt(first)) {
        assertEquals(1, past.get(space, new byte[] {1})[0]);
        assertEquals(first, store.watermark(space));
      }
      long watermark = store.watermark(space);
      assertTrue(watermark > first);
      try (Snapshot past = store.snapshotAt(first)) {
        StorageException gone =
            assertThrows(StorageException.class, () -> past.get(space, new byte[] {1}));
        assertEquals("22023", gone.sqlState());
      }
      assertTrue(store.watermark(space) >= watermark);
    }
  }

  @Test
  void aKeySpaceThatNeverWasHasNone() {
    try (Store store = Stores.openInMemory(options)) {
      StorageException unknown = assertThrows(StorageException.class, () -> store.watermark(99));
      assertEquals("42704", unknown.sqlState());
    }
  }
}
