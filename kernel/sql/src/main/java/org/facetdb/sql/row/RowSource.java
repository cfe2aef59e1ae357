package org.facetdb.sql.row;

import java.util.List;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.exec.Operator;
import org.facetdb.sql.type.SqlType;
import org.facetdb.storage.Cursor;
import org.jspecify.annotations.Nullable;

/**
 * What the operators over stored rows share: they collect up to a batch of row values and then
 * decode the projected columns. Used by one thread; owns its cursor.
 */
abstract sealed class RowSource implements Operator permits TableScan, IndexScan {
  /** Rows of the first batch; later ones grow, so that a short scan costs little. */
  private static final int FIRST_ROWS = 64;

  final TableAccess access;
  private final RowBatch rows = new RowBatch();
  private BytesVector keys = new BytesVector(SqlType.BYTEA, 0);
  private int limit = FIRST_ROWS;
  private @Nullable ExecutionContext context;
  private @Nullable Cursor cursor;

  RowSource(TableAccess access) {
    this.access = access;
  }

  @Override
  public final List<LogicalType> types() {
    return access.types();
  }

  @Override
  public final void open(ExecutionContext executionContext) {
    context = executionContext;
    cursor = openCursor(executionContext);
  }

  /** A cursor over the range, {@code null} if the range is empty. */
  abstract @Nullable Cursor openCursor(ExecutionContext executionContext);

  /** Adds the row that the cursor stands on. */
  abstract void take(Cursor at);

  @Override
  public final @Nullable Batch next() {
    Cursor source = cursor;
    if (source == null || context == null) {
      return null;
    }
    context.checkCancelled();
    rows.clear();
    if (access.needsKey()) {
      keys = new BytesVector(SqlType.BYTEA, limit);
    }
    while (rows.count() < limit && source.next()) {
      take(source);
    }
    int count = rows.count();
    if (count < limit) {
      close();
    }
    if (count == 0) {
      return null;
    }
    limit = Math.min(Batch.CAPACITY, limit * 4);
    return new Batch(access.decode(rows, keys), count);
  }

  /** Adds a row. */
  final void add(
      byte[] key, int keyOffset, int keyLength, byte[] value, int valueOffset, int valueLength) {
    if (access.needsKey()) {
      keys.set(rows.count(), key, keyOffset, keyLength);
    }
    rows.add(value, valueOffset, valueLength);
  }

  @Override
  public void close() {
    Cursor open = cursor;
    cursor = null;
    if (open != null) {
      open.close();
    }
  }
}
