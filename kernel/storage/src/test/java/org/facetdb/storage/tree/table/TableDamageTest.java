package org.facetdb.storage.tree.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
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
import org.facetdb.storage.tree.entry.Lookup;
import org.junit.jupiter.api.Test;

/** Each byte of a table of several parts, changed: who finds it, when, and what is still read. */
class TableDamageTest {
  private static final int SPACES = 3;
  private static final int KEYS = 40;

  private final SplittableRandom random = new SplittableRandom(Seeds.next(TableDamageTest.class));

  private static byte[] key(int number) {
    return "key%04d".formatted(number).getBytes();
  }

  private static TableInfo write(FileSystem files, boolean lasting) {
    files.createDirectories(TableFormat.TABLES);
    try (TableWriter writer =
        new TableWriter(files, 1, TableKind.CURRENT, 256, lasting, BottomCompression.LZ4)) {
      for (int space = 1; space <= SPACES; space++) {
        for (int i = 0; i < KEYS; i++) {
          byte[] value = ("value " + i * 7919L).getBytes();
          writer.add(space, key(i), 0, 7, 7 + i, EntryCursor.OPEN, false, value, 0, value.length);
        }
      }
      return writer.finish();
    }
  }

  private static byte[] bytes(FileSystem files) {
    try (StorageFile file = files.open(TableFormat.fileName(1), FileSystem.Mode.READ)) {
      byte[] bytes = new byte[(int) file.size()];
      file.readFully(0, bytes, 0, bytes.length);
      return bytes;
    }
  }

  private static FileSystem with(byte[] table) {
    FileSystem files = MemoryFileSystem.unsynced();
    files.createDirectories(TableFormat.TABLES);
    try (StorageFile file = files.open(TableFormat.fileName(1), FileSystem.Mode.CREATE)) {
      file.write(0, table, 0, table.length);
    }
    return files;
  }

  /** Where a block of the file begins and ends, and the part that it belongs to. */
  private record Place(byte type, long start, long end, int part) {
    static Place of(byte type, BlockHandle handle, int part) {
      return new Place(type, handle.position(), handle.position() + handle.length(), part);
    }
  }

  /** All blocks but the directory. */
  private static List<Place> places(TableReader table, byte filterType) {
    List<Place> places = new ArrayList<>();
    for (int part = 0; part < table.parts().count(); part++) {
      TableParts.Place place = table.parts().place(part);
      places.add(Place.of(filterType, place.filter(), part));
      places.add(Place.of(TableFormat.INDEX, place.index(), part));
      TableIndex index = table.index(part);
      for (int block = 0; block < index.count(); block++) {
        BlockHandle handle = new BlockHandle(index.position(block), index.length(block));
        places.add(Place.of(TableFormat.DATA, handle, part));
      }
    }
    return places;
  }

  private static void assertNamed(String message, long from, long to) {
    for (String field : List.of("file=", "offset=", "expected=", "found=")) {
      assertTrue(message.contains(field), message);
    }
    String offset = message.substring(message.indexOf("offset=") + 7);
    long at = Long.parseLong(offset.substring(0, offset.indexOf(' ')));
    assertTrue(at >= from && at < to, () -> message + ", not in " + from + " to " + to);
  }

  @Test
  void everyChangedByteIsFoundWhereItIsFirstReadAndByCheck() {
    for (boolean lasting : new boolean[] {false, true}) {
      FileSystem files = MemoryFileSystem.unsynced();
      TableInfo info = write(files, lasting);
      TableReader whole = TableReader.open(files, info, new BlockCache(0), false);
      List<Place> places = places(whole, lasting ? TableFormat.FUSE_FILTER : TableFormat.FILTER);
      assertEquals(SPACES, whole.parts().count());
      whole.release();
      byte[] bytes = bytes(files);
      Set<Byte> types = new HashSet<>();
      for (int at = 0; at < bytes.length; at++) {
        byte[] changed = bytes.clone();
        changed[at] ^= (byte) (1 << random.nextInt(8));
        int offset = at;
        Place place =
            places.stream()
                .filter(p -> p.start <= offset && offset < p.end)
                .findFirst()
                .orElse(null);
        if (place == null) {
          StorageException e =
              assertThrows(
                  StorageException.class,
                  () -> TableReader.open(with(changed), info, new BlockCache(0), false),
                  "byte " + at);
          assertEquals(StorageException.Category.CORRUPTION, e.category());
          assertNamed(String.valueOf(e.getMessage()), 0, bytes.length);
        } else {
          types.add(place.type);
          assertFoundLater(with(changed), info, place);
        }
      }
      assertEquals(3, types.size(), "types of blocks that opening does not read: " + types);
    }
  }

