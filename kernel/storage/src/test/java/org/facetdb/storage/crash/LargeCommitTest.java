package org.facetdb.storage.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.Durability;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.Reader;
import org.facetdb.storage.RestorePoint;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.Snapshot;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.backup.Restore;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.tree.TreeOptions;
import org.facetdb.storage.txn.FacetStore;
import org.facetdb.storage.txn.StoreThreads;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Commits of many log records, which fill several segments and memtables: all of one is there, or
 * nothing. Each writes its number under every key.
 */
@Execution(ExecutionMode.CONCURRENT)
class LargeCommitTest {
  private static final int KEYS = 300;
  private static final int VALUE_BYTES = 20;
  private static final int COMMITS = 3;

  /** Crashes come at every so many-th operation; 1 in a full run. */
  private static final int STRIDE = Integer.getInteger("facetdb.large.stride", 41);

  private final long seed = Seeds.next(LargeCommitTest.class);
  private final StoreOptions options =
      StoreOptions.defaults()
          .withMemtableBytes(8 << 10)
          .withSegmentBytes(4 << 10)
          .withBlockCacheBytes(0)
          .withChangeLog(true)
          .withSpillBytes(1_000);

  private int keySpace;
  private int acknowledged;

  private void commit(Store store, int number) {
    try (Transaction transaction = store.begin()) {
      byte[] value = ByteBuffer.allocate(VALUE_BYTES).putInt(number).array();
      for (int key = 0; key < KEYS; key++) {
        transaction.put(keySpace, ByteBuffer.allocate(4).putInt(key).array(), value);
      }
      transaction.commit(number % 2 == 0 ? Durability.SYNC : Durability.NONE);
    }
  }

  private static void commitOneRow(Store store) {
    try (Transaction transaction = store.begin()) {
      transaction.put(Store.CATALOG_KEY_SPACE, new byte[1], new byte[1]);
      transaction.commit(Durability.SYNC);
    }
  }

  /** The number that all keys have; 0 where there is no key. */
  private int number(Reader reader) {
    int count = 0;
    int number = 0;
    try (Cursor cursor = reader.scan(keySpace, null, null)) {
      while (cursor.next()) {
        int found = ByteBuffer.wrap(cursor.value()).getInt();
        assertTrue(count == 0 || found == number, number + " and " + found);
        number = found;
        count++;
      }
    }
    assertTrue(count == 0 || count == KEYS, "keys: " + count);
    return number;
  }

  private int number(Store store) {
    try (Snapshot snapshot = store.snapshot()) {
      return number(snapshot);
    }
  }

  private void live(FileSystem files) {
    try (Store store = FacetStore.open(files, options, StoreThreads.direct())) {
      keySpace = store.createKeySpace(KeySpaceOptions.keepForEver());
      commitOneRow(store);
      for (int i = 1; i <= COMMITS; i++) {
        commit(store, i);
        acknowledged = i;
        assertEquals(i, number(store));
      }
    }
  }

  @Test
  void areWholeOrAbsentAfterACrashAtEachOperation() {
    long crashAt = 1 + Math.floorMod(seed, STRIDE);
    int crashes = 0;
    for (boolean crashed = true; crashed; crashAt += STRIDE) {
      Random random = new Random(seed + crashAt);
      MemoryFileSystem memory = MemoryFileSystem.strict();
      FaultyFileSystem faulty =
          new FaultyFileSystem(memory, new FaultyFileSystem.Plan(crashAt, null, 0.3, null), random);
      acknowledged = 0;
      keySpace = Store.CATALOG_KEY_SPACE + 1;
      try {
        live(faulty);
      } catch (StorageException e) {
        assertEquals(StorageException.Category.RESOURCE, e.category(), e.getMessage());
      }
      MemoryFileSystem survivor = faulty.survivor();
      crashed = survivor != null;
      crashes += crashed ? 1 : 0;
      try {
        survive(survivor == null ? memory.crash(random) : survivor, random);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed=" + seed + " crashAt=" + crashAt, e);
      }
    }
    System.out.println("crashes=" + crashes + " operations=" + crashAt);
    assertTrue(crashAt > 300, "operations: " + crashAt);
  }

  /** Goes on for two lives after the crash, and looks back at every sequence. */
  private void survive(MemoryFileSystem survivor, Random random) {
    if (FacetStore.isIn(survivor)) {
      assertEquals(List.of(), FacetStore.check(survivor).problems());
    }
    MemoryFileSystem files = survivor;
    int last = -1;
    for (int life = 0; life < 2; life++) {
      try (Store store = FacetStore.open(files, options, StoreThreads.direct())) {
        if (!store.keySpaces().containsKey(keySpace)) {
          assertEquals(0, acknowledged);
          return;
        }
        int found = number(store);
        if (store.lastSequence() == 0) {
          commitOneRow(store);
        }
        if (last < 0) {
          assertTrue(
              found == acknowledged || found == acknowledged + 1,
              "acknowledged=" + acknowledged + " found=" + found);
        } else {
          assertEquals(last, found);
        }
        last = found + 1;
        commit(store, last);
        assertEquals(last, number(store));
        int before = 0;
        for (long sequence = 1; sequence <= store.lastSequence(); sequence++) {
          try (Snapshot snapshot = store.snapshotAtSequence(sequence)) {
            int then = number(snapshot);
            assertTrue(then == before || then == before + 1, before + " then " + then);
            before = then;
          }
        }
        assertEquals(last, before);
      }
      files = random.nextBoolean() ? files.kill() : files.crash(random);
      assertEquals(List.of(), FacetStore.check(files).problems());
    }
  }

