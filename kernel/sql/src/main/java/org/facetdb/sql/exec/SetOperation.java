package org.facetdb.sql.exec;

import java.util.Arrays;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.Vector;
import org.jspecify.annotations.Nullable;

/**
 * INTERSECT and EXCEPT, distinct and ALL: counts the rows of the right input, then lets the rows of
 * the left pass. Nulls are equal to each other. Inputs have the same types, at least one column.
 */
public final class SetOperation extends AbstractOperator {
  /** Which rows of the left pass. */
  public enum Kind {
    INTERSECT,
    INTERSECT_ALL,
    EXCEPT,
    EXCEPT_ALL
  }

  private final Operator left;
  private final Operator right;
  private final Kind kind;
  private final int[] ids = new int[Batch.CAPACITY];
  private final int[] selection = new int[Batch.CAPACITY];
  private final Batch output = new Batch(new Vector[0]);
  private int[] counts = new int[64];
  private @Nullable KeyTable table;

  public SetOperation(Operator left, Operator right, Kind kind) {
    super(left.types(), left, right);
    this.left = left;
    this.right = right;
    this.kind = kind;
  }

  private KeyTable build() {
    KeyTable built = new KeyTable(types(), true, memory());
    Batch batch;
    while ((batch = right.next()) != null) {
      context().checkCancelled();
      built.assign(batch.columns(), batch.rows(), batch.selectedCount(), ids);
      ensureCounts(built.size());
      for (int k = 0; k < batch.selectedCount(); k++) {
        counts[ids[k]]++;
      }
    }
    return built;
  }

  private void ensureCounts(int size) {
    if (size > counts.length) {
      memory().reserve(4L * counts.length);
      counts = Arrays.copyOf(counts, Math.max(size, counts.length * 2));
    }
  }

  @Override
  protected @Nullable Batch produce() {
    KeyTable rows = table;
    if (rows == null) {
      rows = build();
      table = rows;
    }
    Batch batch;
    while ((batch = left.next()) != null) {
      int count = select(rows, batch);
      if (count > 0) {
        output.setColumns(batch.columns());
        output.setRows(batch.rowCount());
        output.setSelection(selection, count);
        return output;
      }
      context().checkCancelled();
    }
    return null;
  }

  private int select(KeyTable known, Batch batch) {
    int[] rows = batch.rows();
    int n = batch.selectedCount();
    if (kind == Kind.EXCEPT) {
      known.assign(batch.columns(), rows, n, ids);
      ensureCounts(known.size());
    } else {
      known.lookup(batch.columns(), rows, n, ids);
    }
    int count = 0;
    for (int k = 0; k < n; k++) {
      if (passes(ids[k])) {
        selection[count++] = rows[k];
      }
    }
    return count;
  }

  private boolean passes(int id) {
    return switch (kind) {
      case INTERSECT -> id >= 0 && takeAll(id);
      case INTERSECT_ALL -> id >= 0 && takeOne(id);
      case EXCEPT -> !takeFirst(id);
      case EXCEPT_ALL -> id < 0 || !takeOne(id);
    };
  }

  private boolean takeOne(int id) {
    boolean present = counts[id] > 0;
    counts[id] -= present ? 1 : 0;
    return present;
  }

  /** Marks a row as known and tells whether it was. */
  private boolean takeFirst(int id) {
    boolean present = counts[id] > 0;
    counts[id] = 1;
    return present;
  }

  private boolean takeAll(int id) {
    boolean present = counts[id] > 0;
    counts[id] = 0;
    return present;
  }

  @Override
  protected void released() {
    table = null;
    counts = new int[0];
  }
}
