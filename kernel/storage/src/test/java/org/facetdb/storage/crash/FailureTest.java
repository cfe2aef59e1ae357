package org.facetdb.storage.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.facetdb.storage.Durability;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.Snapshot;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.TableOptions;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.fs.FailingFileSystem;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.txn.FacetStore;
import org.facetdb.storage.txn.Model;
import org.facetdb.storage.txn.StoreThreads;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same script again and again, failing at the first, the second, the third operation ... */
@Execution(ExecutionMode.CONCURRENT)
class FailureTest {
  private static final int COMMITS = 14;

  private final long seed = Seeds.next(FailureTest.class);
  private final StoreOptions options =
      StoreOptions.defaults()
          .withMemtableBytes(8 << 10)
          .withSegmentBytes(4 << 10)
          .withBlockCacheBytes(0)
          .withSpillBytes(900)
          .withTables(TableOptions.defaults().withMapped(true));

  private Ledger ledger = new Ledger();
  private boolean commitFailed;
  private int failures;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void survivesAFailureOfEachOperation(boolean lasting) {
    long operations = runScript(0, lasting);
    assertEquals(0, failures);
    assertTrue(operations > 100, "the script must do something: " + operations);
    // How many there are depends a little on the clock, so the script's end ends the test.
    long failAt = 0;
    long reached = operations;
    while (reached >= failAt) {
      failAt++;
      try {
        reached = runScript(failAt, lasting);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(
            "failing at operation " + failAt + " lasting=" + lasting + ": " + e.getMessage(), e);
      }
    }
    assertTrue(failAt > operations * 19 / 20, "operations=" + operations + " tried=" + failAt);
    System.out.println("operations=" + operations + " lasting=" + lasting);
  }

  /** Runs the script in two lives on a file system that fails, then recovers on a healthy one. */
  private long runScript(long failAt, boolean lasting) {
    Random random = new Random(seed);
    MemoryFileSystem memory = MemoryFileSystem.strict();
    FailingFileSystem failing = new FailingFileSystem(memory, failAt, lasting);
    ledger = new Ledger();
    commitFailed = false;
    failures = 0;
    live(failing, random);
    if (failures == 0) {
      live(failing, random);
    }
    MemoryFileSystem survivor = random.nextBoolean() ? memory.crash(random) : memory.kill();
    try (Store store = FacetStore.open(survivor, options, StoreThreads.direct())) {
      ledger.recovered(store, random);
    }
    return failing.operations();
  }

  private void live(FileSystem files, Random random) {
    Store store;
    try {
      store = FacetStore.open(files, options, StoreThreads.direct());
    } catch (StorageException e) {
      failures++;
      return;
    }
    try {
      ledger.recovered(store, random);
      attempt(() -> ledger.keySpaceCreated(store.createKeySpace(KeySpaceOptions.keepForEver())));
      for (int i = 0; i < COMMITS; i++) {
        commit(store, random);
        if (i == COMMITS / 2) {
          attempt(store::flush);
        }
      }
      attempt(store::compact);
      ledger.assertSame(store, random);
      if (commitFailed) {
        assertStillReadsAndRefusesCommits(store);
      }
    } finally {
      attempt(store::close);
    }
    if (failures == 0) {
      ledger.allDurable();
    }
  }

  private void attempt(Runnable action) {
    try {
      action.run();
    } catch (StorageException e) {
      assertEquals(StorageException.Category.RESOURCE, e.category(), e.getMessage());
      failures++;
    }
  }

  private void commit(Store store, Random random) {
    if (commitFailed) {
      return;
    }
    Model model = ledger.latest().copy();
    try (Transaction transaction = store.begin()) {
      for (int i = 0; i < 3; i++) {
        byte[] key = {(byte) random.nextInt(20)};
        byte[] value = new byte[random.nextInt(200)];
        random.nextBytes(value);
        for (int keySpace : ledger.keySpaces()) {
          transaction.put(keySpace, key, value);
          model.put(keySpace, key, value);
        }
      }
      ledger.unknown(model);
      long timestamp = transaction.commit(Durability.SYNC);
      ledger.committed(model, store.lastSequence(), timestamp, true);
    } catch (StorageException e) {
      assertEquals(StorageException.Category.RESOURCE, e.category(), e.getMessage());
      failures++;
      // What fails of a transaction's own file is the transaction's alone.
      commitFailed = String.valueOf(e.getMessage()).startsWith("the ");
      if (!commitFailed) {
        assertTrue(String.valueOf(e.getMessage()).contains("spill"), e.getMessage());
        ledger.refused();
      }
    }
  }

  private void assertStillReadsAndRefusesCommits(Store store) {
    try (Snapshot snapshot = store.snapshot()) {
      for (int keySpace : ledger.keySpaces()) {
        ledger.latest().assertSame(snapshot, keySpace, "after the failure");
      }
    }
    try (Transaction transaction = store.begin()) {
      transaction.put(Store.CATALOG_KEY_SPACE, new byte[] {1}, new byte[] {2});
      assertThrows(StorageException.class, () -> transaction.commit(Durability.SYNC));
    }
  }
}
