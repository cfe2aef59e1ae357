package org.facetdb.sql.row;

import java.util.List;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.PhysicalKind;
import org.facetdb.sql.catalog.ColumnDefinition;
import org.facetdb.sql.catalog.TableDefinition;

/**
 * Where the columns of a row lie in its value. Immutable.
 *
 * <p>Numbers are little-endian. A column of fixed width lies at the same offset in every row of a
 * schema version, NULL or not; the end of the k-th variable one stands at a fixed offset too, so
 * each column is reached in constant time:
 *
 * <pre>
 * 0         2         2+N             2+N+F            2+N+F+V*w
 * +---------+---------+---------------+----------------+------------------+
 * | header  | nulls   | fixed columns | ends, w each   | variable columns |
 * +---------+---------+---------------+----------------+------------------+
 *  header  u16: bits 0-14 schema version, bit 15 set where ends have w = 4 bytes, else w = 2
 *  nulls   N = (columns + 7) / 8 bytes; column i is bit (i &amp; 7) of byte i / 8
 *  ends    V of them, relative to the first variable column; a NULL ends where it begins
 * </pre>
 *
 * Widths: boolean 1; int and float lanes 4; long, double and numeric(p,s) with p up to 18 (unscaled
 * at scale s) 8; interval 16 (months:i32 days:i32 micros:i64); uuid 16 (high:i64 low:i64). Other
 * numerics are variable: scale:i16, then the unscaled value as big-endian two's complement.
 *
 * <p>Key columns are stored in the value too: their key form is canonical and forgets, for one, the
 * scale of a numeric, and one place for every column keeps decoding free of cases.
 *
 * <p>Worked example: version 1 of (a integer, b text, c text) with (7, NULL, 'hi'):
 *
 * <pre>
 * 01 00 | 02 | 07 00 00 00 | 00 00  02 00 | 68 69
 * </pre>
 */
public final class RowLayout {
  static final int HEADER_BYTES = 2;
  static final int WIDE = 0x8000;

  /** Digits up to which a numeric with a declared scale is stored as a long. */
  static final int LONG_DIGITS = 18;

  /** How a column is stored. */
  enum Lane {
    BOOLEAN(1),
    INT(4),
    LONG(8),
    FLOAT(4),
    DOUBLE(8),
    SCALED_LONG(8),
    INTERVAL(16),
    UUID(16),
    DECIMAL(0),
    BYTES(0);

    final int width;

    Lane(int width) {
      this.width = width;
    }

    boolean isFixed() {
      return width > 0;
    }
  }

  private final int schemaVersion;
  private final List<ColumnDefinition> columns;
  private final Lane[] lanes;
  private final int[] places;
  private final int endsOffset;
  private final int variableCount;

  private RowLayout(int schemaVersion, List<ColumnDefinition> columns) {
    this.schemaVersion = schemaVersion;
    this.columns = columns;
    this.lanes = new Lane[columns.size()];
    this.places = new int[columns.size()];
    int fixed = HEADER_BYTES + (columns.size() + 7) / 8;
    int variable = 0;
    for (int i = 0; i < columns.size(); i++) {
      lanes[i] = lane(columns.get(i));
      if (lanes[i].isFixed()) {
        places[i] = fixed;
        fixed += lanes[i].width;
      } else {
        places[i] = variable++;
      }
    }
    this.endsOffset = fixed;
    this.variableCount = variable;
  }

  /** The layout of rows of the table's current schema version. */
  public static RowLayout of(TableDefinition table) {
    return new RowLayout(table.schemaVersion(), table.columns());
  }

  private static Lane lane(ColumnDefinition column) {
    return switch (column.type().physicalKind()) {
      case PhysicalKind.Fixed fixed -> fixedLane(column, fixed);
      case PhysicalKind.VariableBytes _ -> Lane.BYTES;
      case PhysicalKind.Dictionary _,
          PhysicalKind.ListOf _,
          PhysicalKind.FixedSizeList _,
          PhysicalKind.Struct _ ->
          throw DatabaseException.unsupported(
              "columns of type " + column.type().name() + " cannot be stored");
    };
  }

  private static Lane fixedLane(ColumnDefinition column, PhysicalKind.Fixed fixed) {
    return switch (fixed) {
      case BOOLEAN -> Lane.BOOLEAN;
      case INT -> Lane.INT;
      case LONG -> Lane.LONG;
      case FLOAT -> Lane.FLOAT;
      case DOUBLE -> Lane.DOUBLE;
      case INTERVAL -> Lane.INTERVAL;
      case UUID -> Lane.UUID;
      case DECIMAL ->
          column.precision() > 0
                  && column.precision() <= LONG_DIGITS
                  && column.scale() >= 0
                  && column.scale() <= LONG_DIGITS
              ? Lane.SCALED_LONG
              : Lane.DECIMAL;
    };
  }

  int schemaVersion() {
    return schemaVersion;
  }

  /** The table's columns. */
  public List<ColumnDefinition> columns() {
    return columns;
  }

  Lane lane(int column) {
    return lanes[column];
  }

  /** Offset in the row of a fixed column; rank among the variable ones of any other. */
  int place(int column) {
    return places[column];
  }

  /** Where the ends of the variable columns stand. */
  int endsOffset() {
    return endsOffset;
  }

  int variableCount() {
    return variableCount;
  }
}
