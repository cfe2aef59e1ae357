package org.facetdb.sql.exec;

import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.expr.VectorPredicate;
import org.jspecify.annotations.Nullable;

/** Rows for which a condition is true: narrows the selection, copies nothing. */
public final class Filter extends AbstractOperator {
  private final Operator input;
  private final VectorPredicate condition;
  private final int[] selection = new int[Batch.CAPACITY];
  private final Batch output = new Batch(new Vector[0]);

  public Filter(Operator input, VectorPredicate condition) {
    super(input.types(), input);
    this.input = input;
    this.condition = condition;
  }

  @Override
  protected @Nullable Batch produce() {
    Batch batch;
    while ((batch = input.next()) != null) {
      int count = condition.select(batch, context(), selection);
      if (count == batch.selectedCount()) {
        return batch;
      }
      if (count > 0) {
        output.setColumns(batch.columns());
        output.setRows(batch.rowCount());
        output.setSelection(selection, count);
        return output;
      }
      context().checkCancelled();
    }
    return null;
  }
}
