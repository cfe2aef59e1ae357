package org.facetdb.sql.function;

import java.time.LocalDate;
import java.time.format.TextStyle;
import java.time.temporal.IsoFields;
import java.util.Locale;
import org.facetdb.spi.type.Interval;
import org.jspecify.annotations.Nullable;

/** Templates of to_char for timestamps. Stateless. */
final class DateTimeFormat {
  /** Longer patterns before those that begin them. */
  private static final String[] PATTERNS = {
    "HH24", "HH12", "YYYY", "IYYY", "Y,YYY", "MONTH", "Month", "month", "A.M.", "P.M.", "a.m.",
    "p.m.", "SSSS", "DDD", "DAY", "Day", "day", "MON", "Mon", "mon", "YYY", "HH", "MI", "SS", "MS",
    "US", "MM", "DD", "DY", "Dy", "dy", "YY", "IW", "WW", "ID", "AM", "PM", "am", "pm", "BC", "AD",
    "CC", "Q", "D", "J", "Y", "W"
  };

  private DateTimeFormat() {}

  static String format(long local, String template) {
    StringBuilder out = new StringBuilder();
    LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(local, Interval.MICROS_PER_DAY));
    long micros = Math.floorMod(local, Interval.MICROS_PER_DAY);
    int i = 0;
    while (i < template.length()) {
      if (template.charAt(i) == '"') {
        int end = template.indexOf('"', i + 1);
        end = end < 0 ? template.length() : end;
        out.append(template, i + 1, end);
        i = end + 1;
        continue;
      }
      boolean fill = template.startsWith("FM", i);
      int start = fill ? i + 2 : i;
      String pattern = patternAt(template, start);
      if (pattern == null) {
        out.append(template.charAt(i));
        i++;
        continue;
      }
      String value = value(pattern, date, micros, !fill);
      i = start + pattern.length();
      String suffix =
          template.startsWith("th", i) || template.startsWith("TH", i)
              ? template.substring(i, i + 2)
              : "";
      out.append(value);
      if (!suffix.isEmpty() && Character.isDigit(value.charAt(value.length() - 1))) {
        String ordinal = ordinal(value);
        out.append(suffix.equals("TH") ? ordinal.toUpperCase(Locale.ROOT) : ordinal);
        i += 2;
      }
    }
    return out.toString();
  }

  private static @Nullable String patternAt(String template, int index) {
    for (String pattern : PATTERNS) {
      if (template.startsWith(pattern, index)) {
        return pattern;
      }
    }
    return null;
  }

  private static String ordinal(String digits) {
    int value = Integer.parseInt(digits.substring(Math.max(0, digits.length() - 2)));
    if (value >= 11 && value <= 13) {
      return "th";
    }
    return switch (value % 10) {
      case 1 -> "st";
      case 2 -> "nd";
      case 3 -> "rd";
      default -> "th";
    };
  }

  private static String value(String pattern, LocalDate date, long micros, boolean padded) {
    long seconds = micros / 1_000_000;
    long hour = seconds / 3600;
    int year = date.getYear() > 0 ? date.getYear() : 1 - date.getYear();
    return switch (pattern) {
      case "HH24" -> number(hour, 2, padded);
      case "HH12", "HH" -> number((hour + 11) % 12 + 1, 2, padded);
      case "MI" -> number(seconds / 60 % 60, 2, padded);
      case "SS" -> number(seconds % 60, 2, padded);
      case "SSSS" -> number(seconds, 1, padded);
      case "MS" -> number(micros / 1000 % 1000, 3, padded);
      case "US" -> number(micros % 1_000_000, 6, padded);
      case "YYYY" -> number(year, 4, padded);
      case "Y,YYY" -> year / 1000 + "," + number(year % 1000, 3, true);
      case "YYY" -> number(year % 1000, 3, padded);
      case "YY" -> number(year % 100, 2, padded);
      case "Y" -> number(year % 10, 1, padded);
      case "IYYY" -> number(date.get(IsoFields.WEEK_BASED_YEAR), 4, padded);
      case "IW" -> number(date.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR), 2, padded);
      case "WW" -> number((date.getDayOfYear() - 1) / 7 + 1, 2, padded);
      case "W" -> number((date.getDayOfMonth() - 1) / 7 + 1, 1, padded);
      case "MM" -> number(date.getMonthValue(), 2, padded);
      case "DD" -> number(date.getDayOfMonth(), 2, padded);
      case "DDD" -> number(date.getDayOfYear(), 3, padded);
      case "D" -> number(date.getDayOfWeek().getValue() % 7 + 1, 1, padded);
      case "ID" -> number(date.getDayOfWeek().getValue(), 1, padded);
      case "Q" -> number((date.getMonthValue() - 1) / 3 + 1, 1, padded);
      case "J" -> number(date.toEpochDay() + 2_440_588, 1, padded);
      case "CC" -> number((year + 99) / 100, 2, padded);
      case "AM", "PM" -> hour < 12 ? "AM" : "PM";
      case "am", "pm" -> hour < 12 ? "am" : "pm";
      case "A.M.", "P.M." -> hour < 12 ? "A.M." : "P.M.";
      case "a.m.", "p.m." -> hour < 12 ? "a.m." : "p.m.";
      case "BC", "AD" -> date.getYear() > 0 ? "AD" : "BC";
      default -> word(pattern, date, padded);
    };
  }

  /** A month or day by name, in the case that the pattern shows; whole names are padded to 9. */
  private static String word(String pattern, LocalDate date, boolean padded) {
    boolean month = Character.toLowerCase(pattern.charAt(0)) == 'm';
    String full = month ? englishMonth(date) : englishDay(date);
    boolean whole = pattern.equalsIgnoreCase("MONTH") || pattern.equalsIgnoreCase("DAY");
    String name = whole ? full : full.substring(0, 3);
    if (whole && padded) {
      name = name + " ".repeat(9 - name.length());
    }
    if (Character.isUpperCase(pattern.charAt(1))) {
      return name.toUpperCase(Locale.ROOT);
    }
    return Character.isUpperCase(pattern.charAt(0)) ? name : name.toLowerCase(Locale.ROOT);
  }

  private static String englishMonth(LocalDate date) {
    return date.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
  }

  private static String englishDay(LocalDate date) {
    return date.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
  }

  private static String number(long value, int width, boolean padded) {
    String digits = Long.toString(value);
    return padded && digits.length() < width
        ? "0".repeat(width - digits.length()) + digits
        : digits;
  }
}
