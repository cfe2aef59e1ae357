package org.facetdb.parser.grammar;

import org.facetdb.parser.SqlSyntaxException;

/** The escapes of {@code E'...'}: C's letters, octal, hexadecimal and Unicode. Stateless. */
final class StringEscapes {
  private StringEscapes() {}

  /**
   * Appends what the escape at {@code at} stands for.
   *
   * @return the offset behind it, or -1 if the text ends before it does
   */
  static int append(String text, int at, StringBuilder out) {
    if (at + 1 >= text.length()) {
      return -1;
    }
    char c = text.charAt(at + 1);
    switch (c) {
      case 'b' -> out.append('\b');
      case 'f' -> out.append('\f');
      case 'n' -> out.append('\n');
      case 'r' -> out.append('\r');
      case 't' -> out.append('\t');
      case 'x' -> {
        return code(text, at + 2, 16, 1, 2, "x", at, out);
      }
      case 'u' -> {
        return code(text, at + 2, 16, 4, 4, "u", at, out);
      }
      case 'U' -> {
        return code(text, at + 2, 16, 8, 8, "U", at, out);
      }
      case '0', '1', '2', '3', '4', '5', '6', '7' -> {
        return code(text, at + 1, 8, 1, 3, "", at, out);
      }
      default -> out.append(c);
    }
    return at + 2;
  }

  private static int code(
      String text,
      int from,
      int radix,
      int digitsMin,
      int digitsMax,
      String letter,
      int at,
      StringBuilder out) {
    int i = from;
    int code = 0;
    while (i < text.length()
        && i < from + digitsMax
        && Character.digit(text.charAt(i), radix) >= 0) {
      code = code * radix + Character.digit(text.charAt(i), radix);
      i++;
    }
    if (i - from < digitsMin && letter.equals("x")) {
      out.append('x');
      return from;
    }
    if (i - from < digitsMin || !Character.isValidCodePoint(code)) {
      throw new SqlSyntaxException("22025", "invalid Unicode escape", text, at);
    }
    out.appendCodePoint(code);
    return i;
  }
}
