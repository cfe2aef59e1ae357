package org.facetdb.storage.side;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.facetdb.storage.Durability;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.SideFiles;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Stores;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.fs.FailingFileSystem;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.txn.FacetStore;
import org.facetdb.storage.txn.StoreThreads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files beside the log and the tree, on disk and in memory. */
class SideFilesTest {
  @TempDir private Path directory;

  private final Random random = new Random(Seeds.next(SideFilesTest.class));

  private byte[] write(SideFiles files, String directory, String name, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    try (SideFiles.Output output = files.create(directory, name)) {
      int at = 0;
      while (at < length) {
        int count = Math.min(length - at, 1 + random.nextInt(90_000));
        output.write(bytes, at, count);
        at += count;
        assertEquals(at, output.position());
      }
      assertEquals((int) crc.getValue(), output.checksum());
    }
    assertEquals((int) crc.getValue(), files.checksum(directory, name));
    return bytes;
  }

  private static byte[] read(SideFiles files, String directory, String name) {
    try (SideFiles.Input input = files.open(directory, name)) {
      byte[] bytes = new byte[(int) input.length()];
      input.read(0, bytes, 0, bytes.length);
      return bytes;
    }
  }

  private void assertContract(Store store) {
    SideFiles files = store.sideFiles();
    assertEquals(List.of(), files.directories(""));
    assertEquals(List.of(), files.files("index/7/3"));
    files.createDirectory("index/7/3");
    files.createDirectory("index/7/3");
    files.createDirectory("index/7/4");
    byte[] a = write(files, "index/7/3", "a.seg", 300_000);
    byte[] b = write(files, "index/7/3", "b", 0);
    files.sync("index/7/3", List.of("a.seg", "b"));
    assertEquals(List.of("index"), files.directories(""));
    assertEquals(List.of("3", "4"), files.directories("index/7"));
    assertEquals(List.of("a.seg", "b"), files.files("index/7/3"));
    assertEquals(300_000, files.length("index/7/3", "a.seg"));
    assertArrayEquals(a, read(files, "index/7/3", "a.seg"));
    assertArrayEquals(b, read(files, "index/7/3", "b"));
    try (SideFiles.Input input = files.open("index/7/3", "a.seg")) {
      byte[] part = new byte[20];
      input.read(100, part, 10, 10);
      assertArrayEquals(Arrays.copyOfRange(a, 100, 110), Arrays.copyOfRange(part, 10, 20));
      assertThrows(StorageException.class, () -> input.read(299_995, part, 0, 20));
    }
    assertThrows(StorageException.class, () -> files.create("index/7/3", "b"));
    assertThrows(StorageException.class, () -> files.create("index/8", "b"));
    assertThrows(StorageException.class, () -> files.open("index/7/3", "c"));
    files.link("index/7/3", "a.seg", "index/7/4");
    assertThrows(StorageException.class, () -> files.link("index/7/3", "a.seg", "index/7/4"));
    assertThrows(StorageException.class, () -> files.link("index/7/3", "c", "index/7/4"));
    files.sync("index/7/4", List.of("a.seg"));
    try (SideFiles.Input input = files.open("index/7/4", "a.seg")) {
      files.deleteDirectory("index/7/3");
      assertEquals(300_000, input.length());
    }
    files.deleteDirectory("index/7/3");
    assertEquals(List.of("4"), files.directories("index/7"));
    assertArrayEquals(a, read(files, "index/7/4", "a.seg"));
    files.delete("index/7/4", "a.seg");
    files.delete("index/7/4", "a.seg");
    assertEquals(List.of(), files.files("index/7/4"));
  }

  private static void assertNamesAreChecked(SideFiles files) {
    for (String bad : List.of("..", ".", "/x", "x/", "a//b", "a/../b", "a b", "a\\b", ".x")) {
      StorageException refusal =
          assertThrows(StorageException.class, () -> files.createDirectory(bad), bad);
      assertEquals("22023", refusal.sqlState());
      assertThrows(StorageException.class, () -> files.create("index", bad), bad);
    }
    assertThrows(StorageException.class, () -> files.create("", "x"));
  }

