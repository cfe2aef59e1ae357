package org.facetdb.storage.tree.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.ZstdCompressCtx;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.facetdb.storage.BottomCompression;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.tree.entry.Bytes;
import org.facetdb.storage.tree.entry.EntryCursor;
import org.facetdb.storage.tree.zstd.ZstdDecoder;
import org.junit.jupiter.api.Test;

/** Frames of the native library, which Java reads too, and tables that hold them. */
class ZstdTest {
  private static final int ENTRIES = 3_000;

  private final SplittableRandom random = new SplittableRandom(Seeds.next(ZstdTest.class));

  /** Literals of few or many symbols, and repeats near and far, in runs of changing length. */
  private byte[] content() {
    byte[] raw = new byte[random.nextInt(random.nextInt(4) == 0 ? 600_000 : 40_000)];
    int symbols = 1 + random.nextInt(random.nextInt(3) == 0 ? 256 : 40);
    int distanceMax = random.nextInt(3) == 0 ? 40 : raw.length;
    int lengthMax = random.nextInt(3) == 0 ? 2_000 : 30;
    int repeats = random.nextInt(10);
    int at = 0;
    while (at < raw.length) {
      int end = Math.min(raw.length, at + random.nextInt(1, lengthMax + 1));
      int distance = at == 0 ? 0 : random.nextInt(1, Math.min(at, distanceMax) + 1);
      boolean isRepeat = at > 0 && random.nextInt(10) < repeats;
      for (; at < end; at++) {
        raw[at] = isRepeat ? raw[at - distance] : (byte) random.nextInt(symbols);
      }
    }
    return raw;
  }

  private static byte[] compressed(byte[] raw, int level) {
    try (ZstdCompressCtx context = new ZstdCompressCtx().setLevel(level)) {
      return context.compress(raw);
    }
  }

  @Test
  void javaReadsWhatTheLibraryWroteAtEveryLevel() {
    for (int i = 0; i < 400; i++) {
      byte[] raw = content();
      int level = random.nextInt(-3, 20);
      byte[] frame = compressed(raw, level);
      byte[] back = new byte[raw.length];
      assertTrue(ZstdDecoder.decode(frame, 0, frame.length, back), "level " + level);
      assertArrayEquals(raw, back);
      Arrays.fill(back, (byte) 0);
      assertTrue(Zstd.decompress(frame, 0, frame.length, back));
      assertArrayEquals(raw, back);
    }
  }

  @Test
  void anotherLengthIsRefused() {
    byte[] raw = content();
    byte[] frame = compressed(raw, 3);
    assertFalse(ZstdDecoder.decode(frame, 0, frame.length, new byte[raw.length + 1]));
    assertFalse(Zstd.decompress(frame, 0, frame.length, new byte[raw.length + 1]));
    for (int length = 0; length < frame.length; length += 1 + frame.length / 500) {
      assertFalse(ZstdDecoder.decode(frame, 0, length, new byte[raw.length]), "length " + length);
      assertFalse(Zstd.decompress(frame, 0, length, new byte[raw.length]), "length " + length);
    }
  }

  @Test
  void changedFramesEndInARefusalOrInOtherBytes() {
    int refused = 0;
    for (int i = 0; i < 2_000; i++) {
      byte[] raw = new byte[1 + random.nextInt(3_000)];
      for (int at = 0; at < raw.length; at++) {
        raw[at] = at > 20 && random.nextInt(3) > 0 ? raw[at - 17] : (byte) random.nextInt(30);
      }
      byte[] frame = compressed(raw, 3);
      for (int changes = random.nextInt(1, 4); changes > 0; changes--) {
        frame[random.nextInt(frame.length)] ^= (byte) (1 << random.nextInt(8));
      }
      boolean decoded = ZstdDecoder.decode(frame, 0, frame.length, new byte[raw.length]);
      refused += decoded ? 0 : 1;
      Zstd.decompress(frame, 0, frame.length, new byte[raw.length]);
    }
    assertTrue(refused > 200, "refused: " + refused);
  }

  // ---- tables

  private static TableInfo write(FileSystem files, long number, BottomCompression bottom) {
    files.createDirectories(TableFormat.TABLES);
    try (TableWriter writer =
        new TableWriter(files, number, TableKind.CURRENT, 1024, true, bottom)) {
      for (int i = 0; i < ENTRIES; i++) {
        byte[] key = "key%08d".formatted(i).getBytes();
        byte[] value = ("value " + i * 7919L + " of a row with words").getBytes();
        writer.add(1, key, 0, key.length, 7 + i, EntryCursor.OPEN, false, value, 0, value.length);
      }
      byte[] zeros = new byte[100_000];
      byte[] last = "last".getBytes();
      writer.add(1, last, 0, last.length, 7, EntryCursor.OPEN, false, zeros, 0, zeros.length);
      return writer.finish();
    }
  }

