package org.facetdb.sql.row;

import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.Reader;

/** Reads all rows of a table with their ids and the times since when they are as they are. */
public final class TableRows {
  private TableRows() {}

  /** Receives rows. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * @param begin when this version of the row was committed
     * @param values valid during the call
     * @return false to stop
     */
    boolean visit(long rowId, long begin, Batch values, int row);
  }

  /**
   * Visits the rows of a view.
   *
   * @param positions of the columns that the batches have
   */
  public static void visit(TableDefinition table, int[] positions, Reader reader, Visitor visitor) {
    RowDecoder decoder = new RowDecoder(RowLayout.of(table));
    RowKeys keys = RowKeys.of(table);
    RowBatch rows = new RowBatch();
    long[] rowIds = new long[Batch.CAPACITY];
    long[] begins = new long[Batch.CAPACITY];
    try (Cursor cursor = reader.scan(table.keySpace(), null, null)) {
      boolean more = true;
      while (more) {
        rows.clear();
        while (!rows.isFull() && (more = cursor.next())) {
          rowIds[rows.count()] = rowId(table, keys, cursor, reader);
          begins[rows.count()] = cursor.commitTimestamp();
          rows.add(cursor.valueArray(), cursor.valueOffset(), cursor.valueLength());
        }
        if (rows.count() == 0) {
          return;
        }
        decoder.check(rows);
        Vector[] columns = new Vector[positions.length];
        for (int i = 0; i < positions.length; i++) {
          columns[i] = decoder.decode(positions[i], rows);
        }
        Batch batch = new Batch(columns, rows.count());
        for (int i = 0; i < rows.count(); i++) {
          if (!visitor.visit(rowIds[i], begins[i], batch, i)) {
            return;
          }
        }
      }
    }
  }

  private static long rowId(TableDefinition table, RowKeys keys, Cursor at, Reader reader) {
    if (!keys.isMapped()) {
      return keys.rowId(at.keyArray(), at.keyOffset(), at.keyLength());
    }
    Long id = keys.rowId(at.key(), reader);
    if (id == null) {
      throw RowKeys.noId(table);
    }
    return id;
  }
}
