package org.facetdb.sql.function;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import org.facetdb.spi.function.ScalarKernel;
import org.facetdb.spi.type.DecimalVector;
import org.facetdb.spi.type.DoubleVector;
import org.facetdb.spi.type.FloatVector;
import org.facetdb.spi.type.IntVector;
import org.facetdb.spi.type.LongVector;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.type.SqlType;
import org.facetdb.sql.type.TypeErrors;
import org.facetdb.sql.type.TypeKind;
import org.jspecify.annotations.Nullable;

/** Casts among numbers. Stateless. */
final class NumberCasts {
  /** Digits that a float4 and a float8 keep on their way to numeric. */
  private static final int FLOAT_DIGITS = 6;

  private static final int DOUBLE_DIGITS = 15;

  private NumberCasts() {}

  static @Nullable ScalarKernel kernel(SqlType from, SqlType to) {
    return switch (to.kind()) {
      case SMALLINT, INTEGER -> from.kind() == to.kind() ? null : toInt(from.kind(), to.kind());
      case BIGINT -> from.kind() == TypeKind.BIGINT ? null : toLong(from.kind());
      case REAL -> from.kind() == TypeKind.REAL ? null : toFloat(from.kind());
      case DOUBLE -> from.kind() == TypeKind.DOUBLE ? null : toDouble(from.kind());
      default -> toNumeric(from, to);
    };
  }

  private static @Nullable ScalarKernel toInt(TypeKind from, TypeKind to) {
    if (from == TypeKind.SMALLINT) {
      return (arguments, rows, count, result, _) -> {
        int[] a = ((IntVector) arguments[0]).values();
        int[] r = ((IntVector) result).values();
        for (int k = 0; k < count; k++) {
          r[rows[k]] = a[rows[k]];
        }
      };
    }
    boolean small = to == TypeKind.SMALLINT;
    long min = small ? Short.MIN_VALUE : Integer.MIN_VALUE;
    long max = small ? Short.MAX_VALUE : Integer.MAX_VALUE;
    String name = small ? "smallint" : "integer";
    return (arguments, rows, count, result, _) -> {
      int[] r = ((IntVector) result).values();
      for (int k = 0; k < count; k++) {
        r[rows[k]] = (int) whole(arguments[0], rows[k], min, max, name);
      }
    };
  }

  private static ScalarKernel toLong(TypeKind from) {
    if (from == TypeKind.SMALLINT || from == TypeKind.INTEGER) {
      return (arguments, rows, count, result, _) -> {
        int[] a = ((IntVector) arguments[0]).values();
        long[] r = ((LongVector) result).values();
        for (int k = 0; k < count; k++) {
          r[rows[k]] = a[rows[k]];
        }
      };
    }
    return (arguments, rows, count, result, _) -> {
      long[] r = ((LongVector) result).values();
      for (int k = 0; k < count; k++) {
        r[rows[k]] = whole(arguments[0], rows[k], Long.MIN_VALUE, Long.MAX_VALUE, "bigint");
      }
    };
  }

  /** Rounds any number to a whole one in range: floats half to even, numerics half away from 0. */
  private static long whole(Vector vector, int row, long min, long max, String name) {
    long value =
        switch (vector) {
          case IntVector ints -> ints.get(row);
          case LongVector longs -> longs.get(row);
          case FloatVector floats -> rounded(floats.get(row), name);
          case DoubleVector doubles -> rounded(doubles.get(row), name);
          case DecimalVector decimals -> rounded(decimals, row, name);
          default -> throw TypeErrors.outOfRange(name);
        };
    if (value < min || value > max) {
      throw TypeErrors.outOfRange(name);
    }
    return value;
  }

  private static long rounded(double value, String name) {
    double whole = Math.rint(value);
    if (!(whole >= -0x1p63 && whole < 0x1p63)) {
      throw TypeErrors.outOfRange(name);
    }
    return (long) whole;
  }

  private static long rounded(DecimalVector vector, int row, String name) {
    if (vector.isFast() && vector.scale() == 0) {
      return vector.unscaled()[row];
    }
    BigDecimal whole = vector.get(row).setScale(0, RoundingMode.HALF_UP);
    if (whole.unscaledValue().bitLength() > 63) {
      throw TypeErrors.outOfRange(name);
    }
    return whole.longValue();
  }

  private static ScalarKernel toDouble(TypeKind from) {
    return (arguments, rows, count, result, _) -> {
      double[] r = ((DoubleVector) result).values();
      for (int k = 0; k < count; k++) {
        r[rows[k]] = real(arguments[0], rows[k]);
      }
    };
  }

