package org.facetdb.storage.tree.table;

import java.util.Arrays;
import org.facetdb.storage.tree.entry.Bytes;
import org.facetdb.storage.tree.entry.EntryCursor;

/**
 * Collects the entries of one block and lays them out as {@link BlockView} describes. Used by one
 * thread; empty again after {@link #finish}.
 */
final class BlockBuilder {
  private int keySpace;
  private int count;
  private byte[] keys = new byte[4096];
  private int[] keyEnds = new int[256];
  private byte[] values = new byte[8192];
  private int[] valueEnds = new int[256];
  private long[] begins = new long[256];
  private long[] ends = new long[256];
  private boolean[] removals = new boolean[256];
  private byte[] raw = {};
  private int common;
  private long keyBytes;
  private long valueBytes;

  int count() {
    return count;
  }

  int keySpace() {
    return keySpace;
  }

  /** Bytes that the raw block takes, roughly. */
  long estimate() {
    return keyBytes - (long) common * count + valueBytes + count * 6L;
  }

  byte[] firstKey() {
    return Arrays.copyOf(keys, keyEnds[0]);
  }

  byte[] lastKey() {
    return Arrays.copyOfRange(keys, count == 1 ? 0 : keyEnds[count - 2], keyEnds[count - 1]);
  }

  long firstBegin() {
    return begins[0];
  }

  /** Whether the last entry's key is the given one. */
  boolean lastKeyIs(byte[] key, int offset, int length) {
    int start = count == 1 ? 0 : keyEnds[count - 2];
    return count > 0 && Bytes.equal(keys, start, keyEnds[count - 1] - start, key, offset, length);
  }

  void add(
      int space,
      byte[] key,
      int keyOffset,
      int keyLength,
      long begin,
      long end,
      boolean deleted,
      byte[] value,
      int valueOffset,
      int valueLength) {
    if (count == keyEnds.length) {
      keyEnds = Arrays.copyOf(keyEnds, count * 2);
      valueEnds = Arrays.copyOf(valueEnds, count * 2);
      begins = Arrays.copyOf(begins, count * 2);
      ends = Arrays.copyOf(ends, count * 2);
      removals = Arrays.copyOf(removals, count * 2);
    }
    keys = room(keys, keyBytes + keyLength);
    values = room(values, valueBytes + valueLength);
    System.arraycopy(key, keyOffset, keys, (int) keyBytes, keyLength);
    System.arraycopy(value, valueOffset, values, (int) valueBytes, valueLength);
    if (count == 0) {
      keySpace = space;
      common = keyLength;
    } else {
      common = commonWith(key, keyOffset, keyLength);
    }
    keyBytes += keyLength;
    valueBytes += valueLength;
    keyEnds[count] = (int) keyBytes;
    valueEnds[count] = (int) valueBytes;
    begins[count] = begin;
    ends[count] = end;
    removals[count] = deleted;
    count++;
  }

  /** How many of the common bytes a key shares; mostly all, and they are few. */
  private int commonWith(byte[] key, int offset, int length) {
    int most = Math.min(common, length);
    int same = 0;
    while (same < most && keys[same] == key[offset + same]) {
      same++;
    }
    return same;
  }

  private static byte[] room(byte[] bytes, long needed) {
    return needed <= bytes.length
        ? bytes
        : Arrays.copyOf(
            bytes, (int) Math.min(Integer.MAX_VALUE - 64, Math.max(needed, needed * 2)));
  }

  private static boolean oneStride(int[] ends, int count) {
    int stride = ends[0];
    for (int i = 1; i < count; i++) {
      if (ends[i] - ends[i - 1] != stride) {
        return false;
      }
    }
    return true;
  }

  private static int width(long difference) {
    return (71 - Long.numberOfLeadingZeros(difference)) >>> 3;
  }

  /** What the columns need, found in one pass. */
  private record Columns(
      long minBegin, int beginWidth, long minEnd, int endWidth, boolean ends, boolean removals) {}

  private Columns columns() {
    long minBegin = Long.MAX_VALUE;
    long maxBegin = 0;
    long minEnd = Long.MAX_VALUE;
    long maxEnd = 0;
    boolean anyRemoval = false;
    for (int i = 0; i < count; i++) {
      minBegin = Math.min(minBegin, begins[i]);
      maxBegin = Math.max(maxBegin, begins[i]);
      minEnd = Math.min(minEnd, ends[i]);
      maxEnd = Math.max(maxEnd, ends[i]);
      anyRemoval |= removals[i];
    }
    boolean anyEnd = minEnd != EntryCursor.OPEN;
    return new Columns(
        minBegin,
        width(maxBegin - minBegin),
        anyEnd ? minEnd : 0,
        anyEnd ? width(maxEnd - minEnd) : 0,
        anyEnd,
        anyRemoval);
  }

