package org.facetdb.spi.type;

import java.util.Arrays;
import java.util.UUID;

/** UUIDs as two longs, ordered as unsigned bytes. Ownership and threads as in {@link Vector}. */
public final class UuidVector extends Vector {
  private long[] high;
  private long[] low;

  public UuidVector(LogicalType type, int capacity) {
    super(type);
    high = new long[capacity];
    low = new long[capacity];
  }

  public long[] high() {
    return high;
  }

  public long[] low() {
    return low;
  }

  public UUID get(int row) {
    return new UUID(high[row], low[row]);
  }

  public void set(int row, long highBits, long lowBits) {
    setNotNull(row);
    high[row] = highBits;
    low[row] = lowBits;
  }

  @Override
  public int capacity() {
    return high.length;
  }

  @Override
  public void ensureCapacity(int rows) {
    if (rows > high.length) {
      int capacity = grown(high.length, rows);
      high = Arrays.copyOf(high, capacity);
      low = Arrays.copyOf(low, capacity);
      growNulls();
    }
  }

  @Override
  public Object rawAt(int row) {
    return get(row);
  }

  @Override
  public void setRaw(int row, Object value) {
    UUID uuid = (UUID) value;
    set(row, uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
  }

  @Override
  void copyValue(Vector source, int sourceRow, int row) {
    UuidVector from = (UuidVector) source;
    set(row, from.high[sourceRow], from.low[sourceRow]);
  }

  @Override
  public int compare(int row, Vector other, int otherRow) {
    UuidVector that = (UuidVector) other;
    int byHigh = Long.compareUnsigned(high[row], that.high[otherRow]);
    return byHigh != 0 ? byHigh : Long.compareUnsigned(low[row], that.low[otherRow]);
  }

  @Override
  long hashValue(int row) {
    return mix(high[row] * 31 + low[row]);
  }
}
