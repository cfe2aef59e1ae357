package org.facetdb.storage.crash;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.facetdb.storage.CheckReport;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.Durability;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.Snapshot;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Stores;
import org.facetdb.storage.Transaction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Interrupts of callers fail nothing, close nothing, and stay pending. */
class InterruptTest {
  private static final int CALLERS = 1_000;
  private static final int AT_ONCE = 20;
  private static final int STORED = 2_000;
  private static final int SPACE = Store.CATALOG_KEY_SPACE;

  @TempDir private Path directory;

  private final long seed = Seeds.next(InterruptTest.class);
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

  private static byte[] key(int number) {
    return ByteBuffer.allocate(4).putInt(number).array();
  }

  private static byte[] value(int number) {
    return ByteBuffer.allocate(100).putInt(number).array();
  }

  @Test
  void aThousandInterruptedCallersLeaveTheStoreServing() throws Exception {
    StoreOptions options =
        StoreOptions.defaults()
            .withBlockCacheBytes(0)
            .withMemtableBytes(64 << 10)
            .withSegmentBytes(64 << 10);
    try (Store store = Stores.open(directory, options)) {
      try (Transaction transaction = store.begin()) {
        for (int i = 0; i < STORED; i++) {
          transaction.put(SPACE, key(i), value(i));
        }
        transaction.commit(Durability.SYNC);
      }
      store.flush();
      Random random = new Random(seed);
      for (int first = 0; first < CALLERS; first += AT_ONCE) {
        runCallers(store, first, random);
      }
      assertEquals(List.of(), List.copyOf(failures));
      assertAll(store);
    }
    try (Store store = Stores.open(directory, options)) {
      assertAll(store);
    }
    CheckReport report = Stores.check(directory);
    assertTrue(report.isClean(), report.toString());
  }

  private void runCallers(Store store, int first, Random random) throws InterruptedException {
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      int number = STORED + first + i;
      boolean before = random.nextBoolean();
      callers.add(Thread.ofPlatform().start(() -> call(store, number, before)));
    }
    for (Thread caller : callers) {
      caller.interrupt();
      if (random.nextBoolean()) {
        Thread.onSpinWait();
        caller.interrupt();
      }
    }
    for (Thread caller : callers) {
      caller.join();
    }
  }

  private void call(Store store, int number, boolean before) {
    try {
      if (before) {
        Thread.currentThread().interrupt();
      }
      int old = number % STORED;
      try (Transaction transaction = store.begin()) {
        assertArrayEquals(value(old), transaction.get(SPACE, key(old)));
        transaction.put(SPACE, key(number), value(number));
        transaction.commit(Durability.SYNC);
      }
      try (Snapshot snapshot = store.snapshot();
          Cursor cursor = snapshot.scan(SPACE, key(old), key(old + 50))) {
        int expected = old;
        while (cursor.next()) {
          assertArrayEquals(key(expected), cursor.key());
          assertArrayEquals(value(expected), cursor.value());
          expected++;
        }
        assertTrue(expected >= Math.min(old + 50, STORED));
      }
      if (number % 50 == 0) {
        store.flush();
      }
      while (!Thread.currentThread().isInterrupted()) {
        Thread.onSpinWait();
      }
    } catch (Throwable e) {
      failures.add(e);
    }
  }

  private static void assertAll(Store store) {
    try (Snapshot snapshot = store.snapshot();
        Cursor cursor = snapshot.scan(SPACE, null, null)) {
      int expected = 0;
      while (cursor.next()) {
        assertArrayEquals(key(expected), cursor.key());
        assertArrayEquals(value(expected), cursor.value());
        expected++;
      }
      assertEquals(STORED + CALLERS, expected);
    }
  }
}
