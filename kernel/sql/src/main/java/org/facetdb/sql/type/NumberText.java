package org.facetdb.sql.type;

import java.math.BigDecimal;
import java.util.Locale;

/** Text forms of numbers and booleans as PostgreSQL reads and writes them. Stateless. */
public final class NumberText {
  /** Digits before the point that numeric holds at most. */
  private static final int MAX_WHOLE_DIGITS = 131_072;

  private static final int MAX_SCALE = 16_383;

  private NumberText() {}

  /** Reads a whole number in [min, max]; blanks around it are ignored. */
  public static long parseInteger(String text, String typeName, long min, long max) {
    int end = text.length();
    int i = 0;
    while (i < end && isSpace(text.charAt(i))) {
      i++;
    }
    while (end > i && isSpace(text.charAt(end - 1))) {
      end--;
    }
    boolean negative = false;
    if (i < end && (text.charAt(i) == '-' || text.charAt(i) == '+')) {
      negative = text.charAt(i) == '-';
      i++;
    }
    if (i == end) {
      throw TypeErrors.syntax(typeName, text);
    }
    long value = 0;
    boolean overflow = false;
    for (; i < end; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        throw TypeErrors.syntax(typeName, text);
      }
      // Kept negative, because the negative range is the larger one.
      overflow |= value < (Long.MIN_VALUE + digit) / 10;
      value = value * 10 - digit;
    }
    overflow |= !negative && value == Long.MIN_VALUE;
    long result = negative ? value : -value;
    if (overflow || result < min || result > max) {
      throw TypeErrors.textOutOfRange(typeName, text);
    }
    return result;
  }

  static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  /** Cuts the blanks that C's isspace knows. */
  public static String trim(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && isSpace(text.charAt(start))) {
      start++;
    }
    while (end > start && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  public static boolean parseBoolean(String text) {
    String word = trim(text).toLowerCase(Locale.ROOT);
    if (!word.isEmpty()) {
      if ("true".startsWith(word)
          || "yes".startsWith(word)
          || word.equals("1")
          || word.equals("on")) {
        return true;
      }
      if ("false".startsWith(word)
          || "no".startsWith(word)
          || word.equals("0")
          || word.equals("of")
          || word.equals("off")) {
        return false;
      }
    }
    throw TypeErrors.syntax("boolean", text);
  }

  /** Reads a double; a number too large is 22003, also one too small to differ from zero. */
  public static double parseDouble(String text) {
    String number = trim(text);
    Double special = specialFloat(number);
    if (special != null) {
      return special;
    }
    requireDecimal(number, "double precision", text);
    double value = Double.parseDouble(number);
    if (Double.isInfinite(value) || (value == 0 && hasNonZeroDigit(number))) {
      throw floatRange(text, "double precision");
    }
    return value;
  }

  public static float parseFloat(String text) {
    String number = trim(text);
    Double special = specialFloat(number);
    if (special != null) {
      return special.floatValue();
    }
    requireDecimal(number, "real", text);
    float value = Float.parseFloat(number);
    if (Float.isInfinite(value) || (value == 0 && hasNonZeroDigit(number))) {
      throw floatRange(text, "real");
    }
    return value;
  }

  private static RuntimeException floatRange(String text, String typeName) {
    return org.facetdb.spi.DatabaseException.user(
        "22003", "\"" + text + "\" is out of range for type " + typeName);
  }

  private static @org.jspecify.annotations.Nullable Double specialFloat(String number) {
    return switch (number.toLowerCase(Locale.ROOT)) {
      case "nan" -> Double.NaN;
      case "inf", "infinity", "+inf", "+infinity" -> Double.POSITIVE_INFINITY;
      case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
      default -> null;
    };
  }

  private static boolean hasNonZeroDigit(String number) {
    for (int i = 0; i < number.length(); i++) {
      char c = number.charAt(i);
      if (c == 'e' || c == 'E') {
        return false;
      }
      if (c >= '1' && c <= '9') {
        return true;
      }
    }
    return false;
  }

  /** Checks the form [sign] digits [. digits] [e [sign] digits], with a digit before the e. */
  private static void requireDecimal(String number, String typeName, String text) {
    int i = 0;
    int end = number.length();
    if (i < end && (number.charAt(i) == '+' || number.charAt(i) == '-')) {
      i++;
    }
    int start = i;
    i = skipDigits(number, i);
    int digits = i - start;
    if (i < end && number.charAt(i) == '.') {
      int fraction = i + 1;
      i = skipDigits(number, fraction);
      digits += i - fraction;
    }
    if (digits > 0 && i < end && (number.charAt(i) | 0x20) == 'e') {
      i++;
      if (i < end && (number.charAt(i) == '+' || number.charAt(i) == '-')) {
        i++;
      }
      int exponent = i;
      i = skipDigits(number, i);
      if (i == exponent) {
        throw TypeErrors.syntax(typeName, text);
      }
    }
    if (digits == 0 || i != end) {
      throw TypeErrors.syntax(typeName, text);
    }
  }

  private static int skipDigits(String text, int from) {
    int i = from;
    while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
      i++;
    }
    return i;
  }

  /** Reads a numeric with the scale that its digits show. */
  public static BigDecimal parseNumeric(String text) {
    String number = trim(text);
    if (specialFloat(number) != null) {
      throw org.facetdb.spi.DatabaseException.unsupported(
          "numeric has no NaN and no infinity here: \"" + text + "\"");
    }
    requireDecimal(number, "numeric", text);
    BigDecimal value;
    try {
      value = new BigDecimal(number);
    } catch (NumberFormatException e) {
      throw TypeErrors.numericRange();
    }
    if ((long) value.precision() - value.scale() > MAX_WHOLE_DIGITS && value.signum() != 0) {
      throw TypeErrors.numericRange();
    }
    if (value.scale() > MAX_SCALE) {
      value = value.setScale(MAX_SCALE, java.math.RoundingMode.HALF_UP);
    }
    return value.scale() < 0 ? value.setScale(0) : value;
  }

  public static String formatNumeric(BigDecimal value) {
    return value.toPlainString();
  }

  public static String formatDouble(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "Infinity" : "-Infinity";
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0" : "0";
    }
    BigDecimal shortest = new BigDecimal(Double.toString(Math.abs(value))).stripTrailingZeros();
    if (shortest.precision() == 2) {
      // Double.toString shows two digits at least, also where one would do.
      BigDecimal one = shortest.round(new java.math.MathContext(1));
      if (one.doubleValue() == Math.abs(value)) {
        shortest = one.stripTrailingZeros();
      }
    }
    return layOut(value < 0, shortest, 15);
  }

  public static String formatFloat(float value) {
    if (Float.isNaN(value) || Float.isInfinite(value) || value == 0) {
      return formatDouble(value);
    }
    BigDecimal shortest = new BigDecimal(Float.toString(Math.abs(value))).stripTrailingZeros();
    if (shortest.precision() == 2) {
      BigDecimal one = shortest.round(new java.math.MathContext(1));
      if (one.floatValue() == Math.abs(value)) {
        shortest = one.stripTrailingZeros();
      }
    }
    return layOut(value < 0, shortest, 6);
  }

  /** Plain digits while the exponent is in [-4, limit), otherwise d.ddde+XX. */
  private static String layOut(boolean negative, BigDecimal digits, int limit) {
    String sign = negative ? "-" : "";
    int exponent = digits.precision() - digits.scale() - 1;
    if (exponent >= -4 && exponent < limit) {
      return sign + digits.toPlainString();
    }
    String all = digits.unscaledValue().toString();
    StringBuilder out = new StringBuilder(sign).append(all.charAt(0));
    if (all.length() > 1) {
      out.append('.').append(all, 1, all.length());
    }
    out.append('e').append(exponent < 0 ? '-' : '+');
    int magnitude = Math.abs(exponent);
    if (magnitude < 10) {
      out.append('0');
    }
    return out.append(magnitude).toString();
  }
}
