package org.facetdb.storage.tree.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.facetdb.storage.BottomCompression;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.tree.entry.Bytes;
import org.facetdb.storage.tree.entry.EntryCursor;
import org.facetdb.storage.tree.entry.Lookup;
import org.facetdb.storage.tree.entry.SpaceKey;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tables of many parts answer as one would, also where a key lies in two of them. */
class TablePartTest {
  private static final int SPACES = 3;
  private static final int NUMBERS = 300;

  private final SplittableRandom random = new SplittableRandom(Seeds.next(TablePartTest.class));
  private final FileSystem files = MemoryFileSystem.unsynced();

  /** A version: its value is its begin. */
  private record Version(int keySpace, byte[] key, long begin, long end) {}

  /** Long keys make parts of few blocks; of neighbours one may be a prefix of the other. */
  private static byte[] key(int number) {
    byte[] key = Arrays.copyOf("%06d".formatted(number / 2).getBytes(), 190 + number % 2);
    key[189] = (byte) number;
    return key;
  }

  private static byte[] value(long begin) {
    byte[] value = new byte[8];
    Bytes.putLong(value, 0, begin);
    return value;
  }

  private TableReader table(TableKind kind, List<Version> versions, boolean lasting, long cache) {
    files.createDirectories(TableFormat.TABLES);
    long number = 1 + files.list(TableFormat.TABLES).size();
    try (TableWriter writer =
        new TableWriter(files, number, kind, 200, lasting, BottomCompression.LZ4)) {
      for (Version version : versions) {
        byte[] value = value(version.begin);
        writer.add(
            version.keySpace,
            version.key,
            0,
            version.key.length,
            version.begin,
            version.end,
            false,
            value,
            0,
            value.length);
      }
      return TableReader.open(files, writer.finish(), new BlockCache(cache), false);
    }
  }

  /** Versions of some keys, of few of them very many. */
  private List<Version> history() {
    List<Version> versions = new ArrayList<>();
    for (int space = 1; space <= SPACES; space++) {
      for (int number = 0; number < NUMBERS; number += 1 + random.nextInt(2)) {
        int count = random.nextInt(40) == 0 ? 1 + random.nextInt(500) : 1 + random.nextInt(3);
        long begin = 10L + random.nextInt(1_000);
        for (int i = 0; i < count; i++) {
          long end = begin + 1 + random.nextInt(20);
          versions.add(new Version(space, key(number), begin, end));
          begin = end;
        }
      }
    }
    versions.sort(
        Comparator.comparing((Version v) -> new SpaceKey(v.keySpace, v.key))
            .thenComparing(v -> -v.begin));
    return versions;
  }

  private static long hash(int keySpace, byte[] key) {
    return Bytes.hash(keySpace, key, 0, key.length);
  }

  private static long findHistory(TableReader table, int keySpace, byte[] key, long timestamp) {
    Lookup lookup = new Lookup(timestamp);
    table.findHistory(keySpace, key, hash(keySpace, key), lookup);
    byte[] array = lookup.array;
    assertEquals(lookup.begin, array == null ? 0 : Bytes.getLong(array, lookup.offset));
    return lookup.begin;
  }

  /** Begins of each key's versions. */
  private static Map<SpaceKey, TreeSet<Long>> model(List<Version> versions) {
    Map<SpaceKey, TreeSet<Long>> model = new TreeMap<>();
    for (Version version : versions) {
      model
          .computeIfAbsent(new SpaceKey(version.keySpace, version.key), key -> new TreeSet<>())
          .add(version.begin);
    }
    return model;
  }

  private static int partsBegunByAKeyBefore(TableReader table) {
    int count = 0;
    for (int part = 1; part < table.parts().count(); part++) {
      TableIndex before = table.index(part - 1);
      BlockView view = new BlockView();
      view.reset(table.readBlock(before, before.count() - 1));
      FirstKeys firsts = table.parts().firsts();
      count += firsts.is(part, view.keySpace(), view.key(view.count() - 1)) ? 1 : 0;
    }
    return count;
  }

