package org.facetdb.sql.type;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.UUID;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.DecimalVector;
import org.facetdb.spi.type.IntVector;
import org.facetdb.spi.type.Interval;
import org.facetdb.spi.type.LongVector;
import org.facetdb.spi.type.Vector;

/** Boxed canonical values of built-in types. Stateless. */
final class Boxes {
  private Boxes() {}

  static Object box(SqlType type, Vector vector, int row) {
    return switch (type.kind()) {
      case BOOLEAN, INTEGER, BIGINT, REAL, DOUBLE, NUMERIC, BYTEA, INTERVAL, UUID ->
          vector.rawAt(row);
      case SMALLINT -> (short) ((IntVector) vector).get(row);
      case DATE -> Temporal.date(((IntVector) vector).get(row));
      case TIME -> Temporal.time(((LongVector) vector).get(row));
      case TIMESTAMP -> Temporal.timestamp(((LongVector) vector).get(row));
      case TIMESTAMPTZ -> Temporal.timestampTz(((LongVector) vector).get(row));
      case UNKNOWN, TEXT, VARCHAR, JSON -> ((BytesVector) vector).getString(row);
      case CHAR -> type.pad(((BytesVector) vector).getString(row));
    };
  }

  static void unbox(SqlType type, Object value, Vector vector, int row) {
    switch (type.kind()) {
      case BOOLEAN, INTEGER, BIGINT, REAL, DOUBLE, BYTEA, INTERVAL, UUID ->
          vector.setRaw(row, value);
      case NUMERIC -> ((DecimalVector) vector).set(row, type.fitNumeric((BigDecimal) value));
      case SMALLINT -> ((IntVector) vector).set(row, (int) (short) (Short) value);
      case DATE -> ((IntVector) vector).set(row, Temporal.days(value));
      case TIME -> ((LongVector) vector).set(row, Temporal.microsOfDay(value));
      case TIMESTAMP -> ((LongVector) vector).set(row, Temporal.micros(value));
      case TIMESTAMPTZ -> ((LongVector) vector).set(row, Temporal.microsTz(value));
      case UNKNOWN, TEXT, VARCHAR, JSON -> ((BytesVector) vector).setString(row, (String) value);
      case CHAR -> ((BytesVector) vector).setString(row, type.fitString((String) value, false));
    }
  }

  static Object canonical(SqlType type, Object value) {
    if (value instanceof String text && !holdsString(type)) {
      return type.parse(text);
    }
    return switch (type.kind()) {
      case BOOLEAN -> value instanceof Boolean ? value : mismatch(type, value);
      case SMALLINT -> (short) whole(type, value, Short.MIN_VALUE, Short.MAX_VALUE);
      case INTEGER -> (int) whole(type, value, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case BIGINT -> whole(type, value, Long.MIN_VALUE, Long.MAX_VALUE);
      case REAL -> number(type, value).floatValue();
      case DOUBLE -> number(type, value).doubleValue();
      case NUMERIC -> type.fitNumeric(decimal(type, value));
      case BYTEA -> value instanceof byte[] ? value : mismatch(type, value);
      case INTERVAL -> value instanceof Interval ? value : mismatch(type, value);
      case UUID -> value instanceof UUID ? value : mismatch(type, value);
      case DATE -> date(type, value);
      case TIME -> time(type, value);
      case TIMESTAMP -> timestamp(type, value);
      case TIMESTAMPTZ -> timestampTz(type, value);
      case UNKNOWN, TEXT -> text(value);
      case VARCHAR -> type.fitString(text(value), false);
      case CHAR -> type.pad(type.fitString(text(value), false));
      case JSON -> JsonText.check(text(value));
    };
  }

  private static boolean holdsString(SqlType type) {
    return type.kind().isString()
        || type.kind() == TypeKind.UNKNOWN
        || type.kind() == TypeKind.JSON;
  }

  private static Object mismatch(SqlType type, Object value) {
    throw DatabaseException.user(
        "42804",
        "a value of class "
            + value.getClass().getSimpleName()
            + " does not stand for type "
            + type.name());
  }

  private static Number number(SqlType type, Object value) {
    if (value instanceof Number number) {
      return number;
    }
    mismatch(type, value);
    return 0;
  }

  private static BigDecimal decimal(SqlType type, Object value) {
    return switch (number(type, value)) {
      case BigDecimal decimal -> decimal.scale() < 0 ? decimal.setScale(0) : decimal;
      case BigInteger integer -> new BigDecimal(integer);
      case Double d -> new BigDecimal(NumberText.formatDouble(d));
      case Float f -> new BigDecimal(NumberText.formatFloat(f));
      case Number n -> BigDecimal.valueOf(n.longValue());
    };
  }

  private static long whole(SqlType type, Object value, long min, long max) {
    long result;
    if (value instanceof Long || value instanceof Integer || value instanceof Short) {
      result = ((Number) value).longValue();
    } else {
      try {
        result =
            decimal(type, value).setScale(0, RoundingMode.HALF_UP).toBigInteger().longValueExact();
      } catch (ArithmeticException e) {
        throw TypeErrors.outOfRange(type.name());
      }
    }
    if (result < min || result > max) {
      throw TypeErrors.outOfRange(type.name());
    }
    return result;
  }

  private static Object date(SqlType type, Object value) {
    return switch (value) {
      case LocalDate date -> date;
      case LocalDateTime timestamp -> timestamp.toLocalDate();
      default -> mismatch(type, value);
    };
  }

  private static Object time(SqlType type, Object value) {
    return switch (value) {
      case LocalTime time -> time;
      case LocalDateTime timestamp -> timestamp.toLocalTime();
      default -> mismatch(type, value);
    };
  }

  private static Object timestamp(SqlType type, Object value) {
    return switch (value) {
      case LocalDateTime timestamp -> timestamp;
      case LocalDate date -> date.atStartOfDay();
      case OffsetDateTime instant ->
          instant.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime();
      case Instant instant -> LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
      default -> mismatch(type, value);
    };
  }

  private static Object timestampTz(SqlType type, Object value) {
    return switch (value) {
      case OffsetDateTime instant -> instant.withOffsetSameInstant(ZoneOffset.UTC);
      case ZonedDateTime instant -> instant.toInstant().atOffset(ZoneOffset.UTC);
      case Instant instant -> instant.atOffset(ZoneOffset.UTC);
      case LocalDateTime timestamp -> timestamp.atOffset(ZoneOffset.UTC);
      default -> mismatch(type, value);
    };
  }

  /** The text of any value, as a cast to text gives it. */
  private static String text(Object value) {
    return switch (value) {
      case Boolean b -> b ? "true" : "false";
      case BigDecimal d -> d.toPlainString();
      case Double d -> NumberText.formatDouble(d);
      case Float f -> NumberText.formatFloat(f);
      case byte[] b -> BytesText.formatBytea(b);
      case LocalDateTime t -> DateTimeText.formatTimestamp(Temporal.micros(t));
      case LocalTime t -> DateTimeText.formatTime(Temporal.microsOfDay(t));
      case Interval i -> IntervalText.format(i.months(), i.days(), i.micros());
      default -> value.toString();
    };
  }
}
