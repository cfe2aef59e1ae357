package org.facetdb.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts what people type into statements, by the lexical rules that every PostgreSQL-like database
 * shares: strings, quoted names, dollar quotes and nested comments hide semicolons.
 */
final class Scripts {
  /**
   * What a text holds.
   *
   * @param statements the complete statements, without their semicolons; blank ones are left out
   * @param rest what follows the last semicolon, not blank only if a statement was begun
   */
  record Cut(List<String> statements, String rest) {}

  /**
   * A statement of a script.
   *
   * @param line where it begins, from 1
   */
  record Placed(String sql, int line) {}

  private final String text;
  private int at;

  private Scripts(String text) {
    this.text = text;
  }

  static Cut cut(String text) {
    List<Placed> parts = parts(text);
    String rest = parts.removeLast().sql();
    List<String> statements = new ArrayList<>();
    for (Placed part : parts) {
      if (!isBlank(part.sql())) {
        statements.add(part.sql().strip());
      }
    }
    return new Cut(statements, isBlank(rest) ? "" : rest);
  }

  /** The statements of a whole script; the last one needs no semicolon. */
  static List<String> all(String text) {
    return placed(text).stream().map(Placed::sql).toList();
  }

  /** The same, and where each begins. */
  static List<Placed> placed(String text) {
    List<Placed> placed = new ArrayList<>();
    for (Placed part : parts(text)) {
      String sql = part.sql();
      if (!isBlank(sql)) {
        int begin = begin(sql);
        placed.add(
            new Placed(sql.substring(begin).strip(), part.line() + lines(sql.substring(0, begin))));
      }
    }
    return placed;
  }

  /** Where the first token lies that is neither white space nor a comment. */
  private static int begin(String statement) {
    Scripts scripts = new Scripts(statement);
    while (scripts.at < statement.length()) {
      int from = scripts.at;
      scripts.skipToken();
      if (!isBlank(statement.substring(from, scripts.at))) {
        return from;
      }
    }
    return scripts.at;
  }

  /** What lies between the semicolons, the rest behind the last one included. */
  private static List<Placed> parts(String text) {
    Scripts scripts = new Scripts(text);
    List<Placed> parts = new ArrayList<>();
    int begin = 0;
    int line = 1;
    while (scripts.at < text.length()) {
      if (text.charAt(scripts.at) == ';') {
        String part = text.substring(begin, scripts.at);
        parts.add(new Placed(part, line));
        line += lines(part);
        begin = ++scripts.at;
      } else {
        scripts.skipToken();
      }
    }
    parts.add(new Placed(text.substring(begin), line));
    return parts;
  }

  /** Line ends in a text. */
  private static int lines(String text) {
    return (int) text.chars().filter(c -> c == '\n').count();
  }

  /** True for white space and comments alone. */
  private static boolean isBlank(String statement) {
    Scripts scripts = new Scripts(statement);
    while (scripts.at < statement.length()) {
      int begin = scripts.at;
      scripts.skipToken();
      String token = statement.substring(begin, scripts.at);
      if (!token.isBlank() && !token.startsWith("--") && !token.startsWith("/*")) {
        return false;
      }
    }
    return true;
  }

  private void skipToken() {
    char c = text.charAt(at);
    if (c == '\'') {
      boolean escapes = at > 0 && (text.charAt(at - 1) == 'E' || text.charAt(at - 1) == 'e');
      skipQuoted('\'', escapes);
    } else if (c == '"') {
      skipQuoted('"', false);
    } else if (text.startsWith("--", at)) {
      int end = text.indexOf('\n', at);
      at = end < 0 ? text.length() : end + 1;
    } else if (text.startsWith("/*", at)) {
      skipComment();
    } else if (c == '$') {
      skipDollar();
    } else {
      at++;
    }
  }

  private void skipQuoted(char quote, boolean escapes) {
    at++;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '\\' && escapes) {
        at = Math.min(at + 1, text.length());
      } else if (c == quote) {
        return; // a doubled quote begins the next quoted part at once
      }
    }
  }

  private void skipComment() {
    int depth = 0;
    while (at < text.length()) {
      if (text.startsWith("/*", at)) {
        depth++;
        at += 2;
      } else if (text.startsWith("*/", at)) {
        depth--;
        at += 2;
        if (depth == 0) {
          return;
        }
      } else {
        at++;
      }
    }
  }

  private void skipDollar() {
    int end = at + 1;
    while (end < text.length()
        && (Character.isLetterOrDigit(text.charAt(end)) || text.charAt(end) == '_')) {
      end++;
    }
    boolean quotes =
        end < text.length()
            && text.charAt(end) == '$'
            && !(end > at + 1 && Character.isDigit(text.charAt(at + 1)));
    if (!quotes) {
      at++;
      return;
    }
    String tag = text.substring(at, end + 1);
    int close = text.indexOf(tag, end + 1);
    at = close < 0 ? text.length() : close + tag.length();
  }
}
