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
      key |= isKey;
      value |= !isKey;
      found.add(isKey ? SqlType.BYTEA : table.columns().get(column).type());
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

  boolean needsKey() {
    return needsKey;
  }

  Reader reader(ExecutionContext context) {
    return asOf == CURRENT ? context.reader() : context.readerAt(asOf);
  }

  /** The projected columns of rows, with their keys where those are projected. */
  Vector[] decode(RowBatch rows, BytesVector keys) {
    if (needsValue) {
      decoder.check(rows);
    }
    Vector[] columns = new Vector[projection.length];
    for (int i = 0; i < projection.length; i++) {
      columns[i] =
          projection[i] == TableDefinition.ROW_KEY ? keys : decoder.decode(projection[i], rows);
    }
    return columns;
  }
}
