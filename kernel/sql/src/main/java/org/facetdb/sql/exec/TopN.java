package org.facetdb.sql.exec;

import java.util.Arrays;
import java.util.List;
import org.facetdb.spi.type.Batch;
import org.facetdb.sql.expr.VectorExpression;
import org.jspecify.annotations.Nullable;

/**
 * ORDER BY with LIMIT: keeps offset + limit rows and refuses early what can't be among them.
 *
 * <p>Invariant: once {@code bounded}, the kept rows begin with the best {@code wanted} of all rows
 * seen before the last cut, in order, and a row that does not sort before the last of those is
 * dropped.
 */
public final class TopN extends AbstractOperator {
  private static final int SLACK = 4 * Batch.CAPACITY;

  private final Operator input;
  private final List<SortKey> keys;
  private final @Nullable VectorExpression offset;
  private final @Nullable VectorExpression limit;
  private final int[] passing = new int[Batch.CAPACITY];
  private @Nullable RowStore store;
  private int[] order = new int[0];
  private long wanted;
  private long toSkip;
  private boolean bounded;
  private int position;
  private @Nullable Batch output;

  /** The rows offset to offset + limit of the sorted input; null as in {@link Limit}. */
  public TopN(
      Operator input,
      List<SortKey> keys,
      @Nullable VectorExpression offset,
      @Nullable VectorExpression limit) {
    super(input.types(), input);
    this.input = input;
    this.keys = List.copyOf(keys);
    this.offset = offset;
    this.limit = limit;
  }

  @Override
  protected void opened() {
    long pass = Limit.limitValue(limit, context());
    toSkip = Limit.offsetValue(offset, context());
    wanted = pass == 0 ? 0 : pass + toSkip;
    if (wanted < 0) {
      wanted = Long.MAX_VALUE;
    }
  }

  private RowStore collect() {
    RowStore rows = new RowStore(types(), memory());
    Batch batch;
    while (wanted > 0 && (batch = input.next()) != null) {
      context().checkCancelled();
      if (bounded) {
        int count = betterThanBound(rows, batch);
        rows.append(batch.columns(), passing, count);
      } else {
        rows.append(batch);
      }
      if (rows.size() - wanted > Math.max(SLACK, wanted)) {
        rows = cut(rows);
      }
    }
    memory().reserve(4L * rows.size());
    order = RowOrder.sort(rows.columns(), rows.size(), keys, context(), memory());
    return rows;
  }

  private int betterThanBound(RowStore rows, Batch batch) {
    int bound = (int) wanted - 1;
    int[] candidates = batch.rows();
    int count = 0;
    for (int k = 0; k < batch.selectedCount(); k++) {
      int row = candidates[k];
      if (RowOrder.compare(batch.columns(), row, rows.columns(), bound, keys) < 0) {
        passing[count++] = row;
      }
    }
    return count;
  }

  /** Only the best rows, in order. */
  private RowStore cut(RowStore rows) {
    int[] sorted = RowOrder.sort(rows.columns(), rows.size(), keys, context(), memory());
    RowStore best = new RowStore(types(), memory());
    best.append(rows.columns(), sorted, (int) wanted);
    rows.clear();
    bounded = true;
    return best;
  }

  @Override
  protected @Nullable Batch produce() {
    RowStore rows = store;
    if (rows == null) {
      rows = collect();
      store = rows;
      position = (int) Math.min(toSkip, order.length);
    }
    int end = (int) Math.min(wanted, order.length);
    int count = Math.min(Batch.CAPACITY, end - position);
    if (count <= 0) {
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