  @Test
  void versionsOverTheBoundaryOfPartsAreFoundAtEachTimestamp() {
    int goingOn = 0;
    for (int round = 0; round < 6; round++) {
      List<Version> versions = history();
      TableReader table =
          table(TableKind.HISTORY, versions, round % 2 == 0, round < 2 ? 0 : 20_000 << round);
      goingOn += partsBegunByAKeyBefore(table);
      Map<SpaceKey, TreeSet<Long>> model = model(versions);
      for (int space = 0; space <= SPACES + 1; space++) {
        for (int number = 0; number < NUMBERS + 2; number++) {
          byte[] key = key(number);
          TreeSet<Long> begins = model.getOrDefault(new SpaceKey(space, key), new TreeSet<>());
          assertFound(table, space, key, begins, random.nextInt(2_000));
          for (long begin : begins.size() > 10 ? begins : new TreeSet<Long>()) {
            assertFound(table, space, key, begins, begin - 1);
            assertFound(table, space, key, begins, begin);
          }
        }
      }
      assertEquals(List.of(), verified(table));
      table.release();
    }
    assertTrue(goingOn >= 5, "keys that lie in two parts: " + goingOn);
  }

  private static void assertFound(
      TableReader table, int space, byte[] key, TreeSet<Long> begins, long timestamp) {
    Long expected = begins.floor(timestamp);
    assertEquals(expected == null ? 0 : expected, findHistory(table, space, key, timestamp));
  }

  private static List<String> verified(TableReader table) {
    List<String> problems = new ArrayList<>();
    TableVerifier.verify(table, problems);
    return problems;
  }

  @Test
  void cursorsPassFromPartToPart() {
    for (int round = 0; round < 10; round++) {
      List<Version> versions = history();
      TableReader table =
          table(TableKind.HISTORY, versions, false, random.nextBoolean() ? 0 : 1 << 20);
      for (int i = 0; i < 20; i++) {
        int space = random.nextInt(SPACES + 2);
        byte[] from = random.nextInt(4) == 0 ? null : key(random.nextInt(NUMBERS));
        byte[] to = random.nextInt(4) == 0 ? null : key(random.nextInt(NUMBERS));
        List<Version> expected = new ArrayList<>(versions);
        expected.removeIf(
            version ->
                version.keySpace != space
                    || (from != null && Arrays.compareUnsigned(version.key, from) < 0));
        try (EntryCursor cursor = table.cursor(space, from, to, Long.MAX_VALUE)) {
          assertWalk(expected, to, cursor);
        }
        SpaceKey start = from == null ? null : new SpaceKey(space, from);
        try (EntryCursor cursor = table.cursor(start)) {
          List<Version> rest = new ArrayList<>(versions);
          rest.removeIf(
              version ->
                  start != null
                      && new SpaceKey(version.keySpace, version.key).compareTo(start) < 0);
          assertWalk(rest, null, cursor);
        }
      }
      table.release();
    }
  }

  /** Walks by every kind of step; a cursor may go on behind its bound. */
  private void assertWalk(List<Version> expected, byte @Nullable [] to, EntryCursor cursor) {
    int at = -1;
    while (true) {
      int next = at + 1;
      boolean found;
      int step = at < 0 ? 0 : random.nextInt(3);
      if (step == 0) {
        found = cursor.next();
      } else if (step == 1) {
        next = nextKey(expected, at);
        found = cursor.nextKey();
      } else {
        long timestamp = expected.get(at).begin - random.nextInt(300);
        while (next < nextKey(expected, at) && expected.get(next).begin > timestamp) {
          next++;
        }
        found = cursor.skipNewer(timestamp);
      }
      boolean isBelow =
          next < expected.size()
              && (to == null || Arrays.compareUnsigned(expected.get(next).key, to) < 0);
      if (!isBelow) {
        assertTrue(!found || to != null);
        return;
      }
      assertTrue(found);
      Version version = expected.get(next);
      assertEquals(version.keySpace, cursor.keySpace());
      assertEquals(version.begin, cursor.begin());
      assertArrayEquals(version.key, Arrays.copyOf(cursor.keyArray(), cursor.keyLength()));
      at = next;
    }
  }

