package org.facetdb.sql.row;

import java.util.List;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.exec.Operator;
import org.facetdb.sql.type.SqlType;
import org.jspecify.annotations.Nullable;

/**
 * The row whose whole primary key equals values: one read, no cursor. Used by one thread. What
 * doesn't change between executions is kept in the access, so that making one costs an allocation.
 */
public final class KeyLookup implements Operator {
  private static final BytesVector NO_KEYS = new BytesVector(SqlType.BYTEA, 0);

  private final TableAccess access;
  private final KeyValue[] key;
  private @Nullable ExecutionContext context;

  /**
   * A lookup.
   *
   * @param key a value for each column of the primary key, in key order; the array is kept
   */
  public KeyLookup(TableAccess access, KeyValue[] key) {
    this.access = access;
    this.key = key;
  }

  @Override
  public List<LogicalType> types() {
    return access.types();
  }

  @Override
  public void open(ExecutionContext executionContext) {
    context = executionContext;
  }

  @Override
  public @Nullable Batch next() {
    ExecutionContext running = context;
    if (running == null) {
      return null;
    }
    context = null;
    byte[] bytes = access.keyCodec().exact(key, running);
    byte[] value =
        bytes == null ? null : access.reader(running).get(access.table().keySpace(), bytes);
    if (bytes == null || value == null) {
      return null;
    }
    RowBatch row = new RowBatch(1);
    row.add(value, 0, value.length);
    BytesVector keys = NO_KEYS;
    if (access.needsKey()) {
      keys = new BytesVector(SqlType.BYTEA, 1);
      keys.set(0, bytes);
    }
    return new Batch(access.decode(row, keys), 1);
  }

  @Override
  public void close() {
    context = null;
  }
}
