package org.facetdb.sql.exec;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.Vector;
import org.jspecify.annotations.Nullable;

/**
 * The fall-back for a subquery that could not be decorrelated: runs the inner side anew for each
 * outer row, with the outer row's values bound in the {@link ExecutionContext}.
 *
 * <p>Not thread-safe. Owns the outer input and, while it runs, the current inner side.
 */
public final class Correlate extends AbstractOperator {
  private final Operator left;
  private final Supplier<Operator> right;
  private final int correlation;
  private final int[] boundColumns;
  private final JoinKind kind;
  private final int[] selection = new int[Batch.CAPACITY];
  private final int[] repeated = new int[Batch.CAPACITY];
  private final Batch output;
  private @Nullable Batch outer;
  private @Nullable Operator inner;
  private @Nullable Batch waiting;
  private int outerIndex;
  private boolean innerMatched;

  /**
   * A correlated join.
   *
   * @param right makes the inner side afresh
   * @param rightTypes the types of the inner side
   * @param correlation the number under which the inner side asks for outer values
   * @param boundColumns the outer columns that the inner side asks for
   * @param kind INNER, LEFT, SEMI or ANTI
   */
  public Correlate(
      Operator left,
      Supplier<Operator> right,
      List<LogicalType> rightTypes,
      int correlation,
      int[] boundColumns,
      JoinKind kind) {
    super(kind.leftOnly() ? left.types() : concat(left.types(), rightTypes), left);
    if (kind.keepsRight() || kind == JoinKind.NULL_AWARE_ANTI) {
      throw new IllegalArgumentException("no correlated join of this kind: " + kind);
    }
    this.left = left;
    this.right = right;
    this.correlation = correlation;
    this.boundColumns = boundColumns.clone();
    this.kind = kind;
    this.output = new Batch(Vectors.create(types(), kind.leftOnly() ? 0 : Batch.CAPACITY));
  }

  @Override
  protected @Nullable Batch produce() {
    while (true) {
      context().checkCancelled();
      Batch batch = outer;
      if (batch == null) {
        batch = left.next();
        outer = batch;
        outerIndex = 0;
        if (batch == null) {
          return null;
        }
      }
      Batch result = kind.leftOnly() ? selectOuter(batch) : join(batch);
      if (result != null) {
        return result;
      }
      outer = null;
    }
  }

  private void startInner(Batch batch, int row) {
    @Nullable Object[] values = new @Nullable Object[batch.columnCount()];
    for (int column : boundColumns) {
      values[column] = batch.column(column).valueAt(row);
    }
    context().bindCorrelation(correlation, values);
    Operator started = right.get();
    inner = started;
    innerMatched = false;
    started.open(context());
  }

  private void endInner() {
    Operator ended = inner;
    inner = null;
    if (ended != null) {
      ended.close();
    }
  }

  private @Nullable Batch selectOuter(Batch batch) {
    int[] rows = batch.rows();
    int count = 0;
    for (int k = 0; k < batch.selectedCount(); k++) {
      context().checkCancelled();
      startInner(batch, rows[k]);
      boolean found = Objects.requireNonNull(inner).next() != null;
      endInner();
      if (found == (kind == JoinKind.SEMI)) {
        selection[count++] = rows[k];
      }
    }
    outer = null;
    if (count == 0) {
      return null;
    }
    output.setColumns(batch.columns());
    output.setRows(batch.rowCount());
    output.setSelection(selection, count);
    return output;
  }

  /** Pairs of as many outer rows as fit, null when the outer batch is used up. */
  private @Nullable Batch join(Batch batch) {
    for (Vector column : output.columns()) {
      column.reset();
    }
    int count = 0;
    while (outerIndex < batch.selectedCount() && count < Batch.CAPACITY) {
      int row = batch.row(outerIndex);
      Batch found = found(batch, row);
      if (found != null) {
        innerMatched = true;
        if (count + found.selectedCount() > Batch.CAPACITY) {
          waiting = found;
          break;
        }
        appendPairs(batch, row, found, count);
        count += found.selectedCount();
        continue;
      }
      endInner();
      outerIndex++;
      if (!innerMatched && kind == JoinKind.LEFT) {
        appendUnmatched(batch, row, count++);
      }
    }
    if (count == 0) {
      return null;
    }
    output.setRows(count);
    return output;
  }

  /** The next inner batch of an outer row, null when its inner side has ended. */
  private @Nullable Batch found(Batch batch, int row) {
    Batch kept = waiting;
    if (kept != null) {
      waiting = null;
      return kept;
    }
    if (inner == null) {
      context().checkCancelled();
      startInner(batch, row);
    }
    return Objects.requireNonNull(inner).next();
  }

  private void appendPairs(Batch batch, int row, Batch found, int at) {
    int count = found.selectedCount();
    Arrays.fill(repeated, 0, count, row);
    int leftColumns = batch.columnCount();
    for (int i = 0; i < leftColumns; i++) {
      Vectors.append(output.column(i), at, batch.column(i), repeated, count);
    }
    for (int i = 0; i < found.columnCount(); i++) {
      Vectors.append(output.column(leftColumns + i), at, found.column(i), found.rows(), count);
    }
  }

  private void appendUnmatched(Batch batch, int row, int at) {
    for (int i = 0; i < types().size(); i++) {
      if (i < batch.columnCount()) {
        output.column(i).copyFrom(batch.column(i), row, at);
      } else {
        output.column(i).setNull(at);
      }
    }
  }

  @Override
  protected void released() {
    endInner();
  }
}
