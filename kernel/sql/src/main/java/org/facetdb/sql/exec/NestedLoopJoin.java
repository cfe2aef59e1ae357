package org.facetdb.sql.exec;

import org.facetdb.spi.type.Batch;
import org.facetdb.sql.expr.VectorPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A join on any condition, or on none (cross join): every left row against every right row. The
 * right input is kept in memory.
 *
 * <p>NOT IN over any condition is an ANTI join here whose condition says "is not false".
 */
public final class NestedLoopJoin extends AbstractJoin {
  private @Nullable Batch batch;
  private int leftIndex;
  private int rightIndex;

  /**
   * A join of every pair.
   *
   * @param condition over the left columns followed by the right columns; null for true
   */
  public NestedLoopJoin(
      Operator left, Operator right, JoinKind kind, @Nullable VectorPredicate condition) {
    super(left, right, kind, condition);
    if (kind == JoinKind.NULL_AWARE_ANTI) {
      throw new IllegalArgumentException("a nested loop takes ANTI with IS NOT FALSE instead");
    }
  }

  @Override
  RowStore build() {
    RowStore rows = new RowStore(right.types(), memory());
    Batch input;
    while ((input = right.next()) != null) {
      context().checkCancelled();
      rows.append(input);
    }
    return rows;
  }

  @Override
  void startProbe(Batch input) {
    batch = input;
    leftIndex = 0;
    rightIndex = 0;
  }

  @Override
  int candidates() {
    Batch input = java.util.Objects.requireNonNull(batch);
    int size = store().size();
    if (size == 0) {
      return 0;
    }
    int[] rows = input.rows();
    int selected = input.selectedCount();
    int count = 0;
    while (leftIndex < selected && count < Batch.CAPACITY) {
      int row = rows[leftIndex];
      int take =
          kind.leftOnly() && leftMatched[row]
              ? 0
              : Math.min(size - rightIndex, Batch.CAPACITY - count);
      for (int j = 0; j < take; j++) {
        leftRows[count + j] = row;
        rightRows[count + j] = rightIndex + j;
      }
      count += take;
      rightIndex += take;
      if (take == 0 || rightIndex == size) {
        rightIndex = 0;
        leftIndex++;
      }
    }
    return count;
  }
}
