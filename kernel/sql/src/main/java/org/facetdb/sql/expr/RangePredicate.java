package org.facetdb.sql.expr;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.DecimalVector;
import org.facetdb.spi.type.IntVector;
import org.facetdb.spi.type.LongVector;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.type.Temporal;
import org.jspecify.annotations.Nullable;

/**
 * A comparison of an expression on an integer or decimal lane with a constant, as a test of low
 * &lt;= x &lt;= high on longs. Used by one thread.
 */
final class RangePredicate extends CompiledPredicate {
  private final ComparisonNode comparison;
  private final CompiledExpression value;
  private final Comparison operator;
  private final BigDecimal constant;
  private long low;
  private long high;
  private int scale = -1;

  private RangePredicate(
      ComparisonNode comparison,
      CompiledExpression value,
      Comparison operator,
      BigDecimal constant) {
    this.comparison = comparison;
    this.value = value;
    this.operator = operator;
    this.constant = constant;
  }

  /** The range that a comparison means, null where it is none. */
  static @Nullable RangePredicate of(ComparisonNode node) {
    boolean mirrored = node.left().isConstant();
    if (mirrored == node.right().isConstant()) {
      return null;
    }
    CompiledExpression value = mirrored ? node.right() : node.left();
    BigDecimal constant = number(LeafNodes.constant(mirrored ? node.left() : node.right()));
    Comparison operator = mirrored ? node.comparison().mirrored() : node.comparison();
    return constant == null ? null : new RangePredicate(node, value, operator, constant);
  }

  private static @Nullable BigDecimal number(@Nullable Object constant) {
    return switch (constant) {
      case Short s -> BigDecimal.valueOf(s);
      case Integer i -> BigDecimal.valueOf(i);
      case Long l -> BigDecimal.valueOf(l);
      case BigDecimal d -> d;
      case LocalDate d -> BigDecimal.valueOf(Temporal.days(d));
      case LocalDateTime t -> BigDecimal.valueOf(Temporal.micros(t));
      case OffsetDateTime t -> BigDecimal.valueOf(Temporal.microsTz(t));
      case null, default -> null;
    };
  }

  @Override
  int select(Batch batch, int[] rows, int count, ExecutionContext context, int[] out) {
    Vector vector = value.evaluate(batch, rows, count, context);
    if (vector instanceof DecimalVector decimals && !decimals.isFast()) {
      return comparison.select(batch, rows, count, context, out);
    }
    int wanted = vector instanceof DecimalVector decimals ? decimals.scale() : 0;
    if (wanted != scale) {
      fixRange(wanted);
    }
    int n;
    if (vector instanceof IntVector ints) {
      n = selectInts(ints.values(), rows, count, out);
    } else {
      long[] values =
          vector instanceof DecimalVector decimals
              ? decimals.unscaled()
              : ((LongVector) vector).values();
      n = selectLongs(values, rows, count, out);
    }
    return vector.hasNulls() ? dropNulls(vector, out, n) : n;
  }

  /** Turns the comparison with the constant into bounds on unscaled values. */
  private void fixRange(int newScale) {
    scale = newScale;
    BigInteger floor = constant.setScale(newScale, RoundingMode.FLOOR).unscaledValue();
    BigInteger ceiling = constant.setScale(newScale, RoundingMode.CEILING).unscaledValue();
    BigInteger min = BigInteger.valueOf(Long.MIN_VALUE);
    BigInteger max = BigInteger.valueOf(Long.MAX_VALUE);
    BigInteger from = min;
    BigInteger to = max;
    switch (operator) {
      case EQUAL, NOT_EQUAL -> {
        from = ceiling;
        to = floor;
      }
      case LESS -> to = ceiling.subtract(BigInteger.ONE);
      case LESS_OR_EQUAL -> to = floor;
      case GREATER -> from = floor.add(BigInteger.ONE);
      case GREATER_OR_EQUAL -> from = ceiling;
    }
    if (from.compareTo(to) > 0 || from.compareTo(max) > 0 || to.compareTo(min) < 0) {
      low = 1;
      high = 0;
    } else {
      low = from.max(min).longValue();
      high = to.min(max).longValue();
    }
  }

  private int selectInts(int[] values, int[] rows, int count, int[] out) {
    int inside = operator == Comparison.NOT_EQUAL ? 0 : 1;
    long from = low;
    long to = high;
    int n = 0;
    for (int k = 0; k < count; k++) {
      int row = rows[k];
      long x = values[row];
      out[n] = row;
      n += x >= from & x <= to ? inside : 1 - inside;
    }
    return n;
  }

  private int selectLongs(long[] values, int[] rows, int count, int[] out) {
    int inside = operator == Comparison.NOT_EQUAL ? 0 : 1;
    long from = low;
    long to = high;
    int n = 0;
    for (int k = 0; k < count; k++) {
      int row = rows[k];
      long x = values[row];
      out[n] = row;
      n += x >= from & x <= to ? inside : 1 - inside;
    }
    return n;
  }

  private static int dropNulls(Vector vector, int[] out, int count) {
    int n = 0;
    for (int k = 0; k < count; k++) {
      int row = out[k];
      out[n] = row;
      n += vector.isNull(row) ? 0 : 1;
    }
    return n;
  }

  @Override
  public CompiledPredicate copy() {
    ComparisonNode fresh = (ComparisonNode) comparison.copy();
    return new RangePredicate(
        fresh, fresh.left().isConstant() ? fresh.right() : fresh.left(), operator, constant);
  }
}
