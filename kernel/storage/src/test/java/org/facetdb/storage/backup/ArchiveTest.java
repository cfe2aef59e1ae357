package org.facetdb.storage.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import org.facetdb.storage.BackupReport;
import org.facetdb.storage.RestorePoint;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.fs.DiskFileSystem;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.txn.FacetStore;
import org.facetdb.storage.txn.Model;
import org.facetdb.storage.txn.StoreThreads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Restores to a chosen moment from backups and the archived log. */
class ArchiveTest {
  private static final int ROUNDS = Integer.getInteger("facetdb.restore.rounds", 20);
  private static final int BACKUPS = 5;

  @TempDir private Path temporary;

  private final Random random = new Random(Seeds.next(ArchiveTest.class));
  private final MemoryFileSystem files = MemoryFileSystem.strict();
  private final MemoryFileSystem folder = MemoryFileSystem.strict();

  private FacetStore open(FileSystem directory, Path archive) {
    StoreOptions options =
        StoreOptions.defaults()
            .withMemtableBytes(64 << 10)
            .withSegmentBytes(16 << 10)
            .withArchive(archive);
    return FacetStore.open(directory, options, StoreThreads.background(options));
  }

  private Path archive() {
    return temporary.resolve("archive");
  }

  /** Backups while four threads commit; the log is archived up to the last commit. */
  private Writers load() throws InterruptedException {
    Writers writers;
    try (FacetStore store = open(files, archive())) {
      writers = new Writers(store);
      writers.start(4, random);
      Thread.sleep(20);
      for (int i = 0; i < BACKUPS; i++) {
        store.backup(folder);
        Thread.sleep(random.nextInt(200));
        if (random.nextBoolean()) {
          store.compact();
        } else {
          store.flush();
        }
      }
      Thread.sleep(300);
      writers.stop();
    }
    // Closing has archived the last segment too.
    return writers;
  }

  private MemoryFileSystem restore(RestorePoint until, long sequence) {
    MemoryFileSystem directory = MemoryFileSystem.strict();
    BackupReport report = Restore.run(folder, new DiskFileSystem(archive()), until, directory);
    assertEquals(sequence, report.sequence(), until.toString());
    return directory.crash(random);
  }

  private static long first(SortedMap<Long, Descriptor> backups) {
    return backups.values().stream().mapToLong(Descriptor::sequence).min().orElseThrow();
  }

  @Test
  void restoresExactlyUpToAChosenMoment() throws InterruptedException {
    Writers writers = load();
    long first = first(new BackupFolder(folder).complete());
    long last = writers.commits();
    for (int round = 0; round < ROUNDS; round++) {
      long sequence = first + random.nextLong(last - first + 1);
      long timestamp = writers.timestampOf(sequence);
      RestorePoint until =
          switch (round % 3) {
            case 0 -> new RestorePoint.Sequence(sequence);
            case 1 -> new RestorePoint.Timestamp(timestamp);
            default ->
                sequence == last || writers.timestampOf(sequence + 1) == timestamp + 1
                    ? new RestorePoint.Timestamp(timestamp)
                    : new RestorePoint.Timestamp(timestamp + 1);
          };
      assertState(restore(until, sequence), writers, sequence);
    }
    assertState(restore(new RestorePoint.Latest(), last), writers, last);
    System.out.println(ROUNDS + " restores between " + first + " and " + last);
  }

  private void assertState(MemoryFileSystem directory, Writers writers, long sequence) {
    assertEquals(List.of(), FacetStore.check(directory).problems());
    long timestamp = writers.timestampOf(sequence);
    Model model = writers.at(timestamp);
    try (FacetStore store = open(directory, temporary.resolve("archive of " + sequence))) {
      assertEquals(sequence, store.lastSequence());
      assertEquals(timestamp, store.lastCommitTimestamp());
      for (int keySpace : writers.keySpaces()) {
        String expected = model.scan(keySpace, null, null);
        String found =
            store.keySpaces().containsKey(keySpace)
                ? Model.scan(store.snapshot(), keySpace, null, null)
                : "";
        assertEquals(expected, found, "key space " + keySpace + " at sequence " + sequence);
      }
      new Writers(store).commitOne(random);
      assertEquals(sequence + 1, store.lastSequence());
    }
  }

  private StorageException refusal(RestorePoint until) {
    MemoryFileSystem target = MemoryFileSystem.strict();
    StorageException refusal =
        assertThrows(
            StorageException.class,
            () -> Restore.run(folder, new DiskFileSystem(archive()), until, target));
    assertEquals(List.of(), target.list(FileSystem.ROOT), "the target was touched");
    return refusal;
  }

