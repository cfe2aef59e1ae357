package org.facetdb.spi.type;

import java.util.Arrays;

/** Intervals by field. Ownership and threads as in {@link Vector}. */
public final class IntervalVector extends Vector {
  private int[] months;
  private int[] days;
  private long[] micros;

  public IntervalVector(LogicalType type, int capacity) {
    super(type);
    months = new int[capacity];
    days = new int[capacity];
    micros = new long[capacity];
  }

  public int[] months() {
    return months;
  }

  public int[] days() {
    return days;
  }

  public long[] micros() {
    return micros;
  }

  public Interval get(int row) {
    return new Interval(months[row], days[row], micros[row]);
  }

  public void set(int row, int monthCount, int dayCount, long microCount) {
    setNotNull(row);
    months[row] = monthCount;
    days[row] = dayCount;
    micros[row] = microCount;
  }

  @Override
  public int capacity() {
    return micros.length;
  }

  @Override
  public void ensureCapacity(int rows) {
    if (rows > micros.length) {
      int capacity = grown(micros.length, rows);
      months = Arrays.copyOf(months, capacity);
      days = Arrays.copyOf(days, capacity);
      micros = Arrays.copyOf(micros, capacity);
      growNulls();
    }
  }

  @Override
  public Object rawAt(int row) {
    return get(row);
  }

  @Override
  public void setRaw(int row, Object value) {
    Interval interval = (Interval) value;
    set(row, interval.months(), interval.days(), interval.micros());
  }

  @Override
  void copyValue(Vector source, int sourceRow, int row) {
    IntervalVector from = (IntervalVector) source;
    set(row, from.months[sourceRow], from.days[sourceRow], from.micros[sourceRow]);
  }

  @Override
  public int compare(int row, Vector other, int otherRow) {
    IntervalVector that = (IntervalVector) other;
    return Interval.compare(
        months[row],
        days[row],
        micros[row],
        that.months[otherRow],
        that.days[otherRow],
        that.micros[otherRow]);
  }

  @Override
  long hashValue(int row) {
    return mix(
        Interval.wholeDays(months[row], days[row], micros[row]) * 31
            + Interval.restMicros(micros[row]));
  }
}
