package org.facetdb.sql.row;

import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.catalog.IndexDefinition;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.Reader;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a table in the order of an index, all or a range of it, each fetched by the key in
 * its index entry. Used by one thread.
 */
public final class IndexScan extends RowSource {
  private final IndexDefinition index;
  private final KeyCodec codec;
  private final KeyRange range;
  private @Nullable Reader reader;

  /**
   * A scan.
   *
   * @param index of the table
   * @param range over the index's columns
   */
  public IndexScan(TableAccess access, IndexDefinition index, KeyRange range) {
    super(access);
    this.index = index;
    this.codec = KeyCodec.ofIndex(access.table(), index);
    this.range = range;
  }

  @Override
  @Nullable Cursor openCursor(ExecutionContext context) {
    KeyCodec.Bytes bytes = codec.range(range, context);
    if (bytes == null) {
      return null;
    }
    Reader rows = access.reader(context);
    reader = rows;
    return rows.scan(index.keySpace(), bytes.from(), bytes.to());
  }

  @Override
  void take(Cursor at) {
    byte[] key =
        IndexEntries.rowKey(
            at.keyArray(),
            at.keyOffset(),
            at.keyLength(),
            at.valueArray(),
            at.valueOffset(),
            at.valueLength());
    byte[] value = reader == null ? null : reader.get(access.table().keySpace(), key);
    if (value == null) {
      throw new DatabaseException(
          "XX002",
          DatabaseException.Category.CORRUPTION,
          "index entry has no row: index=" + index.name() + " table=" + access.table().name());
    }
    add(key, 0, key.length, value, 0, value.length);
  }
}
