package org.facetdb.sql.expr;

import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.type.SqlType;

/** Values under another type of the same lane: a varchar as text, for which nothing is copied. */
final class RetypedNode extends CompiledExpression {
  private final CompiledExpression operand;

  RetypedNode(SqlType type, CompiledExpression operand) {
    super(type);
    this.operand = operand;
  }

  @Override
  Vector evaluate(Batch batch, int[] rows, int count, ExecutionContext context) {
    return operand.evaluate(batch, rows, count, context);
  }

  @Override
  public CompiledExpression copy() {
    return new RetypedNode(type(), operand.copy());
  }
}
