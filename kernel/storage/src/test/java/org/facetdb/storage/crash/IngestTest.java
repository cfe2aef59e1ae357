package org.facetdb.storage.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.facetdb.storage.ChangeCursor;
import org.facetdb.storage.CommittedBatch;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.Durability;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.Reader;
import org.facetdb.storage.Snapshot;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.StoreStatistics;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.txn.FacetStore;
import org.facetdb.storage.txn.StoreThreads;
import org.junit.jupiter.api.Test;

/** A commit larger than a memtable goes from the log straight to tables, and means the same. */
class IngestTest {
  private static final int KEYS = 2_000;

  private final StoreOptions options =
      StoreOptions.defaults()
          .withMemtableBytes(16 << 10)
          .withSegmentBytes(16 << 10)
          .withSpillBytes(2_000)
          .withChangeLog(true);
  private final Map<Integer, TreeMap<Integer, Integer>> model = new HashMap<>();

  private static byte[] key(int number) {
    return ByteBuffer.allocate(4).putInt(number).array();
  }

  private static byte[] value(int number) {
    return ByteBuffer.allocate(24).putInt(number).array();
  }

  private static Store open(FileSystem files, StoreOptions options) {
    return FacetStore.open(files, options, StoreThreads.direct());
  }

  private void put(Transaction transaction, int keySpace, int key, int value) {
    transaction.put(keySpace, key(key), value(value));
    model.computeIfAbsent(keySpace, id -> new TreeMap<>()).put(key, value);
  }

  private void delete(Transaction transaction, int keySpace, int key) {
    transaction.delete(keySpace, key(key));
    model.computeIfAbsent(keySpace, id -> new TreeMap<>()).remove(key);
  }

  private static Map<Integer, Integer> entries(Reader reader, int keySpace) {
    Map<Integer, Integer> found = new TreeMap<>();
    try (Cursor cursor = reader.scan(keySpace, null, null)) {
      while (cursor.next()) {
        found.put(ByteBuffer.wrap(cursor.key()).getInt(), ByteBuffer.wrap(cursor.value()).getInt());
      }
    }
    return found;
  }

  private void assertHolds(Store store) {
    try (Snapshot snapshot = store.snapshot()) {
      model.forEach((id, expected) -> assertEquals(expected, entries(snapshot, id)));
    }
  }

  @Test
  void goesToTablesAndIsWhatWasWritten() {
    MemoryFileSystem files = MemoryFileSystem.strict();
    int first;
    int second;
    try (Store store = open(files, options)) {
      first = store.createKeySpace(KeySpaceOptions.keepForEver());
      second = store.createKeySpace(KeySpaceOptions.keepForEver());
      try (Transaction small = store.begin()) {
        for (int i = 0; i < 100; i++) {
          put(small, first, i * 10, -1);
        }
        small.commit(Durability.SYNC);
      }
      long before = store.lastCommitTimestamp();
      Map<Integer, Integer> earlier = new TreeMap<>(model.get(first));
      StoreStatistics was = store.statistics();
      assertEquals(100, was.memtableEntries());
      try (Transaction large = store.begin()) {
        for (int i = KEYS - 1; i >= 0; i--) {
          put(large, i % 2 == 0 ? first : second, i, i);
        }
        for (int i = 0; i < 50; i++) {
          delete(large, first, i * 20);
        }
        large.commit(Durability.NONE);
      }
      StoreStatistics now = store.statistics();
      assertEquals(0, now.memtableEntries());
      assertEquals(was.flushes() + 2, now.flushes(), "the memtable and the commit");
      assertEquals(store.lastSequence(), now.flushedSequence());
      assertHolds(store);
      try (Snapshot past = store.snapshotAt(before)) {
        assertEquals(earlier, entries(past, first));
        assertEquals(Map.of(), entries(past, second));
      }
      assertChanges(store, first);
      try (Transaction next = store.begin()) {
        put(next, first, 5, 55);
        next.commit(Durability.SYNC);
      }
      assertHolds(store);
    }
    try (Store store = open(files.kill(), options)) {
      assertHolds(store);
      store.compact();
      assertHolds(store);
    }
  }

  /** Each row of the large commit names what it superseded. */
  private static void assertChanges(Store store, int keySpace) {
    Map<Integer, Long> previous = new HashMap<>();
    int[] rows = new int[1];
    long[] small = new long[1];
    store
        .changes()
        .read(
            0,
            store.lastSequence(),
            (CommittedBatch batch) -> {
              ChangeCursor changes = batch.changes();
              small[0] = small[0] == 0 ? batch.timestamp() : small[0];
              while (changes.next()) {
                rows[0]++;
                if (batch.timestamp() != small[0] && changes.keySpace() == keySpace) {
                  previous.put(
                      ByteBuffer.wrap(changes.array(), changes.keyOffset(), 4).getInt(),
                      changes.previousTimestamp());
                }
              }
              return true;
            });
    assertEquals(100 + KEYS, rows[0]);
    previous.forEach(
        (key, timestamp) ->
            assertEquals(
                key % 10 == 0 && key < 1000 ? small[0] : 0, timestamp, "previous of " + key));
  }

  @Test
  void aSmallerOneStaysInMemory() {
    try (Store store = open(MemoryFileSystem.strict(), options)) {
      int keySpace = store.createKeySpace(KeySpaceOptions.keepForEver());
      try (Transaction spilled = store.begin()) {
        for (int i = 0; i < 100; i++) {
          put(spilled, keySpace, i, i);
        }
        spilled.commit(Durability.SYNC);
      }
      assertEquals(100, store.statistics().memtableEntries());
      assertEquals(0, store.statistics().flushes());
      assertHolds(store);
    }
  }

  @Test
  void goesToMemoryWhereTheDiskHasNoRoomForTables() {
    int toTables = 0;
    int toMemory = 0;
    int refused = 0;
    for (int room = 0; room < 200 << 10; room += 1 << 10) {
      MemoryFileSystem memory = MemoryFileSystem.strict();
      FullDisk disk = new FullDisk(memory);
      model.clear();
      boolean committed = false;
      try (Store store = open(disk, options)) {
        int keySpace = store.createKeySpace(KeySpaceOptions.keepForEver());
        long sequence = store.lastSequence();
        disk.leave(room);
        try (Transaction large = store.begin()) {
          for (int i = 0; i < 800; i++) {
            put(large, keySpace, i, i);
          }
          large.commit(Durability.SYNC);
          committed = true;
          toTables += store.statistics().flushedSequence() == store.lastSequence() ? 1 : 0;
          toMemory += store.statistics().memtableEntries() > 0 ? 1 : 0;
        } catch (StorageException e) {
          assertEquals("53100", e.sqlState(), e.getMessage());
          assertEquals(sequence, store.lastSequence());
          model.clear();
          refused++;
        }
        assertHolds(store);
        disk.lift();
      }
      try (Store store = open(memory.kill(), options)) {
        assertHolds(store);
        assertEquals(committed, store.lastSequence() > 0);
      }
    }
    String counts = "refused=" + refused + " to memory=" + toMemory + " to tables=" + toTables;
    System.out.println(counts);
    assertTrue(refused > 0 && toMemory > 0 && toTables > 0, counts);
  }
}