  @Test
  void aCursorOfThePastGivesWhatWasInForceAndStandsOnLittleElse() {
    int stands = 0;
    int given = 0;
    int passed = 0;
    for (int round = 0; round < 10; round++) {
      List<Version> versions = history();
      TableReader table =
          table(TableKind.HISTORY, versions, false, random.nextBoolean() ? 0 : 1 << 20);
      for (int i = 0; i < 40; i++) {
        int space = 1 + random.nextInt(SPACES);
        byte[] from = random.nextInt(4) == 0 ? null : key(random.nextInt(NUMBERS));
        long timestamp = random.nextInt(i % 2 == 0 ? 1_500 : 9_000);
        List<Version> expected = new ArrayList<>(versions);
        expected.removeIf(
            version ->
                version.keySpace != space
                    || (from != null && Arrays.compareUnsigned(version.key, from) < 0));
        passed += expected.size();
        expected.removeIf(version -> version.begin > timestamp || version.end <= timestamp);
        given += expected.size();
        try (EntryCursor cursor = table.cursor(space, from, null, timestamp)) {
          stands += assertInForce(expected, timestamp, cursor);
        }
      }
      table.release();
    }
    assertTrue(given > 300, "given: " + given);
    // Blocks of one version each, which is the least that is passed.
    assertTrue(stands > 100 && stands < passed / 3, stands + " of " + passed);
  }

  /** Goes on as a reader does; the number of versions that were not in force. */
  private int assertInForce(List<Version> expected, long timestamp, EntryCursor cursor) {
    int at = 0;
    int others = 0;
    boolean more = cursor.next();
    while (more) {
      boolean isInForce = cursor.begin() <= timestamp && timestamp < cursor.end();
      assertEquals(isInForce, cursor.isInForce(timestamp));
      if (cursor.begin() > timestamp) {
        others++;
        more = cursor.skipNewer(timestamp);
      } else if (cursor.end() <= timestamp) {
        others++;
        more = cursor.nextKey();
      } else {
        Version version = expected.get(at++);
        assertEquals(version.begin, cursor.begin());
        assertArrayEquals(version.key, Arrays.copyOf(cursor.keyArray(), cursor.keyLength()));
        more = random.nextBoolean() ? cursor.next() : cursor.nextKey();
      }
    }
    assertEquals(expected.size(), at);
    return others;
  }

  private static int nextKey(List<Version> versions, int at) {
    int next = at + 1;
    while (next < versions.size()
        && versions.get(next).keySpace == versions.get(at).keySpace
        && Arrays.equals(versions.get(next).key, versions.get(at).key)) {
      next++;
    }
    return next;
  }

  private static List<Version> current(int spaces) {
    List<Version> versions = new ArrayList<>();
    for (int space = 1; space <= spaces; space++) {
      for (int number = 0; number < NUMBERS; number += 2) {
        versions.add(new Version(space, key(number), 7 + number, EntryCursor.OPEN));
      }
    }
    return versions;
  }

  @Test
  void aCurrentTableFindsEachKeyAndNoOther() {
    for (boolean lasting : new boolean[] {false, true}) {
      TableReader table = table(TableKind.CURRENT, current(SPACES), lasting, 1 << 20);
      assertTrue(table.parts().count() > SPACES, "parts: " + table.parts().count());
      for (int space = 0; space <= SPACES + 1; space++) {
        for (int number = 0; number < NUMBERS; number++) {
          byte[] key = key(number);
          boolean isThere = number % 2 == 0 && space >= 1 && space <= SPACES;
          Lookup lookup = new Lookup(1_000);
          assertEquals(isThere, table.find(space, key, hash(space, key), lookup));
          assertEquals(isThere ? 7 + number : 0, lookup.begin);
          assertEquals(lookup.begin, table.newestBegin(space, key, hash(space, key)));
        }
      }
      table.release();
    }
  }

  @Test
  void aFilterHasExactlyTheKeysOfItsPart() {
    List<Version> versions = current(1);
    for (boolean lasting : new boolean[] {false, true}) {
      TableReader table = table(TableKind.CURRENT, versions, lasting, 0);
      int passed = 0;
      for (Version version : versions) {
        int own = table.parts().find(1, version.key, 0);
        for (int part = 0; part < table.parts().count(); part++) {
          boolean passes = table.filter(part).mayContain(hash(1, version.key));
          assertTrue(passes || part != own);
          passed += passes && part != own ? 1 : 0;
        }
      }
      int pairs = versions.size() * table.parts().count();
      assertTrue(passed < pairs / 50, "keys that the filter of another part lets pass: " + passed);
      table.release();
    }
  }

