package org.facetdb.sql.function;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.type.TypeErrors;

/**
 * Roots, logarithms and powers of numerics with PostgreSQL's result scales (numeric.c): at least 16
 * significant digits. Stateless.
 */
final class DecimalFunctions {
  private static final int SIGNIFICANT = 16;
  private static final int MAX_SCALE = 1000;
  private static final double LOG10_OF_E = 0.434294481903252;

  private DecimalFunctions() {}

  private static int clamp(int scale, int least) {
    return Math.min(Math.max(Math.max(scale, least), 0), MAX_SCALE);
  }

  static BigDecimal sqrt(BigDecimal x) {
    if (x.signum() < 0) {
      throw DatabaseException.user("2201F", "cannot take square root of a negative number");
    }
    int weight = (DecimalArithmetic.weight(x) + 1) * 2 - 1;
    int scale = clamp(SIGNIFICANT - weight, x.scale());
    int digits = Math.max(1, x.precision() - x.scale()) / 2 + scale + 5;
    return x.sqrt(new MathContext(digits, RoundingMode.HALF_UP))
        .setScale(scale, RoundingMode.HALF_UP);
  }

  static BigDecimal exp(BigDecimal x) {
    double magnitude = x.doubleValue() * LOG10_OF_E;
    if (magnitude > 131_072) {
      throw TypeErrors.numericRange();
    }
    int exponent = (int) Math.max(-MAX_SCALE, Math.min(MAX_SCALE, magnitude));
    int scale = clamp(SIGNIFICANT - exponent, x.scale());
    return exp(x, scale).setScale(scale, RoundingMode.HALF_UP);
  }

  /** Taylor's series of x halved until it is small, then squared back. */
  private static BigDecimal exp(BigDecimal x, int scale) {
    int digits = (int) Math.max(0, x.doubleValue() * LOG10_OF_E) + scale + 15;
    int halvings = Math.max(0, 8 + Math.getExponent(Math.abs(x.doubleValue()) + 1e-300));
    MathContext context = new MathContext(digits + halvings / 2 + 5);
    BigDecimal reduced = x.divide(BigDecimal.TWO.pow(halvings), context);
    BigDecimal sum = BigDecimal.ONE;
    BigDecimal term = BigDecimal.ONE;
    for (int i = 1;
        term.signum() != 0 && term.precision() - term.scale() > -context.getPrecision();
        i++) {
      term = term.multiply(reduced, context).divide(BigDecimal.valueOf(i), context);
      sum = sum.add(term, context);
    }
    for (int i = 0; i < halvings; i++) {
      sum = sum.multiply(sum, context);
    }
    return sum;
  }

  private static void requirePositive(BigDecimal x) {
    if (x.signum() == 0) {
      throw DatabaseException.user("2201E", "cannot take logarithm of zero");
    }
    if (x.signum() < 0) {
      throw DatabaseException.user("2201E", "cannot take logarithm of a negative number");
    }
  }

  static BigDecimal ln(BigDecimal x) {
    requirePositive(x);
    int scale = clamp(SIGNIFICANT - lnWeight(x), x.scale());
    return ln(x, scale + 5).setScale(scale, RoundingMode.HALF_UP);
  }

  /** The decimal exponent of ln(x), as PostgreSQL estimates it. */
  private static int lnWeight(BigDecimal x) {
    BigDecimal off = x.subtract(BigDecimal.ONE);
    if (off.abs().compareTo(new BigDecimal("0.1")) <= 0) {
      return off.signum() == 0 ? 0 : off.precision() - off.scale() - 1;
    }
    double estimate = Math.abs(Math.log(x.doubleValue()));
    if (Double.isInfinite(estimate) || estimate == 0) {
      estimate = Math.abs((x.precision() - x.scale()) * 2.302585);
    }
    return (int) Math.log10(estimate);
  }

