package org.facetdb.sql.type;

import org.facetdb.spi.type.LogicalType;
import org.jspecify.annotations.Nullable;

/** The built-in types for those who hold them as {@link LogicalType}. Stateless. */
public final class LogicalTypes {
  public static final LogicalType UNKNOWN = SqlType.UNKNOWN;
  public static final LogicalType BOOLEAN = SqlType.BOOLEAN;
  public static final LogicalType SMALLINT = SqlType.SMALLINT;
  public static final LogicalType INTEGER = SqlType.INTEGER;
  public static final LogicalType BIGINT = SqlType.BIGINT;
  public static final LogicalType REAL = SqlType.REAL;
  public static final LogicalType DOUBLE = SqlType.DOUBLE;
  public static final LogicalType NUMERIC = SqlType.NUMERIC;
  public static final LogicalType TEXT = SqlType.TEXT;
  public static final LogicalType BYTEA = SqlType.BYTEA;
  public static final LogicalType DATE = SqlType.DATE;
  public static final LogicalType TIME = SqlType.TIME;
  public static final LogicalType TIMESTAMP = SqlType.TIMESTAMP;
  public static final LogicalType TIMESTAMPTZ = SqlType.TIMESTAMPTZ;
  public static final LogicalType INTERVAL = SqlType.INTERVAL;
  public static final LogicalType UUID = SqlType.UUID;
  public static final LogicalType JSON = SqlType.JSON;

  private LogicalTypes() {}

  /** The type of a family without modifiers. */
  public static LogicalType of(TypeKind kind) {
    return SqlType.of(kind);
  }

  /**
   * A type with the modifiers of a declaration: precision and scale of a numeric, length of a
   * varchar or char, digits of a fraction; -1 where none is given.
   */
  public static LogicalType of(TypeKind kind, int precision, int scale) {
    if (precision < 0) {
      return SqlType.of(kind);
    }
    return switch (kind) {
      case NUMERIC -> SqlType.numeric(precision, Math.max(0, scale));
      case VARCHAR -> SqlType.varchar(precision);
      case CHAR -> SqlType.character(precision);
      case TIME, TIMESTAMP, TIMESTAMPTZ -> SqlType.withFraction(kind, precision);
      default -> SqlType.of(kind);
    };
  }

  /** The family of a built-in type. */
  public static TypeKind kind(LogicalType type) {
    return SqlType.require(type).kind();
  }

  /** The name without modifiers, as error messages show it. */
  public static String baseName(LogicalType type) {
    TypeKind kind = kind(type);
    return kind == TypeKind.CHAR ? "character" : SqlType.of(kind).name();
  }

  /** The type of a name such as {@code numeric(10,2)} or {@code int4}; null if there is none. */
  public static @Nullable LogicalType byName(String name) {
    return TypeNames.parse(name);
  }
}
