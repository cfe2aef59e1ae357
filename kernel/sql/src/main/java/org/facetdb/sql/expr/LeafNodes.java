package org.facetdb.sql.expr;

import java.util.Arrays;
import java.util.Objects;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.BooleanVector;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.DecimalVector;
import org.facetdb.spi.type.DoubleVector;
import org.facetdb.spi.type.FloatVector;
import org.facetdb.spi.type.IntVector;
import org.facetdb.spi.type.IntervalVector;
import org.facetdb.spi.type.LongVector;
import org.facetdb.spi.type.UuidVector;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.type.SqlType;
import org.jspecify.annotations.Nullable;

/** Expressions without operands. */
final class LeafNodes {
  private LeafNodes() {}

  /** Sets rows [from, to) to one value. */
  static void fill(Vector vector, int from, int to, @Nullable Object value) {
    if (from >= to) {
      return;
    }
    vector.set(from, value);
    if (value == null) {
      for (int i = from + 1; i < to; i++) {
        vector.setNull(i);
      }
      return;
    }
    switch (vector) {
      case BooleanVector v -> Arrays.fill(v.values(), from, to, v.get(from));
      case IntVector v -> Arrays.fill(v.values(), from, to, v.get(from));
      case LongVector v -> Arrays.fill(v.values(), from, to, v.get(from));
      case FloatVector v -> Arrays.fill(v.values(), from, to, v.get(from));
      case DoubleVector v -> Arrays.fill(v.values(), from, to, v.get(from));
      case DecimalVector v when v.isFast() ->
          Arrays.fill(v.unscaled(), from, to, v.unscaled()[from]);
      case BytesVector v -> {
        Arrays.fill(v.offsets(), from, to, v.offset(from));
        Arrays.fill(v.lengths(), from, to, v.length(from));
      }
      case DecimalVector _, IntervalVector _, UuidVector _ -> {
        for (int i = from + 1; i < to; i++) {
          vector.copyFrom(vector, from, i);
        }
      }
    }
  }

  /** A column of the batch itself. */
  static final class Column extends CompiledExpression {
    private final int index;

    Column(SqlType type, int index) {
      super(type);
      this.index = index;
    }

    int index() {
      return index;
    }

    @Override
    Vector evaluate(Batch batch, int[] rows, int count, ExecutionContext context) {
      return batch.column(index);
    }

    @Override
    public CompiledExpression copy() {
      return this;
    }
  }

  /** One value for all rows, in a vector that is filled once and then only read. */
  static final class Constant extends CompiledExpression {
    private final @Nullable Object value;
    private final Vector vector;

    Constant(SqlType type, @Nullable Object value) {
      super(type);
      this.value = value;
      this.vector = Vector.create(type);
      fill(vector, 0, Batch.CAPACITY, value);
    }

    /** The boxed canonical value. */
    @Nullable Object value() {
      return value;
    }

    @Override
    boolean isConstant() {
      return true;
    }

    @Override
    Vector evaluate(Batch batch, int[] rows, int count, ExecutionContext context) {
      return vector;
    }

    @Override
    public CompiledExpression copy() {
      return this;
    }
  }

  /** A parameter of the statement: filled once per execution, as far as rows ask for it. */
  static final class Parameter extends CompiledExpression {
    private final int index;
    private final Vector vector;
    private @Nullable ExecutionContext filledFor;
    private int filledTo;

    Parameter(SqlType type, int index) {
      super(type);
      this.index = index;
      this.vector = Vector.create(type, 16);
    }

    @Override
    Vector evaluate(Batch batch, int[] rows, int count, ExecutionContext context) {
      if (filledFor != context) {
        vector.reset();
        filledFor = context;
        filledTo = 0;
      }
      int needed = count == 0 ? 0 : rows[count - 1] + 1;
      if (needed > filledTo) {
        vector.ensureCapacity(needed);
        if (filledTo == 0) {
          Object value = context.parameter(index);
          fill(vector, 0, 1, value == null ? null : type().canonical(value));
        }
        for (int i = Math.max(1, filledTo); i < needed; i++) {
          vector.copyFrom(vector, 0, i);
        }
        filledTo = needed;
      }
      return vector;
    }

    @Override
    public CompiledExpression copy() {
      return new Parameter(type(), index);
    }
  }

  /** A column of the outer row that a correlated plan runs for. */
  static final class Correlation extends CompiledExpression {
    private final int correlation;
    private final int column;
    private final Vector vector;

    Correlation(SqlType type, int correlation, int column) {
      super(type);
      this.correlation = correlation;
      this.column = column;
      this.vector = Vector.create(type, 16);
    }

    @Override
    Vector evaluate(Batch batch, int[] rows, int count, ExecutionContext context) {
      vector.reset();
      int needed = count == 0 ? 0 : rows[count - 1] + 1;
      vector.ensureCapacity(needed);
      Object value = context.correlationValue(correlation, column);
      fill(vector, 0, needed, value);
      return vector;
    }

    @Override
    public CompiledExpression copy() {
      return new Correlation(type(), correlation, column);
    }
  }

  /** The constant behind a node; the caller has asked {@link CompiledExpression#isConstant}. */
  static @Nullable Object constant(CompiledExpression node) {
    return ((Constant) Objects.requireNonNull(node)).value();
  }
}