  @Test
  void manyKeysInABlockEndAPartBeforeItsIndexIsFull() {
    List<Version> versions = new ArrayList<>();
    for (int number = 0; number < 200_000; number++) {
      versions.add(new Version(1, new byte[3], 7, EntryCursor.OPEN));
      Bytes.putShort(versions.getLast().key, 1, Short.reverseBytes((short) number));
      versions.getLast().key[0] = (byte) (number >>> 16);
    }
    files.createDirectories(TableFormat.TABLES);
    try (TableWriter writer =
        new TableWriter(files, 1, TableKind.CURRENT, 4096, true, BottomCompression.LZ4)) {
      for (Version version : versions) {
        writer.add(1, version.key, 0, 3, version.begin, version.end, false, new byte[0], 0, 0);
      }
      TableReader table = TableReader.open(files, writer.finish(), new BlockCache(0), false);
      assertTrue(table.parts().count() >= 7, "parts: " + table.parts().count());
      for (int part = 0; part < table.parts().count(); part++) {
        assertTrue(table.part(part).heapBytes() < 80_000);
      }
      assertEquals(List.of(), verified(table));
      table.release();
    }
  }

  @Test
  void samplesAreTheFirstKeysOfBlocksThatLieAsFarApartAsAsked() {
    TableReader table = table(TableKind.CURRENT, current(SPACES), false, 0);
    List<SpaceKey> all = new ArrayList<>();
    for (int part = 0; part < table.parts().count(); part++) {
      FirstKeys firsts = table.index(part).firsts();
      for (int block = 0; block < firsts.count(); block++) {
        all.add(new SpaceKey(firsts.keySpace(block), firsts.key(block)));
      }
    }
    for (int every = 1; every < all.size() + 2; every++) {
      List<SpaceKey> expected = new ArrayList<>();
      for (int block = 0; block < all.size(); block += every) {
        expected.add(all.get(block));
      }
      List<SpaceKey> found = new ArrayList<>();
      table.sampleKeys(every, found);
      assertEquals(expected, found, "every " + every);
    }
    table.release();
  }

  @Test
  void directoryBytesAreThoseOfTheWorkedExample() {
    FirstKeys firsts = new FirstKeys(new int[] {2}, new byte[][] {"ka".getBytes()}, new long[] {7});
    TableParts.Place place =
        new TableParts.Place(new BlockHandle(188, 93), new BlockHandle(96, 92), 1);
    TableInfo info =
        new TableInfo(
            3,
            TableKind.CURRENT,
            500,
            2,
            0,
            new SpaceKey(2, "ka".getBytes()),
            new SpaceKey(2, "kb".getBytes()),
            7,
            9,
            EntryCursor.OPEN);
    byte[] raw = TableDirectory.encode(firsts, List.of(place), info);
    String expected =
        "01000000"
            + "bc000000000000005d000000"
            + "60000000000000005c000000"
            + "01000000"
            + "0700000000000000"
            + "02000000020000006b61"
            + "0200000000000000"
            + "0000000000000000"
            + "0700000000000000"
            + "0900000000000000"
            + "ffffffffffffff7f"
            + "02000000020000006b61"
            + "02000000020000006b62";
    assertEquals(expected, HexFormat.of().formatHex(raw));
    TableDirectory read = new TableDirectory(raw, "table", 281, 500);
    TableParts parts = read.parts();
    assertEquals(1, parts.count());
    assertEquals(place, parts.place(0));
    assertEquals(info, read.info(info));
    for (int length = 0; length < raw.length; length++) {
      TableDirectory cut = new TableDirectory(Arrays.copyOf(raw, length), "table", 281, 500);
      StorageException e =
          assertThrows(
              StorageException.class,
              () -> {
                cut.parts();
                cut.info(info);
              });
      assertEquals(StorageException.Category.CORRUPTION, e.category());
    }
  }
}
