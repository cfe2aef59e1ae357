package org.facetdb.storage.txn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.Durability;
import org.facetdb.storage.HybridTime;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.Snapshot;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.fs.FailingFileSystem;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a transaction promises, one promise at a time. */
class TransactionTest {
  private static final int SPACE = Store.CATALOG_KEY_SPACE;
  private static final byte[] A = {1};
  private static final byte[] B = {2};
  private static final byte[] C = {3};

  private final AtomicLong millis = new AtomicLong(1_700_000_000_000L);
  private final StoreOptions options =
      StoreOptions.defaults().withSegmentBytes(64 << 10).withClock(clock());
  private final Store store =
      FacetStore.open(MemoryFileSystem.strict(), options, StoreThreads.direct());

  private InstantSource clock() {
    return () -> Instant.ofEpochMilli(millis.get());
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static byte[] bytes(int value) {
    return new byte[] {(byte) value};
  }

  private long put(byte[] key, int value) {
    try (Transaction transaction = store.begin()) {
      transaction.put(SPACE, key, bytes(value));
      return transaction.commit(Durability.SYNC);
    }
  }

  private byte[] get(byte[] key) {
    try (Snapshot snapshot = store.snapshot()) {
      return snapshot.get(SPACE, key);
    }
  }

  private static void assertConflict(Transaction transaction) {
    StorageException lost =
        assertThrows(StorageException.class, () -> transaction.commit(Durability.SYNC));
    assertEquals("40001", lost.sqlState());
    assertEquals(StorageException.Category.USER, lost.category());
  }

  /** As who locks what he writes does. */
  @Test
  void aNewerSnapshotMayBeTakenAlongTheWay() {
    put(A, 1);
    try (Transaction transaction = store.begin()) {
      transaction.put(SPACE, B, bytes(5));
      assertFalse(transaction.isChanged(SPACE, A));
      put(A, 2);
      assertTrue(transaction.isChanged(SPACE, A));
      assertFalse(transaction.isChanged(SPACE, B));
      assertArrayEquals(bytes(1), transaction.get(SPACE, A));
      assertArrayEquals(bytes(2), transaction.getNewest(SPACE, A));
      assertArrayEquals(bytes(5), transaction.getNewest(SPACE, B));
      assertNull(transaction.getNewest(SPACE, C));
      transaction.refresh();
      assertFalse(transaction.isChanged(SPACE, A));
      assertArrayEquals(bytes(2), transaction.get(SPACE, A));
      assertArrayEquals(bytes(5), transaction.get(SPACE, B));
      transaction.put(SPACE, A, bytes(3));
      transaction.delete(SPACE, C);
      transaction.commit(Durability.SYNC);
    }
    assertArrayEquals(bytes(3), get(A));
    try (Transaction late = store.begin()) {
      late.put(SPACE, A, bytes(4));
      put(A, 9);
      assertConflict(late);
    }
  }

  @Test
  void guardsHoldFromWhenTheyWereStaged() {
    put(A, 1);
    try (Transaction ofKey = store.begin();
        Transaction ofRange = store.begin();
        Transaction later = store.begin()) {
      ofKey.guardKey(SPACE, A);
      ofRange.guardRange(SPACE, A, B);
      put(A, 2);
      ofKey.refresh();
      ofRange.refresh();
      later.refresh();
      later.guardKey(SPACE, A);
      later.guardRange(SPACE, A, B);
      for (Transaction transaction : new Transaction[] {ofKey, ofRange, later}) {
        transaction.put(SPACE, C, bytes(7));
      }
      assertConflict(ofKey);
      assertConflict(ofRange);
      later.commit(Durability.SYNC);
    }
    assertArrayEquals(bytes(7), get(C));
  }

  @Test
  void theFirstCommitterOfAKeyWins() {
    put(A, 1);
    try (Transaction first = store.begin();
        Transaction second = store.begin()) {
      first.put(SPACE, A, bytes(2));
      second.put(SPACE, A, bytes(3));
      second.put(SPACE, B, bytes(3));
      second.commit(Durability.SYNC);
      first.put(SPACE, C, bytes(2));
      assertConflict(first);
    }
    assertArrayEquals(bytes(3), get(A));
    assertNull(get(C));
  }

  @Test
  void aRemovalConflictsLikeAWrite() {
    put(A, 1);
    try (Transaction first = store.begin();
        Transaction second = store.begin()) {
      second.delete(SPACE, A);
      second.commit(Durability.SYNC);
      first.put(SPACE, A, bytes(2));
      assertConflict(first);
    }
    assertNull(get(A));
  }

  @Test
  void readsItsSnapshotAndItsOwnWrites() {
    put(A, 1);
    put(B, 1);
    try (Transaction transaction = store.begin()) {
      put(A, 2);
      put(C, 2);
      assertArrayEquals(bytes(1), transaction.get(SPACE, A));
      assertNull(transaction.get(SPACE, C));
      transaction.delete(SPACE, B);
      transaction.put(SPACE, new byte[] {9}, bytes(9));
      assertNull(transaction.get(SPACE, B));
      assertEquals("01=01\n09=09\n", Model.scan(transaction, SPACE, null, null));
    }
    assertEquals(
        "01=02\n02=01\n03=02\n", Model.scan(store.snapshot(), SPACE, null, null), "rolled back");
  }

  @Test
  void aGuardedKeyMustBeUnchanged() {
    put(A, 1);
    try (Transaction transaction = store.begin()) {
      transaction.guardKey(SPACE, A);
      transaction.guardKey(SPACE, C);
      transaction.put(SPACE, B, bytes(1));
      transaction.commit(Durability.SYNC);
    }
    try (Transaction transaction = store.begin()) {
      transaction.guardKey(SPACE, C);
      transaction.put(SPACE, B, bytes(2));
      put(C, 1);
      assertConflict(transaction);
    }
    assertArrayEquals(bytes(1), get(B));
  }

  @Test
  void aGuardedRangeMustBeUnchanged() {
    put(A, 1);
    put(C, 1);
    try (Transaction inside = store.begin();
        Transaction outside = store.begin()) {
      inside.guardRange(SPACE, A, C);
      inside.put(SPACE, new byte[] {8}, bytes(1));
      outside.guardRange(SPACE, A, B);
      outside.put(SPACE, new byte[] {9}, bytes(1));
      put(C, 2);
      put(B, 2);
      assertConflict(inside);
      outside.commit(Durability.SYNC);
    }
  }

  @Test
  void guardsForbidWriteSkew() {
    put(A, 1);
    put(B, 1);
    try (Transaction first = store.begin();
        Transaction second = store.begin()) {
      first.guardKey(SPACE, B);
      first.put(SPACE, A, bytes(0));
      second.guardKey(SPACE, A);
      second.put(SPACE, B, bytes(0));
      first.commit(Durability.SYNC);
      assertConflict(second);
    }
  }

  @Test
  void aSavepointTakesWritesAndGuardsBackAndStaysUsable() {
    put(A, 1);
    try (Transaction transaction = store.begin()) {
      transaction.put(SPACE, A, bytes(2));
      int outer = transaction.savepoint();
      transaction.put(SPACE, A, bytes(3));
      transaction.guardKey(SPACE, C);
      int inner = transaction.savepoint();
      transaction.delete(SPACE, A);
      transaction.put(SPACE, B, bytes(3));
      transaction.rollbackTo(inner);
      assertArrayEquals(bytes(3), transaction.get(SPACE, A));
      transaction.rollbackTo(outer);
      assertArrayEquals(bytes(2), transaction.get(SPACE, A));
      assertThrows(StorageException.class, () -> transaction.rollbackTo(inner));
      transaction.put(SPACE, B, bytes(4));
      transaction.rollbackTo(outer);
      put(C, 1);
      transaction.commit(Durability.SYNC);
    }
    assertEquals("01=02\n03=01\n", Model.scan(store.snapshot(), SPACE, null, null));
  }

  @Test
  void aCursorSeesNothingStagedAfterItWasOpened() {
    put(B, 1);
    try (Transaction transaction = store.begin()) {
      transaction.put(SPACE, A, bytes(1));
      transaction.put(SPACE, C, bytes(1));
      StringBuilder seen = new StringBuilder();
      try (Cursor cursor = transaction.scan(SPACE, null, null)) {
        while (cursor.next()) {
          byte[] key = cursor.key();
          seen.append(key[0]).append('=').append(cursor.value()[0]).append(' ');
          transaction.put(SPACE, key, bytes(7));
          transaction.put(SPACE, bytes(key[0] + 10), bytes(7));
          transaction.delete(SPACE, C);
        }
      }
      assertEquals("1=1 2=1 3=1 ", seen.toString());
      transaction.commit(Durability.SYNC);
    }
    assertEquals(
        "01=07\n02=07\n0b=07\n0c=07\n0d=07\n", Model.scan(store.snapshot(), SPACE, null, null));
  }

  @Test
  void aTransactionThatWroteNothingCommitsAtItsSnapshot() {
    long timestamp = put(A, 1);
    try (Transaction transaction = store.begin()) {
      assertTrue(transaction.isReadOnly());
      put(A, 2);
      assertEquals(timestamp, transaction.commit(Durability.SYNC));
    }
    assertEquals(2, store.lastSequence());
  }

  @Test
  void timestampsAscendThoughTheWallClockGoesBack() {
    long first = put(A, 1);
    millis.addAndGet(-100_000);
    long second = put(A, 2);
    assertTrue(second > first);
    assertEquals(first + 1, second);
  }

  @Test
  void timeWithoutACommitCanBeReadAndStaysAsItWasRead() {
    long first = put(A, 1);
    millis.addAndGet(10);
    long between = HybridTime.lastOfMillis(millis.get());
    try (Snapshot snapshot = store.snapshotAt(between)) {
      assertEquals(1, snapshot.sequence());
      assertTrue(put(A, 2) > between);
      assertArrayEquals(bytes(1), snapshot.get(SPACE, A));
    }
    try (Snapshot snapshot = store.snapshotAt(between)) {
      assertArrayEquals(bytes(1), snapshot.get(SPACE, A));
    }
    try (Snapshot snapshot = store.snapshotAt(first - 1)) {
      assertNull(snapshot.get(SPACE, A));
      assertEquals(0, snapshot.sequence());
    }
    long future = HybridTime.ofMillis(millis.get() + 1_000);
    StorageException refusal = assertThrows(StorageException.class, () -> store.snapshotAt(future));
    assertEquals("22023", refusal.sqlState());
    assertThrows(StorageException.class, () -> store.snapshotAtSequence(3));
  }

  @Test
  void thePastIsKeptForTheRetentionAndForWhoeverReadsIt() {
    int space = store.createKeySpace(KeySpaceOptions.keepFor(Duration.ofMinutes(1)));
    long[] timestamps = new long[5];
    for (int i = 0; i < timestamps.length; i++) {
      try (Transaction transaction = store.begin()) {
        transaction.put(space, A, bytes(i));
        timestamps[i] = transaction.commit(Durability.SYNC);
      }
      millis.addAndGet(1_000);
    }
    try (Snapshot reader = store.snapshotAt(timestamps[2])) {
      assertArrayEquals(bytes(2), reader.get(space, A));
      millis.addAndGet(3_600_000);
      store.compact();
      assertArrayEquals(bytes(2), reader.get(space, A));
    }
    store.flush();
    try (Transaction transaction = store.begin()) {
      transaction.put(space, A, bytes(9));
      transaction.commit(Durability.SYNC);
    }
    store.compact();
    try (Snapshot past = store.snapshotAt(timestamps[1])) {
      StorageException refusal = assertThrows(StorageException.class, () -> past.get(space, A));
      assertEquals("22023", refusal.sqlState());
    }
    assertTrue(store.oldestReadable(space) > timestamps[1]);
  }

  @Test
  void refusesKeySpacesThatDoNotExistAndTransactionsThatEnded() {
    int space = store.createKeySpace(KeySpaceOptions.keepForEver());
    store.dropKeySpace(space);
    assertFalse(store.keySpaces().containsKey(space));
    try (Transaction transaction = store.begin()) {
      StorageException refusal =
          assertThrows(StorageException.class, () -> transaction.put(space, A, A));
      assertEquals("42704", refusal.sqlState());
      transaction.rollback();
      assertThrows(StorageException.class, () -> transaction.get(SPACE, A));
    }
    assertThrows(StorageException.class, () -> store.dropKeySpace(SPACE));
    assertTrue(store.createKeySpace(KeySpaceOptions.keepForEver()) > space);
  }

  @Test
  void aFailedSyncIsFinalAndReadsGoOn() {
    MemoryFileSystem memory = MemoryFileSystem.strict();
    FailingFileSystem counting = new FailingFileSystem(memory, 0, false);
    FacetStore.open(counting, options, StoreThreads.direct()).close();
    // Recovery, a first commit of one write and one sync, and then the write before the sync.
    FailingFileSystem counted = new FailingFileSystem(memory.kill(), 0, false);
    Store healthy = FacetStore.open(counted, options, StoreThreads.direct());
    long failAt = counted.operations() + 4;
    healthy.close();
    FailingFileSystem failing = new FailingFileSystem(memory.kill(), failAt, false);
    try (Store broken = FacetStore.open(failing, options, StoreThreads.direct())) {
      commit(broken, 1);
      StorageException failure = assertThrows(StorageException.class, () -> commit(broken, 2));
      assertEquals("58030", failure.sqlState());
      assertTrue(failure.getMessage().contains("operation=sync"), failure.getMessage());
      for (int i = 3; i < 6; i++) {
        int value = i;
        StorageException refusal =
            assertThrows(StorageException.class, () -> commit(broken, value));
        assertEquals("58030", refusal.sqlState());
      }
      try (Snapshot snapshot = broken.snapshot()) {
        assertArrayEquals(bytes(1), snapshot.get(SPACE, A));
      }
    }
  }

  private static void commit(Store target, int value) {
    try (Transaction transaction = target.begin()) {
      transaction.put(SPACE, A, bytes(value));
      transaction.commit(Durability.SYNC);
    }
  }
}
