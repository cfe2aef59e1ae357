package org.facetdb.sql.type;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.facetdb.spi.DatabaseException;
import org.jspecify.annotations.Nullable;

/**
 * Takes a date/time text apart into date, time of day and zone, in whatever order they come. Used
 * once per text by one thread.
 */
final class DateTimeScanner {
  private static final List<String> MONTHS =
      List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
  private static final List<String> DAYS = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");
  private static final Map<String, Integer> ZONE_HOURS =
      Map.of(
          "est", -5, "edt", -4, "cst", -6, "cdt", -5, "mst", -7, "mdt", -6, "pst", -8, "pdt", -7,
          "cet", 1, "cest", 2);

  private final String text;
  private final String typeName;
  private final List<String> numbers = new ArrayList<>();
  private int month;
  private int year;
  private int day;
  private boolean hasDate;
  private boolean hasTime;
  private boolean beforeChrist;
  private boolean afternoon;
  private boolean morning;
  private long micros;
  private @Nullable ZoneId zone;

  DateTimeScanner(String text, String typeName) {
    this.text = text;
    this.typeName = typeName;
  }

  void scan() {
    String rest = NumberText.trim(text);
    if (rest.isEmpty()) {
      throw syntax();
    }
    for (String token : split(rest)) {
      takeToken(token);
    }
    if (month != 0 && !hasDate) {
      dateFromWords();
    } else if (!numbers.isEmpty()) {
      throw syntax();
    }
    if (beforeChrist && hasDate) {
      year = 1 - year;
    }
    applyHalfDay();
  }

  /** Splits at blanks, and at the T of ISO 8601. */
  private static List<String> split(String rest) {
    List<String> tokens = new ArrayList<>();
    for (String token : rest.split("[\\s,]+")) {
      int t = token.toUpperCase(Locale.ROOT).indexOf('T');
      if (t > 0
          && Character.isDigit(token.charAt(t - 1))
          && t + 1 < token.length()
          && Character.isDigit(token.charAt(t + 1))) {
        tokens.add(token.substring(0, t));
        tokens.add(token.substring(t + 1));
      } else if (!token.isEmpty()) {
        tokens.add(token);
      }
    }
    return tokens;
  }

  private void takeToken(String token) {
    char first = token.charAt(0);
    if (token.indexOf(':') > 0 && Character.isDigit(first)) {
      takeTime(token);
    } else if (Character.isDigit(first)) {
      takeDigits(token);
    } else if ((first == '+' || first == '-') && hasTime) {
      takeZone(token);
    } else if (Character.isLetter(first)) {
      takeWord(token);
    } else {
      throw syntax();
    }
  }

  private void takeDigits(String token) {
    String lower = token.toLowerCase(Locale.ROOT);
    if (lower.endsWith("am") || lower.endsWith("pm")) {
      takeTime(token.substring(0, token.length() - 2) + ":00");
      takeWord(token.substring(token.length() - 2));
    } else if (allDigits(token)) {
      takeNumber(token);
    } else if (lower.chars().anyMatch(Character::isLetter)) {
      for (String part : token.split("[-/.]")) {
        takeToken(part);
      }
    } else {
      takeNumericDate(token);
    }
  }

  private void takeNumber(String token) {
    if (token.length() == 8 && !hasDate && month == 0) {
      setDate(
          Integer.parseInt(token.substring(0, 4)),
          Integer.parseInt(token.substring(4, 6)),
          Integer.parseInt(token.substring(6)));
    } else if (token.length() == 6 && (hasDate || typeName.equals("time")) && !hasTime) {
      setTime(
          Integer.parseInt(token.substring(0, 2)),
          Integer.parseInt(token.substring(2, 4)),
          Integer.parseInt(token.substring(4)),
          0);
    } else if (token.length() == 6 && !hasDate && month == 0) {
      setDate(
          fullYear(token.substring(0, 2)),
          Integer.parseInt(token.substring(2, 4)),
          Integer.parseInt(token.substring(4)));
    } else if (token.length() <= 7 && !hasDate) {
      numbers.add(token);
    } else {
      throw syntax();
    }
  }

