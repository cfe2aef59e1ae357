package org.facetdb.sql.exec;

import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.expr.VectorExpression;
import org.jspecify.annotations.Nullable;

/** Skips OFFSET rows, then passes at most LIMIT rows on and asks the input for no more. */
public final class Limit extends AbstractOperator {
  private final Operator input;
  private final @Nullable VectorExpression offset;
  private final @Nullable VectorExpression limit;
  private final Batch output = new Batch(new Vector[0]);
  private final int[] selection = new int[Batch.CAPACITY];
  private long toSkip;
  private long toPass;

  /**
   * A limit.
   *
   * @param offset rows to skip: a number without columns; null (the reference or the value) is 0
   * @param limit rows to pass: a number without columns; null (the reference or the value) is all
   */
  public Limit(
      Operator input, @Nullable VectorExpression offset, @Nullable VectorExpression limit) {
    super(input.types(), input);
    this.input = input;
    this.offset = offset;
    this.limit = limit;
  }

  @Override
  protected void opened() {
    toPass = limitValue(limit, context());
    toSkip = offsetValue(offset, context());
  }

  /** The value of a LIMIT; {@link Long#MAX_VALUE} for none; 2201W if negative. */
  static long limitValue(@Nullable VectorExpression limit, ExecutionContext context) {
    Long value = number(limit, context);
    if (value != null && value < 0) {
      throw ExecErrors.user("2201W", "LIMIT must not be negative");
    }
    return value == null ? Long.MAX_VALUE : value;
  }

  /** The value of an OFFSET; 2201X if negative. */
  static long offsetValue(@Nullable VectorExpression offset, ExecutionContext context) {
    Long value = number(offset, context);
    if (value != null && value < 0) {
      throw ExecErrors.user("2201X", "OFFSET must not be negative");
    }
    return value == null ? 0 : value;
  }

  private static @Nullable Long number(
      @Nullable VectorExpression expression, ExecutionContext context) {
    if (expression == null) {
      return null;
    }
    Object value = expression.evaluate(new Batch(new Vector[0], 1), context).valueAt(0);
    return value == null ? null : Long.valueOf(((Number) value).longValue());
  }

  @Override
  protected @Nullable Batch produce() {
    while (toPass > 0) {
      Batch batch = input.next();
      if (batch == null) {
        return null;
      }
      int count = batch.selectedCount();
      if (toSkip >= count) {
        toSkip -= count;
        context().checkCancelled();
        continue;
      }
      int from = (int) toSkip;
      int pass = (int) Math.min(count - from, toPass);
      toSkip = 0;
      toPass -= pass;
      if (pass == count) {
        return batch;
      }
      System.arraycopy(batch.rows(), from, selection, 0, pass);
      output.setColumns(batch.columns());
      output.setRows(batch.rowCount());
      output.setSelection(selection, pass);
      return output;
    }
    return null;
  }
}
