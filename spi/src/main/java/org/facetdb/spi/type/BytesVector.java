package org.facetdb.spi.type;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Byte strings: text as UTF-8, bytea, json. A row is a slice of one data array. The array is either
 * the vector's own, to which {@code set} appends, or another's that {@link #share} borrowed, into
 * which {@link #setSlice} points without a copy. The order is that of unsigned bytes. Ownership and
 * threads as in {@link Vector}; a borrowed array must not change while the vector is read.
 */
public final class BytesVector extends Vector {
  private byte[] data = new byte[0];
  private byte[] own = data;
  private int used;
  private int[] offsets;
  private int[] lengths;

  public BytesVector(LogicalType type, int capacity) {
    super(type);
    offsets = new int[capacity];
    lengths = new int[capacity];
  }

  /** The array that the slices point into. Do not write to it. */
  public byte[] data() {
    return data;
  }

  /** Start of each row's slice. */
  public int[] offsets() {
    return offsets;
  }

  /** Bytes of each row's slice. */
  public int[] lengths() {
    return lengths;
  }

  public int offset(int row) {
    return offsets[row];
  }

  public int length(int row) {
    return lengths[row];
  }

  /** Empties the vector and lets it point into {@code foreign} until the next reset. */
  public void share(byte[] foreign) {
    reset();
    data = foreign;
  }

  /** Points a row into the data array, own or shared. */
  public void setSlice(int row, int offset, int length) {
    setNotNull(row);
    offsets[row] = offset;
    lengths[row] = length;
  }

  @Override
  public void reset() {
    super.reset();
    data = own;
    used = 0;
  }

  /**
   * Reserves room for {@code length} bytes at the end of the vector's own array and returns where
   * they start; the caller fills {@link #data} there and then sets a slice.
   */
  public int allocate(int length) {
    if (data != own) {
      throw new IllegalStateException("a vector that shares an array cannot append to it");
    }
    int start = used;
    int needed = Math.addExact(used, length);
    if (needed > own.length) {
      own = Arrays.copyOf(own, Math.max(Math.max(1024, needed), grown(own.length, needed)));
      data = own;
    }
    used = needed;
    return start;
  }

  /** Gives back the end of the last allocation, which now ends at {@code end}. */
  public void trimTo(int end) {
    used = end;
  }

  /** Appends a copy of the bytes. */
  public void set(int row, byte[] source, int offset, int length) {
    int start = allocate(length);
    System.arraycopy(source, offset, own, start, length);
    setSlice(row, start, length);
  }

  public void set(int row, byte[] value) {
    set(row, value, 0, value.length);
  }

  public void setString(int row, String value) {
    set(row, value.getBytes(StandardCharsets.UTF_8));
  }

  public String getString(int row) {
    return new String(data, offsets[row], lengths[row], StandardCharsets.UTF_8);
  }

  public byte[] getBytes(int row) {
    return Arrays.copyOfRange(data, offsets[row], offsets[row] + lengths[row]);
  }

  @Override
  public int capacity() {
    return offsets.length;
  }

  @Override
  public void ensureCapacity(int rows) {
    if (rows > offsets.length) {
      int capacity = grown(offsets.length, rows);
      offsets = Arrays.copyOf(offsets, capacity);
      lengths = Arrays.copyOf(lengths, capacity);
      growNulls();
    }
  }

  @Override
  public Object rawAt(int row) {
    return getBytes(row);
  }

  @Override
  public void setRaw(int row, Object value) {
    set(row, (byte[]) value);
  }

  @Override
  void copyValue(Vector source, int sourceRow, int row) {
    BytesVector from = (BytesVector) source;
    if (data == from.data) {
      setSlice(row, from.offsets[sourceRow], from.lengths[sourceRow]);
    } else {
      set(row, from.data, from.offsets[sourceRow], from.lengths[sourceRow]);
    }
  }

  @Override
  public int compare(int row, Vector other, int otherRow) {
    BytesVector that = (BytesVector) other;
    int a = offsets[row];
    int b = that.offsets[otherRow];
    return Arrays.compareUnsigned(
        data, a, a + lengths[row], that.data, b, b + that.lengths[otherRow]);
  }

  @Override
  public boolean equalAt(int row, Vector other, int otherRow) {
    BytesVector that = (BytesVector) other;
    int length = lengths[row];
    int a = offsets[row];
    int b = that.offsets[otherRow];
    return length == that.lengths[otherRow]
        && Arrays.equals(data, a, a + length, that.data, b, b + length);
  }

  @Override
  long hashValue(int row) {
    long h = lengths[row];
    int end = offsets[row] + lengths[row];
    for (int i = offsets[row]; i < end; i++) {
      h = h * 31 + data[i];
    }
    return mix(h);
  }
}
