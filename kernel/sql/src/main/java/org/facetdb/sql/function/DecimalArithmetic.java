package org.facetdb.sql.function;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.facetdb.spi.function.ScalarKernel;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.DecimalVector;
import org.facetdb.sql.function.IntegerArithmetic.Operation;
import org.facetdb.sql.type.TypeErrors;

/**
 * Arithmetic on numerics with PostgreSQL's display scales. Sums, differences and products run on
 * longs while both sides are in the fast form; a result that overflows makes the batch run again in
 * the general form. Stateless.
 */
public final class DecimalArithmetic {
  private static final int MIN_SIGNIFICANT_DIGITS = 16;
  private static final int MAX_DISPLAY_SCALE = 1000;

  /** Decimal digits in one of PostgreSQL's numeric digits, which decide the scale of a quotient. */
  private static final int GROUP = 4;

  private static final long[] POWERS = powers();

  private DecimalArithmetic() {}

  private static long[] powers() {
    long[] powers = new long[19];
    powers[0] = 1;
    for (int i = 1; i < powers.length; i++) {
      powers[i] = powers[i - 1] * 10;
    }
    return powers;
  }

  /** 10 to the {@code exponent}, which is in [0, 18]. */
  public static long powerOfTen(int exponent) {
    return POWERS[exponent];
  }

  static ScalarKernel kernel(Operation operation) {
    return (arguments, rows, count, result, _) -> {
      DecimalVector a = (DecimalVector) arguments[0];
      DecimalVector b = (DecimalVector) arguments[1];
      DecimalVector r = (DecimalVector) result;
      if (!(a.isFast() && b.isFast() && fast(operation, a, b, r, rows, count))) {
        general(operation, a, b, r, rows, count);
      }
    };
  }

  private static boolean fast(
      Operation operation,
      DecimalVector a,
      DecimalVector b,
      DecimalVector r,
      int[] rows,
      int count) {
    return switch (operation) {
      case ADD -> addFast(a, b, r, rows, count, false);
      case SUBTRACT -> addFast(a, b, r, rows, count, true);
      case MULTIPLY -> multiplyFast(a, b, r, rows, count);
      case DIVIDE, MODULO -> false;
    };
  }

  /** Multiplies in the fast form; false if a product does not fit. */
  static boolean multiplyFast(
      DecimalVector a, DecimalVector b, DecimalVector r, int[] rows, int count) {
    int scale = a.scale() + b.scale();
    if (scale > DecimalVector.MAX_FAST_SCALE) {
      return false;
    }
    r.startFastKeepingNulls(scale);
    return !IntegerArithmetic.multiplyLongs(a.unscaled(), b.unscaled(), r.unscaled(), rows, count);
  }

  static boolean addFast(
      DecimalVector a, DecimalVector b, DecimalVector r, int[] rows, int count, boolean subtract) {
    int scale = Math.max(a.scale(), b.scale());
    r.startFastKeepingNulls(scale);
    long[] x = a.unscaled();
    long[] y = b.unscaled();
    if (a.scale() == b.scale()) {
      return subtract
          ? !IntegerArithmetic.subtractLongs(x, y, r.unscaled(), rows, count)
          : !IntegerArithmetic.addLongs(x, y, r.unscaled(), rows, count);
    }
    long px = POWERS[scale - a.scale()];
    long py = POWERS[scale - b.scale()];
    return !addScaled(x, px, y, subtract ? -py : py, r.unscaled(), rows, count);
  }

  /** Computes x*px + y*py; true on overflow. */
  private static boolean addScaled(
      long[] x, long px, long[] y, long py, long[] r, int[] rows, int count) {
    long bad = 0;
    boolean dense = rows == Batch.allRows();
    for (int k = 0; k < count; k++) {
      int i = dense ? k : rows[k];
      long a = x[i] * px;
      long b = y[i] * py;
      long sum = a + b;
      bad |= Math.multiplyHigh(x[i], px) ^ (a >> 63);
      bad |= Math.multiplyHigh(y[i], py) ^ (b >> 63);
      bad |= ((a ^ sum) & (b ^ sum)) >> 63;
      r[i] = sum;
    }
    return bad != 0;
  }

  private static void general(
      Operation operation,
      DecimalVector a,
      DecimalVector b,
      DecimalVector r,
      int[] rows,
      int count) {
    r.startFastKeepingNulls(-1);
    for (int k = 0; k < count; k++) {
      int i = rows[k];
      r.set(i, apply(operation, a.get(i), b.get(i)));
    }
  }

  static BigDecimal apply(Operation operation, BigDecimal a, BigDecimal b) {
    return switch (operation) {
      case ADD -> a.add(b);
      case SUBTRACT -> a.subtract(b);
      case MULTIPLY -> a.multiply(b);
      case DIVIDE -> divide(a, b);
      case MODULO -> modulo(a, b);
    };
  }

  /** The quotient at the scale that PostgreSQL selects: 16 significant digits at least. */
  public static BigDecimal divide(BigDecimal a, BigDecimal b) {
    if (b.signum() == 0) {
      throw TypeErrors.divisionByZero();
    }
    return a.divide(b, quotientScale(a, b), RoundingMode.HALF_UP);
  }

  static BigDecimal modulo(BigDecimal a, BigDecimal b) {
    if (b.signum() == 0) {
      throw TypeErrors.divisionByZero();
    }
    return a.remainder(b).setScale(Math.max(a.scale(), b.scale()));
  }

  /** PostgreSQL's select_div_scale (numeric.c). */
  static int quotientScale(BigDecimal a, BigDecimal b) {
    int weight = weight(a) - weight(b);
    if (firstGroup(a) <= firstGroup(b)) {
      weight--;
    }
    int scale = MIN_SIGNIFICANT_DIGITS - weight * GROUP;
    scale = Math.max(scale, Math.max(a.scale(), b.scale()));
    return Math.min(Math.max(scale, 0), MAX_DISPLAY_SCALE);
  }

  /** The exponent of the first digit in base 10,000; 0 for zero. */
  static int weight(BigDecimal value) {
    return value.signum() == 0 ? 0 : Math.floorDiv(value.precision() - value.scale() - 1, GROUP);
  }

  /** The first digit in base 10,000; 0 for zero. */
  private static int firstGroup(BigDecimal value) {
    if (value.signum() == 0) {
      return 0;
    }
    int digits = Math.floorMod(value.precision() - value.scale() - 1, GROUP) + 1;
    int drop = value.precision() - digits;
    return new BigDecimal(value.unscaledValue().abs(), drop)
        .setScale(0, RoundingMode.DOWN)
        .intValue();
  }
}
