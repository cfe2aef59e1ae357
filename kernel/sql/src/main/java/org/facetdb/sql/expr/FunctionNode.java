package org.facetdb.sql.expr;

import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.function.ScalarFunction;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.DecimalVector;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.function.DecimalArithmetic;
import org.facetdb.sql.type.SqlType;
import org.facetdb.sql.type.TypeKind;
import org.jspecify.annotations.Nullable;

/** A call of a columnar function. A strict one sees only rows without a null argument. */
final class FunctionNode extends CompiledExpression {
  private final ScalarFunction function;
  private final CompiledExpression[] arguments;
  private final Vector[] values;
  private final Vector result;
  private final boolean alignsScale;
  private int place;
  private int @Nullable [] live;
  private @Nullable DecimalVector aligned;

  FunctionNode(ScalarFunction function, SqlType type, CompiledExpression[] arguments) {
    super(type);
    this.function = function;
    this.arguments = arguments;
    this.values = new Vector[arguments.length];
    this.result = Vector.create(type);
    this.alignsScale =
        type.kind() == TypeKind.NUMERIC
            && arguments.length == 2
            && (function.name().equals("+") || function.name().equals("-"))
            && arguments[0].isConstant() != arguments[1].isConstant();
  }

  /** The same call, whose failures are told at a place of the statement, from 1. */
  FunctionNode at(int offset) {
    place = offset;
    return this;
  }

  ScalarFunction function() {
    return function;
  }

  CompiledExpression[] arguments() {
    return arguments;
  }

  @Override
  Vector evaluate(Batch batch, int[] rows, int count, ExecutionContext context) {
    boolean nulls = false;
    for (int i = 0; i < arguments.length; i++) {
      values[i] = arguments[i].evaluate(batch, rows, count, context);
      nulls |= values[i].hasNulls();
    }
    result.reset();
    if (alignsScale) {
      alignScale();
    }
    if (nulls && function.strict()) {
      int[] rest = live == null ? live = new int[Batch.CAPACITY] : live;
      int kept = withoutNulls(rows, count, rest);
      call(rest, kept, context);
    } else {
      call(rows, count, context);
    }
    return result;
  }

  private void call(int[] rows, int count, ExecutionContext context) {
    try {
      function.kernel().evaluate(values, rows, count, result, context);
    } catch (DatabaseException e) {
      throw place > 0 && e.position() == 0 ? e.withPosition(place) : e;
    }
  }

  private int withoutNulls(int[] rows, int count, int[] rest) {
    int kept = 0;
    for (int k = 0; k < count; k++) {
      int row = rows[k];
      boolean isNull = false;
      for (Vector value : values) {
        isNull |= value.isNull(row);
      }
      if (isNull) {
        result.setNull(row);
      } else {
        rest[kept++] = row;
      }
    }
    return kept;
  }

  /** Brings a constant summand to the other's scale once, rather than in every row. */
  private void alignScale() {
    int at = arguments[0].isConstant() ? 0 : 1;
    DecimalVector constant = (DecimalVector) values[at];
    DecimalVector other = (DecimalVector) values[1 - at];
    if (!constant.isFast() || !other.isFast() || other.scale() <= constant.scale()) {
      return;
    }
    if (aligned == null || aligned.scale() != other.scale()) {
      long power = DecimalArithmetic.powerOfTen(other.scale() - constant.scale());
      long value = constant.unscaled()[0];
      long scaled = value * power;
      if (Math.multiplyHigh(value, power) != scaled >> 63 || constant.isNull(0)) {
        return;
      }
      DecimalVector vector = new DecimalVector(constant.type(), Batch.CAPACITY);
      vector.startFast(other.scale());
      java.util.Arrays.fill(vector.unscaled(), scaled);
      aligned = vector;
    }
    values[at] = aligned;
  }

  @Override
  public CompiledExpression copy() {
    return new FunctionNode(function, type(), copyAll(arguments)).at(place);
  }
}