  private void takeNumericDate(String token) {
    // A zone may follow a bare date: 2024-01-02+01 is not PostgreSQL's form, so it is refused.
    String[] parts = token.split("[-/.]", -1);
    if (hasDate || parts.length != 3) {
      throw syntax();
    }
    for (String part : parts) {
      if (part.isEmpty() || !allDigits(part) || part.length() > 7) {
        throw syntax();
      }
    }
    if (parts[0].length() > 2) {
      setDate(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
      return;
    }
    if (Integer.parseInt(parts[0]) > 12) {
      throw TypeErrors.dateField(text)
          .withHint("Perhaps you need a different \"datestyle\" setting.");
    }
    setDate(fullYear(parts[2]), Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
  }

  /** Two digits mean 1970 to 2069. */
  private int fullYear(String digits) {
    int value = Integer.parseInt(digits);
    if (digits.length() > 2 || beforeChrist) {
      return value;
    }
    return value < 70 ? value + 2000 : value + 1900;
  }

  private void setDate(int newYear, int newMonth, int newDay) {
    if (hasDate) {
      throw syntax();
    }
    year = newYear;
    month = newMonth;
    day = newDay;
    hasDate = true;
  }

  /** A month by name with two numbers: the one of three digits or more is the year. */
  private void dateFromWords() {
    if (numbers.size() != 2) {
      throw syntax();
    }
    boolean yearFirst = numbers.get(0).length() > 2;
    String yearDigits = numbers.get(yearFirst ? 0 : 1);
    String dayDigits = numbers.get(yearFirst ? 1 : 0);
    setDate(fullYear(yearDigits), month, Integer.parseInt(dayDigits));
  }

  private void takeTime(String token) {
    if (hasTime) {
      throw syntax();
    }
    int end = 0;
    while (end < token.length()
        && (Character.isDigit(token.charAt(end)) || ":.".indexOf(token.charAt(end)) >= 0)) {
      end++;
    }
    String[] parts = token.substring(0, end).split(":", -1);
    if (parts.length < 2 || parts.length > 3) {
      throw syntax();
    }
    long fraction = 0;
    String seconds = parts.length == 3 ? parts[2] : "0";
    int dot = seconds.indexOf('.');
    if (dot >= 0) {
      fraction = fractionMicros(seconds.substring(dot + 1));
      seconds = seconds.substring(0, dot);
    }
    setTime(number(parts[0]), number(parts[1]), number(seconds), fraction);
    if (end < token.length()) {
      takeToken(token.substring(end));
    }
  }

  private int number(String digits) {
    if (digits.isEmpty() || !allDigits(digits) || digits.length() > 7) {
      throw syntax();
    }
    return Integer.parseInt(digits);
  }

  private long fractionMicros(String digits) {
    if (!allDigits(digits)) {
      throw syntax();
    }
    return digits.isEmpty() ? 0 : Math.round(Double.parseDouble("0." + digits) * 1e6);
  }

  private void setTime(int hour, int minute, int second, long fraction) {
    boolean midnight = hour == 24 && minute == 0 && second == 0 && fraction == 0;
    if ((hour > 23 && !midnight) || minute > 59 || second > 60) {
      throw TypeErrors.dateField(text);
    }
    micros = ((hour * 60L + minute) * 60 + second) * DateTimeText.MICROS_PER_SECOND + fraction;
    hasTime = true;
  }

  private void takeZone(String token) {
    ZoneId found = zoneByName(token);
    if (found == null && token.indexOf('/') > 0) {
      throw DatabaseException.user(
          "22023", "time zone \"" + token.toLowerCase(Locale.ROOT) + "\" not recognized");
    }
    if (found == null || zone != null) {
      throw syntax();
    }
    zone = found;
  }

  private void takeWord(String token) {
    int end = 0;
    while (end < token.length() && Character.isLetter(token.charAt(end))) {
      end++;
    }
    String word = token.substring(0, end).toLowerCase(Locale.ROOT);
    String prefix = word.length() >= 3 ? word.substring(0, 3) : word;
    if (end < token.length() && token.charAt(end) == '-' && MONTHS.contains(prefix)) {
      for (String part : token.split("-")) {
        takeToken(part);
      }
      return;
    }
    switch (word) {
      case "bc" -> beforeChrist = true;
      case "ad" -> beforeChrist = false;
      case "am" -> morning = true;
      case "pm" -> afternoon = true;
      case "epoch" -> {
        setDate(1970, 1, 1);
        hasTime = true;
      }
      default -> {
        if (MONTHS.contains(prefix) && month == 0) {
          month = MONTHS.indexOf(prefix) + 1;
        } else if (!(DAYS.contains(prefix) && end == token.length())) {
          takeZone(token);
        }
      }
    }
  }

  private void applyHalfDay() {
    if (!morning && !afternoon) {
      return;
    }
    long half = DateTimeText.MICROS_PER_DAY / 2;
    if (!hasTime || micros >= half + half / 12) {
      throw TypeErrors.dateField(text);
    }
    if (micros >= half) {
      micros -= half;
    }
    if (afternoon) {
      micros += half;
    }
  }

  /** A zone by offset (+hh, +hhmm, +hh:mm), abbreviation or region; null if there is none. */
  static @Nullable ZoneId zoneByName(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.equals("z") || lower.equals("utc") || lower.equals("gmt") || lower.equals("zulu")) {
      return ZoneOffset.UTC;
    }
    Integer hours = ZONE_HOURS.get(lower);
    if (hours != null) {
      return ZoneOffset.ofHours(hours);
    }
    try {
      if (lower.startsWith("+") || lower.startsWith("-")) {
        return offset(lower);
      }
      for (String id : ZoneId.getAvailableZoneIds()) {
        if (id.equalsIgnoreCase(name)) {
          return ZoneId.of(id);
        }
      }
      return null;
    } catch (DateTimeException | NumberFormatException e) {
      return null;
    }
  }

  private static ZoneId offset(String signed) {
    String[] parts = signed.substring(1).split(":");
    String digits = parts[0];
    int hours = Integer.parseInt(digits.length() > 2 ? digits.substring(0, 2) : digits);
    int minutes = digits.length() > 2 ? Integer.parseInt(digits.substring(2)) : 0;
    int seconds = 0;
    if (parts.length > 1) {
      minutes = Integer.parseInt(parts[1]);
    }
    if (parts.length > 2) {
      seconds = Integer.parseInt(parts[2]);
    }
    int total = (hours * 60 + minutes) * 60 + seconds;
    return ZoneOffset.ofTotalSeconds(signed.charAt(0) == '-' ? -total : total);
  }

  private static boolean allDigits(String token) {
    for (int i = 0; i < token.length(); i++) {
      if (token.charAt(i) < '0' || token.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  void requireDate() {
    if (!hasDate) {
      throw syntax();
    }
  }

  void requireTime() {
    if (!hasTime) {
      throw syntax();
    }
  }

  long epochDay() {
    if (year == 0 && !beforeChrist) {
      throw TypeErrors.dateField(text);
    }
    return DateTimeText.epochDay(year, month, day, text);
  }

  long microsOfDay() {
    return micros;
  }

  @Nullable ZoneId zone() {
    return zone;
  }

  private DatabaseException syntax() {
    return TypeErrors.dateSyntax(typeName, text);
  }
}