  @Test
  void gapsDamageAndMomentsOutsideAreRefusedByName() throws InterruptedException, IOException {
    Writers writers = load();
    long last = writers.commits();
    RestorePoint end = new RestorePoint.Sequence(last);
    long newest = new BackupFolder(folder).complete().lastEntry().getValue().sequence();
    assertTrue(last > newest + 200, "too little load: " + last + " after " + newest);

    StorageException beyond = refusal(new RestorePoint.Sequence(last + 1));
    assertEquals("55000", beyond.sqlState());
    assertContains(
        beyond,
        "ends before the moment",
        "expected=sequence " + (last + 1),
        "sequence " + last + " at");
    StorageException none =
        assertThrows(
            StorageException.class,
            () ->
                Restore.run(
                    folder,
                    MemoryFileSystem.strict(),
                    new RestorePoint.Latest(),
                    MemoryFileSystem.strict()));
    assertEquals("58P01", none.sqlState());
    long first = first(new BackupFolder(folder).complete());
    StorageException early = refusal(new RestorePoint.Sequence(first - 1));
    assertEquals("22023", early.sqlState());

    List<Path> segments;
    try (var names = Files.list(archive())) {
      segments = names.filter(name -> name.toString().endsWith(".log")).sorted().toList();
    }
    Path lost = segments.get(segments.size() - 3);
    byte[] bytes = Files.readAllBytes(lost);
    Path descriptor = Path.of(lost.toString().replace(".log", ".segment"));
    byte[] text = Files.readAllBytes(descriptor);

    Files.delete(lost);
    assertDamage(refusal(end), lost, "no file");
    byte[] damaged = bytes.clone();
    damaged[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    Files.write(lost, damaged);
    assertDamage(refusal(end), lost, "crc32c");
    Files.write(lost, bytes);

    byte[] damagedText = text.clone();
    damagedText[random.nextInt(text.length)] ^= 1;
    Files.write(descriptor, damagedText);
    assertDamage(refusal(end), descriptor, "found=");
    // What lies behind the moment is not looked at.
    assertState(restore(new RestorePoint.Sequence(newest + 1), newest + 1), writers, newest + 1);
    Files.delete(descriptor);
    StorageException gap = refusal(end);
    assertEquals("55000", gap.sqlState());
    assertContains(gap, "is missing", lost.getFileName().toString());
    Files.write(descriptor, text);
    assertState(restore(end, last), writers, last);
  }

  private static void assertDamage(StorageException refusal, Path file, String found) {
    assertEquals(StorageException.Category.CORRUPTION, refusal.category());
    assertContains(refusal, file.toString(), found, "expected=");
  }

  private static void assertContains(StorageException refusal, String... parts) {
    for (String part : parts) {
      assertTrue(String.valueOf(refusal.getMessage()).contains(part), refusal.getMessage());
    }
  }

  @Test
  void theArchiveOfAnotherLogIsRefusedAndLeftAsItIs() throws InterruptedException {
    load();
    MemoryFileSystem other = MemoryFileSystem.strict();
    MemoryFileSystem others = MemoryFileSystem.strict();
    try (FacetStore store = open(other, archive())) {
      Writers writers = new Writers(store);
      for (int i = 0; i < 300; i++) {
        writers.commitOne(random);
      }
      store.backup(others);
      for (int i = 0; i < 300; i++) {
        writers.commitOne(random);
      }
      store.flush();
      assertEquals(600, store.lastSequence());
    }
    StorageException refusal =
        assertThrows(
            StorageException.class,
            () ->
                Restore.run(
                    others,
                    new DiskFileSystem(archive()),
                    new RestorePoint.Sequence(500),
                    MemoryFileSystem.strict()));
    assertEquals("55000", refusal.sqlState());
    assertContains(refusal, "another log");
    long newest = new BackupFolder(folder).complete().lastEntry().getValue().sequence();
    restore(new RestorePoint.Sequence(newest + 1), newest + 1);
  }

  /** A log may have numbers and places that the archive has not. */
  @Test
  void aLogThatTheArchiveHasNoNumberOfIsRefusedToo() throws IOException {
    try (FacetStore store = open(files, archive())) {
      new Writers(store).commitOne(random);
      store.backup(folder);
    }
    List<String> before = names(archive());
    MemoryFileSystem other = MemoryFileSystem.strict();
    Path others = temporary.resolve("archive of another");
    try (FacetStore store = open(other, others)) {
      Writers writers = new Writers(store);
      for (int i = 0; i < 300; i++) {
        writers.commitOne(random);
      }
    }
    // What is archived there is archived nowhere else.
    try (FacetStore store = open(other, archive())) {
      Writers writers = new Writers(store);
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      String problem = null;
      while (problem == null && System.nanoTime() < deadline) {
        writers.commitOne(random);
        problem = Objects.requireNonNull(store.statistics().archive()).problem();
      }
      assertTrue(String.valueOf(problem).contains("another log"), problem);
    }
    assertEquals(before, names(archive()));
    try (FacetStore store = open(files, archive())) {
      new Writers(store).commitOne(random);
      assertEquals(2, store.lastSequence());
    }
    restore(new RestorePoint.Sequence(2), 2);
  }

  private static List<String> names(Path directory) throws IOException {
    try (var names = Files.list(directory)) {
      return names.map(name -> name.getFileName().toString()).sorted().toList();
    }
  }
}
