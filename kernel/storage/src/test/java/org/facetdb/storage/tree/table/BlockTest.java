package org.facetdb.storage.tree.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.tree.entry.Bytes;
import org.facetdb.storage.tree.entry.EntryCursor;
import org.junit.jupiter.api.Test;

class BlockTest {
  private record Entry(byte[] key, long begin, long end, boolean deleted, byte[] value) {}

  @Test
  void bytesAreThoseOfTheWorkedExample() {
    BlockBuilder builder = new BlockBuilder();
    add(builder, new Entry("ka".getBytes(), 7, EntryCursor.OPEN, false, "x".getBytes()));
    add(builder, new Entry("kb".getBytes(), 9, EntryCursor.OPEN, false, "y".getBytes()));
    String expected =
        "03010000"
            + "02000000"
            + "02000000"
            + "01000000"
            + "01000000"
            + "01000000"
            + "0700000000000000"
            + "0000000000000000"
            + "6b"
            + "0002"
            + "6162"
            + "7879"
            + "0000000000000000";
    assertEquals(expected, HexFormat.of().formatHex(builder.finish()));
  }

  private static void add(BlockBuilder builder, Entry e) {
    builder.add(2, e.key, 0, e.key.length, e.begin, e.end, e.deleted, e.value, 0, e.value.length);
  }

  @Test
  void findsEveryEntryOfAnyShapeOfKeysAndValues() {
    long seed = Seeds.next(BlockTest.class);
    SplittableRandom random = new SplittableRandom(seed);
    BlockBuilder builder = new BlockBuilder();
    int ordered = 0;
    for (int round = 0; round < 2000; round++) {
      List<Entry> entries = entries(random);
      entries.forEach(entry -> add(builder, entry));
      byte[] raw = builder.finish();
      if (ColumnOrder.applies(raw)) {
        byte[] restored = byPosition(raw);
        assertTrue(ColumnOrder.restore(restored));
        assertArrayEquals(raw, restored);
        ordered++;
      }
      BlockView view = new BlockView();
      view.reset(raw);
      assertTrue(view.isSound());
      assertEquals(entries.size(), view.count());
      for (int i = 0; i < entries.size(); i++) {
        Entry entry = entries.get(i);
        assertArrayEquals(entry.key, view.key(i));
        assertEquals(entry.begin, view.begin(i));
        assertEquals(entry.end, view.end(i));
        assertEquals(entry.deleted, view.deleted(i));
        assertArrayEquals(
            entry.value,
            Arrays.copyOfRange(
                view.array(), view.valueOffset(i), view.valueOffset(i) + view.valueLength(i)));
        assertTrue(view.keyEquals(i, entry.key, 0, entry.key.length));
        assertEquals(Bytes.head(entry.key, 0, entry.key.length), view.keyHead(i));
        assertEquals(Bytes.head(entry.key, 8, entry.key.length - 8), view.keyTail(i));
      }
      checkInForce(entries, view, random);
      for (int i = 0; i < 30; i++) {
        byte[] key =
            random.nextBoolean()
                ? entries.get(random.nextInt(entries.size())).key.clone()
                : key(random, random.nextInt(5));
        if (key.length > 0 && random.nextInt(3) == 0) {
          key[random.nextInt(key.length)] ^= (byte) (1 << random.nextInt(8));
        }
        long begin = random.nextInt(3) == 0 ? Long.MAX_VALUE : random.nextLong(1 << 20);
        assertEquals(seek(entries, key, begin), view.seek(key, 0, key.length, begin));
      }
    }
    assertTrue(ordered > 100, "blocks with columns: " + ordered);
  }

  private static void checkInForce(List<Entry> entries, BlockView view, SplittableRandom random) {
    for (int i = 0; i < 10; i++) {
      Entry near = entries.get(random.nextInt(entries.size()));
      long timestamp = (random.nextBoolean() ? near.begin : near.end) - random.nextInt(2);
      int from = random.nextInt(entries.size() + 1);
      int[] found = new int[entries.size() + 1];
      view.findInForce(from, timestamp, found);
      int expected = entries.size();
      for (int at = entries.size() - 1; at >= from; at--) {
        Entry entry = entries.get(at);
        expected = entry.begin <= timestamp && timestamp < entry.end ? at : expected;
        assertEquals(expected, found[at]);
      }
    }
  }

  @Test
  void columnsLieByBytePosition() {
    BlockBuilder builder = new BlockBuilder();
    for (String key : List.of("ka0", "kb1", "kc2", "kd3")) {
      byte[] bytes = key.getBytes();
      add(builder, new Entry(bytes, 1 + 255 * key.charAt(2), EntryCursor.OPEN, false, bytes));
    }
    byte[] raw = builder.finish();
    String before =
        HexFormat.of().formatHex(raw, BlockView.HEADER_BYTES, BlockView.HEADER_BYTES + 17);
    assertEquals("6b" + "0000ff00fe01fd02" + "6130623163326433", before);
    byte[] ordered = byPosition(raw);
    String after =
        HexFormat.of().formatHex(ordered, BlockView.HEADER_BYTES, BlockView.HEADER_BYTES + 17);
    assertEquals("6b" + "00fffefd00000102" + "6162636430313233", after);
    assertTrue(ColumnOrder.restore(ordered));
    assertArrayEquals(raw, ordered);
  }

