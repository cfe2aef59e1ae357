package org.facetdb.sql.type;

import java.nio.charset.StandardCharsets;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeSystem;
import org.apache.calcite.sql.SqlCollation;
import org.apache.calcite.sql.type.BasicSqlType;
import org.apache.calcite.sql.type.SqlTypeFactoryImpl;
import org.apache.calcite.sql.type.SqlTypeName;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.LogicalType;

/**
 * Built-in types against Calcite's. Stateless. text and varchar without a length are both VARCHAR
 * without precision; numeric without precision is DECIMAL(1001, 500), beyond what can be declared;
 * interval, uuid, json and bpchar have types of their own named OTHER.
 */
public final class TypeMapping {
  /** The precision that stands for a numeric without one. */
  public static final int UNBOUNDED_PRECISION = 1001;

  /** The scale that goes with it. */
  public static final int UNBOUNDED_SCALE = 500;

  private TypeMapping() {}

  public static RelDataType toRel(
      RelDataTypeFactory factory, LogicalType logical, boolean nullable) {
    SqlType type = SqlType.require(logical);
    return factory.createTypeWithNullability(notNull(factory, type), nullable);
  }

  private static RelDataType notNull(RelDataTypeFactory factory, SqlType type) {
    int precision = type.precision();
    RelDataTypeSystem system = factory.getTypeSystem();
    return switch (type.kind()) {
      case UNKNOWN -> factory.createSqlType(SqlTypeName.NULL);
      case BOOLEAN -> factory.createSqlType(SqlTypeName.BOOLEAN);
      case SMALLINT -> factory.createSqlType(SqlTypeName.SMALLINT);
      case INTEGER -> factory.createSqlType(SqlTypeName.INTEGER);
      case BIGINT -> factory.createSqlType(SqlTypeName.BIGINT);
      case REAL -> factory.createSqlType(SqlTypeName.REAL);
      case DOUBLE -> factory.createSqlType(SqlTypeName.DOUBLE);
      case NUMERIC ->
          precision < 0
              ? new BasicSqlType(system, SqlTypeName.DECIMAL, UNBOUNDED_PRECISION, UNBOUNDED_SCALE)
              : new BasicSqlType(system, SqlTypeName.DECIMAL, precision, type.scale());
      case TEXT -> text(factory, factory.createSqlType(SqlTypeName.VARCHAR));
      case VARCHAR ->
          text(
              factory,
              precision < 0
                  ? factory.createSqlType(SqlTypeName.VARCHAR)
                  : new BasicSqlType(system, SqlTypeName.VARCHAR, precision));
      case CHAR ->
          precision < 0
              ? new ExtendedRelType(type, false)
              : text(factory, new BasicSqlType(system, SqlTypeName.CHAR, precision));
      case BYTEA -> factory.createSqlType(SqlTypeName.VARBINARY);
      case DATE -> factory.createSqlType(SqlTypeName.DATE);
      case TIME -> new BasicSqlType(system, SqlTypeName.TIME, fraction(precision));
      case TIMESTAMP -> new BasicSqlType(system, SqlTypeName.TIMESTAMP, fraction(precision));
      case TIMESTAMPTZ ->
          new BasicSqlType(system, SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE, fraction(precision));
      case INTERVAL, UUID, JSON -> new ExtendedRelType(type, false);
    };
  }

  private static int fraction(int precision) {
    return precision < 0 ? 6 : precision;
  }

  private static RelDataType text(RelDataTypeFactory factory, RelDataType type) {
    return factory.createTypeWithCharsetAndCollation(
        type, StandardCharsets.UTF_8, SqlCollation.IMPLICIT);
  }

  /** The built-in type that a type of Calcite stands for; 0A000 if there is none. */
  public static SqlType toLogical(RelDataType type) {
    if (type instanceof ExtendedRelType extended) {
      return extended.type();
    }
    int precision = type.getPrecision();
    return switch (type.getSqlTypeName()) {
      case NULL, UNKNOWN -> SqlType.UNKNOWN;
      case BOOLEAN -> SqlType.BOOLEAN;
      case TINYINT, SMALLINT -> SqlType.SMALLINT;
      case INTEGER -> SqlType.INTEGER;
      case BIGINT -> SqlType.BIGINT;
      case REAL -> SqlType.REAL;
      case FLOAT, DOUBLE -> SqlType.DOUBLE;
      case DECIMAL ->
          precision < 1 || precision > SqlType.MAX_NUMERIC_PRECISION || type.getScale() > precision
              ? SqlType.NUMERIC
              : SqlType.numeric(precision, Math.max(0, type.getScale()));
      case VARCHAR ->
          precision < 1 || precision > SqlType.MAX_LENGTH
              ? SqlType.TEXT
              : SqlType.varchar(precision);
      case CHAR -> precision < 1 ? SqlType.BPCHAR : SqlType.character(precision);
      case BINARY, VARBINARY -> SqlType.BYTEA;
      case DATE -> SqlType.DATE;
      case TIME -> SqlType.withFraction(TypeKind.TIME, precision);
      case TIMESTAMP -> SqlType.withFraction(TypeKind.TIMESTAMP, precision);
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE, TIMESTAMP_TZ ->
          SqlType.withFraction(TypeKind.TIMESTAMPTZ, precision);
      case INTERVAL_YEAR,
          INTERVAL_YEAR_MONTH,
          INTERVAL_MONTH,
          INTERVAL_DAY,
          INTERVAL_DAY_HOUR,
          INTERVAL_DAY_MINUTE,
          INTERVAL_DAY_SECOND,
          INTERVAL_HOUR,
          INTERVAL_HOUR_MINUTE,
          INTERVAL_HOUR_SECOND,
          INTERVAL_MINUTE,
          INTERVAL_MINUTE_SECOND,
          INTERVAL_SECOND ->
          SqlType.INTERVAL;
      case UUID -> SqlType.UUID;
      default -> throw DatabaseException.unsupported("type " + type + " is not known");
    };
  }

  /** A factory for types of its own and Calcite's; give it the planner's type system. */
  public static class Factory extends SqlTypeFactoryImpl {
    public Factory(RelDataTypeSystem system) {
      super(system);
    }

    @Override
    public java.nio.charset.Charset getDefaultCharset() {
      return StandardCharsets.UTF_8;
    }

    @Override
    public RelDataType createTypeWithNullability(RelDataType type, boolean nullable) {
      return type instanceof ExtendedRelType extended
          ? canonize(extended.withNullability(this, nullable))
          : super.createTypeWithNullability(type, nullable);
    }
  }
}
