package org.facetdb.jdbc;

import java.math.BigDecimal;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.facetdb.spi.type.Interval;
import org.facetdb.spi.type.LogicalType;

/** What JDBC calls a logical type, told by the type's name without its modifiers. */
enum JdbcType {
  BOOLEAN("boolean", Types.BOOLEAN, Boolean.class, 1, 0),
  SMALLINT("smallint", Types.SMALLINT, Integer.class, 5, 6),
  INTEGER("integer", Types.INTEGER, Integer.class, 10, 11),
  BIGINT("bigint", Types.BIGINT, Long.class, 19, 20),
  REAL("real", Types.REAL, Float.class, 8, 15),
  DOUBLE("double precision", Types.DOUBLE, Double.class, 17, 25),
  NUMERIC("numeric", Types.NUMERIC, BigDecimal.class, 0, 0),
  TEXT("text", Types.VARCHAR, String.class, 0, 0),
  VARCHAR("character varying", Types.VARCHAR, String.class, 0, 0),
  CHAR("character", Types.CHAR, String.class, 0, 0),
  BPCHAR("bpchar", Types.CHAR, String.class, 0, 0),
  UNKNOWN("unknown", Types.VARCHAR, String.class, 0, 0),
  BYTEA("bytea", Types.VARBINARY, byte[].class, 0, 0),
  DATE("date", Types.DATE, LocalDate.class, 13, 13),
  TIME("time without time zone", Types.TIME, LocalTime.class, 15, 15),
  TIMESTAMP("timestamp without time zone", Types.TIMESTAMP, LocalDateTime.class, 29, 29),
  TIMESTAMPTZ(
      "timestamp with time zone", Types.TIMESTAMP_WITH_TIMEZONE, OffsetDateTime.class, 35, 35),
  INTERVAL("interval", Types.OTHER, Interval.class, 49, 49),
  UUID("uuid", Types.OTHER, UUID.class, 36, 36),
  JSON("json", Types.OTHER, String.class, 0, 0),
  OTHER("", Types.OTHER, Object.class, 0, 0);

  /** Precision and display size of a column whose declaration gives no bound. */
  static final int UNBOUNDED = Integer.MAX_VALUE;

  private static final Map<String, JdbcType> BY_NAME =
      Stream.of(values()).collect(Collectors.toMap(type -> type.sqlName, type -> type));

  private final String sqlName;
  private final int sqlType;
  private final Class<?> javaClass;
  private final int precision;
  private final int displaySize;

  JdbcType(String sqlName, int sqlType, Class<?> javaClass, int precision, int displaySize) {
    this.sqlName = sqlName;
    this.sqlType = sqlType;
    this.javaClass = javaClass;
    this.precision = precision;
    this.displaySize = displaySize;
  }

  static JdbcType of(LogicalType type) {
    return BY_NAME.getOrDefault(baseName(type), OTHER);
  }

  /** The name without modifiers: {@code numeric} of {@code numeric(10,2)}. */
  static String baseName(LogicalType type) {
    String name = type.name();
    int open = name.indexOf('(');
    if (open < 0) {
      return name;
    }
    return name.substring(0, open) + name.substring(name.indexOf(')', open) + 1);
  }

  /** One of {@link Types}. */
  int sqlType() {
    return sqlType;
  }

  String sqlName() {
    return sqlName;
  }

  /** The class of what {@code getObject} returns. */
  Class<?> javaClass() {
    return javaClass;
  }

  boolean isNumeric() {
    return switch (this) {
      case SMALLINT, INTEGER, BIGINT, REAL, DOUBLE, NUMERIC -> true;
      default -> false;
    };
  }

  boolean isText() {
    return this == TEXT
        || this == VARCHAR
        || this == CHAR
        || this == BPCHAR
        || this == UNKNOWN
        || this == JSON;
  }

  /** Digits or characters, given those of the declaration, -1 for none. */
  int precision(int declared) {
    if (declared >= 0) {
      return declared;
    }
    return precision > 0 || this == NUMERIC ? precision : UNBOUNDED;
  }

  int displaySize(int declared, int declaredScale) {
    if (this == NUMERIC) {
      return declared < 0 ? UNBOUNDED : declared + 1 + (declaredScale > 0 ? 1 : 0);
    }
    if (this == BOOLEAN) {
      return 1;
    }
    if (declared >= 0 && isText()) {
      return declared;
    }
    return displaySize > 0 ? displaySize : UNBOUNDED;
  }

  /** Digits after the point, given those of the declaration, -1 for none. */
  int scale(int declared) {
    return switch (this) {
      case NUMERIC -> Math.max(declared, 0);
      case REAL -> 8;
      case DOUBLE -> 17;
      case TIME, TIMESTAMP, TIMESTAMPTZ -> 6;
      default -> 0;
    };
  }
}