  @Test
  void columnsOfEveryWidthAndCountAreTurnedAndRestored() {
    SplittableRandom random = new SplittableRandom(Seeds.next(BlockTest.class));
    for (int width = 0; width <= 33; width++) {
      for (int count = 4; count <= 50; count++) {
        byte[] raw = new byte[BlockView.HEADER_BYTES + count * width + BlockView.PADDING];
        random.nextBytes(raw);
        Arrays.fill(raw, 0, 24, (byte) 0);
        raw[0] = BlockView.FIXED_KEYS;
        raw[8] = (byte) count;
        raw[16] = (byte) width;
        byte[] expected = raw.clone();
        for (int i = 0; i < count * width; i++) {
          expected[BlockView.HEADER_BYTES + i % width * count + i / width] =
              raw[BlockView.HEADER_BYTES + i];
        }
        byte[] ordered = byPosition(raw);
        assertArrayEquals(expected, ordered, "width=" + width + " count=" + count);
        assertTrue(ColumnOrder.restore(ordered));
        assertArrayEquals(raw, ordered, "width=" + width + " count=" + count);
      }
    }
  }

  @Test
  void whatHasNoColumnsIsNotRestored() {
    assertFalse(ColumnOrder.restore(new byte[BlockView.HEADER_BYTES]));
    assertFalse(ColumnOrder.restore(new byte[3]));
    for (int at : new int[] {1, 8, 12, 16}) {
      byte[] raw = new byte[100];
      raw[0] = BlockView.FIXED_KEYS;
      raw[8] = 4;
      raw[16] = 4;
      assertTrue(ColumnOrder.restore(raw));
      raw[at + (at == 1 ? 0 : 3)] = (byte) (at == 1 ? 100 : 0x40);
      assertFalse(ColumnOrder.restore(raw), "at=" + at);
    }
  }

  private static byte[] byPosition(byte[] raw) {
    byte[] ordered = new byte[raw.length];
    ColumnOrder.putByPosition(raw, raw.length, ordered);
    return ordered;
  }

  private static int seek(List<Entry> entries, byte[] key, long begin) {
    for (int i = 0; i < entries.size(); i++) {
      int order = Arrays.compareUnsigned(entries.get(i).key, key);
      if (order > 0 || (order == 0 && entries.get(i).begin <= begin)) {
        return i;
      }
    }
    return entries.size();
  }

  private static byte[] key(SplittableRandom random, int shape) {
    return switch (shape) {
      case 0 -> new byte[random.nextInt(20)];
      case 1 -> {
        byte[] key = new byte[16];
        random.nextBytes(key);
        yield key;
      }
      case 2 -> ("a/very/long/common/prefix/" + random.nextInt(50)).getBytes();
      case 3 -> {
        byte[] key = new byte[random.nextInt(12)];
        Arrays.fill(key, (byte) (random.nextBoolean() ? 0xff : 0x7f));
        yield key;
      }
      default -> {
        byte[] key = new byte[random.nextInt(300)];
        random.nextBytes(key);
        yield key;
      }
    };
  }

  private static List<Entry> entries(SplittableRandom random) {
    int shape = random.nextInt(5);
    int valueShape = random.nextInt(3);
    boolean history = random.nextBoolean();
    TreeMap<byte[], Integer> keys = new TreeMap<>(Arrays::compareUnsigned);
    int count = random.nextInt(1, 40);
    for (int i = 0; i < count; i++) {
      keys.put(key(random, shape), history ? random.nextInt(1, 4) : 1);
    }
    long timeRange = 1L << random.nextInt(1, 60);
    List<Entry> entries = new ArrayList<>();
    keys.forEach(
        (key, versions) -> {
          long begin = random.nextLong(timeRange) + 8;
          for (int v = 0; v < versions; v++) {
            boolean deleted = random.nextInt(6) == 0;
            byte[] value =
                new byte
                    [deleted
                        ? 0
                        : valueShape == 0 ? 10 : random.nextInt(valueShape == 1 ? 50 : 40_000)];
            random.nextBytes(value);
            long end = history ? begin + 1 + random.nextInt(1000) : EntryCursor.OPEN;
            entries.add(new Entry(key, begin - v, end, deleted, value));
          }
        });
    return entries;
  }

  @Test
  void headsOrderAsTheKeysDo() {
    SplittableRandom random = new SplittableRandom(Seeds.next(BlockTest.class));
    for (int i = 0; i < 20_000; i++) {
      byte[] a = key(random, random.nextInt(5));
      byte[] b = key(random, random.nextInt(5));
      int heads = Long.compareUnsigned(Bytes.head(a, 0, a.length), Bytes.head(b, 0, b.length));
      if (heads != 0) {
        assertEquals(heads, Integer.signum(Arrays.compareUnsigned(a, b)));
      }
    }
  }
}
