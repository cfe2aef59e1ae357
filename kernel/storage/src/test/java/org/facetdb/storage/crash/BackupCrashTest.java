package org.facetdb.storage.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.facetdb.storage.BackupReport;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.backup.Restore;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.fs.SyncSite;
import org.facetdb.storage.txn.FacetStore;
import org.facetdb.storage.txn.StoreThreads;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Crashes and full disks during backups and restores. */
class BackupCrashTest {
  private static final int ROUNDS = Integer.getInteger("facetdb.backup.crashes", 150);
  private static final int MUTATION_ROUNDS_MAX = 2_000;

  private final StoreOptions options =
      StoreOptions.defaults().withMemtableBytes(8 << 10).withSegmentBytes(8 << 10);

  private FacetStore open(FileSystem files) {
    return FacetStore.open(files, options, StoreThreads.direct());
  }

  private static void commit(Store store, int count) {
    Numbered.commit(store, count);
  }

  private static void side(Store store, String name) {
    Numbered.side(store, name);
  }

  private void assertState(FileSystem files, long sequence) {
    Numbered.assertState(files, sequence, List.of("part"), this::open);
  }

  /** What was restored from a folder. */
  private static MemoryFileSystem restored(FileSystem folder) {
    MemoryFileSystem directory = MemoryFileSystem.strict();
    Restore.run(folder, directory);
    return directory;
  }

  private interface Round {
    void run(Random random, SyncSite site, @Nullable SyncSite dropped, boolean atSite);
  }

