package org.facetdb.storage.serial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Random;
import org.facetdb.storage.Seeds;
import org.junit.jupiter.api.Test;

/** A set of keys is the same as a set of bits that stand for some of them. */
class KeyRangesTest {
  private static final int KEYS = 60;
  private static final int ROUNDS = 2_000;

  /** The first key there may be, each key and one behind it, and one behind all. */
  private static final int BITS = 2 * KEYS + 2;

  private static byte[] key(int number) {
    return new byte[] {(byte) (number * 4), 1};
  }

  private static int bit(int number) {
    return 1 + 2 * number;
  }

  private static byte[] ofBit(int bit) {
    if (bit == 0 || bit == BITS - 1) {
      return bit == 0 ? new byte[0] : new byte[] {(byte) 0xff, (byte) 0xff};
    }
    byte[] key = key((bit - 1) / 2);
    return bit % 2 == 1 ? key : new byte[] {key[0], key[1], 5};
  }

  private static void add(KeyRanges ranges, BitSet model, Random random) {
    int from = random.nextInt(KEYS);
    int to = Math.min(KEYS, from + random.nextInt(6));
    switch (random.nextInt(12)) {
      case 0 -> {
        ranges.add(1, null, key(to));
        model.set(0, bit(to));
      }
      case 1 -> {
        ranges.add(1, key(from), null);
        model.set(bit(from), BITS);
      }
      case 2, 3, 4 -> {
        ranges.add(1, key(from), key(to));
        model.set(bit(from), bit(to));
      }
      default -> {
        ranges.add(1, key(from));
        model.set(bit(from));
      }
    }
  }

  private static void assertSame(KeyRanges ranges, BitSet model) {
    for (int bit = 0; bit < BITS; bit++) {
      assertEquals(model.get(bit), ranges.holds(1, ofBit(bit)), "bit " + bit);
      assertFalse(ranges.holds(2, ofBit(bit)));
    }
  }

  @Test
  void holdsWhatWasAdded() {
    Random random = new Random(Seeds.next(KeyRangesTest.class));
    KeyRanges last = new KeyRanges();
    BitSet ofLast = new BitSet();
    for (int round = 0; round < ROUNDS; round++) {
      KeyRanges ranges = new KeyRanges();
      BitSet model = new BitSet();
      for (int step = random.nextInt(8); step > 0; step--) {
        add(ranges, model, random);
        assertSame(ranges, model);
      }
      assertEquals(model.isEmpty(), ranges.isEmpty());
      assertEquals(model.intersects(ofLast), ranges.overlaps(last));
      assertEquals(model.intersects(ofLast), last.overlaps(ranges));
      last = ranges;
      ofLast = model;
    }
  }

  @Test
  void neighboursBecomeOneRange() {
    KeyRanges ranges = new KeyRanges();
    ranges.add(1, new byte[] {1}, new byte[] {3});
    ranges.add(1, new byte[] {3}, new byte[] {5});
    ranges.add(1, new byte[] {9}, new byte[] {7});
    assertEquals(1, ranges.ranges());
    ranges.add(1, new byte[] {7}, null);
    ranges.add(1, null, new byte[] {7});
    assertEquals(1, ranges.ranges());
    assertTrue(ranges.holds(1, new byte[0]));
  }

  @Test
  void tooManyRangesAreTheWholeKeySpace() {
    KeyRanges ranges = new KeyRanges();
    for (int i = 0; i <= KeyRanges.RANGES_MAX; i++) {
      assertFalse(ranges.holds(1, new byte[] {1}));
      ranges.add(1, ByteBuffer.allocate(4).putInt(i * 2).array());
    }
    assertTrue(ranges.holds(1, new byte[] {1}));
    assertFalse(ranges.holds(2, new byte[] {1}));
    assertEquals(1, ranges.ranges());
    KeyRanges other = new KeyRanges();
    assertFalse(ranges.overlaps(other));
    other.add(1, new byte[] {5});
    assertTrue(ranges.overlaps(other));
    assertTrue(other.overlaps(ranges));
    KeyRanges elsewhere = new KeyRanges();
    elsewhere.addAll(3);
    assertFalse(ranges.overlaps(elsewhere));
  }
}
