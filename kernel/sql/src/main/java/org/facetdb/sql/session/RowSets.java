package org.facetdb.sql.session;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.exec.Operator;

/** Rows of a plan kept for writing. Stateless. */
final class RowSets {
  private RowSets() {}

  /** Copies of all selected rows. */
  static List<Batch> readAll(Operator rows) {
    List<Batch> all = new ArrayList<>();
    for (Batch batch = rows.next(); batch != null; batch = rows.next()) {
      all.add(copy(batch));
    }
    return all;
  }

  /** The selected rows of a batch, which its operator does not touch any more. */
  static Batch copy(Batch batch) {
    Vector[] columns = new Vector[batch.columnCount()];
    int count = batch.selectedCount();
    for (int i = 0; i < columns.length; i++) {
      columns[i] = Vector.create(batch.column(i).type(), Math.max(1, count));
      columns[i].gather(batch.column(i), batch.rows(), count);
    }
    return new Batch(columns, count);
  }

  /** Selects, of each key in the first column, the first row alone. */
  static void distinctKeys(List<Batch> batches) {
    Set<ByteBuffer> seen = new HashSet<>();
    for (Batch batch : batches) {
      BytesVector keys = (BytesVector) batch.column(0);
      int[] kept = new int[batch.selectedCount()];
      int count = 0;
      for (int k = 0; k < batch.selectedCount(); k++) {
        int row = batch.row(k);
        if (seen.add(ByteBuffer.wrap(keys.getBytes(row)))) {
          kept[count++] = row;
        }
      }
      batch.setSelection(kept, count);
    }
  }

  /** NULL in every row. */
  static Vector nulls(LogicalType type, int rows) {
    Vector values = Vector.create(type, Math.max(1, rows));
    for (int i = 0; i < rows; i++) {
      values.setNull(i);
    }
    return values;
  }
}
