package org.facetdb.sql.expr;

import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.exec.ExecutionContext;

/**
 * A compiled scalar expression over the columns of a batch.
 *
 * <p>Immutable or confined to one execution; used by one thread at a time.
 */
public interface VectorExpression {
  /**
   * Evaluates the expression for the selected rows.
   *
   * @return a vector indexed like the batch's columns (by row position, not by rank in the
   *     selection), of which only the selected positions hold defined values; valid until the next
   *     call, never changed by the caller, possibly a column of the batch itself
   * @throws org.facetdb.spi.DatabaseException for a selected row for which the expression fails
   */
  Vector evaluate(Batch batch, ExecutionContext context);
}
