package org.facetdb.jdbc;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.sql.Date;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Calendar;
import java.util.HexFormat;
import java.util.Locale;
import java.util.UUID;
import org.facetdb.spi.type.Interval;
import org.jspecify.annotations.Nullable;

/**
 * Turns canonical values (see {@code Vector.valueAt}) into what a getter asks for. What doesn't fit
 * fails with 22003, what makes no sense with 22018.
 */
final class Conversions {
  private Conversions() {}

  static BigDecimal toDecimal(Object value) throws SQLException {
    return switch (value) {
      case BigDecimal decimal -> decimal;
      case BigInteger integer -> new BigDecimal(integer);
      case Double number -> finite(number);
      case Float number -> finite(number.doubleValue(), number.toString());
      case Number number -> BigDecimal.valueOf(number.longValue());
      case Boolean bool -> bool ? BigDecimal.ONE : BigDecimal.ZERO;
      case String text -> parse(text);
      default -> throw mismatch(value, "a number");
    };
  }

  private static BigDecimal finite(Double number) throws SQLException {
    return finite(number, number.toString());
  }

  private static BigDecimal finite(double number, String text) throws SQLException {
    if (!Double.isFinite(number)) {
      throw outOfRange(text, "numeric");
    }
    return new BigDecimal(text);
  }

  private static BigDecimal parse(String text) throws SQLException {
    try {
      return new BigDecimal(text.strip());
    } catch (NumberFormatException malformed) {
      throw mismatch(text, "a number");
    }
  }

  /** A whole number in bounds; fractions are cut off as JDBC has it. */
  static long toLong(Object value, long min, long max, String type) throws SQLException {
    long result;
    switch (value) {
      case Long number -> result = number;
      case Integer number -> result = number;
      case Short number -> result = number;
      case Boolean bool -> result = bool ? 1 : 0;
      default -> {
        BigDecimal whole = toDecimal(value).setScale(0, RoundingMode.DOWN);
        if (whole.compareTo(BigDecimal.valueOf(Long.MIN_VALUE)) < 0
            || whole.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
          throw outOfRange(value, type);
        }
        result = whole.longValue();
      }
    }
    if (result < min || result > max) {
      throw outOfRange(value, type);
    }
    return result;
  }

  static double toDouble(Object value) throws SQLException {
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    if (value instanceof String text) {
      try {
        return Double.parseDouble(text.strip());
      } catch (NumberFormatException malformed) {
        throw mismatch(value, "a number");
      }
    }
    return toDecimal(value).doubleValue();
  }

