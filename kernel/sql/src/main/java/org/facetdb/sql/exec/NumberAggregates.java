package org.facetdb.sql.exec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import org.facetdb.spi.type.DecimalVector;
import org.facetdb.spi.type.DoubleVector;
import org.facetdb.spi.type.FloatVector;
import org.facetdb.spi.type.IntVector;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.LongVector;
import org.facetdb.spi.type.Vector;

/** Accumulators over numbers: count, sum, avg, variance. Each as thread-unsafe as its interface. */
final class NumberAggregates {
  private NumberAggregates() {}

  /** count(*) and count(x). */
  static final class Count implements Accumulator {
    private final LogicalType type;
    private long[] counts = new long[16];

    Count(LogicalType type) {
      this.type = type;
    }

    @Override
    public void ensureGroups(int groupCount) {
      if (groupCount > counts.length) {
        counts = Arrays.copyOf(counts, Math.max(groupCount, 2 * counts.length));
      }
    }

    @Override
    public void add(Vector[] arguments, int[] rows, int[] groups, int count) {
      long[] c = counts;
      if (arguments.length == 0 || !arguments[0].hasNulls()) {
        for (int k = 0; k < count; k++) {
          c[groups[k]]++;
        }
        return;
      }
      boolean[] nulls = arguments[0].nulls();
      for (int k = 0; k < count; k++) {
        c[groups[k]] += nulls[rows[k]] ? 0 : 1;
      }
    }

    @Override
    public Vector finish(int from, int count) {
      LongVector out = new LongVector(type, count);
      System.arraycopy(counts, from, out.values(), 0, count);
      return out;
    }

    @Override
    public long memoryBytes() {
      return 8L * counts.length;
    }
  }

  /** What sum and avg of exact numbers share. */
  abstract static class Exact implements Accumulator {
    final LogicalType type;
    final ExactSum sums = new ExactSum();

    Exact(LogicalType type) {
      this.type = type;
    }

    @Override
    public final void ensureGroups(int groupCount) {
      sums.ensureGroups(groupCount);
    }

    @Override
    public final void add(Vector[] arguments, int[] rows, int[] groups, int count) {
      sums.add(arguments[0], rows, groups, count);
    }

    @Override
    public final long memoryBytes() {
      return sums.memoryBytes();
    }
  }

  /** sum of smallint and integer: a bigint, 22003 beyond it. */
  static final class SumToLong extends Exact {
    private final boolean zeroIfEmpty;

    SumToLong(LogicalType type, boolean zeroIfEmpty) {
      super(type);
      this.zeroIfEmpty = zeroIfEmpty;
    }

    @Override
    public Vector finish(int from, int count) {
      LongVector out = new LongVector(type, count);
      for (int i = 0; i < count; i++) {
        int group = from + i;
        if (sums.count(group) == 0 && !zeroIfEmpty) {
          out.setNull(i);
        } else if (sums.fitsLong(group)) {
          out.set(i, sums.low(group));
        } else {
          throw ExecErrors.user("22003", "bigint out of range");
        }
      }
      return out;
    }
  }

  /** sum of bigint and numeric: a numeric. */
  static final class SumToNumeric extends Exact {
    private final boolean zeroIfEmpty;

    SumToNumeric(LogicalType type, boolean zeroIfEmpty) {
      super(type);
      this.zeroIfEmpty = zeroIfEmpty;
    }

    @Override
    public Vector finish(int from, int count) {
      DecimalVector out = new DecimalVector(type, count);
      for (int i = 0; i < count; i++) {
        int group = from + i;
        if (sums.count(group) == 0) {
          if (zeroIfEmpty) {
            out.set(i, 0, 0);
          } else {
            out.setNull(i);
          }
        } else if (sums.fitsLong(group)) {
          out.set(i, sums.low(group), sums.scale());
        } else {
          out.set(i, sums.sum(group));
        }
      }
      return out;
    }
  }

  /** avg of exact numbers: a numeric with PostgreSQL's scale. */
  static final class Average extends Exact {
    Average(LogicalType type) {
      super(type);
    }

    @Override
    public Vector finish(int from, int count) {
      DecimalVector out = new DecimalVector(type, count);
      for (int i = 0; i < count; i++) {
        long n = sums.count(from + i);
        if (n == 0) {
          out.setNull(i);
        } else {
          out.set(i, NumericMath.divide(sums.sum(from + i), BigDecimal.valueOf(n)));
        }
      }
      return out;
    }
  }

  /** sum and avg of real and double precision. */
  static final class FloatSum implements Accumulator {
    private final LogicalType type;
    private final boolean average;
    private final boolean zeroIfEmpty;
    private double[] sums = new double[16];
    private long[] counts = new long[16];
    private boolean sawInfinite;

    FloatSum(LogicalType type, boolean average, boolean zeroIfEmpty) {
      this.type = type;
      this.zeroIfEmpty = zeroIfEmpty;
      this.average = average;
    }

    @Override
    public void ensureGroups(int groupCount) {
      if (groupCount > sums.length) {
        sums = Arrays.copyOf(sums, Math.max(groupCount, 2 * sums.length));
        counts = Arrays.copyOf(counts, sums.length);
      }
    }

    @Override
    public void add(Vector[] arguments, int[] rows, int[] groups, int count) {
      Vector vector = arguments[0];
      boolean infinite = false;
      for (int k = 0; k < count; k++) {
        int row = rows[k];
        if (!vector.isNull(row)) {
          double value = doubleAt(vector, row);
          infinite |= Double.isInfinite(value);
          sums[groups[k]] += value;
          counts[groups[k]]++;
        }
      }
      sawInfinite |= infinite;
    }

