package org.facetdb.sql.type;

import org.facetdb.spi.DatabaseException;

/**
 * A checking scanner over a JSON text (RFC 8259). It builds nothing: callers walk the text by
 * position. Not thread-safe, one per text.
 */
public final class JsonText {
  private static final int MAX_DEPTH = 6_000;

  private final String text;
  private int at;
  private int depth;

  public JsonText(String text) {
    this.text = text;
  }

  /** Throws 22P02 unless {@code text} is one JSON value. */
  public static String check(String text) {
    JsonText scanner = new JsonText(text);
    scanner.skipValue();
    scanner.skipSpace();
    if (scanner.at < text.length()) {
      throw scanner.error();
    }
    return text;
  }

  public int position() {
    return at;
  }

  /** The next character that is not blank, without taking it; 0 at the end. */
  public char peek() {
    skipSpace();
    return at < text.length() ? text.charAt(at) : 0;
  }

  /** Takes a character that must come next. */
  public void take(char expected) {
    if (peek() != expected) {
      throw error();
    }
    at++;
  }

  /** Takes the character if it comes next. */
  public boolean takeIf(char wanted) {
    if (peek() != wanted) {
      return false;
    }
    at++;
    return true;
  }

  private void skipSpace() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  /** Skips one value and checks its form. */
  public void skipValue() {
    char c = peek();
    switch (c) {
      case '{' -> skipObject();
      case '[' -> skipArray();
      case '"' -> takeString();
      case 't' -> skipWord("true");
      case 'f' -> skipWord("false");
      case 'n' -> skipWord("null");
      default -> skipNumber();
    }
  }

  private void enter() {
    if (++depth > MAX_DEPTH) {
      throw DatabaseException.user("54001", "stack depth limit exceeded");
    }
  }

  private void skipObject() {
    enter();
    take('{');
    if (!takeIf('}')) {
      do {
        if (peek() != '"') {
          throw error();
        }
        takeString();
        take(':');
        skipValue();
      } while (takeIf(','));
      take('}');
    }
    depth--;
  }

  private void skipArray() {
    enter();
    take('[');
    if (!takeIf(']')) {
      do {
        skipValue();
      } while (takeIf(','));
      take(']');
    }
    depth--;
  }

  private void skipWord(String word) {
    int end = at + word.length();
    if (!text.startsWith(word, at)
        || (end < text.length() && Character.isLetterOrDigit(text.charAt(end)))) {
      throw error();
    }
    at = end;
  }

  private void skipNumber() {
    int start = at;
    if (at < text.length() && text.charAt(at) == '-') {
      at++;
    }
    int whole = at;
    skipDigits();
    if (at == whole || (text.charAt(whole) == '0' && at > whole + 1)) {
      at = start;
      throw error();
    }
    if (at < text.length() && text.charAt(at) == '.') {
      at++;
      skipSomeDigits(start);
    }
    if (at < text.length() && (text.charAt(at) | 0x20) == 'e') {
      at++;
      if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
        at++;
      }
      skipSomeDigits(start);
    }
  }

  private void skipSomeDigits(int start) {
    int from = at;
    skipDigits();
    if (at == from) {
      at = start;
      throw error();
    }
  }

  private void skipDigits() {
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
  }

  /** Takes a string and returns what it says, escapes resolved. */
  public String takeString() {
    take('"');
    StringBuilder out = new StringBuilder();
    while (true) {
      if (at >= text.length()) {
        throw error();
      }
      char c = text.charAt(at++);
      if (c == '"') {
        return out.toString();
      }
      if (c < 0x20) {
        at--;
        throw error();
      }
      out.append(c == '\\' ? takeEscape() : c);
    }
  }

  private char takeEscape() {
    char c = at < text.length() ? text.charAt(at++) : 0;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> takeUnicode();
      default -> throw error();
    };
  }

  private char takeUnicode() {
    int code = 0;
    for (int i = 0; i < 4; i++) {
      int digit = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
      if (digit < 0) {
        throw error();
      }
      code = code << 4 | digit;
      at++;
    }
    return (char) code;
  }

  private DatabaseException error() {
    DatabaseException error = DatabaseException.user("22P02", "invalid input syntax for type json");
    if (at >= text.length()) {
      return error.withDetail("The input string ended unexpectedly.");
    }
    int end = at;
    while (end < text.length() && Character.isLetterOrDigit(text.charAt(end))) {
      end++;
    }
    String token = text.substring(at, Math.max(end, at + 1));
    return error.withDetail("Token \"" + token + "\" is invalid.");
  }
}
