package org.facetdb.spi.type;

import java.util.Arrays;

/**
 * 64-bit integers: bigint, times and timestamps as microseconds (since midnight, since 1970 UTC).
 * Ownership and threads as in {@link Vector}.
 */
public final class LongVector extends Vector {
  private long[] values;

  public LongVector(LogicalType type, int capacity) {
    super(type);
    values = new long[capacity];
  }

  /** The array itself; kernels read and write it directly. */
  public long[] values() {
    return values;
  }

  public long get(int row) {
    return values[row];
  }

  public void set(int row, long value) {
    setNotNull(row);
    values[row] = value;
  }

  @Override
  public int capacity() {
    return values.length;
  }

  @Override
  public void ensureCapacity(int rows) {
    if (rows > values.length) {
      values = Arrays.copyOf(values, grown(values.length, rows));
      growNulls();
    }
  }

  @Override
  public Object rawAt(int row) {
    return values[row];
  }

  @Override
  public void setRaw(int row, Object value) {
    set(row, ((Long) value).longValue());
  }

  @Override
  void copyValue(Vector source, int sourceRow, int row) {
    set(row, ((LongVector) source).values[sourceRow]);
  }

  @Override
  public int compare(int row, Vector other, int otherRow) {
    return Long.compare(values[row], ((LongVector) other).values[otherRow]);
  }

  @Override
  long hashValue(int row) {
    return mix(values[row]);
  }
}
