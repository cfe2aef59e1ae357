package org.facetdb.spi.type;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * Exact numbers. In the fast form every value is a long at one scale; the first value that does not
 * fit moves all of them to the general form, one {@link BigDecimal} each with a scale of its own.
 * The scale is what the value shows: 1.0 and 1.00 are equal and differ. Ownership and threads as in
 * {@link Vector}.
 */
public final class DecimalVector extends Vector {
  /** The largest scale of the fast form. */
  public static final int MAX_FAST_SCALE = 18;

  private static final int UNSET = -1;

  private long[] unscaled;
  private BigDecimal[] general = new BigDecimal[0];
  private boolean fast = true;
  private int scale = UNSET;

  public DecimalVector(LogicalType type, int capacity) {
    super(type);
    unscaled = new long[capacity];
  }

  /** Whether {@link #unscaled} and {@link #scale} hold the values, {@link #general} otherwise. */
  public boolean isFast() {
    return fast;
  }

  /** The common scale of the fast form; 0 while no value is set. */
  public int scale() {
    return scale == UNSET ? 0 : scale;
  }

  /** The values of the fast form, times 10 to the {@link #scale}. */
  public long[] unscaled() {
    return unscaled;
  }

  /** The values of the general form; entries of unset and null rows may be null or stale. */
  public BigDecimal[] general() {
    return general;
  }

  /** Empties the vector and fixes the scale of the fast form, for a kernel that fills the array. */
  public void startFast(int newScale) {
    reset();
    scale = newScale;
  }

  /**
   * Fixes the scale of the fast form and forgets the values, but not which rows are null; -1 leaves
   * the scale to the first value.
   */
  public void startFastKeepingNulls(int newScale) {
    fast = true;
    scale = newScale;
  }

  /** Empties the vector into the general form. */
  public void startGeneral() {
    reset();
    fast = false;
    if (general.length < unscaled.length) {
      general = new BigDecimal[unscaled.length];
    }
  }

  @Override
  public void reset() {
    super.reset();
    fast = true;
    scale = UNSET;
  }

  private void makeGeneral() {
    if (general.length < unscaled.length) {
      general = new BigDecimal[unscaled.length];
    }
    int common = scale();
    for (int i = 0; i < unscaled.length; i++) {
      general[i] = BigDecimal.valueOf(unscaled[i], common);
    }
    fast = false;
  }

  public BigDecimal get(int row) {
    return fast ? BigDecimal.valueOf(unscaled[row], scale()) : general[row];
  }

  public void set(int row, BigDecimal value) {
    if (fast && fits(value)) {
      set(row, value.unscaledValue().longValue(), value.scale());
      return;
    }
    setNotNull(row);
    if (fast) {
      makeGeneral();
    }
    general[row] = value;
  }

  private static boolean fits(BigDecimal value) {
    int s = value.scale();
    return s >= 0
        && s <= MAX_FAST_SCALE
        && (value.precision() <= 18 || value.unscaledValue().bitLength() < 64);
  }

  /** Sets {@code value / 10^valueScale}. */
  public void set(int row, long value, int valueScale) {
    setNotNull(row);
    if (fast) {
      if (scale == valueScale) {
        unscaled[row] = value;
        return;
      }
      if (scale == UNSET && valueScale >= 0 && valueScale <= MAX_FAST_SCALE) {
        scale = valueScale;
        unscaled[row] = value;
        return;
      }
      makeGeneral();
    }
    general[row] = BigDecimal.valueOf(value, valueScale);
  }

  @Override
  public int capacity() {
    return unscaled.length;
  }

  @Override
  public void ensureCapacity(int rows) {
    if (rows > unscaled.length) {
      unscaled = Arrays.copyOf(unscaled, grown(unscaled.length, rows));
      if (!fast) {
        general = Arrays.copyOf(general, unscaled.length);
      }
      growNulls();
    }
  }

  @Override
  public Object rawAt(int row) {
    return get(row);
  }

  @Override
  public void setRaw(int row, Object value) {
    set(row, (BigDecimal) value);
  }

  @Override
  void copyValue(Vector source, int sourceRow, int row) {
    DecimalVector from = (DecimalVector) source;
    if (from.fast) {
      set(row, from.unscaled[sourceRow], from.scale());
    } else {
      set(row, from.general[sourceRow]);
    }
  }

  @Override
  public int compare(int row, Vector other, int otherRow) {
    DecimalVector that = (DecimalVector) other;
    if (fast && that.fast && scale() == that.scale()) {
      return Long.compare(unscaled[row], that.unscaled[otherRow]);
    }
    return get(row).compareTo(that.get(otherRow));
  }

  @Override
  long hashValue(int row) {
    if (fast) {
      return hashOf(unscaled[row], scale());
    }
    BigDecimal value = general[row].stripTrailingZeros();
    BigInteger digits = value.unscaledValue();
    return digits.bitLength() < 64
        ? hashOf(digits.longValue(), value.scale())
        : mix(digits.hashCode() * 31L + value.scale());
  }

  private static long hashOf(long value, int valueScale) {
    if (value == 0) {
      return mix(0);
    }
    long digits = value;
    int places = valueScale;
    while (digits % 10 == 0) {
      digits /= 10;
      places--;
    }
    return mix(digits * 31 + places);
  }
}
