package org.facetdb.sql.exec;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Division and roots of numerics with the result scales of PostgreSQL ({@code select_div_scale} of
 * its numeric.c): at least 16 significant digits, counted in base-10000 digits. Stateless.
 */
final class NumericMath {
  private static final int MIN_SIGNIFICANT_DIGITS = 16;
  private static final int MAX_SCALE = 1000;
  private static final int DIGITS_PER_WORD = 4;

  private NumericMath() {}

  private static int weight(BigDecimal value) {
    return value.signum() == 0
        ? 0
        : Math.floorDiv(value.precision() - value.scale() - 1, DIGITS_PER_WORD);
  }

  private static int firstWord(BigDecimal value, int weight) {
    return value.abs().movePointLeft(DIGITS_PER_WORD * weight).intValue();
  }

  static int divisionScale(BigDecimal dividend, BigDecimal divisor) {
    int weight1 = weight(dividend);
    int weight2 = weight(divisor);
    int quotientWeight = weight1 - weight2;
    if (firstWord(dividend, weight1) <= firstWord(divisor, weight2)) {
      quotientWeight--;
    }
    int scale = MIN_SIGNIFICANT_DIGITS - quotientWeight * DIGITS_PER_WORD;
    scale = Math.max(scale, Math.max(dividend.scale(), divisor.scale()));
    return Math.min(Math.max(scale, 0), MAX_SCALE);
  }

  static BigDecimal divide(BigDecimal dividend, BigDecimal divisor) {
    return dividend.divide(divisor, divisionScale(dividend, divisor), RoundingMode.HALF_UP);
  }

  static BigDecimal sqrt(BigDecimal value, int scale) {
    int whole = Math.max(1, (value.precision() - value.scale()) / 2 + 1);
    MathContext digits = new MathContext(whole + scale + 3, RoundingMode.HALF_UP);
    return value.sqrt(digits).setScale(scale, RoundingMode.HALF_UP);
  }
}
