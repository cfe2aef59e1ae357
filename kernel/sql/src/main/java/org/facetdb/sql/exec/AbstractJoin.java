package org.facetdb.sql.exec;

import java.util.List;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.expr.VectorPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What joins share that keep the right input and stream the left: pairs of candidates are formed in
 * batches, the condition is evaluated over them, and both sides remember which rows found a
 * partner.
 *
 * <p>Not thread-safe. A subclass produces the candidates of a left batch, in any order.
 */
abstract class AbstractJoin extends AbstractOperator {
  final Operator left;
  final Operator right;
  final JoinKind kind;
  final @Nullable VectorPredicate condition;

  /** By position in the left batch: whether the row has found a partner. */
  final boolean[] leftMatched = new boolean[Batch.CAPACITY];

  final int[] leftRows = new int[Batch.CAPACITY];
  final int[] rightRows = new int[Batch.CAPACITY];
  final int[] selection = new int[Batch.CAPACITY];
  final Batch output = new Batch(new Vector[0]);
  private final Vector[] pairColumns;
  private final Batch pairs;
  private @Nullable RowStore store;
  private @Nullable Batch probe;
  private boolean[] rightMatched = new boolean[0];
  private boolean leftDone;
  private int unmatchedPosition;

  AbstractJoin(Operator left, Operator right, JoinKind kind, @Nullable VectorPredicate condition) {
    super(kind.leftOnly() ? left.types() : concat(left.types(), right.types()), left, right);
    this.left = left;
    this.right = right;
    this.kind = kind;
    this.condition = condition;
    List<LogicalType> pairTypes = concat(left.types(), right.types());
    this.pairColumns = Vectors.create(pairTypes, Batch.CAPACITY);
    this.pairs = new Batch(pairColumns);
  }

  /** Reads the right input to its end. */
  abstract RowStore build();

  /** Begins with a left batch. */
  abstract void startProbe(Batch batch);

  /**
   * Writes up to a batch of candidate pairs: positions in the left batch to {@link #leftRows}, rows
   * of the store to {@link #rightRows}.
   *
   * @return how many, 0 when the left batch has no more
   */
  abstract int candidates();

  /** A shortcut for a whole left batch; null where there is none and candidates are needed. */
  @Nullable Batch shortcut(Batch batch) {
    return null;
  }

  /** Whether {@link #shortcut} answers every left batch. */
  boolean hasShortcut() {
    return false;
  }

  final RowStore store() {
    if (store == null) {
      throw new IllegalStateException("the right input has not been read");
    }
    return store;
  }

  @Override
  protected final @Nullable Batch produce() {
    if (store == null) {
      store = build();
      if (kind.keepsRight()) {
        memory().reserve(store.size());
        rightMatched = new boolean[store.size()];
      }
    }
    while (true) {
      context().checkCancelled();
      Batch batch = probe;
      if (batch == null) {
        batch = leftDone || endsEarly() ? null : left.next();
        if (batch == null) {
          leftDone = true;
          return kind.keepsRight() ? unmatchedRight() : null;
        }
        if (hasShortcut()) {
          Batch result = shortcut(batch);
          if (result != null) {
            return result;
          }
          continue;
        }
        probe = batch;
        java.util.Arrays.fill(leftMatched, 0, batch.rowCount(), false);
        startProbe(batch);
      }
      Batch result = advance(batch);
      if (result != null) {
        return result;
      }
    }
  }

  /** True if no left row can produce anything. */
  boolean endsEarly() {
    return store().size() == 0
        && (kind == JoinKind.INNER || kind == JoinKind.SEMI || kind == JoinKind.RIGHT);
  }

  private @Nullable Batch advance(Batch batch) {
    int count = candidates();
    if (count > 0) {
      return match(batch, count);
    }
    probe = null;
    if (kind.leftOnly()) {
      return selectLeft(batch, kind == JoinKind.SEMI, batch.columns());
    }
    return kind.keepsLeft() ? selectLeft(batch, false, withNulls(batch)) : null;
  }

  private @Nullable Batch match(Batch batch, int count) {
    int[] hits = Batch.allRows();
    int hitCount = count;
    boolean needColumns = condition != null || !kind.leftOnly();
    if (needColumns) {
      gatherPairs(batch, count);
    }
    if (condition != null) {
      hitCount = condition.select(pairs, context(), selection);
      hits = selection;
    }
    if (kind.leftOnly() || kind.keepsLeft()) {
      for (int j = 0; j < hitCount; j++) {
        leftMatched[leftRows[hits[j]]] = true;
      }
    }
    if (kind.keepsRight()) {
      for (int j = 0; j < hitCount; j++) {
        rightMatched[rightRows[hits[j]]] = true;
      }
    }
    if (kind.leftOnly() || hitCount == 0) {
      return null;
    }
    if (hitCount < count) {
      pairs.setSelection(selection, hitCount);
    }
    return pairs;
  }

  private void gatherPairs(Batch batch, int count) {
    int leftColumns = batch.columnCount();
    for (int i = 0; i < leftColumns; i++) {
      Vectors.gather(pairColumns[i], batch.column(i), leftRows, count);
    }
    Vector[] rightColumns = store().columns();
    for (int i = 0; i < rightColumns.length; i++) {
      Vectors.gather(pairColumns[leftColumns + i], rightColumns[i], rightRows, count);
    }
    pairs.setRows(count);
  }

  /** The left columns, and right columns full of nulls. */
  private Vector[] withNulls(Batch batch) {
    int leftColumns = batch.columnCount();
    Vector[] columns = new Vector[pairColumns.length];
    System.arraycopy(batch.columns(), 0, columns, 0, leftColumns);
    for (int i = leftColumns; i < columns.length; i++) {
      Vectors.fillNulls(pairColumns[i], batch.rowCount());
      columns[i] = pairColumns[i];
    }
    return columns;
  }

  /** The left rows whose matched flag is as wanted, with the given columns; null if none. */
  final @Nullable Batch selectLeft(Batch batch, boolean wanted, Vector[] columns) {
    int[] rows = batch.rows();
    int count = 0;
    for (int k = 0; k < batch.selectedCount(); k++) {
      int row = rows[k];
      selection[count] = row;
      count += leftMatched[row] == wanted ? 1 : 0;
    }
    if (count == 0) {
      return null;
    }
    output.setColumns(columns);
    output.setRows(batch.rowCount());
    output.setSelection(selection, count);
    return output;
  }

  private @Nullable Batch unmatchedRight() {
    int count = 0;
    int size = store().size();
    while (unmatchedPosition < size && count < Batch.CAPACITY) {
      rightRows[count] = unmatchedPosition;
      count += rightMatched[unmatchedPosition++] ? 0 : 1;
    }
    if (count == 0) {
      return null;
    }
    int leftColumns = left.types().size();
    for (int i = 0; i < pairColumns.length; i++) {
      if (i < leftColumns) {
        Vectors.fillNulls(pairColumns[i], count);
      } else {
        Vectors.gather(pairColumns[i], store().column(i - leftColumns), rightRows, count);
      }
    }
    pairs.setRows(count);
    return pairs;
  }

  /** The matched flags of the right rows, for shortcuts. */
  final boolean[] rightMatched() {
    return rightMatched;
  }

  /** Scratch vectors of the right columns. */
  final Vector pairColumn(int index) {
    return pairColumns[index];
  }

  @Override
  protected void released() {
    store = null;
    rightMatched = new boolean[0];
  }
}