  private void rounds(Round round) {
    Random seeds = new Random(Seeds.next(BackupCrashTest.class));
    for (int i = 0; i < ROUNDS; i++) {
      long seed = seeds.nextLong();
      try {
        round.run(new Random(seed), SyncSite.BACKUP_FILE, null, false);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("round with seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  @Test
  void aCrashOfTheFolderLeavesTheEarlierBackupOrTheNewOne() {
    rounds(this::crashOfFolder);
  }

  private void crashOfFolder(
      Random random, SyncSite site, @Nullable SyncSite dropped, boolean atSite) {
    try (FacetStore store = open(MemoryFileSystem.strict())) {
      commit(store, 1 + random.nextInt(80));
      side(store, "a");
      MemoryFileSystem folder = MemoryFileSystem.strict();
      FaultyFileSystem first =
          new FaultyFileSystem(folder, new FaultyFileSystem.Plan(0, null, 0, dropped), random);
      long before = store.backup(first).sequence();
      commit(store, random.nextInt(80));
      long crashAt = atSite ? 1 : 1 + random.nextInt(50);
      FaultyFileSystem faulty =
          new FaultyFileSystem(
              folder,
              new FaultyFileSystem.Plan(crashAt, atSite ? site : null, 0.2, dropped),
              random);
      BackupReport done = null;
      try {
        done = store.backup(faulty);
      } catch (StorageException e) {
        assertTrue(faulty.survivor() != null, e.getMessage());
      }
      MemoryFileSystem survivor = faulty.survivor();
      MemoryFileSystem left = survivor == null ? folder.crash(random) : survivor;
      long found = Restore.run(left, MemoryFileSystem.strict()).sequence();
      assertTrue(
          done != null
              ? found == done.sequence()
              : found == before || found == store.lastSequence(),
          "restored " + found + " after " + before);
      assertState(restored(left), found);
      commit(store, 1);
      assertEquals(store.lastSequence(), store.backup(left).sequence());
      assertState(restored(left), store.lastSequence());
    }
  }

  @Test
  void aCrashOfTheStoreLosesNothingAndTheFolderStaysGood() {
    rounds(this::crashOfStore);
  }

  private void crashOfStore(
      Random random, SyncSite site, @Nullable SyncSite dropped, boolean atSite) {
    MemoryFileSystem files = MemoryFileSystem.strict();
    MemoryFileSystem folder = MemoryFileSystem.strict();
    FaultyFileSystem probe =
        new FaultyFileSystem(files, new FaultyFileSystem.Plan(0, null, 0, null), random);
    long committed;
    try (FacetStore store = open(probe)) {
      commit(store, 1 + random.nextInt(60));
      side(store, "a");
      store.backup(folder);
      committed = store.lastSequence();
    }
    FaultyFileSystem faulty =
        new FaultyFileSystem(
            files, new FaultyFileSystem.Plan(1 + random.nextInt(80), null, 0.3, null), random);
    FacetStore store = null;
    try {
      store = open(faulty);
      store.backup(folder);
      commit(store, 1);
      committed++;
      store.backup(folder);
      committed = store.lastSequence();
      store.close();
    } catch (StorageException e) {
      if (store != null) {
        committed = Math.max(committed, store.lastSequence());
      }
      assertTrue(faulty.survivor() != null, e.getMessage());
    }
    MemoryFileSystem survivor = faulty.survivor();
    MemoryFileSystem left = survivor == null ? files.crash(random) : survivor;
    try (FacetStore reopened = open(left)) {
      assertTrue(reopened.lastSequence() >= committed, "lost commits");
      assertEquals(List.of("index"), left.list("side"));
    }
    long sequence = Restore.run(folder, MemoryFileSystem.strict()).sequence();
    assertState(restored(folder), sequence);
  }

  @Test
  void aRestoreThatWasCutShortDoesNotOpen() {
    rounds(this::crashOfRestore);
  }

  private void crashOfRestore(
      Random random, SyncSite site, @Nullable SyncSite dropped, boolean atSite) {
    MemoryFileSystem folder = MemoryFileSystem.strict();
    long sequence;
    try (FacetStore store = open(MemoryFileSystem.strict())) {
      commit(store, 1 + random.nextInt(60));
      side(store, "a");
      sequence = store.backup(folder).sequence();
    }
    MemoryFileSystem directory = MemoryFileSystem.strict();
    long crashAt = atSite ? 1 : 1 + random.nextInt(50);
    FaultyFileSystem faulty =
        new FaultyFileSystem(
            directory,
            new FaultyFileSystem.Plan(crashAt, atSite ? site : null, 0.2, dropped),
            random);
    boolean done = false;
    try {
      Restore.run(folder, faulty);
      done = true;
    } catch (StorageException e) {
      assertTrue(faulty.survivor() != null, e.getMessage());
    }
    MemoryFileSystem survivor = faulty.survivor();
    MemoryFileSystem left = survivor == null ? directory.crash(random) : survivor;
    if (!done && !Numbered.isComplete(left)) {
      Numbered.assertRefusedOrEmpty(left, this::open);
    } else {
      assertState(left, sequence);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "(BACKUP|RESTORE)_.*")
  void noticesWhenASyncIsLeftOut(SyncSite site) {
    Random seeds = new Random(Seeds.next(BackupCrashTest.class));
    Round round = site.name().startsWith("BACKUP") ? this::crashOfFolder : this::crashOfRestore;
    Throwable caught = null;
    int rounds = 0;
    long seed = 0;
    while (caught == null && rounds < MUTATION_ROUNDS_MAX) {
      rounds++;
      seed = seeds.nextLong();
      try {
        round.run(new Random(seed), site, site, rounds % 2 == 0);
      } catch (AssertionError | StorageException e) {
        caught = e;
      }
    }
    assertTrue(caught != null, "nobody noticed that " + site + " was left out");
    System.out.println("left out " + site + ": noticed in round " + rounds + ": " + caught);
    round.run(new Random(seed), site, null, rounds % 2 == 0);
  }

  @Test
  void aFullDiskLeavesTheStoreAndTheEarlierBackup() {
    Random random = new Random(Seeds.next(BackupCrashTest.class));
    for (int i = 0; i < 50; i++) {
      FullDisk folder = new FullDisk(MemoryFileSystem.strict());
      try (FacetStore store = open(MemoryFileSystem.strict())) {
        commit(store, 60);
        side(store, "a");
        long before = store.backup(folder).sequence();
        commit(store, 60);
        store.compact();
        folder.leave(random.nextInt(2_000));
        StorageException full = assertThrows(StorageException.class, () -> store.backup(folder));
        assertTrue(full.isDiskFull(), full.getMessage());
        assertState(restored(folder), before);
        folder.lift();
        commit(store, 1);
        assertEquals(121, store.backup(folder).sequence());
        assertState(restored(folder), 121);
      }
    }
  }
}
