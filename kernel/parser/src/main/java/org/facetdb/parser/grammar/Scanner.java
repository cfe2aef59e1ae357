package org.facetdb.parser.grammar;

import org.facetdb.parser.SqlSyntaxException;

/**
 * Finds tokens by PostgreSQL's lexical rules: nested comments, dollar quotes, escapes, and
 * operators of any spelling. Knows no keywords. Confined to one thread.
 *
 * <p>After {@link #next} the token is {@code [start, end)} of the text; a string's value is in
 * {@link #value}.
 */
final class Scanner {
  /** What a token is. */
  enum Kind {
    END,
    WORD,
    QUOTED_NAME,
    STRING,
    INTEGER,
    DECIMAL,
    APPROXIMATE,
    PARAMETER,
    OPERATOR,
    SELF
  }

  private static final String OPERATOR_CHARACTERS = "+-*/<>=~!@#%^&|`?";

  /** An operator may end in + or - only if it has one of these. */
  private static final String SPECIAL_CHARACTERS = "~!@#%^&|`?";

  private final String text;
  private int start;
  private int end;
  private String value = "";

  Scanner(String text) {
    this.text = text;
  }

  int start() {
    return start;
  }

  int end() {
    return end;
  }

  /** The value of a string, or the spelling of any other token. */
  String value() {
    return value;
  }

  /** Whether the token is that one character. */
  boolean is(char c) {
    return end == start + 1 && text.charAt(start) == c;
  }

  /** As {@link #next}, but a token without an end reaches to the end of the text. */
  Kind skimNext() {
    try {
      return next();
    } catch (SqlSyntaxException e) {
      if (end < text.length()) {
        boolean open = String.valueOf(e.getMessage()).startsWith("unterminated");
        end = open ? text.length() : Math.max(end, start + 1);
      }
      return start < text.length() ? Kind.STRING : Kind.END;
    }
  }

  /** Goes to the next token. */
  Kind next() {
    skipTrivia();
    start = end;
    if (start >= text.length()) {
      value = "";
      return Kind.END;
    }
    Kind kind = scan(text.charAt(start));
    if (kind != Kind.STRING) {
      value = text.substring(start, end);
    }
    return kind;
  }

  private Kind scan(char c) {
    char d = start + 1 < text.length() ? text.charAt(start + 1) : 0;
    if (c == '\'') {
      return string(start + 1, false);
    }
    if ((c == 'e' || c == 'E') && d == '\'') {
      return string(start + 2, true);
    }
    if ((c == 'n' || c == 'N') && d == '\'') {
      return string(start + 2, false);
    }
    if ((c == 'b' || c == 'B' || c == 'x' || c == 'X') && d == '\'') {
      string(start + 2, false);
      throw error("0A000", "bit strings are not supported", start);
    }
    boolean unicode = (c == 'u' || c == 'U') && d == '&' && start + 2 < text.length();
    if (unicode && (text.charAt(start + 2) == '\'' || text.charAt(start + 2) == '"')) {
      end = start + 2;
      throw error("0A000", "U& strings and names are not supported, use E'\\u....'", start);
    }
    if (isWordStart(c)) {
      return word();
    }
    if (c == '"') {
      return quotedName();
    }
    if (isDigit(c) || (c == '.' && isDigit(d))) {
      return number();
    }
    if (c == '$') {
      return dollar(d);
    }
    if (c == ':') {
      end = start + (d == ':' || d == '=' ? 2 : 1);
      return Kind.SELF;
    }
    if (OPERATOR_CHARACTERS.indexOf(c) >= 0) {
      return operator();
    }
    end = start + 1;
    if ("()[],;.".indexOf(c) >= 0) {
      return Kind.SELF;
    }
    throw error("42601", "syntax error at or near \"" + c + "\"", start);
  }

  private void skipTrivia() {
    while (end < text.length()) {
      char c = text.charAt(end);
      if (isSpace(c)) {
        end++;
      } else if (text.startsWith("--", end)) {
        int line = text.indexOf('\n', end);
        end = line < 0 ? text.length() : line + 1;
      } else if (text.startsWith("/*", end)) {
        skipComment();
      } else {
        return;
      }
    }
  }

  private void skipComment() {
    start = end;
    int depth = 0;
    do {
      if (text.startsWith("/*", end)) {
        depth++;
        end += 2;
      } else if (text.startsWith("*/", end)) {
        depth--;
        end += 2;
      } else {
        end++;
      }
    } while (depth > 0 && end < text.length());
    if (depth > 0) {
      end = text.length();
      throw error("42601", "unterminated /* comment", start);
    }
  }

  private Kind word() {
    end = start + 1;
    while (end < text.length() && isWordPart(text.charAt(end))) {
      end++;
    }
    return Kind.WORD;
  }

