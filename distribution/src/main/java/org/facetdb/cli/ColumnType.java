package org.facetdb.cli;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;

/** How a column's type is declared, told from the metadata of a driver. Stateless. */
final class ColumnType {
  /** Longer than any declared length: drivers say so of text without one. */
  private static final int UNBOUNDED = 1 << 30;

  /** What PostgreSQL's driver says of a numeric without precision, beside 0. */
  private static final int DIGITS_MAX = 1_000;

  private ColumnType() {}

  /** The type of the row of {@link java.sql.DatabaseMetaData#getColumns} that is read now. */
  static String of(ResultSet columns) throws SQLException {
    String name = columns.getString("TYPE_NAME");
    int size = columns.getInt("COLUMN_SIZE");
    int digits = columns.getInt("DECIMAL_DIGITS");
    return switch (columns.getInt("DATA_TYPE")) {
      case Types.NUMERIC, Types.DECIMAL ->
          size < 1 || size > DIGITS_MAX ? name : name + "(" + size + "," + digits + ")";
      case Types.CHAR, Types.VARCHAR ->
          size < 1 || size >= UNBOUNDED ? name : name + "(" + size + ")";
      default -> name;
    };
  }
}
