package org.facetdb.sql.function;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Templates of to_char for numbers: 9, 0, point, group, sign and FM. Stateless. */
final class NumberFormat {
  private NumberFormat() {}

  static String format(BigDecimal value, String template) {
    boolean fill = template.startsWith("FM");
    String pattern = fill ? template.substring(2) : template;
    int point = pattern.indexOf('.');
    point = point < 0 ? pattern.indexOf('D') : point;
    String whole = point < 0 ? pattern : pattern.substring(0, point);
    String fraction = point < 0 ? "" : pattern.substring(point + 1);
    int places = count(fraction);
    BigDecimal rounded = value.abs().setScale(places, RoundingMode.HALF_UP);
    String[] parts = rounded.toPlainString().split("\\.");
    boolean negative = value.signum() < 0 && rounded.signum() != 0;
    String digits = parts[0].equals("0") && places > 0 ? "" : parts[0];
    if (digits.length() > count(whole)) {
      return (fill ? "" : " ") + pattern.replaceAll("[90]", "#").replaceAll("[SMIG]", "");
    }
    String body = wholePart(whole, digits, fill);
    if (point >= 0) {
      body += "." + fractionPart(fraction, places == 0 ? "" : parts[1], fill);
    }
    return signed(body, negative, pattern, fill);
  }

  private static int count(String pattern) {
    return (int) pattern.chars().filter(c -> c == '9' || c == '0').count();
  }

  private static String wholePart(String pattern, String digits, boolean fill) {
    StringBuilder out = new StringBuilder();
    int skip = count(pattern) - digits.length();
    int at = 0;
    boolean started = false;
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '9' || c == '0') {
        started |= skip <= 0 || c == '0';
        if (skip > 0) {
          out.append(started ? "0" : fill ? "" : " ");
          skip--;
        } else {
          out.append(digits.charAt(at++));
        }
      } else if (c == ',' || c == 'G') {
        out.append(started ? "," : fill ? "" : " ");
      } else if ("SMIPR".indexOf(c) < 0) {
        out.append(c);
      }
    }
    return out.toString();
  }

  private static String fractionPart(String pattern, String digits, boolean fill) {
    StringBuilder out = new StringBuilder(digits);
    if (fill) {
      int least = pattern.lastIndexOf('0') + 1;
      while (out.length() > least && out.charAt(out.length() - 1) == '0') {
        out.setLength(out.length() - 1);
      }
    }
    return out.toString();
  }

  /** Places the sign: where the template says, or before the first digit. */
  private static String signed(String body, boolean negative, String pattern, boolean fill) {
    if (pattern.endsWith("MI")) {
      return body + (negative ? "-" : fill ? "" : " ");
    }
    if (pattern.endsWith("S")) {
      return body + (negative ? "-" : "+");
    }
    if (pattern.endsWith("PR")) {
      return negative ? "<" + body.strip() + ">" : fill ? body : " " + body + " ";
    }
    String sign =
        pattern.startsWith("S") ? (negative ? "-" : "+") : negative ? "-" : fill ? "" : " ";
    int first = 0;
    while (first < body.length() && body.charAt(first) == ' ') {
      first++;
    }
    return body.substring(0, first) + sign + body.substring(first);
  }
}
