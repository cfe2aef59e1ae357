package org.facetdb.storage.txn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.facetdb.storage.ChangeCursor;
import org.facetdb.storage.CommittedBatch;
import org.facetdb.storage.Durability;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Stores;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Following the log while it is written, and what a consumer is told when it cannot go on. */
class ChangeLogTest {
  private static final int SPACE = Store.CATALOG_KEY_SPACE;
  private static final int WRITERS = 4;
  private static final int COMMITS = 100;

  private final StoreOptions options =
      StoreOptions.defaults()
          .withMemtableBytes(8 << 10)
          .withSegmentBytes(4 << 10)
          .withBlockCacheBytes(0)
          .withChangeLog(true);

  @TempDir private Path directory;

  private static void put(Store store, int key, Durability durability) {
    try (Transaction transaction = store.begin()) {
      transaction.put(SPACE, ByteBuffer.allocate(4).putInt(key).array(), new byte[100]);
      transaction.commit(durability);
    }
  }

  private static List<Long> sequences(Store store, long after) {
    List<Long> sequences = new ArrayList<>();
    store.changes().read(after, store.lastSequence(), batch -> sequences.add(batch.sequence()));
    return sequences;
  }

  @Test
  void aReaderAndAListenerMissNothingWhileOthersCommitAndSegmentsGo() throws Exception {
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    List<CommittedBatch> heard = new ArrayList<>();
    List<String> read = new ArrayList<>();
    AtomicInteger running = new AtomicInteger(WRITERS);
    try (Store store = Stores.open(directory, options)) {
      store.changes().listen(heard::add);
      List<Thread> threads = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        int id = writer;
        threads.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      try {
                        for (int i = 0; i < COMMITS; i++) {
                          Durability durability = i % 3 == 0 ? Durability.SYNC : Durability.NONE;
                          put(store, id * COMMITS + i, durability);
                        }
                      } catch (Throwable e) {
                        failures.add(e);
                      } finally {
                        running.decrementAndGet();
                      }
                    }));
      }
      long position = 0;
      boolean more = true;
      while (more) {
        more = running.get() > 0;
        long last = store.lastSequence();
        store.changes().read(position, last, batch -> read.add(Batches.text(batch)));
        position = last;
        store.changes().retainAfter(position);
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(List.of(), List.copyOf(failures));
      assertEquals(WRITERS * COMMITS, read.size());
      assertEquals(heard.stream().map(Batches::text).toList(), read);
      store.flush();
      store.changes().retainAfter(Long.MAX_VALUE);
    }
    try (Store store = Stores.open(directory, options.withChangeLog(false))) {
      assertTrue(store.changes().oldestSequence() > WRITERS * COMMITS / 2);
    }
  }

  @Test
  void aListenerHearsACommitBeforeAnyReaderSeesIt() {
    try (Store store = Stores.openInMemory(options)) {
      List<Long> heard = new ArrayList<>();
      store
          .changes()
          .listen(
              batch -> {
                assertTrue(store.lastSequence() < batch.sequence());
                heard.add(batch.sequence());
              });
      put(store, 1, Durability.SYNC);
      put(store, 1, Durability.NONE);
      assertEquals(List.of(1L, 2L), heard);
      store.changes().listen(null);
      put(store, 2, Durability.SYNC);
      assertEquals(List.of(1L, 2L), heard);
    }
  }

  @Test
  void aRowTellsWhichVersionItSupersedes() {
    try (Store store = Stores.openInMemory(options)) {
      put(store, 1, Durability.SYNC);
      long first = store.lastCommitTimestamp();
      put(store, 1, Durability.SYNC);
      List<Long> previous = new ArrayList<>();
      store
          .changes()
          .read(
              0,
              2,
              batch -> {
                ChangeCursor changes = batch.changes();
                assertTrue(changes.next());
                return previous.add(changes.previousTimestamp());
              });
      assertEquals(List.of(0L, first), previous);
    }
  }

  @Test
  void anOpenStorePinsWhatIsBeingRead() {
    try (Store store = FacetStore.open(MemoryFileSystem.strict(), options, StoreThreads.direct())) {
      for (int i = 0; i < 200; i++) {
        put(store, i, Durability.SYNC);
      }
      List<Long> found = new ArrayList<>();
      store
          .changes()
          .read(
              0,
              200,
              batch -> {
                if (found.isEmpty()) {
                  store.changes().retainAfter(Long.MAX_VALUE);
                  store.flush();
                  assertEquals(0, store.changes().oldestSequence());
                }
                return found.add(batch.sequence());
              });
      assertEquals(200, found.size());
      assertTrue(store.changes().oldestSequence() > 150);
    }
  }

  @Test
  void recyclesAsBeforeWhereNobodyFollows() {
    StoreOptions unfollowed = options.withChangeLog(false);
    MemoryFileSystem files = MemoryFileSystem.strict();
    try (Store store = FacetStore.open(files, unfollowed, StoreThreads.direct())) {
      for (int i = 0; i < 300; i++) {
        put(store, i, Durability.SYNC);
      }
      store.flush();
      assertTrue(store.changes().oldestSequence() > 250);
      assertTrue(files.list("log").size() < 8, files.list("log")::toString);
      StorageException gone =
          assertThrows(StorageException.class, () -> store.changes().read(0, 300, b -> true));
      assertEquals("72000", gone.sqlState());
      StorageException future =
          assertThrows(StorageException.class, () -> store.changes().read(300, 301, b -> true));
      assertEquals("22023", future.sqlState());
    }
  }

  @Test
  void damageOfWhatOnlyConsumersNeedIsFoundByThemAndByACheckAlone() {
    MemoryFileSystem files = MemoryFileSystem.strict();
    try (Store store = FacetStore.open(files, options, StoreThreads.direct())) {
      for (int i = 0; i < 200; i++) {
        put(store, i, Durability.SYNC);
      }
      store.flush();
    }
    flip(files, "log/0000000000000002.log", 300);
    assertProblem(FacetStore.check(files).problems());
    try (Store store = FacetStore.open(files, options, StoreThreads.direct())) {
      assertEquals(200, store.lastSequence());
      StorageException damage = assertThrows(StorageException.class, () -> sequences(store, 0));
      assertEquals(StorageException.Category.CORRUPTION, damage.category());
      put(store, 1, Durability.SYNC);
      assertEquals(List.of(201L), sequences(store, 200));
    }
  }

  @Test
  void aKeptSegmentWithoutAHeaderIsReportedAndWhatLiesBeforeItIsGone() {
    MemoryFileSystem files = MemoryFileSystem.strict();
    try (Store store = FacetStore.open(files, options, StoreThreads.direct())) {
      for (int i = 0; i < 200; i++) {
        put(store, i, Durability.SYNC);
      }
      store.flush();
    }
    flip(files, "log/0000000000000002.log", 20);
    assertProblem(FacetStore.check(files).problems());
    try (Store store = FacetStore.open(files, options, StoreThreads.direct())) {
      long oldest = store.changes().oldestSequence();
      assertTrue(oldest > 0);
      assertEquals(200 - oldest, sequences(store, oldest).size());
    }
  }

  private static void assertProblem(List<String> problems) {
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(problems.getFirst().contains("0000000000000002.log"), problems::toString);
  }

  private static void flip(MemoryFileSystem files, String name, long offset) {
    try (StorageFile file = files.open(name, FileSystem.Mode.WRITE)) {
      byte[] one = new byte[1];
      file.readFully(offset, one, 0, 1);
      one[0] ^= 0x40;
      file.write(offset, one, 0, 1);
    }
  }
}
