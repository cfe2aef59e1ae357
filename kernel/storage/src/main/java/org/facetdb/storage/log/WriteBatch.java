package org.facetdb.storage.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import org.facetdb.storage.ChangeCursor;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Transaction;

/**
 * The rows of one commit, encoded once: the same bytes go into the log record and are read by the
 * memtable.
 *
 * <p>Filled by one thread, which then sets what the rows supersede and calls {@link #compact};
 * published to others through the commit pipeline and unchanged from then on. No key occurs twice.
 * Little-endian; v = unsigned LEB128, z = zigzag LEB128; a part in brackets is there if its flag is
 * set.
 *
 * <pre>
 *   0         1
 *  +---------+------------+--------------+------------+----------+-------+-----------+-----+-------+
 *  | flags:1 | keySpace:v | [previous:8] | [origin:v] | [mask:z] | key:v | [value:v] | key | value |
 *  +---------+------------+--------------+------------+----------+-------+-----------+-----+-------+
 *  flags     1 = value, else the row removes its key; 2 = previous; 4 = origin; 8 = mask
 *  previous  commit timestamp of the version that this one supersedes, else there is none
 *  origin    else 0, written here
 *  mask      changed columns, see Transaction.put, else all of them
 *  key:v     length of the key; value:v length of the value
 *
 *  put of key "k" with value "ab" in key space 1, all columns, nothing superseded:
 *  01 01 01 02 6b 61 62
 * </pre>
 *
 * <p>The first format, in log segments of version 1, has all parts in each row, with kind:1 (1 =
 * put, 2 = delete) and previous:8 before the key space:
 *
 * <pre>
 *  01 0000000000000000 01 00 01 01 02 6b 61 62
 * </pre>
 */
public final class WriteBatch {
  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** What fits, with the headers before it, into a segment that recovery reads into one array. */
  private static final int BYTES_MAX = Integer.MAX_VALUE - 4096;

  /** A commit is at most so many batches: 16 bits of a record say how many follow. */
  public static final int PARTS_MAX = 1 << 16;

  /** A row takes at most so many bytes beside its key and value. */
  public static final int ROW_OVERHEAD_MAX = 1 + 5 + 8 + 5 + 10 + 5 + 5;

  private static final int HAS_VALUE = 1;
  private static final int HAS_PREVIOUS = 2;
  private static final int HAS_ORIGIN = 4;
  private static final int HAS_MASK = 8;
  private static final byte OLD_DELETE = 2;
  private static final int PREVIOUS_BYTES = 8;

  private final boolean old;
  private byte[] bytes;
  private final int start;
  private int end;
  private int count;

  /** An empty batch. */
  public WriteBatch(int capacityBytes) {
    this.old = false;
    this.bytes = new byte[capacityBytes];
    this.start = 0;
  }

  private WriteBatch(boolean old, byte[] bytes, int start, int end, int count) {
    this.old = old;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.count = count;
  }