  @Test
  void diskAndMemoryKeepTheSameContract() throws Exception {
    try (Store store = Stores.open(directory, StoreOptions.defaults())) {
      assertContract(store);
      assertNamesAreChecked(store.sideFiles());
      write(store.sideFiles(), "index/7/4", "mapped", 10);
      Path path = store.sideFiles().localPath("index/7/4", "mapped");
      assertNotNull(path);
      assertEquals(10, Files.size(path));
    }
    try (Store store = Stores.openInMemory(StoreOptions.defaults())) {
      assertContract(store);
      assertNamesAreChecked(store.sideFiles());
      assertNull(store.sideFiles().localPath("index/7/4", "mapped"));
    }
    try (Store store = open(MemoryFileSystem.strict())) {
      assertContract(store);
    }
  }

  private static Store open(FileSystem files) {
    return FacetStore.open(files, StoreOptions.defaults(), StoreThreads.direct());
  }

  private static void commit(Store store) {
    try (Transaction transaction = store.begin()) {
      transaction.put(Store.CATALOG_KEY_SPACE, new byte[] {1}, new byte[] {2});
      transaction.commit(Durability.SYNC);
    }
  }

  @Test
  void whatWasSyncedSurvivesACrashAndAReopen() {
    MemoryFileSystem memory = MemoryFileSystem.strict();
    Store store = open(memory);
    store.sideFiles().createDirectory("index/1");
    store.sideFiles().createDirectory("index/2");
    byte[] a = write(store.sideFiles(), "index/1", "a", 5_000);
    write(store.sideFiles(), "index/1", "lost", 5_000);
    store.sideFiles().sync("index/1", List.of("a"));
    store.sideFiles().link("index/1", "a", "index/2");
    store.sideFiles().sync("index/2", List.of("a"));
    boolean lost = false;
    for (int i = 0; i < 50; i++) {
      try (Store after = open(memory.survivor(random))) {
        assertArrayEquals(a, read(after.sideFiles(), "index/1", "a"));
        assertArrayEquals(a, read(after.sideFiles(), "index/2", "a"));
        lost |=
            after.sideFiles().files("index/1").size() < 2
                || after.sideFiles().length("index/1", "lost") < 5_000;
      }
    }
    assertTrue(lost, "bytes without a sync were never lost");
  }

  @Test
  void aFailureIsTheCallersAndTheStoreGoesOn() {
    int failures = 0;
    long done = 1;
    for (long failAt = 1; failAt <= done; failAt++) {
      MemoryFileSystem memory = MemoryFileSystem.strict();
      open(memory).close();
      FailingFileSystem counting = new FailingFileSystem(memory.kill(), 0, false);
      long before;
      try (Store store = open(counting)) {
        before = counting.operations();
        use(store.sideFiles());
        done = counting.operations() - before;
      }
      MemoryFileSystem again = MemoryFileSystem.strict();
      open(again).close();
      FailingFileSystem failing = new FailingFileSystem(again.kill(), before + failAt, false);
      try (Store store = open(failing)) {
        try {
          use(store.sideFiles());
        } catch (StorageException e) {
          assertEquals(StorageException.Category.RESOURCE, e.category());
          failures++;
        }
        commit(store);
      }
    }
    assertEquals(done, failures);
    assertTrue(done >= 10, "operations " + done);
  }

  private void use(SideFiles files) {
    files.createDirectory("index/1");
    files.createDirectory("index/2");
    // Pieces of one size: the operations are counted in one pass and failed in another.
    try (SideFiles.Output output = files.create("index/1", "a")) {
      for (int i = 0; i < 4; i++) {
        output.write(new byte[25_000], 0, 25_000);
      }
    }
    files.sync("index/1", List.of("a"));
    files.link("index/1", "a", "index/2");
    files.deleteDirectory("index/1");
  }

  @Test
  void aClosedStoreGivesNoFiles() {
    Store store = open(MemoryFileSystem.strict());
    SideFiles files = store.sideFiles();
    files.createDirectory("index");
    store.close();
    assertThrows(StorageException.class, () -> files.create("index", "a"));
    assertThrows(StorageException.class, () -> files.files("index"));
  }
}
