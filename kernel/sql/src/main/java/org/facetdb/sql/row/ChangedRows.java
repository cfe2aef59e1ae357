package org.facetdb.sql.row;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.catalog.TableDefinition;

/**
 * Up to a batch of rows of one table that one commit, or an open transaction, changed. Rows are
 * decoded when first asked for, column by column. Safe for any number of threads once it is built.
 */
public final class ChangedRows {
  private final RowDecoder decoder;
  private final long timestamp;
  private final long[] rowIds;
  private final long[] previous;
  private final long[] changedColumns;
  private final int[] valueRows;
  private final RowBatch values;
  private final int count;
  private final Map<Integer, Vector> columns = new ConcurrentHashMap<>();

  ChangedRows(
      RowDecoder decoder,
      long timestamp,
      long[] rowIds,
      long[] previous,
      long[] changedColumns,
      int[] valueRows,
      RowBatch values,
      int count) {
    this.decoder = decoder;
    this.timestamp = timestamp;
    this.rowIds = rowIds;
    this.previous = previous;
    this.changedColumns = changedColumns;
    this.valueRows = valueRows;
    this.values = values;
    this.count = count;
    if (values.count() > 0) {
      decoder.check(values);
    }
  }

  public int count() {
    return count;
  }

  /** When the rows were committed. */
  public long timestamp() {
    return timestamp;
  }

  public long rowId(int row) {
    return rowIds[row];
  }

  /** When the version was committed that this change superseded, 0 for a new row. */
  public long previousTimestamp(int row) {
    return previous[row];
  }

  public boolean isDelete(int row) {
    return valueRows[row] < 0;
  }

  /** True if the row is new, or any column of a mask may have another value than before. */
  public boolean touches(int row, long columnMask) {
    return previous[row] == 0 || isDelete(row) || (changedColumns[row] & columnMask) != 0;
  }

  /** Columns of the rows that are there; see {@link #valueRow}. */
  public Batch batch(int[] positions) {
    Vector[] vectors = new Vector[positions.length];
    for (int i = 0; i < positions.length; i++) {
      vectors[i] = columns.computeIfAbsent(positions[i], p -> decoder.decode(p, values));
    }
    return new Batch(vectors, values.count());
  }

  /** The row of {@link #batch} that a change left, -1 for a deletion. */
  public int valueRow(int row) {
    return valueRows[row];
  }

  /** The mask in which {@link #touches} finds some of a table's columns. */
  public static long mask(int[] positions) {
    long mask = 0;
    for (int position : positions) {
      mask |= 1L << Math.min(position, 63);
    }
    return mask;
  }

  /** Collects rows into chunks. Used by one thread. */
  static final class Builder {
    private final RowDecoder decoder;
    private final long timestamp;
    private long[] rowIds = new long[16];
    private long[] previous = new long[16];
    private long[] masks = new long[16];
    private int[] valueRows = new int[16];
    private final RowBatch values = new RowBatch();
    private int count;

    Builder(TableDefinition table, long timestamp) {
      this.decoder = new RowDecoder(RowLayout.of(table));
      this.timestamp = timestamp;
    }

    boolean isFull() {
      return count == Batch.CAPACITY;
    }

    int count() {
      return count;
    }

    private void add(long rowId, long before, long mask, int valueRow) {
      if (count == rowIds.length) {
        int capacity = count * 2;
        rowIds = java.util.Arrays.copyOf(rowIds, capacity);
        previous = java.util.Arrays.copyOf(previous, capacity);
        masks = java.util.Arrays.copyOf(masks, capacity);
        valueRows = java.util.Arrays.copyOf(valueRows, capacity);
      }
      rowIds[count] = rowId;
      previous[count] = before;
      masks[count] = mask;
      valueRows[count++] = valueRow;
    }

    void delete(long rowId, long before) {
      add(rowId, before, -1L, -1);
    }

    void put(long rowId, long before, long mask, byte[] array, int offset, int length) {
      values.add(array, offset, length);
      add(rowId, before, mask, values.count() - 1);
    }

    ChangedRows build() {
      return new ChangedRows(decoder, timestamp, rowIds, previous, masks, valueRows, values, count);
    }
  }
}
