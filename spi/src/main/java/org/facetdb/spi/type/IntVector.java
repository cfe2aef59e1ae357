package org.facetdb.spi.type;

import java.util.Arrays;

/**
 * 32-bit integers: smallint, integer, and dates as days since 1970-01-01. Ownership and threads as
 * in {@link Vector}.
 */
public final class IntVector extends Vector {
  private int[] values;

  public IntVector(LogicalType type, int capacity) {
    super(type);
    values = new int[capacity];
  }

  /** The array itself; kernels read and write it directly. */
  public int[] values() {
    return values;
  }

  public int get(int row) {
    return values[row];
  }

  public void set(int row, int value) {
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
    set(row, ((Integer) value).intValue());
  }

  @Override
  void copyValue(Vector source, int sourceRow, int row) {
    set(row, ((IntVector) source).values[sourceRow]);
  }

  @Override
  public int compare(int row, Vector other, int otherRow) {
    return Integer.compare(values[row], ((IntVector) other).values[otherRow]);
  }

  @Override
  long hashValue(int row) {
    return mix(values[row]);
  }
}
