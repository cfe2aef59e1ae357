package org.facetdb.storage.txn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Stores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A directory of somebody else is refused by name, and not a byte of it is changed. */
class StoreDirectoryTest {
  @TempDir private Path folder;

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private Map<String, String> contents() throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.toList()) {
        contents.put(
            folder.relativize(path).toString(),
            Files.isDirectory(path) ? "directory" : Files.readString(path));
      }
    }
    return contents;
  }

  private StorageException refused() throws IOException {
    Map<String, String> before = contents();
    StorageException refused =
        assertThrows(
            StorageException.class, () -> Stores.open(folder, StoreOptions.defaults()).close());
    assertEquals(before, contents());
    return refused;
  }

  @ParameterizedTest
  @ValueSource(strings = {"notes.txt", "LOCK", "log/app.log", "tables/t.csv", "MANIFEST-000005"})
  void aFileOfSomebodyElseIsNamed(String name) throws IOException {
    write(name, "not ours");
    StorageException refused = refused();
    assertEquals("55000", refused.sqlState());
    assertTrue(String.valueOf(refused.getMessage()).endsWith("found=" + name), refused.toString());
    assertFalse(Stores.isIn(folder));
    assertEquals(
        "58P01", assertThrows(StorageException.class, () -> Stores.check(folder)).sqlState());
  }

  @Test
  void anotherProgramsLockAndLogStayAsTheyAre() throws IOException {
    write("LOCK", "pid 1");
    write("log/today.log", "a line");
    assertEquals("55000", refused().sqlState());
  }

  @Test
  void anotherEnginesCurrentIsNoManifest() throws IOException {
    write("CURRENT", "MANIFEST-000004\n");
    write("LOCK", "");
    assertEquals(StorageException.Category.CORRUPTION, refused().category());
  }

  @Test
  void whatACutFirstOpenLeavesIsTaken() throws IOException {
    write("LOCK", "process 1, since");
    write("CURRENT.tmp", "MANI");
    write("MANIFEST-0000000001", "");
    Files.createDirectories(folder.resolve("log"));
    try (Store store = Stores.open(folder, StoreOptions.defaults())) {
      assertEquals(0, store.lastSequence());
    }
    assertTrue(Stores.isIn(folder));
    assertEquals(List.of(), Stores.check(folder).problems());
  }

  @Test
  void aStoreThatLostCurrentIsDamaged() throws IOException {
    Stores.open(folder, StoreOptions.defaults()).close();
    Files.delete(folder.resolve("CURRENT"));
    assertTrue(Stores.isIn(folder));
    StorageException refused =
        assertThrows(
            StorageException.class, () -> Stores.open(folder, StoreOptions.defaults()).close());
    assertEquals(StorageException.Category.CORRUPTION, refused.category());
  }
}
