package org.facetdb.storage.tree.table;

import java.util.Arrays;
import org.facetdb.storage.tree.entry.Bytes;
import org.facetdb.storage.tree.entry.EntryCursor;

/**
 * Reads a raw data or index block in place. One thread; the array is never written.
 *
 * <p>All entries are of one key space and in the order key, begin descending. What all keys share
 * at their front is stored once; where the rests have one length they are a column of that stride,
 * searched without touching offsets, otherwise offsets stand before them.
 *
 * <pre>
 *   0      1            2          3   4          8      12      16      20      24      32      40
 *  +------+------------+----------+---+----------+------+-------+-------+-------+-------+-------+
 *  |flags | beginWidth | endWidth | 0 | keySpace | n    | prefix| keys  | values| begin | end   |
 *  +------+------------+----------+---+----------+------+-------+-------+-------+-------+-------+
 *  flags   1 = key rests have one length, 2 = values have one length, 4 = offsets take 4 bytes
 *          rather than 2, 8 = ends are stored, 16 = removals are stored
 *  prefix  length of the common prefix
 *  keys    length of each key rest if of one length, else of all together; values likewise
 *  begin   smallest begin; end: smallest end, 0 if none are stored
 *  then, without gaps:
 *    common prefix
 *    begins    n times beginWidth (0 to 8) bytes: difference from the smallest
 *    ends      n times endWidth bytes                                        if flag 8
 *    removals  (n + 7) / 8 bytes, bit i % 8 of byte i / 8                    if flag 16
 *    key offsets, n + 1, from the start of the rests                          unless flag 1
 *    key rests
 *    value offsets, n + 1, from the start of the values                       unless flag 2
 *    values
 *    8 zeros, so that a load of eight bytes never leaves the array
 *
 *  keys "ka" at 7 = "x", "kb" at 9 = "y" of key space 2:
 *  03 01 00 00  02000000  02000000  01000000  01000000  01000000  0700000000000000
 *  0000000000000000  6b  00 02  61 62  78 79  0000000000000000
 * </pre>
 */
public final class BlockView {
  static final int FIXED_KEYS = 1;
  static final int FIXED_VALUES = 2;
  static final int WIDE = 4;
  static final int ENDS = 8;
  static final int REMOVALS = 16;
  static final int HEADER_BYTES = 40;
  static final int PADDING = 8;

  private byte[] raw = {};
  private int flags;
  private int count;
  private int keySpace;
  private int prefixLength;
  private int keyStride;
  private int valueStride;
  private int beginWidth;
  private int endWidth;
  private long beginBase;
  private long endBase;
  private int beginsAt;
  private int endsAt;
  private int removalsAt;
  private int keyOffsetsAt;
  private int keysAt;
  private int valueOffsetsAt;
  private int valuesAt;
  private int bytes;
  private long prefixHead;
  private long prefixTail;

  void reset(byte[] block) {
    raw = block;
    flags = block[0];
    beginWidth = block[1];
    endWidth = block[2];
    keySpace = Bytes.getInt(block, 4);
    count = Bytes.getInt(block, 8);
    prefixLength = Bytes.getInt(block, 12);
    prefixHead = Bytes.head(block, HEADER_BYTES, prefixLength);
    prefixTail = Bytes.head(block, HEADER_BYTES + 8, prefixLength - 8);
    int keys = Bytes.getInt(block, 16);
    int values = Bytes.getInt(block, 20);
    beginBase = Bytes.getLong(block, 24);
    endBase = Bytes.getLong(block, 32);
    beginsAt = HEADER_BYTES + prefixLength;
    endsAt = beginsAt + count * beginWidth;
    removalsAt = endsAt + ((flags & ENDS) != 0 ? count * endWidth : 0);
    keyOffsetsAt = removalsAt + ((flags & REMOVALS) != 0 ? (count + 7) >>> 3 : 0);
    int offsetBytes = (flags & WIDE) != 0 ? 4 : 2;
    if ((flags & FIXED_KEYS) != 0) {
      keyStride = keys;
      keysAt = keyOffsetsAt;
      valueOffsetsAt = keysAt + keys * count;
    } else {
      keyStride = -1;
      keysAt = keyOffsetsAt + (count + 1) * offsetBytes;
      valueOffsetsAt = keysAt + keys;
    }
    if ((flags & FIXED_VALUES) != 0) {
      valueStride = values;
      valuesAt = valueOffsetsAt;
      bytes = valuesAt + values * count + PADDING;
    } else {
      valueStride = -1;
      valuesAt = valueOffsetsAt + (count + 1) * offsetBytes;
      bytes = valuesAt + values + PADDING;
    }
  }

