package org.facetdb.sql.exec;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.expr.VectorPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A join on equal keys: the right input is kept in a hash table, the left input streams past it.
 * Key columns of the two sides have the same lane and are compared by value; a null key has no
 * partner.
 *
 * <p>Invariant: rows with the same key id form a chain from {@code head} over {@code next}, in
 * order of arrival. Memory: the right input stays whole in memory (53200 beyond the limit; no
 * spilling yet).
 */
public final class HashJoin extends AbstractJoin {
  private final int[] leftKeys;
  private final int[] rightKeys;
  private final int[] ids = new int[Batch.CAPACITY];
  private final Vector[] keyColumns;
  private int[] head = new int[256];
  private int[] tail = new int[256];
  private int[] next = new int[256];
  private boolean unique = true;
  private int rightCount;
  private @Nullable KeyTable table;
  private @Nullable NullAwareCandidates nullAware;
  private @Nullable Batch batch;
  private int leftIndex;
  private int chainRow;

  /**
   * A join on equal keys.
   *
   * @param leftKeys columns of the left input, at least one
   * @param rightKeys columns of the right input, as many, of the same types
   * @param condition a further condition over the left columns followed by the right columns, part
   *     of the join (an outer row that fails it comes out unmatched); null for none
   */
  public HashJoin(
      Operator left,
      Operator right,
      JoinKind kind,
      int[] leftKeys,
      int[] rightKeys,
      @Nullable VectorPredicate condition) {
    super(left, right, kind, condition);
    if (leftKeys.length == 0 || leftKeys.length != rightKeys.length) {
      throw new IllegalArgumentException(
          "keys come in pairs: left=" + leftKeys.length + " right=" + rightKeys.length);
    }
    this.leftKeys = leftKeys.clone();
    this.rightKeys = rightKeys.clone();
    this.keyColumns = new Vector[leftKeys.length];
  }

  private KeyTable table() {
    return Objects.requireNonNull(table);
  }

  private Vector[] keys(Batch input, int[] columns) {
    for (int i = 0; i < columns.length; i++) {
      keyColumns[i] = input.column(columns[i]);
    }
    return keyColumns;
  }

  @Override
  RowStore build() {
    List<LogicalType> keyTypes = Arrays.stream(rightKeys).mapToObj(right.types()::get).toList();
    KeyTable built = new KeyTable(keyTypes, false, memory());
    RowStore rows = new RowStore(right.types(), memory());
    boolean needRows = condition != null || !kind.leftOnly() || isGeneralNullAware();
    NullAwareCandidates nulls =
        kind == JoinKind.NULL_AWARE_ANTI ? new NullAwareCandidates(leftKeys, rightKeys) : null;
    Batch input;
    while ((input = right.next()) != null) {
      context().checkCancelled();
      int count = input.selectedCount();
      built.assign(keys(input, rightKeys), input.rows(), count, ids);
      if (needRows) {
        chain(built.size(), rows.size(), count);
        rows.append(input);
      }
      if (nulls != null) {
        nulls.noteRows(ids, rightCount, count);
      }
      rightCount += count;
    }
    table = built;
    nullAware = nulls;
    return rows;
  }

  private boolean isGeneralNullAware() {
    return kind == JoinKind.NULL_AWARE_ANTI && (leftKeys.length > 1 || condition != null);
  }

  private void chain(int idCount, int base, int count) {
    head = ensure(head, idCount);
    tail = ensure(tail, idCount);
    next = ensure(next, base + count);
    for (int k = 0; k < count; k++) {
      int id = ids[k];
      int row = base + k;
      next[row] = -1;
      if (id >= 0) {
        if (head[id] == 0) {
          head[id] = row + 1;
        } else {
          next[tail[id]] = row;
          unique = false;
        }
        tail[id] = row;
      }
    }
  }

  private int[] ensure(int[] array, int size) {
    if (size <= array.length) {
      return array;
    }
    int capacity = Math.max(size, (int) Math.min(Integer.MAX_VALUE - 8L, array.length * 2L));
    memory().reserve(4L * (capacity - array.length));
    return Arrays.copyOf(array, capacity);
  }

  @Override
  boolean endsEarly() {
    return rightCount == 0
        && (kind == JoinKind.INNER || kind == JoinKind.SEMI || kind == JoinKind.RIGHT);
  }

  @Override
  boolean hasShortcut() {
    return condition == null && (kind.leftOnly() ? !isGeneralNullAware() : unique);
  }