  /** A batch over bytes that were encoded before, such as a log record's; they are not copied. */
  public static WriteBatch wrap(byte[] bytes, int offset, int length, int count) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    return new WriteBatch(false, bytes, offset, offset + length, count);
  }

  /** As {@link #wrap}, over rows in the first format. */
  static WriteBatch wrapOld(byte[] bytes, int offset, int length, int count) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    return new WriteBatch(true, bytes, offset, offset + length, count);
  }

  public void put(int keySpace, byte[] key, byte[] value, long changedColumns, int origin) {
    add(HAS_VALUE, keySpace, key, value, changedColumns, origin);
  }

  public void delete(int keySpace, byte[] key, int origin) {
    add(0, keySpace, key, new byte[0], Transaction.ALL_COLUMNS, origin);
  }

  private void add(int kind, int keySpace, byte[] key, byte[] value, long mask, int origin) {
    long needed = (long) end + ROW_OVERHEAD_MAX + key.length + value.length;
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, grownLength(needed));
    }
    boolean hasMask = mask != Transaction.ALL_COLUMNS;
    int flags = kind | HAS_PREVIOUS | (origin == 0 ? 0 : HAS_ORIGIN) | (hasMask ? HAS_MASK : 0);
    bytes[end] = (byte) flags;
    int at = putVarint(bytes, end + 1, keySpace);
    LONG.set(bytes, at, 0L);
    at += PREVIOUS_BYTES;
    if (origin != 0) {
      at = putVarint(bytes, at, origin);
    }
    if (hasMask) {
      at = putVarlong(bytes, at, (mask << 1) ^ (mask >> 63));
    }
    at = putVarint(bytes, at, key.length);
    if ((kind & HAS_VALUE) != 0) {
      at = putVarint(bytes, at, value.length);
    }
    System.arraycopy(key, 0, bytes, at, key.length);
    at += key.length;
    System.arraycopy(value, 0, bytes, at, value.length);
    end = at + value.length;
    count++;
  }

  /**
   * Takes the room for a previous timestamp from the rows that supersede nothing. To be called once
   * all timestamps are set, which none can be afterwards.
   */
  public void compact() {
    Rows rows = new Rows();
    int kept = start;
    int copied = start;
    while (rows.next()) {
      if (rows.hasPrevious() && rows.previousTimestamp() == 0) {
        bytes[rows.row] &= ~HAS_PREVIOUS;
        kept = moved(copied, rows.previous, kept);
        copied = rows.previous + PREVIOUS_BYTES;
      }
    }
    end = moved(copied, end, kept);
  }

  private int moved(int from, int to, int target) {
    System.arraycopy(bytes, from, bytes, target, to - from);
    return target + to - from;
  }

  /**
   * Refuses what no batch can hold.
   *
   * @throws StorageException SQLSTATE 54000
   */
  public static void requireFits(long bytes) {
    if (bytes > BYTES_MAX) {
      throw new StorageException(
          "54000", StorageException.Category.USER, "a commit holds at most 2 GB: bytes=" + bytes);
    }
  }

  private int grownLength(long needed) {
    requireFits(needed);
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

  /**
   * Stores a number as unsigned LEB128, in up to 10 bytes.
   *
   * @return the index behind it
   */
  public static int putVarlong(byte[] target, int at, long value) {
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
    private int previous;
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
      row = next++;
      if (old) {
        readOld();
      } else {
        read(bytes[row]);
      }
      keyOffset = next;
      next += keyLength + valueLength;
      return true;
    }

    private void read(int flags) {
      keySpace = (int) readVarlong();
      previous = next;
      if ((flags & HAS_PREVIOUS) != 0) {
        next += PREVIOUS_BYTES;
      }
      origin = (flags & HAS_ORIGIN) == 0 ? 0 : (int) readVarlong();
      mask = (flags & HAS_MASK) == 0 ? Transaction.ALL_COLUMNS : readMask();
      keyLength = (int) readVarlong();
      valueLength = (flags & HAS_VALUE) == 0 ? 0 : (int) readVarlong();
    }

    private void readOld() {
      previous = next;
      next += PREVIOUS_BYTES;
      keySpace = (int) readVarlong();
      origin = (int) readVarlong();
      mask = readMask();
      keyLength = (int) readVarlong();
      valueLength = (int) readVarlong();
    }

    private long readMask() {
      long zigzag = readVarlong();
      return (zigzag >>> 1) ^ -(zigzag & 1);
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

    @Override
    public boolean isDelete() {
      return old ? bytes[row] == OLD_DELETE : (bytes[row] & HAS_VALUE) == 0;
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

    private boolean hasPrevious() {
      return old || (bytes[row] & HAS_PREVIOUS) != 0;
    }

    /** Commit timestamp of the superseded version, 0 if there is none. */
    @Override
    public long previousTimestamp() {
      return hasPrevious() ? (long) LONG.get(bytes, previous) : 0;
    }

    /** Sets it, before {@link #compact}. */
    public void setPrevious(long timestamp) {
      if (!hasPrevious()) {
        throw new IllegalStateException("the batch is compact");
      }
      LONG.set(bytes, previous, timestamp);
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
