package org.facetdb.plugin.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.HexFormat;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.index.IndexStore;
import org.facetdb.testkit.MemoryStore;
import org.junit.jupiter.api.Test;

class TrigramFileTest {
  private static byte[] written() {
    Postings postings = new Postings();
    postings.add(new Entry(7, 5, Entry.OPEN, Trigrams.of("abc")));
    MemoryStore store = new MemoryStore(null);
    TrigramFile.write(store, "example", postings.all());
    try (IndexStore.Input input = store.open("example")) {
      byte[] bytes = new byte[(int) input.length()];
      input.read(0, bytes, 0, bytes.length);
      return bytes;
    }
  }

  private static void read(byte[] bytes) {
    MemoryStore store = new MemoryStore(null);
    try (IndexStore.Output out = store.create("file")) {
      out.write(bytes, 0, bytes.length);
    }
    TrigramFile.read(store, "file", entry -> assertEquals(7, entry.rowId));
  }

  @Test
  void theExampleIsTrue() {
    byte[] bytes = written();
    assertEquals(48, bytes.length);
    assertEquals(
        "5452473100000001"
            + "000000000000000700000000000000057fffffffffffffff"
            + "000000010000006100620063",
        HexFormat.of().formatHex(bytes, 0, 44));
    read(bytes);
  }

  @Test
  void everyFlippedByteIsCorruption() {
    for (int i = 0; i < 48; i++) {
      byte[] bytes = written();
      bytes[i] ^= 0x10;
      assertCorrupt(bytes);
    }
  }

  @Test
  void everyShorterFileIsCorruption() {
    for (int length = 0; length < 48; length++) {
      assertCorrupt(Arrays.copyOf(written(), length));
    }
  }

  private static void assertCorrupt(byte[] bytes) {
    DatabaseException e = assertThrows(DatabaseException.class, () -> read(bytes));
    assertEquals(DatabaseException.Category.CORRUPTION, e.category());
  }
}
