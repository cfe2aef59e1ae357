package org.facetdb.storage.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import org.facetdb.storage.ChangeCursor;
import org.facetdb.storage.StorageException;

/**
 * The rows of one commit, encoded once: the same bytes go into the log record and, by reference,
 * into the memtable.
 *
 * <p>Filled by one thread; published to others through the commit pipeline and unchanged from then
 * on, except {@link Rows#setPrevious}, which the log thread calls before it appends. No key occurs
 * twice. Little-endian; v = unsigned LEB128, z = zigzag LEB128.
 *
 * <pre>
 *   0        1                  9           ...
 *  +--------+------------------+-----------+---------+---------+-------+---------+-----+-------+
 *  | kind:1 | previous:8       | keySpace:v| origin:v| mask:z  | key:v | value:v | key | value |
 *  +--------+------------------+-----------+---------+---------+-------+---------+-----+-------+
 *  kind      1 = put, 2 = delete
 *  previous  commit timestamp of the version that this one supersedes, 0 if there is none
 *  origin    0 = written here
 *  mask      changed columns, see Transaction.put
 *  key:v     length of the key; value:v length of the value, 0 for a delete
 *
 *  put of key "k" with value "ab" in key space 1, all columns, nothing superseded:
 *  01 0000000000000000 01 00 01 01 02 6b 61 62
 * </pre>
 */
public final class WriteBatch {
  /** Kind of a row that sets a value. */
  public static final byte PUT = 1;

  /** Kind of a row that removes a key. */
  public static final byte DELETE = 2;

  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** What fits, with the headers before it, into a segment that recovery reads into one array. */
  private static final int BYTES_MAX = Integer.MAX_VALUE - 4096;

  private static final int ROW_OVERHEAD_MAX = 1 + 8 + 5 + 5 + 10 + 5 + 5;

  private byte[] bytes;
  private final int start;
  private int end;
  private int count;

  /** An empty batch. */
  public WriteBatch(int capacityBytes) {
    this.bytes = new byte[capacityBytes];
    this.start = 0;
  }

  private WriteBatch(byte[] bytes, int start, int end, int count) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.count = count;
  }

  /** A batch over bytes that were encoded before, such as a log record's; they are not copied. */
  public static WriteBatch wrap(byte[] bytes, int offset, int length, int count) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    return new WriteBatch(bytes, offset, offset + length, count);
  }

  public void put(int keySpace, byte[] key, byte[] value, long changedColumns, int origin) {
    add(PUT, keySpace, key, value, changedColumns, origin);
  }

  public void delete(int keySpace, byte[] key, int origin) {
    add(DELETE, keySpace, key, new byte[0], -1L, origin);
  }

  private void add(byte kind, int keySpace, byte[] key, byte[] value, long mask, int origin) {
    long needed = (long) end + ROW_OVERHEAD_MAX + key.length + value.length;
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, grownLength(needed));
    }
    bytes[end] = kind;
    LONG.set(bytes, end + 1, 0L);
    int at = end + 9;
    at = putVarint(bytes, at, keySpace);
    at = putVarint(bytes, at, origin);
    at = putVarlong(bytes, at, (mask << 1) ^ (mask >> 63));
    at = putVarint(bytes, at, key.length);
    at = putVarint(bytes, at, value.length);
    System.arraycopy(key, 0, bytes, at, key.length);
    at += key.length;
    System.arraycopy(value, 0, bytes, at, value.length);
    end = at + value.length;
    count++;
  }

  private int grownLength(long needed) {
    if (needed > BYTES_MAX) {
      throw new StorageException(
          "54000", StorageException.Category.USER, "a commit holds at most 2 GB: bytes=" + needed);
    }
    return (int) Math.min(BYTES_MAX, Math.max(needed, bytes.length * 2L));
  }

  /** Number of rows. */
  public int count() {
    return count;
  }

  /** The array that holds the encoded rows, from {@link #offset()}. */
  public byte[] array() {
    return bytes;
  }

  public int offset() {
    return start;
  }

  public int byteLength() {
    return end - start;
  }

  /** A walk over the rows, before the first. */
  public Rows rows() {
    return new Rows();
  }

  static int putVarint(byte[] target, int at, int value) {
    int rest = value;
    int index = at;
    while ((rest & ~0x7f) != 0) {
      target[index++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    target[index++] = (byte) rest;
    return index;
  }

  static int putVarlong(byte[] target, int at, long value) {
    long rest = value;
    int index = at;
    while ((rest & ~0x7fL) != 0) {
      target[index++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    target[index++] = (byte) rest;
    return index;
  }

  /** Walks the rows of a batch in place; used by one thread. */
  public final class Rows implements ChangeCursor {
    private int next = start;
    private int row;
    private int keySpace;
    private int origin;
    private long mask;
    private int keyOffset;
    private int keyLength;
    private int valueLength;

    private Rows() {}

    /** Moves to the next row; false at the end. */
    @Override
    public boolean next() {
      if (next >= end) {
        return false;
      }
      row = next;
      next += 9;
      keySpace = (int) readVarlong();
      origin = (int) readVarlong();
      long zigzag = readVarlong();
      mask = (zigzag >>> 1) ^ -(zigzag & 1);
      keyLength = (int) readVarlong();
      valueLength = (int) readVarlong();
      keyOffset = next;
      next += keyLength + valueLength;
      return true;
    }

    private long readVarlong() {
      long value = 0;
      int shift = 0;
      byte b;
      do {
        b = bytes[next++];
        value |= (long) (b & 0x7f) << shift;
        shift += 7;
      } while (b < 0);
      return value;
    }

    /** {@link #PUT} or {@link #DELETE}. */
    public byte kind() {
      return bytes[row];
    }

    @Override
    public boolean isDelete() {
      return bytes[row] == DELETE;
    }

    @Override
    public int keySpace() {
      return keySpace;
    }

    @Override
    public int origin() {
      return origin;
    }

    @Override
    public long changedColumns() {
      return mask;
    }

    /** Commit timestamp of the superseded version, 0 if there is none. */
    @Override
    public long previousTimestamp() {
      return (long) LONG.get(bytes, row + 1);
    }

    public void setPrevious(long timestamp) {
      LONG.set(bytes, row + 1, timestamp);
    }

    /** The array that key and value lie in; it is never written again after the commit. */
    @Override
    public byte[] array() {
      return bytes;
    }

    @Override
    public int keyOffset() {
      return keyOffset;
    }

    @Override
    public int keyLength() {
      return keyLength;
    }

    @Override
    public int valueOffset() {
      return keyOffset + keyLength;
    }

    @Override
    public int valueLength() {
      return valueLength;
    }
  }
}
