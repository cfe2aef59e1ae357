package org.facetdb.spi.type;

import java.util.Arrays;

/**
 * Double-precision numbers; NaN is equal to itself and above all others, zeros are equal. Ownership
 * and threads as in {@link Vector}.
 */
public final class DoubleVector extends Vector {
  private double[] values;

  public DoubleVector(LogicalType type, int capacity) {
    super(type);
    values = new double[capacity];
  }

  /** The array itself; kernels read and write it directly. */
  public double[] values() {
    return values;
  }

  public double get(int row) {
    return values[row];
  }

  public void set(int row, double value) {
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
    set(row, ((Double) value).doubleValue());
  }

  @Override
  void copyValue(Vector source, int sourceRow, int row) {
    set(row, ((DoubleVector) source).values[sourceRow]);
  }

  @Override
  public int compare(int row, Vector other, int otherRow) {
    return Double.compare(values[row] + 0d, ((DoubleVector) other).values[otherRow] + 0d);
  }

  @Override
  long hashValue(int row) {
    return mix(Double.doubleToLongBits(values[row] + 0d));
  }
}