  private static byte[] stored(FileSystem files, TableReader table, int block) {
    byte[] stored = new byte[table.index(0).length(block)];
    try (StorageFile file = files.open(TableFormat.fileName(1), FileSystem.Mode.READ)) {
      file.readFully(table.index(0).position(block), stored, 0, stored.length);
    }
    return stored;
  }

  @Test
  void lastingTablesHaveFramesOfColumnsInLargerBlocks() {
    FileSystem files = MemoryFileSystem.unsynced();
    TableInfo zstd = write(files, 1, BottomCompression.ZSTD);
    TableInfo lz4 = write(files, 2, BottomCompression.LZ4);
    assertTrue(zstd.bytes() < lz4.bytes() * 3 / 4, zstd.bytes() + " of " + lz4.bytes());
    TableReader table = TableReader.open(files, zstd, new BlockCache(0), false);
    TableReader other = TableReader.open(files, lz4, new BlockCache(0), false);
    assertTrue(table.index(0).count() <= other.index(0).count() / 3 + 2, "larger blocks");
    Set<Byte> compressions = new HashSet<>();
    for (int block = 0; block < table.index(0).count(); block++) {
      byte[] stored = stored(files, table, block);
      compressions.add(stored[2]);
      if (stored[2] == Compression.COLUMNS_ZSTD) {
        int head = TableFormat.BLOCK_HEADER_BYTES;
        byte[] raw = new byte[Bytes.getInt(stored, 8)];
        assertTrue(ZstdDecoder.decode(stored, head, stored.length - head, raw));
        assertTrue(ColumnOrder.restore(raw));
        assertArrayEquals(table.part(0).block(block), raw);
      }
    }
    // Zeros, which zstd makes smaller than a raw length may say, are stored with LZ4.
    assertEquals(Set.of(Compression.COLUMNS_ZSTD, Compression.LZ4), compressions);
    assertSame(table, other);
    table.release();
    other.release();
  }

  private static void assertSame(TableReader table, TableReader other) {
    try (EntryCursor found = table.cursor(1, null, null, Long.MAX_VALUE);
        EntryCursor expected = other.cursor(1, null, null, Long.MAX_VALUE)) {
      int count = 0;
      while (expected.next()) {
        assertTrue(found.next());
        assertEquals(expected.begin(), found.begin());
        assertArrayEquals(value(expected), value(found));
        count++;
      }
      assertFalse(found.next());
      assertEquals(ENTRIES + 1, count);
    }
  }

  private static byte[] value(EntryCursor at) {
    return Arrays.copyOfRange(
        at.valueArray(), at.valueOffset(), at.valueOffset() + at.valueLength());
  }

  /** A stored block changed at a byte, with the checksum that it would have then. */
  private static StorageException readChanged(byte[] block, int at, int value, int version) {
    byte[] stored = block.clone();
    TableFile table = new TableFile("the table", 1, version);
    stored[0] = (byte) version;
    stored[at] = (byte) value;
    int payload = stored.length - TableFormat.BLOCK_HEADER_BYTES;
    Bytes.putInt(stored, 16, TableFormat.blockCrc(table, 32, stored, 0, payload));
    return assertThrows(
        StorageException.class,
        () -> StoredBlock.decode(stored, 0, stored.length, TableFormat.DATA, table, 32));
  }

  @Test
  void aBlockWithARightChecksumAndWrongContentIsDamaged() {
    FileSystem files = MemoryFileSystem.unsynced();
    TableReader table =
        TableReader.open(files, write(files, 1, BottomCompression.ZSTD), new BlockCache(0), false);
    byte[] stored = stored(files, table, 0);
    table.release();
    int head = TableFormat.BLOCK_HEADER_BYTES;
    StorageException magic = readChanged(stored, head, 0, TableFormat.VERSION);
    assertTrue(magic.getMessage().contains("expected=zstd of"), magic.getMessage());
    assertEquals(StorageException.Category.CORRUPTION, magic.category());
    for (int sign : new int[] {0x7f, 0x80}) {
      StorageException size = readChanged(stored, 11, sign, TableFormat.VERSION);
      assertTrue(size.getMessage().contains("raw bytes that"), size.getMessage());
      assertEquals(StorageException.Category.CORRUPTION, size.category());
    }
    StorageException unknown = readChanged(stored, 2, 5, TableFormat.VERSION);
    assertTrue(unknown.getMessage().contains("found=compression 5"), unknown.getMessage());
    StorageException early = readChanged(stored, 2, Compression.COLUMNS_ZSTD, 4);
    assertTrue(early.getMessage().contains("a compression of version 4"), early.getMessage());
  }
}
