package org.facetdb.sql.expr;

import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.BooleanVector;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.type.SqlType;

/** Three-valued logic. */
final class LogicNodes {
  private LogicNodes() {}

  /**
   * AND and OR. Each operand is evaluated only for the rows that the ones before it left open, so
   * that a guard written first keeps errors from the rest.
   */
  static final class Junction extends CompiledExpression {
    private final CompiledExpression[] operands;
    private final boolean conjunction;
    private final BooleanVector result = new BooleanVector(SqlType.BOOLEAN, Batch.CAPACITY);
    private final int[] open = new int[Batch.CAPACITY];

    Junction(boolean conjunction, CompiledExpression[] operands) {
      super(SqlType.BOOLEAN);
      this.conjunction = conjunction;
      this.operands = operands;
    }

    boolean isConjunction() {
      return conjunction;
    }

    CompiledExpression[] operands() {
      return operands;
    }

    @Override
    Vector evaluate(Batch batch, int[] rows, int count, ExecutionContext context) {
      result.reset();
      boolean[] r = result.values();
      for (int k = 0; k < count; k++) {
        r[rows[k]] = conjunction;
        open[k] = rows[k];
      }
      int left = count;
      for (CompiledExpression operand : operands) {
        if (left == 0) {
          break;
        }
        BooleanVector value = (BooleanVector) operand.evaluate(batch, open, left, context);
        left = narrow(value, left);
      }
      return result;
    }

    /** Settles the rows that the operand decides and keeps the others open. */
    private int narrow(BooleanVector value, int count) {
      int left = 0;
      for (int k = 0; k < count; k++) {
        int row = open[k];
        if (value.isNull(row)) {
          result.setNull(row);
          open[left++] = row;
        } else if (value.get(row) == conjunction) {
          open[left++] = row;
        } else {
          result.set(row, !conjunction);
        }
      }
      return left;
    }

    @Override
    public CompiledExpression copy() {
      return new Junction(conjunction, copyAll(operands));
    }
  }

  /** NOT. */
  static final class Not extends CompiledExpression {
    private final CompiledExpression operand;
    private final BooleanVector result = new BooleanVector(SqlType.BOOLEAN, Batch.CAPACITY);

    Not(CompiledExpression operand) {
      super(SqlType.BOOLEAN);
      this.operand = operand;
    }

    @Override
    Vector evaluate(Batch batch, int[] rows, int count, ExecutionContext context) {
      BooleanVector value = (BooleanVector) operand.evaluate(batch, rows, count, context);
      result.reset();
      result.addNulls(value, rows, count);
      boolean[] v = value.values();
      boolean[] r = result.values();
      for (int k = 0; k < count; k++) {
        r[rows[k]] = !v[rows[k]];
      }
      return result;
    }

    @Override
    public CompiledExpression copy() {
      return new Not(operand.copy());
    }
  }

  /** What an IS test asks. */
  enum Question {
    NULL,
    NOT_NULL,
    TRUE,
    NOT_TRUE,
    FALSE,
    NOT_FALSE
  }

  /** IS [NOT] NULL, TRUE, FALSE: never null itself. */
  static final class Is extends CompiledExpression {
    private final Question question;
    private final CompiledExpression operand;
    private final BooleanVector result = new BooleanVector(SqlType.BOOLEAN, Batch.CAPACITY);

    Is(Question question, CompiledExpression operand) {
      super(SqlType.BOOLEAN);
      this.question = question;
      this.operand = operand;
    }

    @Override
    Vector evaluate(Batch batch, int[] rows, int count, ExecutionContext context) {
      Vector value = operand.evaluate(batch, rows, count, context);
      result.reset();
      boolean[] r = result.values();
      for (int k = 0; k < count; k++) {
        r[rows[k]] = answer(value, rows[k]);
      }
      return result;
    }

    private boolean answer(Vector value, int row) {
      boolean isNull = value.isNull(row);
      return switch (question) {
        case NULL -> isNull;
        case NOT_NULL -> !isNull;
        case TRUE -> !isNull && ((BooleanVector) value).get(row);
        case NOT_TRUE -> isNull || !((BooleanVector) value).get(row);
        case FALSE -> !isNull && !((BooleanVector) value).get(row);
        case NOT_FALSE -> isNull || ((BooleanVector) value).get(row);
      };
    }

    @Override
    public CompiledExpression copy() {
      return new Is(question, operand.copy());
    }
  }

  /** IS [NOT] DISTINCT FROM. */
  static final class Distinct extends CompiledExpression {
    private final boolean distinct;
    private final CompiledExpression left;
    private final CompiledExpression right;
    private final BooleanVector result = new BooleanVector(SqlType.BOOLEAN, Batch.CAPACITY);

    Distinct(boolean distinct, CompiledExpression left, CompiledExpression right) {
      super(SqlType.BOOLEAN);
      this.distinct = distinct;
      this.left = left;
      this.right = right;
    }

    @Override
    Vector evaluate(Batch batch, int[] rows, int count, ExecutionContext context) {
      Vector a = left.evaluate(batch, rows, count, context);
      Vector b = right.evaluate(batch, rows, count, context);
      result.reset();
      for (int k = 0; k < count; k++) {
        int i = rows[k];
        boolean same = a.isNull(i) || b.isNull(i) ? a.isNull(i) == b.isNull(i) : a.equalAt(i, b, i);
        result.set(i, same != distinct);
      }
      return result;
    }

    @Override
    public CompiledExpression copy() {
      return new Distinct(distinct, left.copy(), right.copy());
    }
  }
}
