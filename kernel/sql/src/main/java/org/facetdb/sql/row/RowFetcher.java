package org.facetdb.sql.row;

import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.type.SqlType;

/**
 * Collects up to a batch of rows that were found by their keys, and decodes the columns that are
 * wanted of them. Used by one thread.
 */
public final class RowFetcher {
  private final TableAccess access;
  private final RowBatch rows = new RowBatch();
  private final BytesVector keys;

  public RowFetcher(TableAccess access, int capacity) {
    this.access = access;
    this.keys = new BytesVector(SqlType.BYTEA, access.needsKey() ? capacity : 0);
  }

  /** Adds a row. */
  public void add(byte[] key, byte[] value) {
    if (access.needsKey()) {
      keys.set(rows.count(), key);
    }
    rows.add(value, 0, value.length);
  }

  public int count() {
    return rows.count();
  }

  /** The projected columns; those of {@link SearchColumns} are null. */
  public Vector[] decode() {
    return access.decode(rows, keys);
  }
}
