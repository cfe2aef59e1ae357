package org.facetdb.sql.type;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * Text forms of dates, times and timestamps: PostgreSQL's ISO output, and its input under DateStyle
 * "ISO, MDY". Stateless. Dates are days, times microseconds of the day, timestamps microseconds,
 * all since 1970-01-01 UTC.
 */
public final class DateTimeText {
  static final long MICROS_PER_SECOND = 1_000_000L;
  static final long MICROS_PER_DAY = 86_400L * MICROS_PER_SECOND;

  /** 4714-11-24 BC, where Julian day 0 lies. */
  private static final long FIRST_DAY = LocalDate.of(-4713, 11, 24).toEpochDay();

  private static final long LAST_DAY = LocalDate.of(5_874_897, 12, 31).toEpochDay();

  /** The last day whose microseconds fit a long. */
  private static final long LAST_TIMESTAMP_DAY = Long.MAX_VALUE / MICROS_PER_DAY - 1;

  private DateTimeText() {}

  public static int parseDate(String text) {
    DateTimeScanner scanner = new DateTimeScanner(text, "date");
    scanner.scan();
    scanner.requireDate();
    long day = scanner.epochDay();
    if (day < FIRST_DAY || day > LAST_DAY) {
      throw org.facetdb.spi.DatabaseException.user("22008", "date out of range: \"" + text + "\"");
    }
    return (int) day;
  }

  /** Checks the range of a date that was computed. */
  public static int checkedDate(long day) {
    if (day < FIRST_DAY || day > LAST_DAY) {
      throw TypeErrors.dateRange("date");
    }
    return (int) day;
  }

  /** Checks the range of a timestamp that was computed from days and microseconds. */
  public static long checkedTimestamp(long day, long microsOfDay) {
    if (day < FIRST_DAY || day > LAST_TIMESTAMP_DAY) {
      throw TypeErrors.dateRange("timestamp");
    }
    return day * MICROS_PER_DAY + microsOfDay;
  }

  public static long parseTime(String text) {
    DateTimeScanner scanner = new DateTimeScanner(text, "time");
    scanner.scan();
    scanner.requireTime();
    return scanner.microsOfDay();
  }

  public static long parseTimestamp(String text) {
    DateTimeScanner scanner = new DateTimeScanner(text, "timestamp");
    scanner.scan();
    scanner.requireDate();
    return timestampOf(scanner, text);
  }

  private static long timestampOf(DateTimeScanner scanner, String text) {
    long day = scanner.epochDay();
    if (day < FIRST_DAY || day > LAST_TIMESTAMP_DAY) {
      throw org.facetdb.spi.DatabaseException.user(
          "22008", "timestamp out of range: \"" + text + "\"");
    }
    return day * MICROS_PER_DAY + scanner.microsOfDay();
  }

  /** Reads a timestamp; one that names no zone is taken in {@code zone}. */
  public static long parseTimestampTz(String text, ZoneId zone) {
    DateTimeScanner scanner = new DateTimeScanner(text, "timestamp with time zone");
    scanner.scan();
    scanner.requireDate();
    long local = timestampOf(scanner, text);
    ZoneId named = scanner.zone();
    return toUtc(local, named == null ? zone : named);
  }

  /** The instant at which a zone's clocks show {@code local}. */
  public static long toUtc(long local, ZoneId zone) {
    ZoneOffset offset;
    if (zone instanceof ZoneOffset fixed) {
      offset = fixed;
    } else {
      LocalDateTime shown =
          LocalDateTime.ofEpochSecond(Math.floorDiv(local, MICROS_PER_SECOND), 0, ZoneOffset.UTC);
      offset = zone.getRules().getOffset(shown);
    }
    return local - offset.getTotalSeconds() * MICROS_PER_SECOND;
  }

  /** What a zone's clocks show at an instant. */
  public static long toLocal(long utc, ZoneId zone) {
    return utc + offsetSeconds(utc, zone) * MICROS_PER_SECOND;
  }

