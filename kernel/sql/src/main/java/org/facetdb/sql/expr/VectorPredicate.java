package org.facetdb.sql.expr;

import org.facetdb.spi.type.Batch;
import org.facetdb.sql.exec.ExecutionContext;

/**
 * A compiled condition: narrows a selection to the rows for which it is true (not false, not
 * unknown).
 *
 * <p>Immutable or confined to one execution; used by one thread at a time.
 */
public interface VectorPredicate {
  /**
   * Writes the positions of the selected rows that satisfy the condition, in ascending order.
   *
   * @param out room for {@link Batch#CAPACITY} positions; may be the batch's own selection array
   * @return how many positions were written
   */
  int select(Batch batch, ExecutionContext context, int[] out);
}
