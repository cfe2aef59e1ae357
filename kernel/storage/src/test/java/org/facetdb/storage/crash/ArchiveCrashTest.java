package org.facetdb.storage.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.facetdb.storage.RestorePoint;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.StoreStatistics;
import org.facetdb.storage.backup.Restore;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.fs.SyncSite;
import org.facetdb.storage.tree.TreeOptions;
import org.facetdb.storage.txn.FacetStore;
import org.facetdb.storage.txn.StoreThreads;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Crashes of a store, of its archive, and of restores to a moment. */
class ArchiveCrashTest {
  private static final int ROUNDS = Integer.getInteger("facetdb.archive.crashes", 20);
  private static final int MUTATION_ROUNDS_MAX = 2_000;

  private final StoreOptions options =
      StoreOptions.defaults().withMemtableBytes(8 << 10).withSegmentBytes(8 << 10);

  /** Where the archive is at present: a crash puts what it left in place of it. */
  private FileSystem archive = MemoryFileSystem.strict();

  private FacetStore open(FileSystem files) {
    return FacetStore.open(files, options, StoreThreads.direct());
  }

  private FacetStore openArchived(FileSystem files) {
    return FacetStore.open(
        files,
        following(() -> archive),
        options.withArchive(Path.of("archive")),
        TreeOptions.of(options, Runnable::run),
        StoreThreads.direct());
  }