  @Test
  void areReadFromTheLogPartByPart() {
    MemoryFileSystem files = MemoryFileSystem.strict();
    live(files);
    try (Store store = FacetStore.open(files, options, StoreThreads.direct())) {
      int[] rows = new int[COMMITS + 1];
      long[] sequence = {0};
      store
          .changes()
          .read(
              0,
              store.lastSequence(),
              commit -> {
                assertEquals(++sequence[0], commit.sequence());
                var changes = commit.changes();
                while (changes.next() && changes.keySpace() == keySpace) {
                  rows[ByteBuffer.wrap(changes.array(), changes.valueOffset(), 4).getInt()]++;
                }
                return true;
              });
      assertEquals(store.lastSequence(), sequence[0]);
      assertTrue(sequence[0] > 10 * COMMITS, "records: " + sequence[0]);
      for (int i = 1; i <= COMMITS; i++) {
        assertEquals(KEYS, rows[i]);
      }
    }
  }

  private FacetStore archiving(FileSystem files, @Nullable FileSystem archive) {
    StoreThreads threads = StoreThreads.direct();
    StoreOptions archived = archive == null ? options : options.withArchive(Path.of("archive"));
    TreeOptions tree = TreeOptions.of(archived, threads.tree());
    return FacetStore.open(files, archive, archived, tree, threads);
  }

  @Test
  void areRestoredWholeToEveryMoment() {
    MemoryFileSystem files = MemoryFileSystem.strict();
    MemoryFileSystem archive = MemoryFileSystem.strict();
    MemoryFileSystem backup = MemoryFileSystem.strict();
    Random random = new Random(seed);
    long last;
    long[] ends = new long[COMMITS + 1];
    try (FacetStore store = archiving(files, archive)) {
      keySpace = store.createKeySpace(KeySpaceOptions.keepForEver());
      commit(store, 1);
      ends[1] = store.lastSequence();
      store.backup(backup);
      for (int i = 2; i <= COMMITS; i++) {
        commit(store, i);
        ends[i] = store.lastSequence();
      }
      last = store.lastSequence();
    }
    for (long sequence = ends[1]; sequence <= last; sequence += 1 + random.nextInt(6)) {
      MemoryFileSystem restored = MemoryFileSystem.strict();
      Restore.run(backup, archive, new RestorePoint.Sequence(sequence), restored);
      assertRestored(restored, ends, sequence);
    }
    MemoryFileSystem restored = MemoryFileSystem.strict();
    Restore.run(backup, archive, new RestorePoint.Latest(), restored);
    assertRestored(restored, ends, last);
    // An archive that ends within a commit.
    List<String> names = archive.list(FileSystem.ROOT);
    String end = names.getLast().replaceAll("\\..*", "");
    names.stream().filter(name -> name.startsWith(end)).forEach(archive::delete);
    MemoryFileSystem shorter = MemoryFileSystem.strict();
    Restore.run(backup, archive, new RestorePoint.Latest(), shorter);
    assertRestored(shorter, ends, ends[COMMITS] - 1);
  }

  private void assertRestored(MemoryFileSystem restored, long[] ends, long sequence) {
    int expected = COMMITS;
    while (ends[expected] > sequence) {
      expected--;
    }
    assertEquals(List.of(), FacetStore.check(restored).problems());
    try (FacetStore store = archiving(restored, null)) {
      assertEquals(expected, number(store), "at sequence " + sequence);
      assertEquals(ends[expected], store.lastSequence());
      commit(store, expected + 1);
      assertEquals(expected + 1, number(store));
    }
  }

  @Test
  void aLogThatLostTheEndOfACommitOfWhichTablesHaveAPartIsDamaged() {
    MemoryFileSystem files = MemoryFileSystem.strict();
    live(files);
    List<String> segments =
        files.list("log").stream().filter(name -> name.endsWith(".log")).toList();
    assertNotNull(segments.getLast());
    files.delete("log/" + segments.getLast());
    StorageException refusal =
        assertThrows(
            StorageException.class,
            () -> FacetStore.open(files, options, StoreThreads.direct()).close());
    assertEquals(StorageException.Category.CORRUPTION, refusal.category());
  }
}