  /** Opening succeeds, other parts are read, this one is not, and the check names the place. */
  private static void assertFoundLater(FileSystem files, TableInfo info, Place place) {
    TableReader table = TableReader.open(files, info, new BlockCache(1 << 20), false);
    List<String> problems = new ArrayList<>();
    TableVerifier.verify(table, problems);
    assertFalse(problems.isEmpty());
    problems.forEach(problem -> assertNamed(problem, place.start, place.end));
    StorageException verified =
        assertThrows(StorageException.class, () -> TableVerifier.verifyBlocks(table));
    assertNamed(String.valueOf(verified.getMessage()), place.start, place.end);
    int failed = 0;
    for (int space = 1; space <= SPACES; space++) {
      for (int i = 0; i < KEYS; i++) {
        byte[] key = key(i);
        Lookup lookup = new Lookup(100);
        try {
          assertTrue(table.find(space, key, Bytes.hash(space, key, 0, key.length), lookup));
          assertEquals(7 + i, lookup.begin);
          assertTrue(space != place.part + 1 || place.type == TableFormat.DATA);
        } catch (StorageException e) {
          assertEquals(StorageException.Category.CORRUPTION, e.category());
          assertNamed(String.valueOf(e.getMessage()), place.start, place.end);
          assertEquals(place.part + 1, space);
          failed++;
        }
      }
    }
    assertTrue(place.type == TableFormat.DATA ? failed > 0 && failed < KEYS : failed == KEYS);
    StorageException walked =
        assertThrows(
            StorageException.class,
            () -> {
              try (EntryCursor cursor = table.cursor(place.part + 1, null, null, Long.MAX_VALUE)) {
                while (cursor.next()) {
                  assertEquals(place.part + 1, cursor.keySpace());
                }
              }
            });
    assertNamed(String.valueOf(walked.getMessage()), place.start, place.end);
    table.release();
  }

  /** Blocks with right checksums that are not those that the directory names. */
  @Test
  void anIndexThatIsNotTheOneThatTheDirectoryNamesIsDamage() {
    FileSystem files = MemoryFileSystem.unsynced();
    TableInfo info = write(files, false);
    TableReader whole = TableReader.open(files, info, new BlockCache(0), false);
    TableParts parts = whole.parts();
    byte[] bytes = bytes(files);
    byte[] footer = Arrays.copyOfRange(bytes, bytes.length - 48, bytes.length);
    BlockHandle directory = BlockHandle.of(footer, 0, "table", bytes.length);
    List<TableParts.Place> places = new ArrayList<>();
    for (int part = 0; part < parts.count(); part++) {
      TableParts.Place place = parts.place(part);
      // The directory takes the same bytes, of which it can't be stored with fewer.
      places.add(
          new TableParts.Place(
              parts.place((part + 1) % 3).index(), place.filter(), place.blocks()));
    }
    whole.release();
    byte[] raw = TableDirectory.encode(parts.firsts(), places, info);
    byte[] changed = Arrays.copyOf(bytes, (int) directory.position() + 20 + raw.length + 48);
    int at = (int) directory.position();
    changed[at + 2] = Compression.NONE;
    Bytes.putInt(changed, at + 8, raw.length);
    Bytes.putInt(changed, at + 12, raw.length);
    System.arraycopy(raw, 0, changed, at + 20, raw.length);
    TableFile table = new TableFile("table", 1, TableFormat.VERSION);
    Bytes.putInt(changed, at + 16, TableFormat.blockCrc(table, at, changed, at, raw.length));
    new BlockHandle(at, 20 + raw.length).put(footer, 0);
    Bytes.putInt(footer, 36, TableFormat.crc(footer, 0, 36));
    System.arraycopy(footer, 0, changed, changed.length - 48, 48);
    TableInfo grown =
        new TableInfo(
            1,
            info.kind(),
            changed.length,
            info.entries(),
            info.removals(),
            info.smallest(),
            info.largest(),
            info.minBegin(),
            info.maxBegin(),
            info.maxEnd());
    TableReader open = TableReader.open(with(changed), grown, new BlockCache(0), false);
    StorageException e = assertThrows(StorageException.class, () -> open.part(1));
    assertTrue(e.getMessage().contains("expected=the blocks that the directory names"));
    assertNamed(
        String.valueOf(e.getMessage()),
        places.get(1).index().position(),
        places.get(1).index().position() + 1);
    open.release();
  }
}