  /** Takes roots until x is near 1, then 2 artanh((x-1)/(x+1)). */
  private static BigDecimal ln(BigDecimal x, int scale) {
    MathContext context = new MathContext(Math.max(20, scale + 25));
    BigDecimal near = x;
    int roots = 0;
    BigDecimal tolerance = new BigDecimal("0.05");
    while (near.subtract(BigDecimal.ONE).abs().compareTo(tolerance) > 0) {
      near = near.sqrt(context);
      roots++;
    }
    BigDecimal ratio = near.subtract(BigDecimal.ONE).divide(near.add(BigDecimal.ONE), context);
    BigDecimal square = ratio.multiply(ratio, context);
    BigDecimal power = ratio;
    BigDecimal sum = ratio;
    for (int i = 3;
        power.signum() != 0 && power.precision() - power.scale() > -context.getPrecision();
        i += 2) {
      power = power.multiply(square, context);
      sum = sum.add(power.divide(BigDecimal.valueOf(i), context), context);
    }
    return sum.multiply(new BigDecimal(BigInteger.TWO.pow(roots + 1)), context);
  }

  static BigDecimal log(BigDecimal base, BigDecimal x) {
    requirePositive(base);
    requirePositive(x);
    if (base.compareTo(BigDecimal.ONE) == 0) {
      throw TypeErrors.divisionByZero();
    }
    BigDecimal quotient = ln(x, 40).divide(ln(base, 40), new MathContext(60));
    int weight = quotient.signum() == 0 ? 0 : (int) Math.log10(Math.abs(quotient.doubleValue()));
    int scale = clamp(SIGNIFICANT - weight, Math.max(base.scale(), x.scale()));
    if (scale > 35) {
      quotient = ln(x, scale + 10).divide(ln(base, scale + 10), new MathContext(scale + 20));
    }
    return quotient.setScale(scale, RoundingMode.HALF_UP);
  }

  static BigDecimal power(BigDecimal base, BigDecimal exponent) {
    boolean whole = exponent.stripTrailingZeros().scale() <= 0;
    if (base.signum() == 0 && exponent.signum() < 0) {
      throw DatabaseException.user("2201F", "zero raised to a negative power is undefined");
    }
    if (base.signum() < 0 && !whole) {
      throw DatabaseException.user(
          "2201F", "a negative number raised to a non-integer power yields a complex result");
    }
    if (whole && exponent.abs().compareTo(BigDecimal.valueOf(100_000)) <= 0) {
      return integerPower(base, exponent.intValueExact());
    }
    if (base.signum() == 0) {
      return BigDecimal.ZERO.setScale(SIGNIFICANT);
    }
    double magnitude = Math.log(base.abs().doubleValue()) * exponent.doubleValue() * LOG10_OF_E;
    if (magnitude > 131_072) {
      throw TypeErrors.numericRange();
    }
    int digits = (int) Math.max(-MAX_SCALE, Math.min(MAX_SCALE, magnitude));
    int scale = clamp(SIGNIFICANT - digits, Math.max(base.scale(), exponent.scale()));
    int extra = scale + Math.max(0, digits) + 20;
    return exp(ln(base, extra).multiply(exponent), scale + 5).setScale(scale, RoundingMode.HALF_UP);
  }

  private static BigDecimal integerPower(BigDecimal base, int exponent) {
    double digits = base.signum() == 0 ? 0 : exponent * Math.log10(base.abs().doubleValue());
    if (digits > 131_072) {
      throw TypeErrors.numericRange();
    }
    int scale = clamp(SIGNIFICANT, base.scale());
    MathContext context = new MathContext((int) Math.max(0, digits) + scale + 20);
    BigDecimal result = base.pow(Math.abs(exponent), context);
    if (exponent < 0) {
      result = BigDecimal.ONE.divide(result, new MathContext(scale + 20));
    }
    return result.setScale(scale, RoundingMode.HALF_UP);
  }
}
