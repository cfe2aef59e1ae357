package org.facetdb.storage.tree.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.facetdb.storage.BottomCompression;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.tree.entry.EntryCursor;
import org.junit.jupiter.api.Test;

class BlockCacheTest {
  private static final int CAPACITY = 256 << 10;

  private final FileSystem files = MemoryFileSystem.unsynced();
  private final BlockCache cache = new BlockCache(CAPACITY);

  private TableReader table(long number, int entries) {
    files.createDirectories(TableFormat.TABLES);
    try (TableWriter writer =
        new TableWriter(files, number, TableKind.CURRENT, 1024, false, BottomCompression.LZ4)) {
      for (int i = 0; i < entries; i++) {
        byte[] key = "key%08d".formatted(i).getBytes();
        byte[] value = new byte[50];
        writer.add(1, key, 0, 11, 7, EntryCursor.OPEN, false, value, 0, value.length);
      }
      return TableReader.open(files, writer.finish(), cache, false);
    }
  }

  private static void scan(TableReader table) {
    try (EntryCursor cursor = table.cursor(1, null, null, Long.MAX_VALUE)) {
      while (cursor.next()) {
        assertEquals(1, cursor.keySpace());
      }
    }
  }

  @Test
  void staysWithinItsBoundAndKeepsWhatIsReadAgainThroughAScan() {
    TableReader hot = table(1, 100);
    TableReader large = table(2, 40_000);
    for (int round = 0; round < 5; round++) {
      scan(hot);
    }
    int blocks = hot.index(0).count();
    scan(large);
    assertTrue(cache.usedBytes() <= CAPACITY, "bytes: " + cache.usedBytes());
    long passed = 0;
    for (int part = 0; part < large.parts().count(); part++) {
      passed += large.parts().place(part).blocks() * 1024L;
    }
    assertTrue(passed > 4 * CAPACITY, "the scan is larger than the cache");
    for (int block = 0; block < blocks; block++) {
      assertNotNull(hot.part(0).cached(block), "a hot block left: " + block);
    }
    hot.release();
    large.release();
    assertEquals(0, cache.usedBytes(), "closed tables hold nothing");
  }
}
