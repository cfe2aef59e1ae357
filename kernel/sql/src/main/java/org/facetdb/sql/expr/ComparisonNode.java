package org.facetdb.sql.expr;

import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.BooleanVector;
import org.facetdb.spi.type.DecimalVector;
import org.facetdb.spi.type.DoubleVector;
import org.facetdb.spi.type.IntVector;
import org.facetdb.spi.type.LongVector;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.type.SqlType;

/** A comparison of two expressions of one lane, as a boolean column or as a condition. */
final class ComparisonNode extends CompiledExpression {
  private final Comparison comparison;
  private final CompiledExpression left;
  private final CompiledExpression right;
  private final BooleanVector result = new BooleanVector(SqlType.BOOLEAN, Batch.CAPACITY);

  ComparisonNode(Comparison comparison, CompiledExpression left, CompiledExpression right) {
    super(SqlType.BOOLEAN);
    this.comparison = comparison;
    this.left = left;
    this.right = right;
  }

  Comparison comparison() {
    return comparison;
  }

  CompiledExpression left() {
    return left;
  }

  CompiledExpression right() {
    return right;
  }

  @Override
  Vector evaluate(Batch batch, int[] rows, int count, ExecutionContext context) {
    Vector a = left.evaluate(batch, rows, count, context);
    Vector b = right.evaluate(batch, rows, count, context);
    boolean[] r = result.values();
    result.reset();
    int outcomes = comparison.outcomes();
    boolean nulls = a.hasNulls() || b.hasNulls();
    for (int k = 0; k < count; k++) {
      int i = rows[k];
      if (nulls && (a.isNull(i) || b.isNull(i))) {
        result.setNull(i);
      } else {
        r[i] = Comparison.test(outcomes, Integer.signum(a.compare(i, b, i)));
      }
    }
    return result;
  }

  /** Writes the rows for which the comparison holds; {@code out} may be {@code rows}. */
  int select(Batch batch, int[] rows, int count, ExecutionContext context, int[] out) {
    Vector a = left.evaluate(batch, rows, count, context);
    Vector b = right.evaluate(batch, rows, count, context);
    int outcomes = comparison.outcomes();
    if (a.hasNulls() || b.hasNulls()) {
      return selectGeneral(a, b, rows, count, out, outcomes);
    }
    if (a instanceof IntVector x && b instanceof IntVector y) {
      return selectInts(x.values(), y.values(), rows, count, out, outcomes);
    }
    if (a instanceof LongVector x && b instanceof LongVector y) {
      return selectLongs(x.values(), y.values(), rows, count, out, outcomes);
    }
    if (a instanceof DoubleVector x && b instanceof DoubleVector y) {
      return selectDoubles(x.values(), y.values(), rows, count, out, outcomes);
    }
    if (a instanceof DecimalVector x
        && b instanceof DecimalVector y
        && x.isFast()
        && y.isFast()
        && x.scale() == y.scale()) {
      return selectLongs(x.unscaled(), y.unscaled(), rows, count, out, outcomes);
    }
    return selectGeneral(a, b, rows, count, out, outcomes);
  }

  private static int selectInts(int[] a, int[] b, int[] rows, int count, int[] out, int outcomes) {
    int n = 0;
    for (int k = 0; k < count; k++) {
      int i = rows[k];
      out[n] = i;
      n += outcomes >>> (Integer.compare(a[i], b[i]) + 1) & 1;
    }
    return n;
  }

  private static int selectLongs(
      long[] a, long[] b, int[] rows, int count, int[] out, int outcomes) {
    int n = 0;
    for (int k = 0; k < count; k++) {
      int i = rows[k];
      out[n] = i;
      n += outcomes >>> (Long.compare(a[i], b[i]) + 1) & 1;
    }
    return n;
  }

  private static int selectDoubles(
      double[] a, double[] b, int[] rows, int count, int[] out, int outcomes) {
    int n = 0;
    for (int k = 0; k < count; k++) {
      int i = rows[k];
      out[n] = i;
      n += outcomes >>> (Double.compare(a[i] + 0d, b[i] + 0d) + 1) & 1;
    }
    return n;
  }

  private static int selectGeneral(
      Vector a, Vector b, int[] rows, int count, int[] out, int outcomes) {
    int n = 0;
    boolean equality = outcomes == 0b010 || outcomes == 0b101;
    boolean wanted = outcomes == 0b010;
    for (int k = 0; k < count; k++) {
      int i = rows[k];
      if (a.isNull(i) || b.isNull(i)) {
        continue;
      }
      boolean holds =
          equality
              ? a.equalAt(i, b, i) == wanted
              : Comparison.test(outcomes, Integer.signum(a.compare(i, b, i)));
      if (holds) {
        out[n++] = i;
      }
    }
    return n;
  }

  @Override
  public CompiledExpression copy() {
    return new ComparisonNode(comparison, left.copy(), right.copy());
  }
}
