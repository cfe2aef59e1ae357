package org.facetdb.sql.row;

import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.storage.Cursor;
import org.jspecify.annotations.Nullable;

/** The rows of a table in the order of its key, all or a range of it. Used by one thread. */
public final class TableScan extends RowSource {
  private final KeyRange range;

  /**
   * A scan.
   *
   * @param range over the primary key's columns; {@link KeyRange#ALL} for a table without one
   */
  public TableScan(TableAccess access, KeyRange range) {
    super(access);
    this.range = range;
  }

  @Override
  @Nullable Cursor openCursor(ExecutionContext context) {
    int keySpace = access.table().keySpace();
    if (range == KeyRange.ALL) {
      return access.reader(context).scan(keySpace, null, null);
    }
    KeyCodec.Bytes bytes = access.keyCodec().range(range, context);
    return bytes == null ? null : access.reader(context).scan(keySpace, bytes.from(), bytes.to());
  }

  @Override
  void take(Cursor at) {
    add(
        at.keyArray(),
        at.keyOffset(),
        at.keyLength(),
        at.valueArray(),
        at.valueOffset(),
        at.valueLength());
  }
}
