package org.facetdb.spi.type;

import java.util.Arrays;

/**
 * Single-precision numbers; NaN is equal to itself and above all others, zeros are equal. Ownership
 * and threads as in {@link Vector}.
 */
public final class FloatVector extends Vector {
  private float[] values;

  public FloatVector(LogicalType type, int capacity) {
    super(type);
    values = new float[capacity];
  }

  /** The array itself; kernels read and write it directly. */
  public float[] values() {
    return values;
  }

  public float get(int row) {
    return values[row];
  }

  public void set(int row, float value) {
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
    set(row, ((Float) value).floatValue());
  }

  @Override
  void copyValue(Vector source, int sourceRow, int row) {
    set(row, ((FloatVector) source).values[sourceRow]);
  }

  @Override
  public int compare(int row, Vector other, int otherRow) {
    return Float.compare(values[row] + 0f, ((FloatVector) other).values[otherRow] + 0f);
  }

  @Override
  long hashValue(int row) {
    return mix(Float.floatToIntBits(values[row] + 0f));
  }
}
