package org.facetdb.storage.tree.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.tree.entry.Bytes;
import org.facetdb.storage.tree.entry.EntryCursor;
import org.facetdb.storage.tree.entry.Lookup;
import org.facetdb.storage.tree.manifest.Manifest;
import org.junit.jupiter.api.Test;

/** Tables of versions without parts are one part, which is read at open and stays. */
class OldTableTest {
  private static final Map<String, List<Integer>> TREES =
      Map.of("tree-1", List.of(4, 6, 7), "tree-4", List.of(2, 3, 4), "tree-5", List.of(6, 8, 9));

  private static byte[] resource(String name) throws IOException {
    try (InputStream bytes = OldTableTest.class.getResourceAsStream("/" + name)) {
      return Objects.requireNonNull(bytes, name).readAllBytes();
    }
  }

  private static void copy(FileSystem files, String name, byte[] bytes) {
    try (StorageFile file = files.open(name, FileSystem.Mode.CREATE)) {
      file.write(0, bytes, 0, bytes.length);
    }
  }

  private static FileSystem unpack(String tree) throws IOException {
    FileSystem files = MemoryFileSystem.unsynced();
    files.createDirectories(TableFormat.TABLES);
    List<String> names = new ArrayList<>(List.of("CURRENT", "MANIFEST-0000000001"));
    TREES.get(tree).forEach(number -> names.add(TableFormat.fileName(number)));
    for (String name : names) {
      copy(files, name, resource(tree + "/" + name));
    }
    return files;
  }

  private interface Check {
    void of(FileSystem files, TableInfo info) throws IOException;
  }

  private static void forEachTable(Check check) throws IOException {
    int count = 0;
    for (String tree : TREES.keySet()) {
      FileSystem files = unpack(tree);
      for (TableInfo info : Manifest.read(files).tables()) {
        check.of(files, info);
        count++;
      }
    }
    assertEquals(9, count);
  }

  @Test
  void theOnePartStaysWhateverIsReadAndIsNotCounted() throws IOException {
    forEachTable(
        (files, info) -> {
          BlockCache cache = new BlockCache(6 << 10);
          TableReader table = TableReader.open(files, info, cache, false);
          assertTrue(table.table().version() < TableFormat.PARTS_VERSION);
          assertEquals(1, table.parts().count());
          TablePart part = assertNotNullPart(table);
          assertEquals(0, cache.usedBytes());
          for (int round = 0; round < 5; round++) {
            assertEquals(info.entries(), readAll(table));
          }
          assertTrue(cache.usedBytes() > 0, "data blocks enter the cache");
          assertSame(part, table.peekPart(0));
          List<String> problems = new ArrayList<>();
          TableVerifier.verify(table, problems);
          assertEquals(List.of(), problems);
          table.release();
          assertEquals(0, cache.usedBytes());
        });
  }

  private static TablePart assertNotNullPart(TableReader table) {
    TablePart part = table.peekPart(0);
    assertNotNull(part);
    return part;
  }

  /** Walks past the cache and looks up what is met; returns how many versions were found. */
  private static long readAll(TableReader table) {
    long found = 0;
    try (EntryCursor cursor = table.cursor(null)) {
      while (cursor.next()) {
        byte[] key = Arrays.copyOf(cursor.keyArray(), cursor.keyLength());
        long hash = Bytes.hash(cursor.keySpace(), key, 0, key.length);
        Lookup lookup = new Lookup(cursor.begin());
        if (table.info().kind() == TableKind.HISTORY) {
          table.findHistory(cursor.keySpace(), key, hash, lookup);
        } else {
          assertTrue(table.find(cursor.keySpace(), key, hash, lookup));
        }
        assertEquals(cursor.begin(), lookup.begin);
        found++;
      }
    }
    return found;
  }

  @Test
  void damageOfIndexAndFilterRefusesToOpen() throws IOException {
    forEachTable(
        (files, info) -> {
          String name = TableFormat.fileName(info.number());
          byte[] bytes = new byte[(int) info.bytes()];
          try (StorageFile file = files.open(name, FileSystem.Mode.READ)) {
            file.readFully(0, bytes, 0, bytes.length);
          }
          long filter = Bytes.getLong(bytes, bytes.length - 48 + 12);
          for (int at = (int) filter; at < bytes.length; at++) {
            byte[] changed = bytes.clone();
            changed[at] ^= 4;
            FileSystem damaged = MemoryFileSystem.unsynced();
            damaged.createDirectories(TableFormat.TABLES);
            copy(damaged, name, changed);
            StorageException e =
                assertThrows(
                    StorageException.class,
                    () -> TableReader.open(damaged, info, new BlockCache(0), false));
            assertEquals(StorageException.Category.CORRUPTION, e.category());
          }
        });
  }
}
