package org.facetdb.sql.exec;

import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.Vector;
import org.jspecify.annotations.Nullable;

/** The first of each set of equal rows, as they come; nulls are equal to each other. */
public final class Distinct extends AbstractOperator {
  private final Operator input;
  private final int[] ids = new int[Batch.CAPACITY];
  private final int[] selection = new int[Batch.CAPACITY];
  private final Batch output = new Batch(new Vector[0]);
  private @Nullable KeyTable table;
  private boolean passedEmptyRow;

  public Distinct(Operator input) {
    super(input.types(), input);
    this.input = input;
  }

  @Override
  protected @Nullable Batch produce() {
    KeyTable seen = table;
    if (seen == null) {
      seen = new KeyTable(types(), true, memory());
      table = seen;
    }
    Batch batch;
    while ((batch = input.next()) != null) {
      int count = firsts(seen, batch);
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

  private int firsts(KeyTable seen, Batch batch) {
    int[] rows = batch.rows();
    if (types().isEmpty()) {
      boolean first = !passedEmptyRow;
      passedEmptyRow = true;
      selection[0] = rows[0];
      return first ? 1 : 0;
    }
    int known = seen.size();
    seen.assign(batch.columns(), rows, batch.selectedCount(), ids);
    boolean[] passed = new boolean[seen.size() - known];
    int count = 0;
    for (int k = 0; k < batch.selectedCount(); k++) {
      int id = ids[k] - known;
      if (id >= 0 && !passed[id]) {
        passed[id] = true;
        selection[count++] = rows[k];
      }
    }
    return count;
  }

  @Override
  protected void released() {
    table = null;
  }
}