  static int offsetSeconds(long utc, ZoneId zone) {
    if (zone instanceof ZoneOffset fixed) {
      return fixed.getTotalSeconds();
    }
    Instant instant = Instant.ofEpochSecond(Math.floorDiv(utc, MICROS_PER_SECOND));
    return zone.getRules().getOffset(instant).getTotalSeconds();
  }

  /** A zone by name, abbreviation or offset; 22023 if there is none. */
  public static ZoneId parseZone(String name) {
    ZoneId zone = DateTimeScanner.zoneByName(name);
    if (zone == null) {
      throw org.facetdb.spi.DatabaseException.user(
          "22023", "time zone \"" + name + "\" not recognized");
    }
    return zone;
  }

  /** The day of a calendar date; 22008 if there is no such day. */
  public static long epochDay(int year, int month, int day, String text) {
    try {
      return LocalDate.of(year, month, day).toEpochDay();
    } catch (DateTimeException e) {
      throw TypeErrors.dateField(text);
    }
  }

  public static String formatDate(int day) {
    StringBuilder out = new StringBuilder(10);
    boolean beforeChrist = appendDate(out, day);
    return beforeChrist ? out.append(" BC").toString() : out.toString();
  }

  /** Appends the date without its era; returns whether that is BC. */
  private static boolean appendDate(StringBuilder out, long day) {
    LocalDate date = LocalDate.ofEpochDay(day);
    int year = date.getYear();
    boolean beforeChrist = year <= 0;
    appendPadded(out, beforeChrist ? 1 - year : year, 4);
    out.append('-');
    appendPadded(out, date.getMonthValue(), 2);
    out.append('-');
    appendPadded(out, date.getDayOfMonth(), 2);
    return beforeChrist;
  }

  static void appendPadded(StringBuilder out, long value, int width) {
    String digits = Long.toString(value);
    for (int i = digits.length(); i < width; i++) {
      out.append('0');
    }
    out.append(digits);
  }

  public static String formatTime(long microsOfDay) {
    StringBuilder out = new StringBuilder(15);
    appendTime(out, microsOfDay);
    return out.toString();
  }

  /** Appends hh:mm:ss and as many digits of the fraction as are needed. */
  static void appendTime(StringBuilder out, long micros) {
    long seconds = micros / MICROS_PER_SECOND;
    appendPadded(out, seconds / 3600, 2);
    out.append(':');
    appendPadded(out, seconds / 60 % 60, 2);
    out.append(':');
    appendPadded(out, seconds % 60, 2);
    long fraction = micros % MICROS_PER_SECOND;
    if (fraction != 0) {
      out.append('.');
      int width = 6;
      while (fraction % 10 == 0) {
        fraction /= 10;
        width--;
      }
      appendPadded(out, fraction, width);
    }
  }

  public static String formatTimestamp(long micros) {
    StringBuilder out = new StringBuilder(26);
    boolean beforeChrist = appendTimestamp(out, micros);
    return beforeChrist ? out.append(" BC").toString() : out.toString();
  }

  private static boolean appendTimestamp(StringBuilder out, long micros) {
    boolean beforeChrist = appendDate(out, Math.floorDiv(micros, MICROS_PER_DAY));
    out.append(' ');
    appendTime(out, Math.floorMod(micros, MICROS_PER_DAY));
    return beforeChrist;
  }

  /** The instant as a zone's clocks show it, with the zone's offset: {@code 03:04:05+00}. */
  public static String formatTimestampTz(long micros, ZoneId zone) {
    StringBuilder out = new StringBuilder(30);
    boolean beforeChrist = appendTimestamp(out, toLocal(micros, zone));
    int offset = offsetSeconds(micros, zone);
    out.append(offset < 0 ? '-' : '+');
    int magnitude = Math.abs(offset);
    appendPadded(out, magnitude / 3600, 2);
    if (magnitude % 3600 != 0) {
      out.append(':');
      appendPadded(out, magnitude / 60 % 60, 2);
      if (magnitude % 60 != 0) {
        out.append(':');
        appendPadded(out, magnitude % 60, 2);
      }
    }
    return beforeChrist ? out.append(" BC").toString() : out.toString();
  }
}
