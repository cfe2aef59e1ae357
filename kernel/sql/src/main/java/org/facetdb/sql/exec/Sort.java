package org.facetdb.sql.exec;

import java.util.Arrays;
import java.util.List;
import org.facetdb.spi.type.Batch;
import org.jspecify.annotations.Nullable;

/**
 * All rows in the order of the keys; equal rows keep their order.
 *
 * <p>Bound: the input is kept in memory (53200 beyond the limit; no spilling yet).
 */
public final class Sort extends AbstractOperator {
  private final Operator input;
  private final List<SortKey> keys;
  private @Nullable RowStore store;
  private int[] order = new int[0];
  private int position;
  private @Nullable Batch output;

  public Sort(Operator input, List<SortKey> keys) {
    super(input.types(), input);
    this.input = input;
    this.keys = List.copyOf(keys);
  }

  private RowStore sorted() {
    RowStore rows = new RowStore(types(), memory());
    Batch batch;
    while ((batch = input.next()) != null) {
      context().checkCancelled();
      rows.append(batch);
    }
    memory().reserve(4L * rows.size());
    order = RowOrder.sort(rows.columns(), rows.size(), keys, context(), memory());
    return rows;
  }

  @Override
  protected @Nullable Batch produce() {
    RowStore rows = store;
    if (rows == null) {
      rows = sorted();
      store = rows;
    }
    int count = Math.min(Batch.CAPACITY, order.length - position);
    if (count == 0) {
      return null;
    }
    Batch out = output;
    if (out == null) {
      out = new Batch(Vectors.create(types(), count));
      output = out;
    }
    rows.gather(out.columns(), Arrays.copyOfRange(order, position, position + count), count);
    out.setRows(count);
    position += count;
    return out;
  }

  @Override
  protected void released() {
    store = null;
    order = new int[0];
  }
}
