package org.facetdb.sql.session;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.dml.RowNames;
import org.facetdb.sql.exec.Operator;
import org.facetdb.sql.plan.QueryPlan;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.lock.LockMode;

/**
 * Finds the rows that an UPDATE or DELETE changes, and locks them. Stateless.
 *
 * <p>A row that others changed before it was locked is judged again by what it is now, as
 * PostgreSQL does at READ COMMITTED: the query runs once more, on the newest snapshot, and of what
 * it finds those rows alone count. Rows that fit only now stay out.
 */
final class RowsToChange {
  private RowsToChange() {}

  /**
   * The rows, each batch with the rows' keys in its first column.
   *
   * @param source gives the keys in its first column
   * @throws org.facetdb.spi.DatabaseException 40001 if one was changed after the snapshot of a
   *     transaction that reads only that one
   */
  static List<Batch> find(
      Execution execution, TableDefinition table, QueryPlan source, LockMode mode) {
    TransactionState state = execution.transaction();
    Transaction transaction = state.transaction();
    List<Batch> found = read(execution, source);
    Set<ByteBuffer> changed = new HashSet<>();
    for (Batch batch : found) {
      keep(
          batch,
          key -> {
            state.lockKey(table, table.keySpace(), key, mode);
            if (!state.isBehind() || !transaction.isChanged(table.keySpace(), key)) {
              return true;
            }
            if (!state.readsCommitted()) {
              throw RowNames.changed(table, key);
            }
            changed.add(ByteBuffer.wrap(key));
            return false;
          });
    }
    if (changed.isEmpty()) {
      return found;
    }
    transaction.refresh();
    List<Batch> all = new ArrayList<>(found);
    for (Batch batch : read(execution, source)) {
      keep(batch, key -> changed.contains(ByteBuffer.wrap(key)));
      all.add(batch);
    }
    return all;
  }

  private static List<Batch> read(Execution execution, QueryPlan source) {
    try (Operator rows = source.instantiate()) {
      rows.open(execution.context());
      return RowSets.readAll(rows);
    }
  }

  private static void keep(Batch batch, Predicate<byte[]> wanted) {
    BytesVector keys = (BytesVector) batch.column(0);
    int[] kept = new int[batch.selectedCount()];
    int count = 0;
    for (int k = 0; k < batch.selectedCount(); k++) {
      int row = batch.row(k);
      if (wanted.test(keys.getBytes(row))) {
        kept[count++] = row;
      }
    }
    if (count < batch.selectedCount()) {
      batch.setSelection(kept, count);
    }
  }
}
