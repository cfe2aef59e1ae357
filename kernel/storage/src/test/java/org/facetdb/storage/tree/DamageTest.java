package org.facetdb.storage.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.facetdb.storage.BottomCompression;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.TableOptions;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.log.WriteBatch;
import org.facetdb.storage.tree.entry.Bytes;
import org.junit.jupiter.api.Test;

/** Flipped bits in every kind of file are found, and named with file, offset and bytes. */
class DamageTest {
  private final SplittableRandom random = new SplittableRandom(Seeds.next(DamageTest.class));
  private final TableOptions tables =
      TableOptions.defaults()
          .withBottom(random.nextBoolean() ? BottomCompression.LZ4 : BottomCompression.ZSTD)
          .withMapped(random.nextBoolean());

  private static Map<String, byte[]> filesOf(FileSystem files) {
    Map<String, byte[]> result = new HashMap<>();
    List<String> names = new ArrayList<>(files.list(FileSystem.ROOT));
    names.remove("tables");
    files.list("tables").forEach(name -> names.add("tables/" + name));
    for (String name : names) {
      try (StorageFile file = files.open(name, FileSystem.Mode.READ)) {
        byte[] bytes = new byte[(int) file.size()];
        file.readFully(0, bytes, 0, bytes.length);
        result.put(name, bytes);
      }
    }
    return result;
  }

  private static MemoryFileSystem copy(Map<String, byte[]> contents) {
    MemoryFileSystem files = MemoryFileSystem.unsynced();
    files.createDirectories("tables");
    contents.forEach(
        (name, bytes) -> {
          try (StorageFile file = files.open(name, FileSystem.Mode.CREATE)) {
            file.write(0, bytes, 0, bytes.length);
          }
        });
    return files;
  }

  private Map<String, byte[]> written() {
    return written(tables);
  }

  private static Map<String, byte[]> written(TableOptions tables) {
    MemoryFileSystem files = MemoryFileSystem.unsynced();
    TreeOptions options =
        new TreeOptions(
            16 << 10, 2, 512, 1 << 20, 1 << 20, 3, 32 << 10, 0, tables, 2, 0, Runnable::run);
    try (TreeFixture fixture = new TreeFixture(files, options)) {
      for (int i = 0; i < 300; i++) {
        WriteBatch batch = fixture.batch();
        batch.put(1, TreeFixture.key(i % 150), ("some value " + i * 7919L).getBytes(), -1L, 0);
        if (i % 10 == 0) {
          batch.delete(1, TreeFixture.key(1000 + i), 0);
        }
        fixture.commit(batch);
      }
      fixture.tree.flush();
    }
    return filesOf(files);
  }

  private LsmTree open(FileSystem files, long verifyBytes) {
    TreeOptions options =
        new TreeOptions(
            16 << 10,
            2,
            512,
            1 << 20,
            1 << 20,
            100,
            32 << 20,
            verifyBytes,
            tables,
            2,
            0,
            Runnable::run);
    return LsmTree.open(files, options, new TestHost());
  }

  private static void flip(byte[] bytes, int bit) {
    bytes[bit >>> 3] ^= (byte) (1 << (bit & 7));
  }

  @Test
  void everyFlippedBitRefusesToOpenWithItsPlace() {
    Map<String, byte[]> contents = written();
    assertTrue(contents.size() >= 4, () -> "kinds of files: " + contents.keySet());
    contents.forEach(
        (name, bytes) -> {
          int step = Math.max(1, bytes.length * 8 / 1500);
          for (int bit = random.nextInt(step); bit < bytes.length * 8; bit += step) {
            flip(bytes, bit);
            String what = name + " bit " + bit;
            StorageException e =
                assertThrows(
                    StorageException.class, () -> open(copy(contents), 1 << 20).close(), what);
            assertEquals(StorageException.Category.CORRUPTION, e.category(), what);
            String kind = name.startsWith("MANIFEST") || name.equals("CURRENT") ? "" : name;
            assertTrue(e.getMessage().contains(kind), () -> what + ": " + e.getMessage());
            for (String part : List.of("file=", "offset=", "expected=", "found=")) {
              assertTrue(e.getMessage().contains(part), () -> what + ": " + e.getMessage());
            }
            flip(bytes, bit);
          }
        });
  }

