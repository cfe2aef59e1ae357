package org.facetdb.sql.bind;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeSystemImpl;
import org.apache.calcite.sql.type.SqlTypeName;
import org.facetdb.sql.type.SqlType;
import org.facetdb.sql.type.TypeKind;
import org.facetdb.sql.type.TypeMapping;

/** Limits and result types of aggregates as PostgreSQL has them. Stateless. */
public final class PostgresTypeSystem extends RelDataTypeSystemImpl {
  public static final PostgresTypeSystem INSTANCE = new PostgresTypeSystem();

  private static final int FRACTION_DIGITS = 6;

  private PostgresTypeSystem() {}

  @Override
  public int getMaxPrecision(SqlTypeName name) {
    return switch (name) {
      case DECIMAL -> TypeMapping.UNBOUNDED_PRECISION;
      case TIME, TIMESTAMP, TIMESTAMP_WITH_LOCAL_TIME_ZONE, TIMESTAMP_TZ -> FRACTION_DIGITS;
      case VARCHAR, CHAR, VARBINARY, BINARY -> Integer.MAX_VALUE;
      default -> super.getMaxPrecision(name);
    };
  }

  @Override
  public int getMaxScale(SqlTypeName name) {
    return name == SqlTypeName.DECIMAL ? TypeMapping.UNBOUNDED_PRECISION : super.getMaxScale(name);
  }

  @Override
  public RelDataType deriveSumType(RelDataTypeFactory factory, RelDataType argument) {
    TypeKind kind = TypeMapping.toLogical(argument).kind();
    TypeKind result =
        switch (kind) {
          case SMALLINT, INTEGER -> TypeKind.BIGINT;
          case BIGINT -> TypeKind.NUMERIC;
          default -> kind;
        };
    return TypeMapping.toRel(factory, SqlType.of(result), argument.isNullable());
  }

  @Override
  public RelDataType deriveAvgAggType(RelDataTypeFactory factory, RelDataType argument) {
    TypeKind kind = TypeMapping.toLogical(argument).kind();
    TypeKind result =
        switch (kind) {
          case SMALLINT, INTEGER, BIGINT -> TypeKind.NUMERIC;
          case REAL -> TypeKind.DOUBLE;
          default -> kind;
        };
    return TypeMapping.toRel(factory, SqlType.of(result), argument.isNullable());
  }
}
