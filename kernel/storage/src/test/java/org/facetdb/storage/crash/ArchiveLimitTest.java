package org.facetdb.storage.crash;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.facetdb.storage.Durability;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.RestorePoint;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.StoreStatistics;
import org.facetdb.storage.Stores;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.backup.Restore;
import org.facetdb.storage.fs.DiskFileSystem;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.tree.TreeOptions;
import org.facetdb.storage.txn.FacetStore;
import org.facetdb.storage.txn.StoreThreads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An archive that falls behind: what the store keeps for it, and what it says. */
class ArchiveLimitTest {
  private static final int SEGMENT_BYTES = 8 << 10;
  private static final int LIMIT_BYTES = 64 << 10;

  private final StoreOptions options =
      StoreOptions.defaults()
          .withMemtableBytes(8 << 10)
          .withSegmentBytes(SEGMENT_BYTES)
          .withChangeLogBytes(LIMIT_BYTES);
  private final MemoryFileSystem folder = MemoryFileSystem.strict();
  private final FullDisk disk = new FullDisk(MemoryFileSystem.strict());

  private FacetStore open(FileSystem files) {
    return FacetStore.open(files, options, StoreThreads.direct());
  }

  private FacetStore open(FileSystem files, FileSystem archive, StoreThreads threads) {
    return FacetStore.open(
        files,
        archive,
        options.withArchive(Path.of("archive")),
        TreeOptions.of(options, threads.tree()),
        threads);
  }

  private MemoryFileSystem restore(long sequence) {
    MemoryFileSystem directory = MemoryFileSystem.strict();
    Restore.run(folder, disk, new RestorePoint.Sequence(sequence), directory);
    return directory;
  }

  @Test
  void theLogIsKeptUpToItsLimitAndTheGapIsSaidUntilTheNextBackup() {
    long second;
    long last;
    try (FacetStore store = open(MemoryFileSystem.strict(), disk, StoreThreads.direct())) {
      Numbered.commit(store, 60);
      Numbered.side(store, "a");
      store.backup(folder);
      disk.leave(0);
      for (int i = 0; i < 100; i++) {
        Numbered.commit(store, 10);
        // Those kept, those whose memtable is not flushed yet, and the active one.
        long most = LIMIT_BYTES + 6L * SEGMENT_BYTES;
        assertTrue(store.statistics().logBytes() <= most, store.statistics().toString());
      }
      String problem = String.valueOf(archive(store).problem());
      assertTrue(problem.contains("the archive lacks a segment"), problem);
      assertTrue(problem.contains("53100"), problem);

      disk.lift();
      store.flush();
      assertEquals(0, archive(store).waitingSegments());
      assertEquals(store.lastSequence(), archive(store).sequence());
      problem = String.valueOf(archive(store).problem());
      assertTrue(problem.contains("needs a new backup") && !problem.contains("53100"), problem);

      second = store.backup(folder).sequence();
      assertEquals(null, archive(store).problem());
      Numbered.commit(store, 100);
      last = store.lastSequence();
    }
    long lost = second - 1;
    StorageException gap = assertThrows(StorageException.class, () -> restore(lost));
    assertEquals("55000", gap.sqlState());
    assertTrue(String.valueOf(gap.getMessage()).contains("is missing"), gap.getMessage());
    Numbered.assertState(restore(second + 50), second + 50, List.of(), this::open);
    Numbered.assertState(restore(last), last, List.of(), this::open);
  }

  private static StoreStatistics.Archive archive(FacetStore store) {
    StoreStatistics.Archive found = store.statistics().archive();
    if (found == null) {
      throw new AssertionError("no archive");
    }
    return found;
  }

  @Test
  void aFolderThatDoesNotAnswerHoldsNeitherCommitsNorTheLog() throws InterruptedException {
    CountDownLatch answers = new CountDownLatch(1);
    FileSystem silent =
        ArchiveCrashTest.following(
            () -> {
              try {
                answers.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              return disk;
            });
    StoreThreads threads = StoreThreads.background(options);
    FileSystem[] place = {disk};
    try (FacetStore store =
        open(MemoryFileSystem.strict(), ArchiveCrashTest.following(() -> place[0]), threads)) {
      place[0] = silent;
      long most = LIMIT_BYTES + 6L * SEGMENT_BYTES;
      long bytes = Long.MAX_VALUE;
      Numbered.commit(store, 1_000);
      store.flush();
      // Housekeeping follows a flush at its own pace.
      for (int i = 0; i < 1_000 && bytes > most; i++) {
        bytes = store.statistics().logBytes();
        Thread.sleep(5);
      }
      assertTrue(bytes <= most, "log bytes " + bytes);
      assertEquals(1_000, store.lastSequence());
      assertTrue(archive(store).waitingSegments() > 4, archive(store).toString());
      answers.countDown();
    }
  }

  @Test
  void aKeySpaceThatWentWhileTheArchiveWasFullIsRestored() {
    byte[] key = {1};
    byte[] value = "kept".getBytes(StandardCharsets.US_ASCII);
    long moment;
    int keySpace;
    try (FacetStore store = open(MemoryFileSystem.strict(), disk, StoreThreads.direct())) {
      Numbered.commit(store, 1);
      store.backup(folder);
      disk.leave(0);
      keySpace = store.createKeySpace(KeySpaceOptions.keepFor(Duration.ZERO));
      try (Transaction transaction = store.begin()) {
        transaction.put(keySpace, key, value);
        transaction.commit(Durability.SYNC);
      }
      moment = store.lastSequence();
      store.dropKeySpace(keySpace);
      Numbered.commit(store, 60);
      store.compact();
      Numbered.commit(store, 60);
      store.compact();
      disk.lift();
      store.flush();
      Numbered.commit(store, 60);
      store.compact();
      assertThrows(StorageException.class, () -> store.watermark(keySpace), "never forgotten");
    }
    try (FacetStore store = open(restore(moment))) {
      assertArrayEquals(value, store.snapshot().get(keySpace, key));
    }
    try (FacetStore store = open(restore(moment + 100))) {
      assertEquals(Set.of(Store.CATALOG_KEY_SPACE), store.keySpaces().keySet());
    }
  }

  @Test
  void aFolderThatCannotBeMadeIsRefusedBeforeTheStoreIs(@TempDir Path temporary) throws Exception {
    Path file = Files.createFile(temporary.resolve("file"));
    Path directory = temporary.resolve("store");
    StorageException refusal =
        assertThrows(
            StorageException.class,
            () ->
                FacetStore.open(
                    new DiskFileSystem(directory),
                    options.withArchive(file),
                    StoreThreads.direct()));
    assertEquals("58030", refusal.sqlState());
    assertTrue(String.valueOf(refusal.getMessage()).contains(file.toString()));
    assertTrue(Files.notExists(directory));
    StorageException within =
        assertThrows(
            StorageException.class,
            () -> Stores.open(directory, options.withArchive(directory.resolve("archive"))));
    assertEquals("22023", within.sqlState());
    assertTrue(Files.notExists(directory));
  }
}
