package org.facetdb.sql.expr;

import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.BooleanVector;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.type.SqlType;

/** Expressions that pick among others, and evaluate a branch only for the rows that take it. */
final class ChoiceNodes {
  private ChoiceNodes() {}

  /** CASE WHEN ... THEN ... ELSE ... END: operands are condition, value, ..., else. */
  static final class Case extends CompiledExpression {
    private final CompiledExpression[] operands;
    private final Vector result;
    private final int[] open = new int[Batch.CAPACITY];
    private final int[] taken = new int[Batch.CAPACITY];

    Case(SqlType type, CompiledExpression[] operands) {
      super(type);
      this.operands = operands;
      this.result = Vector.create(type);
    }

    @Override
    Vector evaluate(Batch batch, int[] rows, int count, ExecutionContext context) {
      result.reset();
      System.arraycopy(rows, 0, open, 0, count);
      int left = count;
      for (int i = 0; i + 1 < operands.length && left > 0; i += 2) {
        BooleanVector condition = (BooleanVector) operands[i].evaluate(batch, open, left, context);
        int chosen = 0;
        int rest = 0;
        for (int k = 0; k < left; k++) {
          int row = open[k];
          if (!condition.isNull(row) && condition.get(row)) {
            taken[chosen++] = row;
          } else {
            open[rest++] = row;
          }
        }
        left = rest;
        take(operands[i + 1], batch, taken, chosen, context);
      }
      take(operands[operands.length - 1], batch, open, left, context);
      return result;
    }

    private void take(
        CompiledExpression branch, Batch batch, int[] rows, int count, ExecutionContext context) {
      if (count > 0) {
        result.copyRows(branch.evaluate(batch, rows, count, context), rows, count);
      }
    }

    @Override
    public CompiledExpression copy() {
      return new Case(type(), copyAll(operands));
    }
  }

  /** COALESCE. */
  static final class Coalesce extends CompiledExpression {
    private final CompiledExpression[] operands;
    private final Vector result;
    private final int[] open = new int[Batch.CAPACITY];

    Coalesce(SqlType type, CompiledExpression[] operands) {
      super(type);
      this.operands = operands;
      this.result = Vector.create(type);
    }

    @Override
    Vector evaluate(Batch batch, int[] rows, int count, ExecutionContext context) {
      result.reset();
      System.arraycopy(rows, 0, open, 0, count);
      int left = count;
      for (CompiledExpression operand : operands) {
        if (left == 0) {
          return result;
        }
        Vector value = operand.evaluate(batch, open, left, context);
        int rest = 0;
        for (int k = 0; k < left; k++) {
          int row = open[k];
          if (value.isNull(row)) {
            open[rest++] = row;
          } else {
            result.copyFrom(value, row, row);
          }
        }
        left = rest;
      }
      for (int k = 0; k < left; k++) {
        result.setNull(open[k]);
      }
      return result;
    }

    @Override
    public CompiledExpression copy() {
      return new Coalesce(type(), copyAll(operands));
    }
  }

  /** NULLIF: the first operand, or null where it equals the second. */
  static final class NullIf extends CompiledExpression {
    private final CompiledExpression value;
    private final CompiledExpression equal;
    private final Vector result;

    NullIf(CompiledExpression value, CompiledExpression equal) {
      super(value.type());
      this.value = value;
      this.equal = equal;
      this.result = Vector.create(value.type());
    }

    @Override
    Vector evaluate(Batch batch, int[] rows, int count, ExecutionContext context) {
      BooleanVector same = (BooleanVector) equal.evaluate(batch, rows, count, context);
      Vector source = value.evaluate(batch, rows, count, context);
      result.reset();
      for (int k = 0; k < count; k++) {
        int row = rows[k];
        if (!same.isNull(row) && same.get(row)) {
          result.setNull(row);
        } else {
          result.copyFrom(source, row, row);
        }
      }
      return result;
    }

    @Override
    public CompiledExpression copy() {
      return new NullIf(value.copy(), equal.copy());
    }
  }

  /** GREATEST and LEAST: nulls are passed over. */
  static final class Extreme extends CompiledExpression {
    private final boolean greatest;
    private final CompiledExpression[] operands;
    private final Vector[] values;
    private final Vector result;

    Extreme(SqlType type, boolean greatest, CompiledExpression[] operands) {
      super(type);
      this.greatest = greatest;
      this.operands = operands;
      this.values = new Vector[operands.length];
      this.result = Vector.create(type);
    }

    @Override
    Vector evaluate(Batch batch, int[] rows, int count, ExecutionContext context) {
      for (int i = 0; i < operands.length; i++) {
        values[i] = operands[i].evaluate(batch, rows, count, context);
      }
      result.reset();
      for (int k = 0; k < count; k++) {
        int row = rows[k];
        int best = -1;
        for (int i = 0; i < values.length; i++) {
          if (!values[i].isNull(row) && (best < 0 || beats(values[i], values[best], row))) {
            best = i;
          }
        }
        if (best < 0) {
          result.setNull(row);
        } else {
          result.copyFrom(values[best], row, row);
        }
      }
      return result;
    }

    private boolean beats(Vector challenger, Vector champion, int row) {
      int order = challenger.compare(row, champion, row);
      return greatest ? order > 0 : order < 0;
    }

    @Override
    public CompiledExpression copy() {
      return new Extreme(type(), greatest, copyAll(operands));
    }
  }
}
