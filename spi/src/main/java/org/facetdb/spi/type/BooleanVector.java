package org.facetdb.spi.type;

import java.util.Arrays;

/** Booleans. Ownership and threads as in {@link Vector}. */
public final class BooleanVector extends Vector {
  private boolean[] values;

  public BooleanVector(LogicalType type, int capacity) {
    super(type);
    values = new boolean[capacity];
  }

  /** The array itself; kernels read and write it directly. */
  public boolean[] values() {
    return values;
  }

  public boolean get(int row) {
    return values[row];
  }

  public void set(int row, boolean value) {
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
    set(row, ((Boolean) value).booleanValue());
  }

  @Override
  void copyValue(Vector source, int sourceRow, int row) {
    set(row, ((BooleanVector) source).values[sourceRow]);
  }

  @Override
  public int compare(int row, Vector other, int otherRow) {
    return Boolean.compare(values[row], ((BooleanVector) other).values[otherRow]);
  }

  @Override
  long hashValue(int row) {
    return mix(values[row] ? 1 : 2);
  }
}
