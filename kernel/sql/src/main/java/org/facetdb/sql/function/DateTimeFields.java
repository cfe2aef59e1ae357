package org.facetdb.sql.function;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.temporal.IsoFields;
import java.util.Locale;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.Interval;
import org.facetdb.sql.type.IntervalText;
import org.jspecify.annotations.Nullable;

/** Fields of dates, times and intervals: EXTRACT and date_trunc. Stateless. */
final class DateTimeFields {
  private static final long MICROS_PER_DAY = Interval.MICROS_PER_DAY;
  private static final long MICROS_PER_HOUR = 3_600_000_000L;
  private static final long MICROS_PER_MINUTE = 60_000_000L;
  private static final long JULIAN_EPOCH = 2_440_588;

  private DateTimeFields() {}

  /** The field's canonical name. */
  static String field(String text) {
    String word = text.toLowerCase(Locale.ROOT).trim();
    return switch (word) {
      case "dow",
          "isodow",
          "doy",
          "epoch",
          "isoyear",
          "julian",
          "timezone",
          "timezone_hour",
          "timezone_minute" ->
          word;
      default -> IntervalText.canonicalUnit(word);
    };
  }

  static DatabaseException unknown(String field, String typeName) {
    return DatabaseException.user(
        "22023", "unit \"" + field + "\" not recognized for type " + typeName);
  }

  private static DatabaseException unsupported(String field, String typeName) {
    return DatabaseException.user(
        "0A000", "unit \"" + field + "\" not supported for type " + typeName);
  }

  /** A field of a date; 0A000 for one of the day's time. */
  static BigDecimal ofDate(String name, int day) {
    String field = field(name);
    BigDecimal value = dateField(field, day);
    if (value != null) {
      return value;
    }
    if (field.equals("epoch")) {
      return BigDecimal.valueOf(day * 86_400L);
    }
    if (timeField(field, 0) != null || field.startsWith("timezone")) {
      throw unsupported(name, "date");
    }
    throw unknown(name, "date");
  }

  /** A field of a timestamp, whose local time is {@code local} and which counts from 1970. */
  static BigDecimal ofTimestamp(String name, long local, String typeName) {
    String field = field(name);
    if (field.equals("epoch")) {
      return BigDecimal.valueOf(local, 6);
    }
    if (field.equals("julian")) {
      long day = Math.floorDiv(local, MICROS_PER_DAY) + JULIAN_EPOCH;
      BigDecimal fraction =
          BigDecimal.valueOf(Math.floorMod(local, MICROS_PER_DAY))
              .divide(BigDecimal.valueOf(MICROS_PER_DAY), 20, java.math.RoundingMode.HALF_UP);
      return BigDecimal.valueOf(day).add(fraction);
    }
    BigDecimal value = timeField(field, Math.floorMod(local, MICROS_PER_DAY));
    if (value == null) {
      value = dateField(field, Math.floorDiv(local, MICROS_PER_DAY));
    }
    if (value == null) {
      throw field.startsWith("timezone") ? unsupported(name, typeName) : unknown(name, typeName);
    }
    return value;
  }

  static BigDecimal ofTime(String name, long micros) {
    String field = field(name);
    BigDecimal value =
        field.equals("epoch") ? BigDecimal.valueOf(micros, 6) : timeField(field, micros);
    if (value == null) {
      throw dateField(field, 0) != null
          ? unsupported(name, "time without time zone")
          : unknown(name, "time without time zone");
    }
    return value;
  }

  static BigDecimal ofInterval(String name, int months, int days, long micros) {
    String field = field(name);
    BigDecimal value =
        switch (field) {
          case "microsecond" -> BigDecimal.valueOf(micros % MICROS_PER_MINUTE);
          case "millisecond" -> BigDecimal.valueOf(micros % MICROS_PER_MINUTE, 3);
          case "second" -> BigDecimal.valueOf(micros % MICROS_PER_MINUTE, 6);
          case "minute" -> BigDecimal.valueOf(micros / MICROS_PER_MINUTE % 60);
          case "hour" -> BigDecimal.valueOf(micros / MICROS_PER_HOUR);
          case "day" -> BigDecimal.valueOf(days);
          case "month" -> BigDecimal.valueOf(months % 12);
          case "quarter" -> BigDecimal.valueOf(months % 12 / 3 + 1);
          case "year" -> BigDecimal.valueOf(months / 12);
          case "decade" -> BigDecimal.valueOf(months / 120);
          case "century" -> BigDecimal.valueOf(months / 1200);
          case "millennium" -> BigDecimal.valueOf(months / 12_000);
          case "epoch" -> {
            // A year counts 365.25 days here, the months beyond it 30 days each.
            long quarterDays = months / 12 * 1461L + (months % 12) * 120L + days * 4L;
            yield BigDecimal.valueOf(quarterDays)
                .multiply(BigDecimal.valueOf(MICROS_PER_DAY / 4))
                .add(BigDecimal.valueOf(micros))
                .movePointLeft(6)
                .setScale(6);
          }
          default -> null;
        };
    if (value == null) {
      throw dateField(field, 0) != null ? unsupported(name, "interval") : unknown(name, "interval");
    }
    return value;
  }

