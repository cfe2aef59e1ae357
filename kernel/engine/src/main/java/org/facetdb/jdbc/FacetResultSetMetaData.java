package org.facetdb.jdbc;

import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.List;
import org.facetdb.sql.ResultColumn;

/** Tells the columns of a result. Immutable. */
final class FacetResultSetMetaData implements ResultSetMetaData {
  private final List<ResultColumn> columns;

  FacetResultSetMetaData(List<ResultColumn> columns) {
    this.columns = columns;
  }

  private ResultColumn column(int index) throws SQLException {
    if (index < 1 || index > columns.size()) {
      throw SqlErrors.create(
          "the column index is out of range: index=" + index + " columns=" + columns.size(),
          "22023");
    }
    return columns.get(index - 1);
  }

  private JdbcType type(int index) throws SQLException {
    return JdbcType.of(column(index).type());
  }

  @Override
  public int getColumnCount() {
    return columns.size();
  }

  @Override
  public String getColumnLabel(int index) throws SQLException {
    return column(index).name();
  }

  @Override
  public String getColumnName(int index) throws SQLException {
    return column(index).name();
  }

  @Override
  public int getColumnType(int index) throws SQLException {
    return type(index).sqlType();
  }

  @Override
  public String getColumnTypeName(int index) throws SQLException {
    return JdbcType.baseName(column(index).type());
  }

  @Override
  public String getColumnClassName(int index) throws SQLException {
    return type(index).javaClass().getName();
  }

  @Override
  public int getPrecision(int index) throws SQLException {
    return type(index).precision(column(index).precision());
  }

  @Override
  public int getScale(int index) throws SQLException {
    return type(index).scale(column(index).scale());
  }

  @Override
  public int getColumnDisplaySize(int index) throws SQLException {
    ResultColumn column = column(index);
    return type(index).displaySize(column.precision(), column.scale());
  }

  @Override
  public int isNullable(int index) throws SQLException {
    return column(index).nullable() ? columnNullable : columnNoNulls;
  }

  @Override
  public String getTableName(int index) throws SQLException {
    String table = column(index).table();
    return table == null ? "" : table;
  }

  @Override
  public String getSchemaName(int index) throws SQLException {
    return column(index).table() == null ? "" : "public";
  }

  @Override
  public String getCatalogName(int index) throws SQLException {
    column(index);
    return "";
  }

  @Override
  public boolean isSigned(int index) throws SQLException {
    return type(index).isNumeric();
  }

  @Override
  public boolean isCaseSensitive(int index) throws SQLException {
    return type(index).isText();
  }

  @Override
  public boolean isAutoIncrement(int index) throws SQLException {
    column(index);
    return false;
  }

  @Override
  public boolean isSearchable(int index) throws SQLException {
    column(index);
    return true;
  }

  @Override
  public boolean isCurrency(int index) throws SQLException {
    column(index);
    return false;
  }

  @Override
  public boolean isReadOnly(int index) throws SQLException {
    column(index);
    return true;
  }

  @Override
  public boolean isWritable(int index) throws SQLException {
    column(index);
    return false;
  }

  @Override
  public boolean isDefinitelyWritable(int index) throws SQLException {
    column(index);
    return false;
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return Wrappers.unwrap(this, type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }
}
