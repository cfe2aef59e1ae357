package org.facetdb.sql.expr;

import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.type.SqlType;

/**
 * A node of a compiled expression. It owns the vector that it returns, so that one instance serves
 * one operator on one thread; {@link #copy} makes an independent one for another execution.
 */
public abstract class CompiledExpression implements VectorExpression {
  private final SqlType type;

  CompiledExpression(SqlType type) {
    this.type = type;
  }

  public final SqlType type() {
    return type;
  }

  @Override
  public final Vector evaluate(Batch batch, ExecutionContext context) {
    return evaluate(batch, batch.rows(), batch.selectedCount(), context);
  }

  /**
   * Evaluates the first {@code count} of {@code rows} alone. The result has their values at their
   * own indexes and is valid until the next call.
   */
  abstract Vector evaluate(Batch batch, int[] rows, int count, ExecutionContext context);

  /** The same expression with buffers of its own. */
  public abstract CompiledExpression copy();

  /** Whether the value is the same for every row of every execution. */
  boolean isConstant() {
    return false;
  }

  static CompiledExpression[] copyAll(CompiledExpression[] nodes) {
    CompiledExpression[] copies = new CompiledExpression[nodes.length];
    for (int i = 0; i < nodes.length; i++) {
      copies[i] = nodes[i].copy();
    }
    return copies;
  }
}
