package org.facetdb.sql.exec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.Vector;
import org.jspecify.annotations.Nullable;

/**
 * Window functions that share a partition and an order: the input's columns, then one per call.
 * Rows come out in the order of partition and window.
 *
 * <p>Bound: the input is kept in memory (53200 beyond the limit; no spilling yet). A frame that
 * moves at its start is summed anew for each row.
 */
public final class Window extends AbstractOperator {
  private final Operator input;
  private final List<SortKey> partitionBy;
  private final List<SortKey> orderBy;
  private final List<WindowCall> calls;
  private @Nullable RowStore store;
  private int[] order = new int[0];
  private Vector[] results = new Vector[0];
  private int position;

  /**
   * A window.
   *
   * @param partitionBy input columns, may be none
   */
  public Window(Operator input, int[] partitionBy, List<SortKey> orderBy, List<WindowCall> calls) {
    super(concat(input.types(), calls.stream().map(WindowCall::type).toList()), input);
    this.input = input;
    this.partitionBy = Arrays.stream(partitionBy).mapToObj(SortKey::ascending).toList();
    this.orderBy = List.copyOf(orderBy);
    this.calls = List.copyOf(calls);
  }

  private RowStore compute() {
    RowStore rows = new RowStore(input.types(), memory());
    Batch batch;
    while ((batch = input.next()) != null) {
      context().checkCancelled();
      rows.append(batch);
    }
    int size = rows.size();
    List<SortKey> keys = new ArrayList<>(partitionBy);
    keys.addAll(orderBy);
    memory().reserve(4L * size);
    order = RowOrder.sort(rows.columns(), size, keys, context(), memory());
    results = Vectors.create(calls.stream().map(WindowCall::type).toList(), size);
    memory().reserve(Vectors.bytes(results));
    WindowPartition partition = new WindowPartition(rows, order, orderBy, context());
    Vector[] columns = rows.columns();
    int from = 0;
    while (from < size) {
      int to = from + 1;
      while (to < size
          && RowOrder.compare(columns, order[from], columns, order[to], partitionBy) == 0) {
        to++;
      }
      context().checkCancelled();
      partition.start(from, to);
      for (int i = 0; i < results.length; i++) {
        partition.compute(calls.get(i), results[i]);
      }
      from = to;
    }
    return rows;
  }

  @Override
  protected @Nullable Batch produce() {
    RowStore rows = store;
    if (rows == null) {
      rows = compute();
      store = rows;
    }
    int count = Math.min(Batch.CAPACITY, order.length - position);
    if (count == 0) {
      return null;
    }
    int[] sources = Arrays.copyOfRange(order, position, position + count);
    int[] positions = new int[count];
    Arrays.setAll(positions, i -> position + i);
    Vector[] columns = Vectors.create(types(), count);
    int inputColumns = input.types().size();
    for (int i = 0; i < columns.length; i++) {
      if (i < inputColumns) {
        Vectors.gather(columns[i], rows.column(i), sources, count);
      } else {
        Vectors.gather(columns[i], results[i - inputColumns], positions, count);
      }
    }
    position += count;
    return new Batch(columns, count);
  }

  @Override
  protected void released() {
    store = null;
    order = new int[0];
    results = new Vector[0];
  }
}
