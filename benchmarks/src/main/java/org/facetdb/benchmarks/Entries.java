package org.facetdb.benchmarks;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * Entries with keys of 16 bytes and values of 100, made from their numbers, so that tens of
 * millions need no room. Keys of ascending numbers come in random order. Immutable.
 */
final class Entries {
  static final int KEY_BYTES = 16;
  static final int VALUE_BYTES = 100;
  private static final int POOL = 1 << 16;

  private final int count;
  private final byte[][] pool = new byte[POOL][];

  Entries(int count) {
    this.count = count;
    SplittableRandom random = new SplittableRandom(42);
    for (int i = 0; i < POOL; i++) {
      pool[i] = value(random);
    }
  }

  /** Half text-like, half random, so that it compresses about as real rows do. */
  private static byte[] value(SplittableRandom random) {
    byte[] value = new byte[VALUE_BYTES];
    for (int i = 0; i < value.length; i++) {
      value[i] = (byte) (i < 50 ? 'a' + i % 26 : random.nextInt());
    }
    return value;
  }

  int count() {
    return count;
  }

  /** The key of a number; numbers from {@link #count} on are of entries that are not there. */
  byte[] key(int number) {
    return ByteBuffer.allocate(KEY_BYTES).putLong(mixed(number)).putLong(number).array();
  }

  /**
   * A bijection, so keys are distinct: the finalizer of MurmurHash3. Numbers whose low bits are
   * alike, and with them values, must not come to lie side by side, where they compress to nothing.
   */
  private static long mixed(long number) {
    long bits = (number ^ number >>> 33) * 0xff51afd7ed558ccdL;
    bits = (bits ^ bits >>> 33) * 0xc4ceb9fe1a85ec53L;
    return bits ^ bits >>> 33;
  }

  /** The value of a number in a round of writing; shared, not to be changed. */
  byte[] value(int number, int round) {
    return pool[(number + 31 * round) & (POOL - 1)];
  }

  /** The sum of all bytes of keys, and of values as the first round wrote them. */
  long sum() {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += KeyValueSide.sum(key(i), 0, KEY_BYTES);
      sum += KeyValueSide.sum(value(i, 0), 0, VALUE_BYTES);
    }
    return sum;
  }

  /** Bytes of all keys and values. */
  long bytes() {
    return (long) count * (KEY_BYTES + VALUE_BYTES);
  }
}
