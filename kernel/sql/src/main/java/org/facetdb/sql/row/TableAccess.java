package org.facetdb.sql.row;

import java.util.ArrayList;
import java.util.List;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.type.SqlType;
import org.facetdb.storage.Reader;

/**
 * How a plan reads a table: which columns, at which time. Made once per plan; immutable, for any
 * number of threads and executions.
 */
public final class TableAccess {
  /** The time that stands for the statement's own view. */
  public static final long CURRENT = Long.MAX_VALUE;

  private final TableDefinition table;
  private final int[] projection;
  private final long asOf;
  private final List<LogicalType> types;
  private final RowDecoder decoder;
  private final KeyCodec keyCodec;
  private final boolean needsKey;
  private final boolean needsValue;

  private TableAccess(TableDefinition table, int[] projection, long asOf) {
    this.table = table;
    this.projection = projection;
    this.asOf = asOf;
    this.decoder = new RowDecoder(RowLayout.of(table));
    this.keyCodec = KeyCodec.ofTable(table);
    List<LogicalType> found = new ArrayList<>();
    boolean key = false;
    boolean value = false;
    for (int column : projection) {
      boolean isKey = column == TableDefinition.ROW_KEY;
      boolean isSearch = SearchColumns.isSearchColumn(column);
      key |= isKey;
      value |= !isKey && !isSearch;
      found.add(type(table, column));
    }
    this.types = List.copyOf(found);
    this.needsKey = key;
    this.needsValue = value;
  }

  /**
   * Access to columns of a table.
   *
   * @param projection positions of the columns in the order of the output; {@link
   *     TableDefinition#ROW_KEY} for the row's encoded key
   * @param asOf a commit timestamp, or {@link #CURRENT}
   */
  public static TableAccess of(TableDefinition table, int[] projection, long asOf) {
    return new TableAccess(table, projection.clone(), asOf);
  }

  private static LogicalType type(TableDefinition table, int column) {
    if (SearchColumns.isSearchColumn(column)) {
      return SearchColumns.isScore(column) ? SqlType.DOUBLE : SqlType.BIGINT;
    }
    return column == TableDefinition.ROW_KEY ? SqlType.BYTEA : table.columns().get(column).type();
  }

  /** Positions of the projected columns; the array must not be written. */
  public int[] projection() {
    return projection;
  }

  /** True if a column is projected that lies in the row's value. */
  public boolean needsValue() {
    return needsValue;
  }

  /** The table. */
  public TableDefinition table() {
    return table;
  }

  /** The types of the projected columns. */
  public List<LogicalType> types() {
    return types;
  }

  KeyCodec keyCodec() {
    return keyCodec;
  }

  public boolean needsKey() {
    return needsKey;
  }

  /** The view that the plan reads. */
  public Reader reader(ExecutionContext context) {
    return asOf == CURRENT ? context.reader() : context.readerAt(asOf);
  }

  /** The projected columns of rows, with their keys where those are projected. */
  Vector[] decode(RowBatch rows, BytesVector keys) {
    if (needsValue) {
      decoder.check(rows);
    }
    Vector[] columns = new Vector[projection.length];
    for (int i = 0; i < projection.length; i++) {
      if (SearchColumns.isSearchColumn(projection[i])) {
        columns[i] = nulls(types.get(i), rows.count());
      } else {
        columns[i] =
            projection[i] == TableDefinition.ROW_KEY ? keys : decoder.decode(projection[i], rows);
      }
    }
    return columns;
  }

  private static Vector nulls(LogicalType type, int count) {
    Vector nulls = Vector.create(type, Math.max(1, count));
    for (int i = 0; i < count; i++) {
      nulls.setNull(i);
    }
    return nulls;
  }
}
