package org.facetdb.sql.type;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import org.facetdb.spi.type.Interval;
import org.jspecify.annotations.Nullable;

/**
 * Text forms of intervals: PostgreSQL's style on output; on input also the SQL standard's and ISO
 * 8601's. Fractions of a unit spill into the next smaller field. Used once per text by one thread.
 */
public final class IntervalText {
  private static final BigDecimal DAYS_PER_MONTH = BigDecimal.valueOf(30);
  private static final BigDecimal MICROS_PER_DAY = BigDecimal.valueOf(86_400_000_000L);

  private final String text;
  private long months;
  private long days;
  private long micros;

  private IntervalText(String text) {
    this.text = text;
  }

  public static Interval parse(String text) {
    return parse(text, "second");
  }

  /**
   * Reads an interval.
   *
   * @param defaultUnit the unit of a last number that names none, as {@code day} in {@code interval
   *     '5' day}
   */
  public static Interval parse(String text, String defaultUnit) {
    IntervalText reader = new IntervalText(text);
    try {
      String body = NumberText.trim(text).toLowerCase(Locale.ROOT);
      if (body.startsWith("p")) {
        reader.readIso(body.substring(1));
      } else {
        reader.readTokens(body, defaultUnit);
      }
      return new Interval(
          Math.toIntExact(reader.months), Math.toIntExact(reader.days), reader.micros);
    } catch (ArithmeticException e) {
      throw org.facetdb.spi.DatabaseException.user(
          "22015", "interval field value out of range: \"" + text + "\"");
    }
  }

  private void readTokens(String body, String defaultUnit) {
    boolean ago = body.endsWith("ago");
    String rest = ago ? body.substring(0, body.length() - 3) : body;
    String[] tokens =
        rest.replace("@", " ").replaceAll("(?<=\\d)(?=[a-z])", " ").trim().split("\\s+");
    if (tokens[0].isEmpty()) {
      throw syntax();
    }
    int i = 0;
    while (i < tokens.length) {
      String token = tokens[i++];
      if (token.indexOf(':') >= 0) {
        addTime(token, defaultUnit);
      } else if (token.matches("[+-]?\\d+-\\d+")) {
        addYearMonth(token);
      } else {
        BigDecimal amount = number(token);
        if (i < tokens.length && Character.isLetter(tokens[i].charAt(0))) {
          add(amount, tokens[i++]);
        } else if (i < tokens.length && tokens[i].indexOf(':') >= 0) {
          add(amount, "day");
        } else if (i == tokens.length) {
          add(amount, defaultUnit);
        } else {
          throw syntax();
        }
      }
    }
    if (ago) {
      months = Math.negateExact(months);
      days = Math.negateExact(days);
      micros = Math.negateExact(micros);
    }
  }

