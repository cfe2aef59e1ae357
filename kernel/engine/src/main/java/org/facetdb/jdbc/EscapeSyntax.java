package org.facetdb.jdbc;

import java.util.Locale;

/**
 * Translates JDBC's escapes: {@code {d '2024-01-31'}}, {@code {t ...}}, {@code {ts ...}}, {@code
 * {fn ...}}, {@code {oj ...}}, {@code {escape ...}}. Braces within strings, quoted names, comments
 * and dollar quotes stay.
 */
final class EscapeSyntax {
  private final String sql;
  private final StringBuilder out;
  private int at;

  private EscapeSyntax(String sql) {
    this.sql = sql;
    this.out = new StringBuilder(sql.length() + 16);
  }

  static String translate(String sql) {
    return sql.indexOf('{') < 0 ? sql : new EscapeSyntax(sql).run();
  }

  private String run() {
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (c == '\'' || c == '"') {
        copyTo(endOfQuoted(c));
      } else if (sql.startsWith("--", at)) {
        int end = sql.indexOf('\n', at);
        copyTo(end < 0 ? sql.length() : end);
      } else if (sql.startsWith("/*", at)) {
        int end = sql.indexOf("*/", at + 2);
        copyTo(end < 0 ? sql.length() : end + 2);
      } else if (c == '$') {
        copyTo(endOfDollar());
      } else if (c == '{') {
        open();
      } else if (c == '}') {
        out.append(' ');
        at++;
      } else {
        out.append(c);
        at++;
      }
    }
    return out.toString();
  }

  private void copyTo(int end) {
    out.append(sql, at, end);
    at = end;
  }

  private int endOfQuoted(char quote) {
    int end = sql.indexOf(quote, at + 1);
    return end < 0 ? sql.length() : end + 1;
  }

  private int endOfDollar() {
    int tagEnd = at + 1;
    while (tagEnd < sql.length() && Character.isJavaIdentifierPart(sql.charAt(tagEnd))) {
      if (sql.charAt(tagEnd) == '$') {
        String tag = sql.substring(at, tagEnd + 1);
        int close = sql.indexOf(tag, tagEnd + 1);
        return close < 0 ? sql.length() : close + tag.length();
      }
      tagEnd++;
    }
    return at + 1;
  }

  private void open() {
    int word = at + 1;
    while (word < sql.length() && sql.charAt(word) == ' ') {
      word++;
    }
    int end = word;
    while (end < sql.length() && Character.isLetter(sql.charAt(end))) {
      end++;
    }
    String replaced =
        switch (sql.substring(word, end).toLowerCase(Locale.ROOT)) {
          case "d" -> "DATE";
          case "t" -> "TIME";
          case "ts" -> "TIMESTAMP";
          case "escape" -> "ESCAPE";
          case "fn", "oj" -> "";
          default -> null;
        };
    if (replaced == null) {
      out.append('{');
      at++;
    } else {
      out.append(replaced);
      at = end;
    }
  }
}