  @Override
  @Nullable Batch shortcut(Batch input) {
    if (kind == JoinKind.NULL_AWARE_ANTI) {
      if (rightCount == 0) {
        return input;
      }
      if (Objects.requireNonNull(nullAware).anyNull()) {
        return null;
      }
    }
    int[] rows = input.rows();
    int count = input.selectedCount();
    table().lookup(keys(input, leftKeys), rows, count, ids);
    return kind.leftOnly() ? selectByKey(input, rows, count) : joinUnique(input, rows, count);
  }

  private @Nullable Batch selectByKey(Batch input, int[] rows, int count) {
    boolean wanted = kind == JoinKind.SEMI;
    Vector firstKey = input.column(leftKeys[0]);
    boolean skipNulls = kind == JoinKind.NULL_AWARE_ANTI && firstKey.hasNulls();
    int passed = 0;
    for (int k = 0; k < count; k++) {
      if (ids[k] >= 0 == wanted && !(skipNulls && firstKey.isNull(rows[k]))) {
        selection[passed++] = rows[k];
      }
    }
    if (passed == 0) {
      return null;
    }
    output.setColumns(input.columns());
    output.setRows(input.rowCount());
    output.setSelection(selection, passed);
    return output;
  }

  /** At most one partner per left row: left columns are passed on, right ones put beside them. */
  private @Nullable Batch joinUnique(Batch input, int[] rows, int count) {
    boolean keepsLeft = kind.keepsLeft();
    int rowCount = input.rowCount();
    int filler = store().size() > 0 ? 0 : -1;
    Arrays.fill(rightRows, 0, rowCount, filler);
    int passed = 0;
    for (int k = 0; k < count; k++) {
      int id = ids[k];
      int row = rows[k];
      if (id >= 0) {
        rightRows[row] = head[id] - 1;
        selection[passed++] = row;
      } else if (keepsLeft) {
        rightRows[row] = -1;
        selection[passed++] = row;
      }
    }
    if (kind.keepsRight()) {
      boolean[] matched = rightMatched();
      for (int k = 0; k < count; k++) {
        if (ids[k] >= 0) {
          matched[head[ids[k]] - 1] = true;
        }
      }
    }
    if (passed == 0) {
      return null;
    }
    int leftColumns = input.columnCount();
    Vector[] columns = new Vector[types().size()];
    System.arraycopy(input.columns(), 0, columns, 0, leftColumns);
    for (int i = leftColumns; i < columns.length; i++) {
      columns[i] = pairColumn(i);
      Vectors.gather(columns[i], store().column(i - leftColumns), rightRows, rowCount);
    }
    output.setColumns(columns);
    output.setRows(rowCount);
    if (passed < rowCount) {
      output.setSelection(selection, passed);
    }
    return output;
  }

  @Override
  void startProbe(Batch input) {
    batch = input;
    leftIndex = 0;
    table().lookup(keys(input, leftKeys), input.rows(), input.selectedCount(), ids);
    if (nullAware != null) {
      nullAware.startProbe(input, store());
    }
    chainRow = firstOfChain();
  }

  private int firstOfChain() {
    if (leftIndex >= Objects.requireNonNull(batch).selectedCount() || ids[leftIndex] < 0) {
      return -1;
    }
    return head[ids[leftIndex]] - 1;
  }

  @Override
  int candidates() {
    Batch input = Objects.requireNonNull(batch);
    int[] rows = input.rows();
    int selected = input.selectedCount();
    int count = 0;
    while (leftIndex < selected) {
      int row = rows[leftIndex];
      boolean decided = kind.leftOnly() && leftMatched[row];
      while (chainRow >= 0 && count < Batch.CAPACITY && !decided) {
        leftRows[count] = row;
        rightRows[count++] = chainRow;
        chainRow = next[chainRow];
      }
      if (nullAware != null && !decided && count < Batch.CAPACITY) {
        context().checkCancelled();
        count = nullAware.append(row, leftRows, rightRows, count);
      }
      if (count == Batch.CAPACITY) {
        return count;
      }
      leftIndex++;
      chainRow = firstOfChain();
      if (nullAware != null) {
        nullAware.startRow();
      }
    }
    return count;
  }

  @Override
  protected void released() {
    super.released();
    table = null;
    nullAware = null;
    head = new int[0];
    tail = head;
    next = head;
  }
}
