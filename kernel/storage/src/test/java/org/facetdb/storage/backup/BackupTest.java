package org.facetdb.storage.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.facetdb.storage.BackupReport;
import org.facetdb.storage.Durability;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.SideFiles;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.txn.FacetStore;
import org.facetdb.storage.txn.Model;
import org.facetdb.storage.txn.StoreThreads;
import org.junit.jupiter.api.Test;

/** Backups under load, restored and compared with the moment that they name. */
class BackupTest {
  private static final int ROUNDS = Integer.getInteger("facetdb.backup.rounds", 50);
  private static final int WRITERS = 4;

  private final Random random = new Random(Seeds.next(BackupTest.class));
  private final StoreOptions options =
      StoreOptions.defaults().withMemtableBytes(64 << 10).withSegmentBytes(32 << 10);
  private final MemoryFileSystem files = MemoryFileSystem.strict();
  private final MemoryFileSystem folder = MemoryFileSystem.strict();

  private FacetStore open(FileSystem directory) {
    return FacetStore.open(directory, options, StoreThreads.background(options));
  }

  private record Restored(BackupReport backup, Map<Integer, String> contents) {}

  @Test
  void holdsExactlyTheCommitsUpToItsSequenceWhileOthersCommit() throws InterruptedException {
    List<Restored> all = new ArrayList<>();
    try (FacetStore store = open(files)) {
      Writers writers = new Writers(store);
      writers.start(WRITERS, random);
      long before = 0;
      int reused = 0;
      for (int round = 0; round < ROUNDS; round++) {
        switch (random.nextInt(6)) {
          case 0 -> store.flush();
          case 1 -> store.compact();
          default -> Thread.sleep(random.nextInt(60));
        }
        BackupReport backup = store.backup(folder);
        assertTrue(backup.sequence() >= before, "a backup is behind the one before it");
        before = backup.sequence();
        reused += backup.files() - backup.copiedFiles();
        all.add(restore(backup));
      }
      writers.stop();
      assertTrue(reused > 0, "no backup used a file of an earlier one");
      for (Restored one : all) {
        long timestamp = one.backup().timestamp();
        assertEquals(writers.sequenceAt(timestamp), one.backup().sequence());
        Model model = writers.at(timestamp);
        for (int keySpace : writers.keySpaces()) {
          assertEquals(
              model.scan(keySpace, null, null),
              one.contents().getOrDefault(keySpace, ""),
              "key space " + keySpace + " at " + one.backup());
        }
      }
      System.out.println(all.size() + " backups of up to " + writers.commits() + " commits");
    }
  }

  private Restored restore(BackupReport backup) {
    MemoryFileSystem directory = MemoryFileSystem.strict();
    assertEquals(backup.sequence(), Restore.run(folder, directory).sequence());
    MemoryFileSystem survivor = directory.crash(random);
    List<String> problems = FacetStore.check(survivor).problems();
    assertEquals(List.of(), problems);
    Map<Integer, String> contents = new HashMap<>();
    try (FacetStore store = open(survivor)) {
      assertEquals(backup.sequence(), store.lastSequence());
      assertEquals(backup.timestamp(), store.lastCommitTimestamp());
      for (int keySpace : store.keySpaces().keySet()) {
        contents.put(keySpace, Model.scan(store.snapshot(), keySpace, null, null));
      }
      put(store, "goes on");
      assertEquals(backup.sequence() + 1, store.lastSequence());
    }
    return new Restored(backup, contents);
  }

  private static void put(Store store, String text) {
    try (Transaction transaction = store.begin()) {
      transaction.put(Store.CATALOG_KEY_SPACE, new byte[] {7}, text.getBytes());
      transaction.commit(Durability.SYNC);
    }
  }

  private static String get(Store store) {
    return new String(store.snapshot().get(Store.CATALOG_KEY_SPACE, new byte[] {7}));
  }

  @Test
  void sideFilesOfTheMomentAreIncluded() {
    try (FacetStore store = open(files)) {
      side(store, "one", "first");
      store.backup(folder);
      store.sideFiles().deleteDirectory("index/one");
      side(store, "two", "second");
      MemoryFileSystem directory = MemoryFileSystem.strict();
      Restore.run(folder, directory);
      try (FacetStore restored = open(directory)) {
        assertEquals(List.of("one"), restored.sideFiles().directories("index"));
        assertEquals("first", read(restored.sideFiles(), "one"));
      }
      store.backup(folder);
      MemoryFileSystem later = MemoryFileSystem.strict();
      Restore.run(folder, later);
      try (FacetStore restored = open(later)) {
        assertEquals(List.of("two"), restored.sideFiles().directories("index"));
        assertEquals("second", read(restored.sideFiles(), "two"));
      }
      assertEquals(List.of("index"), store.sideFiles().directories(""));
      assertEquals(List.of("index"), files.list("side"));
    }
  }

  private static void side(Store store, String name, String text) {
    SideFiles side = store.sideFiles();
    side.createDirectory("index/" + name);
    try (SideFiles.Output out = side.create("index/" + name, "part")) {
      out.write(text.getBytes(), 0, text.length());
    }
    side.sync("index/" + name, List.of("part"));
    put(store, name);
  }

  private static String read(SideFiles side, String name) {
    try (SideFiles.Input in = side.open("index/" + name, "part")) {
      byte[] bytes = new byte[(int) in.length()];
      in.read(0, bytes, 0, bytes.length);
      return new String(bytes);
    }
  }

