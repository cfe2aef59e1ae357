package org.facetdb.jdbc;

import java.sql.Date;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.UUID;
import org.facetdb.spi.type.Interval;
import org.jspecify.annotations.Nullable;

/** Turns what a setter is given into the canonical value of the parameter's type. */
final class Parameters {
  private Parameters() {}

  /**
   * The canonical value.
   *
   * @param type what the statement takes there
   */
  static @Nullable Object canonical(@Nullable Object value, JdbcType type) throws SQLException {
    if (value == null || value instanceof String) {
      return value;
    }
    return switch (type) {
      case BOOLEAN -> Conversions.toBoolean(value);
      case SMALLINT ->
          (short)
              Conversions.toLong(exact(value), Short.MIN_VALUE, Short.MAX_VALUE, type.sqlName());
      case INTEGER ->
          (int)
              Conversions.toLong(
                  exact(value), Integer.MIN_VALUE, Integer.MAX_VALUE, type.sqlName());
      case BIGINT ->
          Conversions.toLong(exact(value), Long.MIN_VALUE, Long.MAX_VALUE, type.sqlName());
      case REAL -> (float) Conversions.toDouble(value);
      case DOUBLE -> Conversions.toDouble(value);
      case NUMERIC -> Conversions.toDecimal(value);
      case TEXT, VARCHAR, CHAR, BPCHAR, UNKNOWN, JSON -> text(value);
      case BYTEA -> Conversions.toBytes(value);
      case DATE -> Conversions.toLocalDate(temporal(value), ZoneId.systemDefault());
      case TIME -> Conversions.toLocalTime(temporal(value), ZoneId.systemDefault());
      case TIMESTAMP -> Conversions.toLocalDateTime(temporal(value), ZoneId.systemDefault());
      case TIMESTAMPTZ ->
          Conversions.toInstant(temporal(value), ZoneId.systemDefault()).atOffset(ZoneOffset.UTC);
      case INTERVAL -> interval(value);
      case UUID -> uuid(value);
      case OTHER -> value;
    };
  }

  /** A number with a fraction is rounded, as an assignment cast does. */
  private static Object exact(Object value) throws SQLException {
    return value instanceof Double
            || value instanceof Float
            || value instanceof java.math.BigDecimal
        ? Conversions.toDecimal(value).setScale(0, java.math.RoundingMode.HALF_UP)
        : value;
  }

  private static String text(Object value) throws SQLException {
    if (value instanceof byte[]) {
      throw Conversions.mismatch(value, "text");
    }
    return value instanceof java.math.BigDecimal decimal
        ? decimal.toPlainString()
        : value.toString();
  }

  /** One of the canonical times. */
  private static Object temporal(Object value) {
    return switch (value) {
      case Date date -> date.toLocalDate();
      case Time time -> preciseTime(time);
      case Timestamp stamp -> stamp.toInstant().atOffset(ZoneOffset.UTC);
      case java.util.Date date -> date.toInstant().atOffset(ZoneOffset.UTC);
      case Instant instant -> instant.atOffset(ZoneOffset.UTC);
      case ZonedDateTime zoned -> zoned.toOffsetDateTime();
      case OffsetTime time -> time.toLocalTime();
      case LocalDate date -> date;
      case LocalTime time -> time;
      case LocalDateTime dateTime -> dateTime;
      case OffsetDateTime instant -> instant;
      default -> value;
    };
  }

  private static LocalTime preciseTime(Time time) {
    return Instant.ofEpochMilli(time.getTime()).atZone(ZoneId.systemDefault()).toLocalTime();
  }

  private static Interval interval(Object value) throws SQLException {
    return switch (value) {
      case Interval span -> span;
      case Duration duration -> new Interval(0, 0, Math.divideExact(duration.toNanos(), 1000L));
      case Period period ->
          new Interval(Math.toIntExact(period.toTotalMonths()), period.getDays(), 0);
      default -> throw Conversions.mismatch(value, "an interval");
    };
  }

  private static UUID uuid(Object value) throws SQLException {
    if (value instanceof UUID uuid) {
      return uuid;
    }
    throw Conversions.mismatch(value, "a uuid");
  }
}
