package org.facetdb.sql.exec;

import java.util.List;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.expr.VectorExpression;
import org.jspecify.annotations.Nullable;

/** One column per expression; the selection of the input stays. */
public final class Project extends AbstractOperator {
  private final Operator input;
  private final List<VectorExpression> expressions;
  private final Batch output = new Batch(new Vector[0]);

  /**
   * A projection.
   *
   * @param types the types of the expressions, in order
   */
  public Project(Operator input, List<VectorExpression> expressions, List<LogicalType> types) {
    super(types, input);
    if (types.size() != expressions.size()) {
      throw new IllegalArgumentException(
          "one type per expression: types=" + types.size() + " expressions=" + expressions.size());
    }
    this.input = input;
    this.expressions = List.copyOf(expressions);
  }

  @Override
  protected @Nullable Batch produce() {
    Batch batch = input.next();
    if (batch == null) {
      return null;
    }
    Vector[] columns = new Vector[expressions.size()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = expressions.get(i).evaluate(batch, context());
    }
    output.setColumns(columns);
    output.setRows(batch.rowCount());
    int[] selection = batch.selection();
    if (selection != null) {
      output.setSelection(selection, batch.selectedCount());
    }
    return output;
  }
}