  /** The raw block; the builder is empty afterwards. */
  byte[] finish() {
    int length = finishInPlace();
    return Arrays.copyOf(raw, length);
  }

  /** The array that {@link #finishInPlace} leaves a block in, until it is called again. */
  byte[] array() {
    return raw;
  }

  /**
   * Puts the raw block into the builder's array, where its bytes are still near when they are
   * compressed, and returns its length. The builder is empty afterwards.
   */
  int finishInPlace() {
    Columns columns = columns();
    boolean fixedKeys = oneStride(keyEnds, count);
    boolean fixedValues = oneStride(valueEnds, count);
    long restBytes = keyBytes - (long) common * count;
    boolean wide = Math.max(restBytes, valueBytes) > 0xffff;
    int offsets = (count + 1) * (wide ? 4 : 2);
    long size =
        BlockView.HEADER_BYTES
            + common
            + (long) count * (columns.beginWidth + columns.endWidth)
            + (columns.removals ? (count + 7) >>> 3 : 0)
            + (fixedKeys ? 0 : offsets)
            + restBytes
            + (fixedValues ? 0 : offsets)
            + valueBytes
            + BlockView.PADDING;
    int length = Math.toIntExact(size);
    if (raw.length < length) {
      raw = new byte[length + (length >>> 3)];
    }
    Arrays.fill(raw, 0, length, (byte) 0);
    raw[0] =
        (byte)
            ((fixedKeys ? BlockView.FIXED_KEYS : 0)
                | (fixedValues ? BlockView.FIXED_VALUES : 0)
                | (wide ? BlockView.WIDE : 0)
                | (columns.ends ? BlockView.ENDS : 0)
                | (columns.removals ? BlockView.REMOVALS : 0));
    raw[1] = (byte) columns.beginWidth;
    raw[2] = (byte) columns.endWidth;
    Bytes.putInt(raw, 4, keySpace);
    Bytes.putInt(raw, 8, count);
    Bytes.putInt(raw, 12, common);
    Bytes.putInt(raw, 16, fixedKeys ? keyEnds[0] - common : (int) restBytes);
    Bytes.putInt(raw, 20, fixedValues ? valueEnds[0] : (int) valueBytes);
    Bytes.putLong(raw, 24, columns.minBegin);
    Bytes.putLong(raw, 32, columns.minEnd);
    System.arraycopy(keys, 0, raw, BlockView.HEADER_BYTES, common);
    int at = BlockView.HEADER_BYTES + common;
    at = putTimes(at, begins, columns.minBegin, columns.beginWidth);
    at = columns.ends ? putTimes(at, ends, columns.minEnd, columns.endWidth) : at;
    at = columns.removals ? putRemovals(at) : at;
    at = fixedKeys ? at : putOffsets(at, keyEnds, common, wide);
    at = putRests(at);
    at = fixedValues ? at : putOffsets(at, valueEnds, 0, wide);
    System.arraycopy(values, 0, raw, at, (int) valueBytes);
    count = 0;
    keyBytes = 0;
    valueBytes = 0;
    return length;
  }

  private int putTimes(int start, long[] times, long base, int width) {
    int at = start;
    for (int i = 0; i < count; i++) {
      // The bytes beyond the width are zeros, and what belongs there comes later.
      Bytes.putLong(raw, at, times[i] - base);
      at += width;
    }
    return at;
  }

  private int putRemovals(int at) {
    for (int i = 0; i < count; i++) {
      if (removals[i]) {
        raw[at + (i >>> 3)] |= (byte) (1 << (i & 7));
      }
    }
    return at + ((count + 7) >>> 3);
  }

  private int putOffsets(int start, int[] ends, int cut, boolean wide) {
    int at = start;
    for (int i = 0; i <= count; i++) {
      int offset = i == 0 ? 0 : ends[i - 1] - cut * i;
      if (wide) {
        Bytes.putInt(raw, at, offset);
        at += 4;
      } else {
        Bytes.putShort(raw, at, offset);
        at += 2;
      }
    }
    return at;
  }

  private int putRests(int start) {
    int at = start;
    int from = 0;
    for (int i = 0; i < count; i++) {
      int length = keyEnds[i] - from - common;
      System.arraycopy(keys, from + common, raw, at, length);
      at += length;
      from = keyEnds[i];
    }
    return at;
  }
}