  private BigDecimal number(String token) {
    if (!token.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)")) {
      throw syntax();
    }
    return new BigDecimal(token);
  }

  private void addYearMonth(String token) {
    boolean negative = token.startsWith("-");
    String[] parts = token.replaceFirst("^[+-]", "").split("-");
    long total =
        Math.addExact(Math.multiplyExact(Long.parseLong(parts[0]), 12L), Long.parseLong(parts[1]));
    months = Math.addExact(months, negative ? -total : total);
  }

  /** Adds [+-]h:m[:s[.f]]; two parts are minutes and seconds where they have a fraction. */
  private void addTime(String token, String defaultUnit) {
    boolean negative = token.startsWith("-");
    String[] parts = token.replaceFirst("^[+-]", "").split(":", -1);
    if (parts.length > 3) {
      throw syntax();
    }
    BigDecimal total = BigDecimal.ZERO;
    boolean minutesFirst =
        parts.length == 2 && (parts[1].indexOf('.') >= 0 || defaultUnit.equals("minute to second"));
    for (String part : parts) {
      BigDecimal field = number(part);
      if (field.signum() < 0) {
        throw syntax();
      }
      total = total.multiply(BigDecimal.valueOf(60)).add(field);
    }
    if (parts.length == 2 && !minutesFirst) {
      total = total.multiply(BigDecimal.valueOf(60));
    }
    addMicros(negative ? total.negate() : total, 1_000_000L);
  }

  private void addMicros(BigDecimal amount, long unitMicros) {
    BigDecimal product = amount.multiply(BigDecimal.valueOf(unitMicros));
    micros = Math.addExact(micros, exact(product.setScale(0, RoundingMode.HALF_EVEN)));
  }

  private static long exact(BigDecimal whole) {
    return whole.longValueExact();
  }

  private void addMonths(BigDecimal amount) {
    BigDecimal whole = amount.setScale(0, RoundingMode.DOWN);
    months = Math.addExact(months, exact(whole));
    BigDecimal rest = amount.subtract(whole);
    if (rest.signum() != 0) {
      addDays(rest.multiply(DAYS_PER_MONTH));
    }
  }

  private void addYears(BigDecimal amount) {
    BigDecimal total = amount.multiply(BigDecimal.valueOf(12)).setScale(0, RoundingMode.HALF_EVEN);
    months = Math.addExact(months, exact(total));
  }

  private void addDays(BigDecimal amount) {
    BigDecimal whole = amount.setScale(0, RoundingMode.DOWN);
    days = Math.addExact(days, exact(whole));
    BigDecimal rest = amount.subtract(whole);
    if (rest.signum() != 0) {
      BigDecimal product = rest.multiply(MICROS_PER_DAY);
      micros = Math.addExact(micros, exact(product.setScale(0, RoundingMode.HALF_EVEN)));
    }
  }

  private void add(BigDecimal amount, String unit) {
    switch (canonicalUnit(unit)) {
      case "microsecond" -> addMicros(amount, 1);
      case "millisecond" -> addMicros(amount, 1_000);
      case "second" -> addMicros(amount, 1_000_000);
      case "minute" -> addMicros(amount, 60_000_000L);
      case "hour" -> addMicros(amount, 3_600_000_000L);
      case "day" -> addDays(amount);
      case "week" -> addDays(amount.multiply(BigDecimal.valueOf(7)));
      case "month" -> addMonths(amount);
      case "quarter" -> addMonths(amount.multiply(BigDecimal.valueOf(3)));
      case "year" -> addYears(amount);
      case "decade" -> addYears(amount.multiply(BigDecimal.TEN));
      case "century" -> addYears(amount.multiply(BigDecimal.valueOf(100)));
      case "millennium" -> addYears(amount.multiply(BigDecimal.valueOf(1000)));
      default -> throw syntax();
    }
  }

  /** The long singular name of a unit of time, or the word itself where it is none. */
  public static String canonicalUnit(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "us", "usec", "usecs", "usecond", "useconds", "microsecond", "microseconds" ->
          "microsecond";
      case "ms", "msec", "msecs", "msecond", "mseconds", "millisecond", "milliseconds" ->
          "millisecond";
      case "s", "sec", "secs", "second", "seconds" -> "second";
      case "m", "min", "mins", "minute", "minutes" -> "minute";
      case "h", "hr", "hrs", "hour", "hours" -> "hour";
      case "d", "day", "days" -> "day";
      case "w", "week", "weeks" -> "week";
      case "mon", "mons", "month", "months" -> "month";
      case "qtr", "quarter" -> "quarter";
      case "y", "yr", "yrs", "year", "years" -> "year";
      case "dec", "decs", "decade", "decades" -> "decade";
      case "c", "cent", "century", "centuries" -> "century";
      case "mil", "mils", "millennium", "millennia" -> "millennium";
      default -> word;
    };
  }

  private void readIso(String body) {
    boolean time = false;
    int i = 0;
    boolean any = false;
    while (i < body.length()) {
      if (body.charAt(i) == 't' && !time) {
        time = true;
        i++;
        continue;
      }
      int start = i;
      while (i < body.length() && "+-.0123456789".indexOf(body.charAt(i)) >= 0) {
        i++;
      }
      if (i == start || i == body.length()) {
        throw syntax();
      }
      String unit = isoUnit(body.charAt(i), time);
      if (unit == null) {
        throw syntax();
      }
      add(number(body.substring(start, i)), unit);
      any = true;
      i++;
    }
    if (!any) {
      throw syntax();
    }
  }

  private static @Nullable String isoUnit(char letter, boolean time) {
    return switch (letter) {
      case 'y' -> time ? null : "year";
      case 'm' -> time ? "minute" : "month";
      case 'w' -> time ? null : "week";
      case 'd' -> time ? null : "day";
      case 'h' -> time ? "hour" : null;
      case 's' -> time ? "second" : null;
      default -> null;
    };
  }

  private RuntimeException syntax() {
    return TypeErrors.dateSyntax("interval", text);
  }

  /** PostgreSQL's style: {@code 1 year 2 mons -3 days +04:05:06.7}. */
  public static String format(int months, int days, long micros) {
    StringBuilder out = new StringBuilder();
    boolean negative = appendPart(out, months / 12, "year", false);
    negative = appendPart(out, months % 12, "mon", negative);
    negative = appendPart(out, days, "day", negative);
    if (micros == 0 && !out.isEmpty()) {
      return out.toString();
    }
    if (!out.isEmpty()) {
      out.append(' ');
    }
    if (micros < 0) {
      out.append('-');
    } else if (negative) {
      out.append('+');
    }
    if (micros == Long.MIN_VALUE) {
      return out.append("2562047788:00:54.775808").toString();
    }
    DateTimeText.appendTime(out, Math.abs(micros));
    return out.toString();
  }

  /** Appends a field; returns whether the last one shown is negative. */
  private static boolean appendPart(StringBuilder out, int value, String unit, boolean negative) {
    if (value == 0) {
      return negative;
    }
    if (!out.isEmpty()) {
      out.append(' ');
    }
    if (negative && value > 0) {
      out.append('+');
    }
    out.append(value).append(' ').append(unit);
    if (value != 1) {
      out.append('s');
    }
    return value < 0;
  }
}