  /** Hands every operation to whatever the archive is by then. */
  static FileSystem following(Supplier<FileSystem> place) {
    return (FileSystem)
        Proxy.newProxyInstance(
            FileSystem.class.getClassLoader(),
            new Class<?>[] {FileSystem.class},
            (proxy, method, arguments) -> {
              try {
                return method.invoke(place.get(), arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static MemoryFileSystem left(
      FaultyFileSystem faulty, MemoryFileSystem inner, Random random) {
    MemoryFileSystem survivor = faulty.survivor();
    return (survivor == null ? inner : survivor).crash(random);
  }

  private void assertRestores(FileSystem folder, long sequence, long backup) {
    MemoryFileSystem directory = MemoryFileSystem.strict();
    Restore.run(folder, archive, new RestorePoint.Sequence(sequence), directory);
    List<String> side = sequence == backup ? List.of("part") : List.of();
    Numbered.assertState(directory, sequence, side, this::open);
  }

  private static long archived(FacetStore store) {
    StoreStatistics.Archive found = store.statistics().archive();
    return found == null ? 0 : found.sequence();
  }

  private interface Round {
    void run(Random random, @Nullable SyncSite site, @Nullable SyncSite dropped);
  }

  private void rounds(Round round) {
    Random seeds = new Random(Seeds.next(ArchiveCrashTest.class));
    for (int i = 0; i < ROUNDS; i++) {
      long seed = seeds.nextLong();
      try {
        round.run(new Random(seed), null, null);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("round with seed " + seed + ": " + e.getMessage(), e);
      }
    }
    System.out.println(ROUNDS + " crashes");
  }

  @Test
  void aCrashOfTheArchiveLosesNothingThatWasSaidToBeArchived() {
    rounds(this::crashOfArchive);
  }

  private void crashOfArchive(Random random, @Nullable SyncSite site, @Nullable SyncSite dropped) {
    MemoryFileSystem files = MemoryFileSystem.strict();
    MemoryFileSystem folder = MemoryFileSystem.strict();
    MemoryFileSystem inner = MemoryFileSystem.strict();
    long crashAt = 1 + random.nextInt(site == null ? 60 : 8);
    FaultyFileSystem faulty =
        new FaultyFileSystem(inner, new FaultyFileSystem.Plan(crashAt, site, 0.2, dropped), random);
    MemoryFileSystem[] again = new MemoryFileSystem[1];
    // The first operation makes the folder; without it the store does not open.
    inner.createDirectories(FileSystem.ROOT);
    archive =
        following(
            () -> {
              FileSystem place = again[0] != null ? again[0] : faulty.survivor();
              return place != null ? place : faulty;
            });
    long backup;
    long last;
    try (FacetStore store = openInSpiteOf(faulty, files)) {
      Numbered.commit(store, 1 + random.nextInt(60));
      Numbered.side(store, "a");
      backup = store.backup(folder).sequence();
      Numbered.commit(store, random.nextInt(200));
      again[0] = left(faulty, inner, random);
      long archived = archived(store);
      if (archived > 0) {
        long later = Math.max(0, archived - backup);
        assertRestores(folder, backup + random.nextLong(later + 1), backup);
      }
      Numbered.commit(store, 1 + random.nextInt(60));
      last = store.lastSequence();
    }
    again[0] = again[0].crash(random);
    assertRestores(folder, backup + random.nextLong(last - backup + 1), backup);
    assertRestores(folder, last, backup);
  }

  /** The archive's crash may come when the folder is looked for. */
  private FacetStore openInSpiteOf(FaultyFileSystem faulty, FileSystem files) {
    try {
      return openArchived(files);
    } catch (StorageException e) {
      assertTrue(faulty.survivor() != null, e.getMessage());
      return openArchived(files);
    }
  }

  @Test
  void aCrashOfTheStoreLeavesAnArchiveThatGoesOn() {
    rounds(this::crashOfStore);
  }

  private void crashOfStore(Random random, @Nullable SyncSite site, @Nullable SyncSite dropped) {
    MemoryFileSystem files = MemoryFileSystem.strict();
    MemoryFileSystem folder = MemoryFileSystem.strict();
    archive = MemoryFileSystem.strict();
    long backup;
    try (FacetStore store = openArchived(files)) {
      Numbered.commit(store, 1 + random.nextInt(60));
      Numbered.side(store, "a");
      backup = store.backup(folder).sequence();
      Numbered.commit(store, random.nextInt(60));
    }
    for (int life = 0; life < 3; life++) {
      FaultyFileSystem faulty =
          new FaultyFileSystem(
              files, new FaultyFileSystem.Plan(1 + random.nextInt(200), null, 0.3, null), random);
      long acknowledged = 0;
      try {
        // After a crash nobody closes it.
        FacetStore store = openArchived(faulty);
        for (int i = random.nextInt(120); i > 0; i--) {
          Numbered.commit(store, 1);
          acknowledged = store.lastSequence();
        }
        store.close();
      } catch (StorageException e) {
        assertTrue(faulty.survivor() != null, e.getMessage());
      }
      MemoryFileSystem survivor = faulty.survivor();
      files = survivor == null ? files.crash(random) : survivor;
      long last;
      try (FacetStore store = openArchived(files)) {
        last = store.lastSequence();
        assertTrue(last >= acknowledged, "lost commits");
      }
      assertRestores(folder, backup + random.nextLong(last - backup + 1), backup);
      assertRestores(folder, last, backup);
    }
  }

  @Test
  void aRestoreToAMomentThatWasCutShortDoesNotOpen() {
    rounds(this::crashOfRestore);
  }

  private void crashOfRestore(Random random, @Nullable SyncSite site, @Nullable SyncSite dropped) {
    MemoryFileSystem folder = MemoryFileSystem.strict();
    archive = MemoryFileSystem.strict();
    long backup;
    long last;
    try (FacetStore store = openArchived(MemoryFileSystem.strict())) {
      Numbered.commit(store, 1 + random.nextInt(60));
      Numbered.side(store, "a");
      backup = store.backup(folder).sequence();
      Numbered.commit(store, 1 + random.nextInt(100));
      last = store.lastSequence();
    }
    long sequence = backup + random.nextLong(last - backup + 1);
    MemoryFileSystem directory = MemoryFileSystem.strict();
    FaultyFileSystem faulty =
        new FaultyFileSystem(
            directory,
            new FaultyFileSystem.Plan(
                1 + random.nextInt(site == null ? 60 : 8), site, 0.2, dropped),
            random);
    boolean done = false;
    try {
      Restore.run(folder, archive, new RestorePoint.Sequence(sequence), faulty);
      done = true;
    } catch (StorageException e) {
      assertTrue(faulty.survivor() != null, e.getMessage());
    }
    MemoryFileSystem survivor = faulty.survivor();
    MemoryFileSystem left = survivor == null ? directory.crash(random) : survivor;
    if (!done && !Numbered.isComplete(left)) {
      Numbered.assertRefusedOrEmpty(left, this::open);
    } else {
      List<String> side = sequence == backup ? List.of("part") : List.of();
      Numbered.assertState(left, sequence, side, this::open);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "ARCHIVE_.*|RESTORE_FILE")
  void noticesWhenASyncIsLeftOut(SyncSite site) {
    Random seeds = new Random(Seeds.next(ArchiveCrashTest.class));
    Round round = site.name().startsWith("ARCHIVE") ? this::crashOfArchive : this::crashOfRestore;
    Throwable caught = null;
    int rounds = 0;
    long seed = 0;
    SyncSite crashSite = null;
    while (caught == null && rounds < MUTATION_ROUNDS_MAX) {
      rounds++;
      seed = seeds.nextLong();
      crashSite = rounds % 2 == 0 ? site : null;
      try {
        round.run(new Random(seed), crashSite, site);
      } catch (AssertionError | StorageException e) {
        caught = e;
      }
    }
    assertTrue(caught != null, "nobody noticed that " + site + " was left out");
    System.out.println("left out " + site + ": noticed in round " + rounds + ": " + caught);
    round.run(new Random(seed), crashSite, null);
  }

  @Test
  void aFullArchiveIsSaidAndCaughtUpWith() {
    Random random = new Random(Seeds.next(ArchiveCrashTest.class));
    for (int i = 0; i < 20; i++) {
      MemoryFileSystem folder = MemoryFileSystem.strict();
      FullDisk full = new FullDisk(MemoryFileSystem.strict());
      archive = full;
      long backup;
      try (FacetStore store = openArchived(MemoryFileSystem.strict())) {
        Numbered.commit(store, 60);
        Numbered.side(store, "a");
        backup = store.backup(folder).sequence();
        full.leave(random.nextInt(8 << 10));
        Numbered.commit(store, 200);
        StoreStatistics.Archive behind = store.statistics().archive();
        assertTrue(String.valueOf(behind.problem()).startsWith("53100 "), behind.toString());
        assertTrue(behind.waitingSegments() >= 4, behind.toString());
        assertTrue(behind.waitingBytes() >= 4 * (8 << 10), behind.toString());
        full.lift();
        store.flush();
        StoreStatistics.Archive caughtUp = store.statistics().archive();
        assertEquals(null, caughtUp.problem());
        assertEquals(0, caughtUp.waitingSegments());
        assertTrue(caughtUp.sequence() > behind.sequence(), caughtUp.toString());
      }
      assertRestores(folder, backup + random.nextInt(201), backup);
    }
  }
}
