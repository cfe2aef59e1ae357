package org.facetdb.jdbc;

import java.sql.ParameterMetaData;
import java.sql.SQLException;
import java.util.List;
import org.facetdb.spi.type.LogicalType;

/** Tells the parameters of a prepared statement. Immutable. */
final class FacetParameterMetaData implements ParameterMetaData {
  private final List<LogicalType> types;

  FacetParameterMetaData(List<LogicalType> types) {
    this.types = types;
  }

  private JdbcType type(int index) throws SQLException {
    return JdbcType.of(logicalType(index));
  }

  private LogicalType logicalType(int index) throws SQLException {
    if (index < 1 || index > types.size()) {
      throw SqlErrors.create(
          "the parameter index is out of range: index=" + index + " parameters=" + types.size(),
          "22023");
    }
    return types.get(index - 1);
  }

  @Override
  public int getParameterCount() {
    return types.size();
  }

  @Override
  public int getParameterType(int index) throws SQLException {
    return type(index).sqlType();
  }

  @Override
  public String getParameterTypeName(int index) throws SQLException {
    return JdbcType.baseName(logicalType(index));
  }

  @Override
  public String getParameterClassName(int index) throws SQLException {
    return type(index).javaClass().getName();
  }

  @Override
  public int getPrecision(int index) throws SQLException {
    int precision = type(index).precision(-1);
    return precision == JdbcType.UNBOUNDED ? 0 : precision;
  }

  @Override
  public int getScale(int index) throws SQLException {
    return type(index).scale(-1);
  }

  @Override
  public boolean isSigned(int index) throws SQLException {
    return type(index).isNumeric();
  }

  @Override
  public int isNullable(int index) throws SQLException {
    logicalType(index);
    return parameterNullableUnknown;
  }

  @Override
  public int getParameterMode(int index) throws SQLException {
    logicalType(index);
    return parameterModeIn;
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
