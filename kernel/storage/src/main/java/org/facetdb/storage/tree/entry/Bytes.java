package org.facetdb.storage.tree.entry;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Loads, stores, order and hash of byte ranges. Stateless. */
public final class Bytes {
  private static final VarHandle BIG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

  private Bytes() {}

  public static long getLong(byte[] a, int at) {
    return (long) LONG.get(a, at);
  }

  public static void putLong(byte[] a, int at, long value) {
    LONG.set(a, at, value);
  }

  public static int getInt(byte[] a, int at) {
    return (int) INT.get(a, at);
  }

  public static void putInt(byte[] a, int at, int value) {
    INT.set(a, at, value);
  }

  public static int getUnsignedShort(byte[] a, int at) {
    return (short) SHORT.get(a, at) & 0xffff;
  }

  public static void putShort(byte[] a, int at, int value) {
    SHORT.set(a, at, (short) value);
  }

  /** Eight bytes as one number whose unsigned order is the bytes' order. */
  public static long getBig(byte[] a, int at) {
    return (long) BIG.get(a, at);
  }

  /**
   * The first eight bytes of a range as an unsigned big-endian number, zeros after its end: where
   * two heads differ, their unsigned order is the order of the ranges.
   */
  public static long head(byte[] a, int offset, int length) {
    if (length >= 8) {
      return (long) BIG.get(a, offset);
    }
    if (length <= 0) {
      return 0;
    }
    if (offset + 8 <= a.length) {
      return (long) BIG.get(a, offset) & (-1L << (64 - 8 * length));
    }
    long head = 0;
    for (int i = 0; i < length; i++) {
      head |= (a[offset + i] & 0xffL) << (56 - 8 * i);
    }
    return head;
  }

  /** Unsigned lexicographic order of two ranges. */
  public static int compare(
      byte[] a, int aOffset, int aLength, byte[] b, int bOffset, int bLength) {
    return Arrays.compareUnsigned(a, aOffset, aOffset + aLength, b, bOffset, bOffset + bLength);
  }

  /** Whether two ranges hold the same; neighbours in order mostly differ in their last bytes. */
  public static boolean equal(
      byte[] a, int aOffset, int aLength, byte[] b, int bOffset, int bLength) {
    return aLength == bLength
        && (aLength == 0 || a[aOffset + aLength - 1] == b[bOffset + bLength - 1])
        && Arrays.equals(a, aOffset, aOffset + aLength, b, bOffset, bOffset + bLength);
  }

  /** The hash that filters are built over; part of the file format. */
  public static long hash(int keySpace, byte[] key, int offset, int length) {
    long hash = (keySpace + 0x5DEECE66DL) * MULTIPLIER ^ length;
    int at = offset;
    int rest = length;
    while (rest >= 8) {
      hash = fold(hash ^ (long) LONG.get(key, at));
      at += 8;
      rest -= 8;
    }
    if (rest > 0) {
      hash = fold(hash ^ head(key, at, rest) ^ rest);
    }
    hash ^= hash >>> 33;
    hash *= 0xFF51AFD7ED558CCDL;
    return hash ^ (hash >>> 33);
  }

  private static long fold(long value) {
    long product = value * MULTIPLIER;
    return product ^ (product >>> 29) ^ Math.unsignedMultiplyHigh(value, MULTIPLIER);
  }
}