  private static ScalarKernel toFloat(TypeKind from) {
    return (arguments, rows, count, result, _) -> {
      float[] r = ((FloatVector) result).values();
      for (int k = 0; k < count; k++) {
        double exact = real(arguments[0], rows[k]);
        float rounded =
            from == TypeKind.NUMERIC
                ? ((DecimalVector) arguments[0]).get(rows[k]).floatValue()
                : (float) exact;
        if (Float.isInfinite(rounded) && !Double.isInfinite(exact)) {
          throw TypeErrors.floatOverflow();
        }
        if (rounded == 0 && exact != 0) {
          throw TypeErrors.floatUnderflow();
        }
        r[rows[k]] = rounded;
      }
    };
  }

  private static double real(Vector vector, int row) {
    return switch (vector) {
      case IntVector ints -> ints.get(row);
      case LongVector longs -> longs.get(row);
      case FloatVector floats -> floats.get(row);
      case DoubleVector doubles -> doubles.get(row);
      case DecimalVector decimals -> {
        double value = decimals.get(row).doubleValue();
        if (Double.isInfinite(value)) {
          throw TypeErrors.floatOverflow();
        }
        yield value;
      }
      default -> throw new IllegalArgumentException("not a number: " + vector.type().name());
    };
  }

  private static @Nullable ScalarKernel toNumeric(SqlType from, SqlType to) {
    boolean bounded = to.precision() >= 0;
    if (from.kind() == TypeKind.NUMERIC) {
      return !bounded || from.equals(to)
          ? null
          : (a, rows, count, r, _) -> fit(a, rows, count, r, to);
    }
    if (from.kind().isInteger() && !bounded) {
      return (arguments, rows, count, result, _) -> {
        DecimalVector r = (DecimalVector) result;
        r.startFastKeepingNulls(0);
        long[] unscaled = r.unscaled();
        for (int k = 0; k < count; k++) {
          int i = rows[k];
          unscaled[i] =
              arguments[0] instanceof LongVector longs
                  ? longs.get(i)
                  : ((IntVector) arguments[0]).get(i);
        }
      };
    }
    return (arguments, rows, count, result, _) -> {
      DecimalVector r = (DecimalVector) result;
      for (int k = 0; k < count; k++) {
        r.set(rows[k], to.fitNumeric(exact(arguments[0], rows[k])));
      }
    };
  }

  private static BigDecimal exact(Vector vector, int row) {
    return switch (vector) {
      case IntVector ints -> BigDecimal.valueOf(ints.get(row));
      case LongVector longs -> BigDecimal.valueOf(longs.get(row));
      case FloatVector floats -> ofFloat(floats.get(row), FLOAT_DIGITS);
      case DoubleVector doubles -> ofFloat(doubles.get(row), DOUBLE_DIGITS);
      case DecimalVector decimals -> decimals.get(row);
      default -> throw new IllegalArgumentException("not a number: " + vector.type().name());
    };
  }

  private static BigDecimal ofFloat(double value, int digits) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      throw org.facetdb.spi.DatabaseException.unsupported(
          "numeric has no NaN and no infinity here");
    }
    BigDecimal rounded =
        new BigDecimal(value)
            .round(new MathContext(digits, RoundingMode.HALF_EVEN))
            .stripTrailingZeros();
    return rounded.scale() < 0 ? rounded.setScale(0) : rounded;
  }

  /** Rounds numerics to the scale of {@code to} and checks its precision. */
  private static void fit(Vector[] arguments, int[] rows, int count, Vector result, SqlType to) {
    DecimalVector a = (DecimalVector) arguments[0];
    DecimalVector r = (DecimalVector) result;
    if (a.isFast()
        && a.scale() <= to.scale()
        && to.precision() <= 18
        && fitFast(a, rows, count, r, to)) {
      return;
    }
    r.startFastKeepingNulls(-1);
    for (int k = 0; k < count; k++) {
      r.set(rows[k], to.fitNumeric(a.get(rows[k])));
    }
  }

  private static boolean fitFast(
      DecimalVector a, int[] rows, int count, DecimalVector r, SqlType to) {
    r.startFastKeepingNulls(to.scale());
    long factor = DecimalArithmetic.powerOfTen(to.scale() - a.scale());
    long bound = DecimalArithmetic.powerOfTen(to.precision());
    long[] x = a.unscaled();
    long[] y = r.unscaled();
    boolean fits = true;
    for (int k = 0; k < count; k++) {
      int i = rows[k];
      long value = x[i] * factor;
      fits &= Math.multiplyHigh(x[i], factor) == value >> 63 && value < bound && value > -bound;
      y[i] = value;
    }
    return fits;
  }
}