  private static @Nullable BigDecimal timeField(String field, long micros) {
    return switch (field) {
      case "microsecond" -> BigDecimal.valueOf(micros % MICROS_PER_MINUTE);
      case "millisecond" -> BigDecimal.valueOf(micros % MICROS_PER_MINUTE, 3);
      case "second" -> BigDecimal.valueOf(micros % MICROS_PER_MINUTE, 6);
      case "minute" -> BigDecimal.valueOf(micros / MICROS_PER_MINUTE % 60);
      case "hour" -> BigDecimal.valueOf(micros / MICROS_PER_HOUR);
      default -> null;
    };
  }

  private static @Nullable BigDecimal dateField(String field, long day) {
    LocalDate date = LocalDate.ofEpochDay(day);
    int year = date.getYear();
    return switch (field) {
      case "day" -> BigDecimal.valueOf(date.getDayOfMonth());
      case "month" -> BigDecimal.valueOf(date.getMonthValue());
      case "quarter" -> BigDecimal.valueOf(date.get(IsoFields.QUARTER_OF_YEAR));
      case "year" -> BigDecimal.valueOf(year > 0 ? year : year - 1);
      case "week" -> BigDecimal.valueOf(date.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
      case "isoyear" -> {
        int isoYear = date.get(IsoFields.WEEK_BASED_YEAR);
        yield BigDecimal.valueOf(isoYear > 0 ? isoYear : isoYear - 1);
      }
      case "dow" -> BigDecimal.valueOf(date.getDayOfWeek().getValue() % 7);
      case "isodow" -> BigDecimal.valueOf(date.getDayOfWeek().getValue());
      case "doy" -> BigDecimal.valueOf(date.getDayOfYear());
      case "decade" -> BigDecimal.valueOf(Math.floorDiv(year, 10));
      case "century" -> BigDecimal.valueOf(age(year, 100));
      case "millennium" -> BigDecimal.valueOf(age(year, 1000));
      case "julian" -> BigDecimal.valueOf(day + JULIAN_EPOCH);
      default -> null;
    };
  }

  /** The century or millennium of a year, which has no zero: 2000 is in the 20th. */
  private static int age(int year, int length) {
    return year > 0 ? (year + length - 1) / length : -((length - 1 - (year - 1)) / length);
  }

  /** Cuts a local timestamp down to a unit. */
  static long truncate(String name, long local, String typeName) {
    long time = Math.floorMod(local, MICROS_PER_DAY);
    LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(local, MICROS_PER_DAY));
    int year = date.getYear();
    String field = field(name);
    LocalDate start =
        switch (field) {
          case "microsecond", "millisecond", "second", "minute", "hour", "day" -> date;
          case "week" -> date.minusDays(date.getDayOfWeek().getValue() - 1);
          case "month" -> date.withDayOfMonth(1);
          case "quarter" -> LocalDate.of(year, (date.getMonthValue() - 1) / 3 * 3 + 1, 1);
          case "year" -> LocalDate.of(year, 1, 1);
          case "decade" -> LocalDate.of(Math.floorDiv(year, 10) * 10, 1, 1);
          case "century" -> LocalDate.of(Math.floorDiv(year - 1, 100) * 100 + 1, 1, 1);
          case "millennium" -> LocalDate.of(Math.floorDiv(year - 1, 1000) * 1000 + 1, 1, 1);
          default -> throw unknown(name, typeName);
        };
    return start.toEpochDay() * MICROS_PER_DAY + (start.equals(date) ? cut(field, time) : 0);
  }

  private static long cut(String field, long time) {
    long unit = unit(field);
    return unit == 0 ? 0 : time - time % unit;
  }

  /** Microseconds of a unit below a day; 0 for a larger one. */
  private static long unit(String field) {
    return switch (field) {
      case "microsecond" -> 1;
      case "millisecond" -> 1000;
      case "second" -> 1_000_000;
      case "minute" -> MICROS_PER_MINUTE;
      case "hour" -> MICROS_PER_HOUR;
      default -> 0;
    };
  }

  /** Cuts an interval down to a unit. */
  static Interval truncate(String name, int months, int days, long micros) {
    String field = field(name);
    return switch (field) {
      case "microsecond", "millisecond", "second", "minute", "hour" ->
          new Interval(months, days, micros - micros % unit(field));
      case "day" -> new Interval(months, days, 0);
      case "month" -> new Interval(months, 0, 0);
      case "quarter" -> new Interval(months - months % 3, 0, 0);
      case "year" -> new Interval(months - months % 12, 0, 0);
      case "decade" -> new Interval(months - months % 120, 0, 0);
      case "century" -> new Interval(months - months % 1200, 0, 0);
      case "millennium" -> new Interval(months - months % 12_000, 0, 0);
      default ->
          throw DatabaseException.user(
              "0A000", "unit \"" + name + "\" not supported for type interval");
    };
  }
}