  /** Whether the parts fit the array exactly and no column leaves its part. */
  boolean isSound() {
    if (count < 1 || prefixLength < 0 || bytes != raw.length || beginWidth > 8 || endWidth > 8) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (keyRestLength(i) < 0
          || keyRestOffset(i) + keyRestLength(i) > valueOffsetsAt
          || valueLength(i) < 0
          || valueOffset(i) + valueLength(i) > bytes - PADDING) {
        return false;
      }
    }
    return true;
  }

  byte[] array() {
    return raw;
  }

  int count() {
    return count;
  }

  int keySpace() {
    return keySpace;
  }

  int prefixLength() {
    return prefixLength;
  }

  private int offset(int at, int index) {
    return (flags & WIDE) != 0
        ? Bytes.getInt(raw, at + 4 * index)
        : Bytes.getUnsignedShort(raw, at + 2 * index);
  }

  int keyRestOffset(int index) {
    return keysAt + (keyStride >= 0 ? keyStride * index : offset(keyOffsetsAt, index));
  }

  int keyRestLength(int index) {
    return keyStride >= 0
        ? keyStride
        : offset(keyOffsetsAt, index + 1) - offset(keyOffsetsAt, index);
  }

  int keyLength(int index) {
    return prefixLength + keyRestLength(index);
  }

  void copyPrefix(byte[] target) {
    System.arraycopy(raw, HEADER_BYTES, target, 0, prefixLength);
  }

  byte[] key(int index) {
    byte[] key = new byte[keyLength(index)];
    copyPrefix(key);
    System.arraycopy(raw, keyRestOffset(index), key, prefixLength, key.length - prefixLength);
    return key;
  }

  /** {@link Bytes#head} of a key. */
  long keyHead(int index) {
    if (prefixLength >= 8) {
      return prefixHead;
    }
    long rest = restHead(keyRestOffset(index), keyRestLength(index));
    return prefixHead | rest >>> 8 * prefixLength;
  }

  /** {@link Bytes#head} of what follows the first eight bytes of a key. */
  long keyTail(int index) {
    if (prefixLength >= 16) {
      return prefixTail;
    }
    int in = Math.max(0, 8 - prefixLength);
    int at = keyRestOffset(index);
    long rest = restHead(at + in, Math.max(0, keyRestLength(index) - in));
    return prefixLength <= 8 ? rest : prefixTail | rest >>> 8 * (prefixLength - 8);
  }

  private long restHead(int at, int length) {
    return length >= 8
        ? Bytes.getBig(raw, at)
        : length == 0 ? 0 : Bytes.getBig(raw, at) & (-1L << (64 - 8 * length));
  }

  int valueOffset(int index) {
    return valuesAt + (valueStride >= 0 ? valueStride * index : offset(valueOffsetsAt, index));
  }

  int valueLength(int index) {
    return valueStride >= 0
        ? valueStride
        : offset(valueOffsetsAt, index + 1) - offset(valueOffsetsAt, index);
  }

  private long narrow(int at, int width) {
    return width == 0 ? 0 : Bytes.getLong(raw, at) & (-1L >>> (64 - 8 * width));
  }

  long begin(int index) {
    return beginBase + narrow(beginsAt + index * beginWidth, beginWidth);
  }

  long end(int index) {
    return (flags & ENDS) == 0
        ? EntryCursor.OPEN
        : endBase + narrow(endsAt + index * endWidth, endWidth);
  }

  /**
   * For each entry from one on, the first from it on that is in force at a timestamp; the count
   * where none is. Without a branch on times, which can't be foreseen.
   */
  void findInForce(int from, long timestamp, int[] found) {
    int first = count;
    for (int i = count - 1; i >= from; i--) {
      first = begin(i) <= timestamp & timestamp < end(i) ? i : first;
      found[i] = first;
    }
  }

  boolean deleted(int index) {
    return (flags & REMOVALS) != 0 && (raw[removalsAt + (index >>> 3)] & (1 << (index & 7))) != 0;
  }

  /**
   * Index of the first entry at or after (key, begin) in the order key, begin descending; the count
   * if there is none.
   */
  int seek(byte[] key, int offset, int length, long begin) {
    int common = Math.min(length, prefixLength);
    int differs =
        Arrays.mismatch(raw, HEADER_BYTES, HEADER_BYTES + common, key, offset, offset + common);
    if (differs >= 0) {
      return (key[offset + differs] & 0xff) < (raw[HEADER_BYTES + differs] & 0xff) ? 0 : count;
    }
    if (length < prefixLength) {
      return 0;
    }
    int restOffset = offset + prefixLength;
    int restLength = length - prefixLength;
    long head = Bytes.head(key, restOffset, restLength);
    int from = 0;
    int to = count;
    while (from < to) {
      int middle = (from + to) >>> 1;
      int order = compareRest(middle, head, key, restOffset, restLength);
      if (order < 0 || (order == 0 && begin(middle) > begin)) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }

  private int compareRest(int index, long head, byte[] key, int offset, int length) {
    int at = keyRestOffset(index);
    int stored = keyRestLength(index);
    long storedHead = restHead(at, stored);
    if (storedHead != head) {
      return Long.compareUnsigned(storedHead, head);
    }
    if (stored <= 8 || length <= 8) {
      return Integer.compare(stored, length);
    }
    return Bytes.compare(raw, at + 8, stored - 8, key, offset + 8, length - 8);
  }

  boolean keyEquals(int index, byte[] key, int offset, int length) {
    int rest = keyRestLength(index);
    return length == prefixLength + rest
        && Arrays.equals(
            raw, HEADER_BYTES, HEADER_BYTES + prefixLength, key, offset, offset + prefixLength)
        && Bytes.equal(raw, keyRestOffset(index), rest, key, offset + prefixLength, rest);
  }
}