  @Test
  void everyDamagedOrMissingFileIsRefusedByName() {
    try (FacetStore store = open(files)) {
      side(store, "one", "first");
      store.flush();
      put(store, "in the log");
      store.backup(folder);
    }
    List<String> names = new ArrayList<>();
    folder.list("files").forEach(name -> names.add("files/" + name));
    folder.list("").stream().filter(name -> name.startsWith("backup-")).forEach(names::add);
    assertTrue(names.size() >= 6, names.toString());
    for (String name : names) {
      long size = size(folder, name);
      for (int i = 0; i < 8; i++) {
        MemoryFileSystem damaged = folder.survivor(random);
        try (StorageFile file = damaged.open(name, FileSystem.Mode.WRITE)) {
          long at = i == 0 ? size - 1 : random.nextLong(size);
          byte[] one = new byte[1];
          file.readFully(at, one, 0, 1);
          one[0] ^= (byte) (1 << random.nextInt(8));
          file.write(at, one, 0, 1);
        }
        assertRefused(damaged, name);
      }
      MemoryFileSystem cut = folder.survivor(random);
      try (StorageFile file = cut.open(name, FileSystem.Mode.WRITE)) {
        file.truncate(random.nextLong(size));
      }
      assertRefused(cut, name);
      if (name.startsWith("files/")) {
        MemoryFileSystem missing = folder.survivor(random);
        missing.delete(name);
        assertRefused(missing, name);
      }
    }
  }

  private static long size(FileSystem files, String name) {
    try (StorageFile file = files.open(name, FileSystem.Mode.READ)) {
      return file.size();
    }
  }

  private void assertRefused(FileSystem damaged, String name) {
    MemoryFileSystem directory = MemoryFileSystem.strict();
    StorageException refusal =
        assertThrows(StorageException.class, () -> Restore.run(damaged, directory), name);
    assertEquals(StorageException.Category.CORRUPTION, refusal.category());
    String message = String.valueOf(refusal.getMessage());
    for (String part : List.of(name, "offset=", "expected=", "found=")) {
      assertTrue(message.contains(part), message);
    }
    if (!directory.list(FileSystem.ROOT).isEmpty()) {
      StorageException unfinished =
          assertThrows(StorageException.class, () -> open(directory).close());
      assertEquals("55000", unfinished.sqlState());
    }
  }

  @Test
  void anIncompleteBackupAndAnInhabitedDirectoryAreRefused() {
    StorageException none =
        assertThrows(StorageException.class, () -> Restore.run(folder, MemoryFileSystem.strict()));
    assertEquals("58P01", none.sqlState());
    try (FacetStore store = open(files)) {
      put(store, "x");
      store.backup(folder);
      StorageException inhabited =
          assertThrows(StorageException.class, () -> Restore.run(folder, files));
      assertEquals("55000", inhabited.sqlState());
    }
    folder.list("").stream().filter(name -> name.startsWith("backup-")).forEach(folder::delete);
    StorageException incomplete =
        assertThrows(StorageException.class, () -> Restore.run(folder, MemoryFileSystem.strict()));
    assertEquals("58P01", incomplete.sqlState());
    assertTrue(String.valueOf(incomplete.getMessage()).contains("incomplete"));
  }

  @Test
  void theFolderOfAnotherStoreOrOfAnotherFutureIsRefused() {
    MemoryFileSystem restored = MemoryFileSystem.strict();
    try (FacetStore store = open(files)) {
      put(store, "one");
      store.backup(folder);
      Restore.run(folder, restored);
      put(store, "two");
      store.backup(folder);
    }
    MemoryFileSystem other = MemoryFileSystem.strict();
    try (FacetStore store = open(other)) {
      for (int i = 0; i < 5; i++) {
        assertEquals("55000", backupRefusal(store).sqlState());
        put(store, "another");
      }
    }
    try (FacetStore store = open(restored)) {
      assertEquals("55000", backupRefusal(store).sqlState());
      put(store, "another two");
      assertEquals("55000", backupRefusal(store).sqlState());
      MemoryFileSystem own = MemoryFileSystem.strict();
      assertEquals(2, store.backup(own).sequence());
    }
    try (FacetStore store = open(files)) {
      assertEquals("two", get(store));
      assertEquals(2, store.backup(folder).sequence());
    }
  }

  private StorageException backupRefusal(FacetStore store) {
    List<String> before = folder.list("files");
    StorageException refusal = assertThrows(StorageException.class, () -> store.backup(folder));
    assertEquals(before, folder.list("files"));
    return refusal;
  }

  @Test
  void anEmptyStoreAndOneThatWasReopenedAreBackedUp() {
    try (FacetStore store = open(files)) {
      assertEquals(0, store.backup(folder).sequence());
    }
    for (int i = 1; i < 4; i++) {
      try (FacetStore store = open(files)) {
        put(store, "value " + i);
      }
      try (FacetStore store = open(files)) {
        assertEquals(i, store.backup(folder).sequence());
      }
      MemoryFileSystem directory = MemoryFileSystem.strict();
      Restore.run(folder, directory);
      try (FacetStore store = open(directory)) {
        assertEquals("value " + i, get(store));
        assertEquals(i, store.lastSequence());
      }
    }
  }
}