    @Override
    public Vector finish(int from, int count) {
      Vector out = Vector.create(type, count);
      for (int i = 0; i < count; i++) {
        int group = from + i;
        if (counts[group] == 0 && !zeroIfEmpty) {
          out.setNull(i);
          continue;
        }
        double value = average ? sums[group] / counts[group] : sums[group];
        boolean overflow = Double.isInfinite(sums[group]);
        if (out instanceof FloatVector floats) {
          overflow |= Float.isInfinite((float) value);
          floats.set(i, (float) value);
        } else {
          ((DoubleVector) out).set(i, value);
        }
        if (overflow && !sawInfinite) {
          throw ExecErrors.user("22003", "value out of range: overflow");
        }
      }
      return out;
    }

    @Override
    public long memoryBytes() {
      return 16L * sums.length;
    }
  }

  static double doubleAt(Vector vector, int row) {
    return switch (vector) {
      case DoubleVector v -> v.get(row);
      case FloatVector v -> v.get(row);
      default -> throw new IllegalStateException("not a float: " + vector.type().name());
    };
  }

  static BigDecimal decimalAt(Vector vector, int row) {
    return switch (vector) {
      case IntVector v -> BigDecimal.valueOf(v.get(row));
      case LongVector v -> BigDecimal.valueOf(v.get(row));
      case DecimalVector v -> v.get(row);
      default -> throw new IllegalStateException("not exact: " + vector.type().name());
    };
  }

  /** Which statistic of the squares is wanted. */
  record Spread(boolean sample, boolean root) {}

  /** variance and stddev of exact numbers: numerics, exact until the one division. */
  static final class ExactVariance implements Accumulator {
    private final LogicalType type;
    private final Spread spread;
    private BigDecimal[] sums = new BigDecimal[0];
    private BigDecimal[] squares = new BigDecimal[0];
    private long[] counts = new long[0];

    ExactVariance(LogicalType type, Spread spread) {
      this.type = type;
      this.spread = spread;
    }

    @Override
    public void ensureGroups(int groupCount) {
      int old = counts.length;
      if (groupCount > old) {
        int size = Math.max(groupCount, 2 * old);
        sums = Arrays.copyOf(sums, size);
        squares = Arrays.copyOf(squares, size);
        counts = Arrays.copyOf(counts, size);
        Arrays.fill(sums, old, size, BigDecimal.ZERO);
        Arrays.fill(squares, old, size, BigDecimal.ZERO);
      }
    }

    @Override
    public void add(Vector[] arguments, int[] rows, int[] groups, int count) {
      for (int k = 0; k < count; k++) {
        if (!arguments[0].isNull(rows[k])) {
          BigDecimal value = decimalAt(arguments[0], rows[k]);
          int group = groups[k];
          sums[group] = sums[group].add(value);
          squares[group] = squares[group].add(value.multiply(value));
          counts[group]++;
        }
      }
    }

    @Override
    public Vector finish(int from, int count) {
      DecimalVector out = new DecimalVector(type, count);
      for (int i = 0; i < count; i++) {
        long n = counts[from + i];
        if (n < (spread.sample() ? 2 : 1)) {
          out.setNull(i);
        } else {
          out.set(i, result(from + i, BigInteger.valueOf(n)));
        }
      }
      return out;
    }

    private BigDecimal result(int group, BigInteger n) {
      BigDecimal numerator =
          squares[group].multiply(new BigDecimal(n)).subtract(sums[group].pow(2));
      if (numerator.signum() <= 0) {
        return BigDecimal.ZERO;
      }
      BigDecimal divisor =
          new BigDecimal(n.multiply(spread.sample() ? n.subtract(BigInteger.ONE) : n));
      BigDecimal variance = NumericMath.divide(numerator, divisor);
      return spread.root() ? NumericMath.sqrt(variance, variance.scale()) : variance;
    }

    @Override
    public long memoryBytes() {
      return 120L * counts.length;
    }
  }

  /**
   * variance and stddev of floats, by Youngs and Cramer's update (as PostgreSQL's float8_accum).
   */
  static final class FloatVariance implements Accumulator {
    private final LogicalType type;
    private final Spread spread;
    private double[] sums = new double[16];
    private double[] squares = new double[16];
    private long[] counts = new long[16];

    FloatVariance(LogicalType type, Spread spread) {
      this.type = type;
      this.spread = spread;
    }

    @Override
    public void ensureGroups(int groupCount) {
      if (groupCount > counts.length) {
        int size = Math.max(groupCount, 2 * counts.length);
        sums = Arrays.copyOf(sums, size);
        squares = Arrays.copyOf(squares, size);
        counts = Arrays.copyOf(counts, size);
      }
    }

    @Override
    public void add(Vector[] arguments, int[] rows, int[] groups, int count) {
      for (int k = 0; k < count; k++) {
        if (arguments[0].isNull(rows[k])) {
          continue;
        }
        double value = doubleAt(arguments[0], rows[k]);
        int group = groups[k];
        long n = ++counts[group];
        sums[group] += value;
        if (n > 1) {
          double difference = value * n - sums[group];
          squares[group] += difference * difference / ((double) n * (n - 1));
        } else if (!Double.isFinite(value)) {
          squares[group] = Double.NaN;
        }
      }
    }

    @Override
    public Vector finish(int from, int count) {
      DoubleVector out = new DoubleVector(type, count);
      for (int i = 0; i < count; i++) {
        long n = counts[from + i];
        if (n < (spread.sample() ? 2 : 1)) {
          out.setNull(i);
        } else {
          double variance = squares[from + i] / (spread.sample() ? n - 1 : n);
          out.set(i, spread.root() ? Math.sqrt(variance) : variance);
        }
      }
      return out;
    }

    @Override
    public long memoryBytes() {
      return 24L * counts.length;
    }
  }
}
