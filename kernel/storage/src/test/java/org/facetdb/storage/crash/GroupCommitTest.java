package org.facetdb.storage.crash;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.facetdb.storage.Durability;
import org.facetdb.storage.Snapshot;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.fs.SyncSite;
import org.facetdb.storage.txn.FacetStore;
import org.facetdb.storage.txn.StoreThreads;
import org.junit.jupiter.api.Test;

/** Commits that may wait for others: they share syncs, and are as durable as any. */
class GroupCommitTest {
  private static final int SPACE = Store.CATALOG_KEY_SPACE;
  private static final Durability LONG = Durability.group(Duration.ofSeconds(10));

  private final MemoryFileSystem memory = MemoryFileSystem.strict();
  private final FaultyFileSystem files =
      new FaultyFileSystem(memory, new FaultyFileSystem.Plan(0, null, 0, null), new Random(1));

  private static FacetStore open(FileSystem files) {
    StoreOptions options = StoreOptions.defaults();
    return FacetStore.open(files, options, StoreThreads.background(options));
  }

  private int syncs() {
    return files.reached().getOrDefault(SyncSite.LOG_RECORDS, 0);
  }

  private static long put(Store store, int key, Durability durability) {
    try (Transaction transaction = store.begin()) {
      transaction.put(SPACE, new byte[] {(byte) key}, new byte[] {(byte) key});
      return transaction.commit(durability);
    }
  }

  @Test
  void manyShareASync() throws Exception {
    int committers = 32;
    try (Store store = open(files);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      int before = syncs();
      List<Future<Long>> commits = new ArrayList<>();
      Durability durability = Durability.group(Duration.ofMillis(400));
      for (int i = 0; i < committers; i++) {
        int key = i;
        commits.add(threads.submit(() -> put(store, key, durability)));
      }
      for (Future<Long> commit : commits) {
        assertTrue(commit.get() > 0);
      }
      assertTrue(syncs() - before <= committers / 2, "syncs=" + (syncs() - before));
      requireAll(memory.survivor(new Random(1)), committers);
    }
  }

  private static void requireAll(MemoryFileSystem left, int keys) {
    try (Store recovered = open(left);
        Snapshot snapshot = recovered.snapshot()) {
      for (int key = 0; key < keys; key++) {
        assertArrayEquals(new byte[] {(byte) key}, snapshot.get(SPACE, new byte[] {(byte) key}));
      }
    }
  }

  @Test
  void aLoneCommitIsBackWhenItsWindowIsOver() {
    try (Store store = open(files)) {
      long begin = System.nanoTime();
      put(store, 1, Durability.group(Duration.ofMillis(50)));
      assertTrue(System.nanoTime() - begin >= 50_000_000);
      assertEquals(1, store.lastSequence());
    }
  }

  @Test
  void aCommitThatDoesNotWaitTakesTheOthersWithIt() throws Exception {
    for (Durability hasty : List.of(Durability.SYNC, Durability.NONE)) {
      try (Store store = open(files);
          ExecutorService threads = Executors.newSingleThreadExecutor()) {
        Future<Long> patient = threads.submit(() -> put(store, 1, LONG));
        long begin = System.nanoTime();
        while (!patient.isDone()) {
          put(store, 2, hasty);
          assertTrue(System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(9), "it still waits");
        }
        assertTrue(patient.get() > 0);
      }
    }
  }

  @Test
  void closingDoesNotWait() throws Exception {
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Store store = open(files);
      long begin = System.nanoTime();
      Future<Long> patient = threads.submit(() -> put(store, 1, LONG));
      Thread.sleep(50);
      store.close();
      ExecutionException refused = assertThrows(ExecutionException.class, patient::get);
      assertTrue(String.valueOf(refused.getMessage()).contains("closed"), refused.getMessage());
      assertTrue(System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(9), "it waited");
    }
  }

  @Test
  void windowsHaveBounds() {
    assertEquals(Durability.SYNC, Durability.group(Duration.ZERO));
    assertThrows(IllegalArgumentException.class, () -> Durability.group(Duration.ofMillis(-1)));
    assertThrows(IllegalArgumentException.class, () -> Durability.group(Duration.ofSeconds(11)));
    Duration window = Duration.ofMillis(1);
    assertThrows(IllegalArgumentException.class, () -> new Durability(false, window));
  }
}