  @Test
  void damageThatOpeningDoesNotReadIsFoundByCheckAndByReading() {
    Map<String, byte[]> contents = written();
    int found = 0;
    for (Map.Entry<String, byte[]> entry : contents.entrySet()) {
      if (!entry.getKey().endsWith(".sst")) {
        continue;
      }
      for (int i = 0; i < 100; i++) {
        int bit = random.nextInt(32 * 8, entry.getValue().length * 8);
        flip(entry.getValue(), bit);
        try (LsmTree tree = open(copy(contents), 0)) {
          List<String> problems = tree.check();
          assertFalse(problems.isEmpty(), entry.getKey() + " bit " + bit);
          assertTrue(problems.get(0).contains(entry.getKey()), problems.get(0));
          assertThrows(
              StorageException.class,
              () -> {
                // Some block of the table is damaged, its index or its filter: one of the two
                // trees meets it.
                scan(tree, Long.MAX_VALUE - 1);
                for (long t = 0; t < 400; t++) {
                  scan(tree, (1_000_000L << 16) + t);
                }
              });
          found++;
        } catch (StorageException e) {
          // The directory or the footer was hit.
          assertEquals(StorageException.Category.CORRUPTION, e.category());
        }
        flip(entry.getValue(), bit);
      }
    }
    assertTrue(found > 50, "damaged blocks: " + found);
  }

  private static void scan(LsmTree tree, long timestamp) {
    try (Cursor cursor = tree.scan(1, null, null, timestamp)) {
      while (cursor.next()) {
        assertTrue(cursor.valueLength() >= 0);
      }
    }
  }

  /** Positions and lengths of a table's blocks, which follow each other up to the footer. */
  private static List<int[]> blocks(byte[] table) {
    List<int[]> blocks = new ArrayList<>();
    int at = 32;
    while (at < table.length - 48) {
      int length = 20 + Bytes.getInt(table, at + 12);
      blocks.add(new int[] {at, length});
      at += length;
    }
    return blocks;
  }

  @Test
  void aBlockHoldsAtItsPlaceAlone() {
    // Of these blocks there are more.
    Map<String, byte[]> contents = written(TableOptions.defaults());
    int moved = 0;
    for (Map.Entry<String, byte[]> entry : contents.entrySet()) {
      if (!entry.getKey().endsWith(".sst")) {
        continue;
      }
      for (String from : contents.keySet().stream().filter(n -> n.endsWith(".sst")).toList()) {
        byte[] other = contents.get(from);
        for (int[] to : blocks(entry.getValue())) {
          for (int[] block : blocks(other)) {
            boolean same = other == entry.getValue() && block[0] == to[0];
            if (same || block[1] != to[1] || other[block[0] + 1] != entry.getValue()[to[0] + 1]) {
              continue;
            }
            Map<String, byte[]> swapped = new HashMap<>(contents);
            byte[] table = entry.getValue().clone();
            System.arraycopy(other, block[0], table, to[0], to[1]);
            swapped.put(entry.getKey(), table);
            StorageException e =
                assertThrows(StorageException.class, () -> open(copy(swapped), 1 << 20).close());
            String place = entry.getKey() + " offset=" + (to[0] + 16) + " ";
            assertTrue(e.getMessage().contains(place), e.getMessage());
            moved++;
          }
        }
      }
    }
    assertTrue(moved >= 10, "blocks moved: " + moved);
  }

  @Test
  void aTableOfALaterFormatIsRefusedAsSuch() {
    Map<String, byte[]> contents = written();
    for (String name : contents.keySet().stream().filter(n -> n.endsWith(".sst")).toList()) {
      byte[] table = contents.get(name);
      byte version = table[8];
      table[8] = 9;
      CRC32C crc = new CRC32C();
      crc.update(table, 0, 28);
      Bytes.putInt(table, 28, (int) crc.getValue());
      StorageException e =
          assertThrows(StorageException.class, () -> open(copy(contents), 0).close());
      assertEquals("0A000", e.sqlState());
      assertEquals(StorageException.Category.CORRUPTION, e.category());
      assertTrue(
          e.getMessage()
              .endsWith(name + " offset=8 expected=format version 1 to 6 found=format version 9"),
          e.getMessage());
      table[8] = version;
      crc.reset();
      crc.update(table, 0, 28);
      Bytes.putInt(table, 28, (int) crc.getValue());
      open(copy(contents), 1 << 20).close();
    }
  }

  @Test
  void missingAndCutFilesRefuseToOpen() {
    Map<String, byte[]> contents = written();
    for (String name : contents.keySet()) {
      Map<String, byte[]> less = new HashMap<>(contents);
      less.remove(name);
      StorageException missing =
          assertThrows(StorageException.class, () -> open(copy(less), 0).close(), name);
      assertEquals(StorageException.Category.CORRUPTION, missing.category(), missing.getMessage());
      assertTrue(missing.getMessage().contains("file=memory:" + name), missing.getMessage());
      if (name.endsWith(".sst")) {
        byte[] bytes = contents.get(name);
        less.put(name, java.util.Arrays.copyOf(bytes, bytes.length - 1));
        StorageException e =
            assertThrows(StorageException.class, () -> open(copy(less), 0).close(), name);
        assertEquals(StorageException.Category.CORRUPTION, e.category());
      }
    }
  }
}