  static boolean toBoolean(Object value) throws SQLException {
    return switch (value) {
      case Boolean bool -> bool;
      case Number number -> number.doubleValue() != 0;
      case String text ->
          switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "t", "true", "y", "yes", "on", "1" -> true;
            case "f", "false", "n", "no", "off", "0" -> false;
            default -> throw mismatch(value, "a boolean");
          };
      default -> throw mismatch(value, "a boolean");
    };
  }

  static byte[] toBytes(Object value) throws SQLException {
    return switch (value) {
      case byte[] bytes -> bytes;
      case String text -> text.getBytes(StandardCharsets.UTF_8);
      default -> throw mismatch(value, "bytes");
    };
  }

  static LocalDate toLocalDate(Object value, ZoneId zone) throws SQLException {
    return switch (value) {
      case LocalDate date -> date;
      case LocalDateTime dateTime -> dateTime.toLocalDate();
      case OffsetDateTime instant -> instant.atZoneSameInstant(zone).toLocalDate();
      case String text -> toLocalDateTime(Texts.dateTime(text), zone).toLocalDate();
      default -> throw mismatch(value, "a date");
    };
  }

  static LocalTime toLocalTime(Object value, ZoneId zone) throws SQLException {
    return switch (value) {
      case LocalTime time -> time;
      case LocalDateTime dateTime -> dateTime.toLocalTime();
      case OffsetDateTime instant -> instant.atZoneSameInstant(zone).toLocalTime();
      case String text -> Texts.time(text);
      default -> throw mismatch(value, "a time");
    };
  }

  static LocalDateTime toLocalDateTime(Object value, ZoneId zone) throws SQLException {
    return switch (value) {
      case LocalDateTime dateTime -> dateTime;
      case LocalDate date -> date.atStartOfDay();
      case LocalTime time -> LocalDate.EPOCH.atTime(time);
      case OffsetDateTime instant -> instant.atZoneSameInstant(zone).toLocalDateTime();
      case String text -> toLocalDateTime(Texts.dateTime(text), zone);
      default -> throw mismatch(value, "a timestamp");
    };
  }

  static Instant toInstant(Object value, ZoneId zone) throws SQLException {
    if (value instanceof OffsetDateTime instant) {
      return instant.toInstant();
    }
    if (value instanceof String text && Texts.dateTime(text) instanceof OffsetDateTime instant) {
      return instant.toInstant();
    }
    return toLocalDateTime(value, zone).atZone(zone).toInstant();
  }

  static Date toDate(Object value, @Nullable Calendar calendar) throws SQLException {
    ZoneId zone = zone(calendar);
    LocalDate date = toLocalDate(value, zone);
    return calendar == null
        ? Date.valueOf(date)
        : new Date(date.atStartOfDay(zone).toInstant().toEpochMilli());
  }

  static Time toTime(Object value, @Nullable Calendar calendar) throws SQLException {
    ZoneId zone = zone(calendar);
    LocalTime time = toLocalTime(value, zone);
    return new Time(LocalDate.EPOCH.atTime(time).atZone(zone).toInstant().toEpochMilli());
  }

  static Timestamp toTimestamp(Object value, @Nullable Calendar calendar) throws SQLException {
    if (calendar == null && !(value instanceof OffsetDateTime)) {
      return Timestamp.valueOf(toLocalDateTime(value, ZoneId.systemDefault()));
    }
    return Timestamp.from(toInstant(value, zone(calendar)));
  }

  static ZoneId zone(@Nullable Calendar calendar) {
    return calendar == null ? ZoneId.systemDefault() : calendar.getTimeZone().toZoneId();
  }

  /** Serves {@code getObject(column, Class)}; {@code text} is the value as SQL shows it. */
  static Object to(Class<?> wanted, Object value, String text) throws SQLException {
    if (wanted.isInstance(value) && wanted != Comparable.class) {
      return value;
    }
    ZoneId zone = ZoneId.systemDefault();
    return switch (wanted.getName()) {
      case "java.lang.String" -> text;
      case "java.lang.Boolean", "boolean" -> toBoolean(value);
      case "java.lang.Byte", "byte" -> (byte) toLong(value, Byte.MIN_VALUE, Byte.MAX_VALUE, "byte");
      case "java.lang.Short", "short" ->
          (short) toLong(value, Short.MIN_VALUE, Short.MAX_VALUE, "smallint");
      case "java.lang.Integer", "int" ->
          (int) toLong(value, Integer.MIN_VALUE, Integer.MAX_VALUE, "integer");
      case "java.lang.Long", "long" -> toLong(value, Long.MIN_VALUE, Long.MAX_VALUE, "bigint");
      case "java.lang.Float", "float" -> (float) toDouble(value);
      case "java.lang.Double", "double" -> toDouble(value);
      case "java.math.BigDecimal" -> toDecimal(value);
      case "java.math.BigInteger" -> toDecimal(value).toBigInteger();
      case "[B" -> toBytes(value);
      case "java.sql.Date" -> toDate(value, null);
      case "java.sql.Time" -> toTime(value, null);
      case "java.sql.Timestamp" -> toTimestamp(value, null);
      case "java.util.Date" -> new java.util.Date(toTimestamp(value, null).getTime());
      case "java.time.LocalDate" -> toLocalDate(value, zone);
      case "java.time.LocalTime" -> toLocalTime(value, zone);
      case "java.time.LocalDateTime" -> toLocalDateTime(value, zone);
      case "java.time.Instant" -> toInstant(value, zone);
      case "java.time.OffsetDateTime" -> toInstant(value, zone).atOffset(ZoneOffset.UTC);
      case "java.time.ZonedDateTime" -> ZonedDateTime.ofInstant(toInstant(value, zone), zone);
      case "java.time.Duration" -> toDuration(value);
      case "java.time.Period" -> toPeriod(value);
      case "java.util.UUID" -> toUuid(value);
      default -> throw mismatch(value, wanted.getName());
    };
  }

  private static Duration toDuration(Object value) throws SQLException {
    if (value instanceof Interval span && span.months() == 0) {
      return Duration.ofDays(span.days()).plusNanos(Math.multiplyExact(span.micros(), 1000L));
    }
    throw mismatch(value, "a duration");
  }

  private static Period toPeriod(Object value) throws SQLException {
    if (value instanceof Interval span && span.micros() == 0) {
      return Period.of(span.months() / 12, span.months() % 12, span.days());
    }
    throw mismatch(value, "a period");
  }

  private static UUID toUuid(Object value) throws SQLException {
    try {
      return UUID.fromString(String.valueOf(value));
    } catch (IllegalArgumentException malformed) {
      throw mismatch(value, "a uuid");
    }
  }

  static SQLException mismatch(Object value, String wanted) {
    String shown = value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : "" + value;
    return SqlErrors.create("the value is not " + wanted + ": " + abbreviate(shown), "22018");
  }

  static SQLException outOfRange(Object value, String type) {
    return SqlErrors.create("the value is out of range for " + type + ": " + value, "22003");
  }

  private static String abbreviate(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "...";
  }

  /** Reads times that stand in text columns. */
  private static final class Texts {
    static Object dateTime(String text) throws SQLException {
      String iso = text.strip().replace(' ', 'T');
      try {
        if (iso.length() <= 10) {
          return LocalDate.parse(iso).atStartOfDay();
        }
        boolean zoned = iso.endsWith("Z") || iso.lastIndexOf('+') > 10 || iso.lastIndexOf('-') > 10;
        if (!zoned) {
          return LocalDateTime.parse(iso);
        }
        boolean hoursAlone = iso.matches(".*[+-]\\d\\d");
        return OffsetDateTime.parse(hoursAlone ? iso + ":00" : iso);
      } catch (DateTimeException malformed) {
        throw mismatch(text, "a timestamp");
      }
    }

    static LocalTime time(String text) throws SQLException {
      try {
        return LocalTime.parse(text.strip());
      } catch (DateTimeException malformed) {
        throw mismatch(text, "a time");
      }
    }
  }
}