  private Kind quotedName() {
    int i = start + 1;
    while (true) {
      i = text.indexOf('"', i);
      if (i < 0) {
        throw unterminated("quoted identifier");
      }
      if (i + 1 >= text.length() || text.charAt(i + 1) != '"') {
        break;
      }
      i += 2;
    }
    end = i + 1;
    if (end == start + 2) {
      throw error("42601", "zero-length delimited identifier", start);
    }
    return Kind.QUOTED_NAME;
  }

  private Kind number() {
    int i = digits(start);
    Kind kind = Kind.INTEGER;
    if (i < text.length() && text.charAt(i) == '.' && !text.startsWith("..", i)) {
      i = digits(i + 1);
      kind = Kind.DECIMAL;
    }
    if (i < text.length() && (text.charAt(i) == 'e' || text.charAt(i) == 'E')) {
      int sign = i + 1 < text.length() && "+-".indexOf(text.charAt(i + 1)) >= 0 ? 1 : 0;
      int exponent = digits(i + 1 + sign);
      if (exponent > i + 1 + sign) {
        i = exponent;
        kind = Kind.APPROXIMATE;
      }
    }
    end = i;
    if (end < text.length() && isWordStart(text.charAt(end))) {
      int from = start;
      while (end < text.length() && isWordPart(text.charAt(end))) {
        end++;
      }
      throw error(
          "42601",
          "trailing junk after numeric literal at or near \"" + text.substring(from, end) + "\"",
          from);
    }
    return kind;
  }

  private int digits(int from) {
    int i = from;
    while (i < text.length() && isDigit(text.charAt(i))) {
      i++;
    }
    return i;
  }

  private Kind dollar(char after) {
    if (isDigit(after)) {
      end = digits(start + 1);
      return Kind.PARAMETER;
    }
    int i = start + 1;
    while (i < text.length() && isWordPart(text.charAt(i)) && text.charAt(i) != '$') {
      i++;
    }
    if (i >= text.length() || text.charAt(i) != '$') {
      end = start + 1;
      throw error("42601", "syntax error at or near \"$\"", start);
    }
    String tag = text.substring(start, i + 1);
    int close = text.indexOf(tag, i + 1);
    if (close < 0) {
      throw unterminated("dollar-quoted string");
    }
    value = text.substring(i + 1, close);
    end = close + tag.length();
    return Kind.STRING;
  }

  private Kind operator() {
    int i = start;
    boolean special = false;
    while (i < text.length() && OPERATOR_CHARACTERS.indexOf(text.charAt(i)) >= 0) {
      if (i > start && (text.startsWith("--", i) || text.startsWith("/*", i))) {
        break;
      }
      special |= SPECIAL_CHARACTERS.indexOf(text.charAt(i)) >= 0;
      i++;
    }
    while (!special && i > start + 1 && "+-".indexOf(text.charAt(i - 1)) >= 0) {
      i--;
    }
    end = start + Operators.lengthBesideParameter(text.substring(start, i));
    return Kind.OPERATOR;
  }

  /** Reads a string from behind its opening quote, and those that continue it on later lines. */
  private Kind string(int from, boolean escapes) {
    StringBuilder out = new StringBuilder();
    int i = from;
    while (true) {
      if (i >= text.length()) {
        throw unterminated("quoted string");
      }
      char c = text.charAt(i);
      if (c == '\'' && i + 1 < text.length() && text.charAt(i + 1) == '\'') {
        out.append('\'');
        i += 2;
      } else if (c == '\'') {
        int next = continuation(i + 1);
        if (next < 0) {
          break;
        }
        i = next;
      } else if (c == '\\' && escapes) {
        i = StringEscapes.append(text, i, out);
        if (i < 0) {
          throw unterminated("quoted string");
        }
      } else {
        out.append(c);
        i++;
      }
    }
    end = i + 1;
    value = out.toString();
    if (value.indexOf(0) >= 0) {
      throw error("22021", "invalid byte sequence for encoding \"UTF8\": 0x00", start);
    }
    return Kind.STRING;
  }

  /** The offset behind the quote of a continuing string after a line break, or -1. */
  private int continuation(int from) {
    boolean line = false;
    int i = from;
    while (i < text.length() && isSpace(text.charAt(i))) {
      line |= text.charAt(i) == '\n' || text.charAt(i) == '\r';
      i++;
    }
    return line && i < text.length() && text.charAt(i) == '\'' ? i + 1 : -1;
  }

  private SqlSyntaxException unterminated(String what) {
    end = text.length();
    String near = text.substring(start, Math.min(end, start + 40));
    return error("42601", "unterminated " + what + " at or near \"" + near + "\"", start);
  }

  private SqlSyntaxException error(String sqlState, String message, int offset) {
    return new SqlSyntaxException(sqlState, message, text, offset);
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isWordStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
  }

  private static boolean isWordPart(char c) {
    return isWordStart(c) || isDigit(c) || c == '$';
  }
}
