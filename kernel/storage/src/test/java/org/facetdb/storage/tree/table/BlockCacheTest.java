package org.facetdb.storage.tree.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.facetdb.storage.BottomCompression;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.tree.entry.Bytes;
import org.facetdb.storage.tree.entry.EntryCursor;
import org.facetdb.storage.tree.entry.Lookup;
import org.facetdb.storage.tree.entry.SpaceKey;
import org.junit.jupiter.api.Test;

class BlockCacheTest {
  private static final int CAPACITY = 256 << 10;

  private final FileSystem files = MemoryFileSystem.unsynced();
  private final BlockCache cache = new BlockCache(CAPACITY);

  private TableReader table(long number, int entries) {
    return table(number, entries, cache);
  }

  private TableReader table(long number, int entries, BlockCache cache) {
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

  /** What the queues hold takes what is counted, and all that tables hold is in the queues. */
  private void assertCountedIsHeld(TableReader... tables) {
    List<Object> held = cache.held();
    long bytes = 0;
    for (Object value : held) {
      bytes += value instanceof TablePart part ? part.heapBytes() : ((byte[]) value).length;
    }
    assertEquals(cache.usedBytes(), bytes);
    Set<Object> queued = Collections.newSetFromMap(new IdentityHashMap<>());
    queued.addAll(held);
    assertEquals(held.size(), queued.size(), "nothing is counted twice");
    for (TableReader table : tables) {
      for (int number = 0; number < table.parts().count(); number++) {
        TablePart part = table.peekPart(number);
        assertTrue(part == null || queued.contains(part));
        for (int block = 0; part != null && block < part.index().count(); block++) {
          byte[] raw = part.peek(block);
          assertTrue(raw == null || queued.contains(raw));
        }
      }
    }
  }

  private static boolean find(TableReader table, int number) {
    byte[] key = "key%08d".formatted(number).getBytes();
    Lookup lookup = new Lookup(7);
    return table.find(1, key, Bytes.hash(1, key, 0, key.length), lookup)
        && lookup.length == 50
        && lookup.begin == 7;
  }

  @Test
  void openingReadsNoPartAndAGetReadsTheOneThatItNeeds() {
    TableReader table = table(1, 40_000);
    assertTrue(table.parts().count() >= 3, "parts: " + table.parts().count());
    assertEquals(0, cache.usedBytes());
    assertTrue(find(table, 20_000));
    for (int number = 0; number < table.parts().count(); number++) {
      boolean isNeeded = number == table.parts().find(1, "key00020000".getBytes(), 0);
      assertEquals(isNeeded, table.peekPart(number) != null);
    }
    assertEquals(2, cache.held().size(), "a part and a block");
    assertCountedIsHeld(table);
    table.release();
    assertEquals(0, cache.usedBytes());
    assertEquals(List.of(), cache.held());
  }

  @Test
  void whatIsCountedIsHeldWhilePartsComeAndGo() {
    SplittableRandom random = new SplittableRandom(Seeds.next(BlockCacheTest.class));
    TableReader[] tables = {table(1, 40_000), table(2, 60_000), table(3, 500)};
    int without = 0;
    TableReader table = tables[0];
    int base = 0;
    for (int round = 0; round < 10_000; round++) {
      if (round % 200 == 0) {
        table = tables[random.nextInt(2)];
        base = random.nextInt(39_000);
      }
      // Blocks that are met again and again for a while, and then no more.
      assertTrue(find(table, base + random.nextInt(1_000)));
      assertTrue(find(tables[random.nextInt(2)], random.nextInt(40_000)));
      assertTrue(find(tables[2], random.nextInt(500)));
      if (round % 50 == 0) {
        assertCountedIsHeld(tables);
        assertTrue(cache.usedBytes() <= CAPACITY);
        without += withoutPart(tables);
      }
    }
    assertTrue(without > 0, "parts left before their blocks did: " + without);
    for (int i = 0; i < tables.length; i++) {
      tables[i].release();
      assertCountedIsHeld(Arrays.copyOfRange(tables, i + 1, tables.length));
    }
    assertEquals(0, cache.usedBytes());
    assertEquals(List.of(), cache.held());
  }

  /** How many blocks are held of parts that have left. */
  private int withoutPart(TableReader... tables) {
    Set<Object> found = Collections.newSetFromMap(new IdentityHashMap<>());
    for (TableReader table : tables) {
      for (int number = 0; number < table.parts().count(); number++) {
        TablePart part = table.peekPart(number);
        for (int block = 0; part != null && block < part.index().count(); block++) {
          byte[] raw = part.peek(block);
          if (raw != null) {
            found.add(raw);
          }
        }
      }
    }
    int count = 0;
    for (Object value : cache.held()) {
      count += value instanceof byte[] && !found.contains(value) ? 1 : 0;
    }
    return count;
  }

  @Test
  void aPartThatTheCacheDoesNotTakeIsUsedAndNotKept() {
    BlockCache small = new BlockCache(40 << 10);
    TableReader table = table(1, 40_000, small);
    for (int number = 0; number < 40_000; number += 997) {
      assertTrue(find(table, number));
    }
    assertEquals(0, small.usedBytes(), "nor are its blocks, which nobody would find");
    scan(table);
    assertEquals(0, small.usedBytes());
    table.release();
  }

  @Test
  void aCursorPastTheCacheLeavesItAsItIs() {
    TableReader table = table(1, 40_000);
    assertTrue(find(table, 20_000));
    List<Object> held = cache.held();
    int count = 0;
    try (EntryCursor cursor = table.cursor(null)) {
      while (cursor.next()) {
        count++;
      }
    }
    assertEquals(40_000, count);
    List<SpaceKey> keys = new ArrayList<>();
    table.sampleKeys(16, keys);
    assertTrue(keys.size() > 100, "samples: " + keys.size());
    assertEquals(held, cache.held());
    table.release();
  }

  @Test
  void readersFindEverythingWhilePartsLeave() throws InterruptedException {
    long seed = Seeds.next(BlockCacheTest.class);
    TableReader[] tables = {table(1, 40_000), table(2, 40_000), table(3, 40_000)};
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    List<Thread> readers = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      SplittableRandom random = new SplittableRandom(seed + t);
      readers.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      read(tables, random);
                    } catch (Throwable e) {
                      failures.add(e);
                    }
                  }));
    }
    for (Thread reader : readers) {
      reader.join();
    }
    assertEquals(List.of(), List.copyOf(failures));
    assertCountedIsHeld(tables);
    assertTrue(cache.usedBytes() <= CAPACITY);
    for (TableReader table : tables) {
      table.release();
    }
    assertEquals(0, cache.usedBytes());
  }

  /** Reads keys, ranges and keys that are not there, and gives one table back and forth. */
  private static void read(TableReader[] tables, SplittableRandom random) {
    for (int round = 0; round < 2_000; round++) {
      TableReader table = tables[random.nextInt(tables.length)];
      table.retain();
      int number = random.nextInt(40_000);
      assertTrue(find(table, number));
      assertFalse(find(table, 40_000 + number));
      byte[] from = "key%08d".formatted(number).getBytes();
      try (EntryCursor cursor = table.cursor(1, from, null, Long.MAX_VALUE)) {
        for (int i = 0; i < 30 && number + i < 40_000; i++) {
          assertTrue(cursor.next());
          byte[] key = Arrays.copyOf(cursor.keyArray(), cursor.keyLength());
          assertArrayEquals("key%08d".formatted(number + i).getBytes(), key);
        }
      }
      table.release();
    }
  }
}
