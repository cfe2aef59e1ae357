package org.facetdb.sql.function;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.function.FunctionContext;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.Vector;
import org.jspecify.annotations.Nullable;

/** What the functions on text do to a single value. Stateless. */
final class StringTools {
  private static final int MAX_BYTES = 1 << 30;
  private static final Pattern PLAIN_IDENTIFIER = Pattern.compile("[a-z_][a-z0-9_$]*");

  private StringTools() {}

  /** Characters of a row: bytes that do not continue one. */
  static int characters(BytesVector vector, int row) {
    byte[] data = vector.data();
    int from = vector.offset(row);
    int end = from + vector.length(row);
    int count = 0;
    for (int i = from; i < end; i++) {
      count += (data[i] & 0xc0) != 0x80 ? 1 : 0;
    }
    return count;
  }

  /** Stores the characters [start, end), both counted from 1. */
  static void substring(BytesVector source, int row, long start, long end, Vector result) {
    byte[] data = source.data();
    int limit = source.offset(row) + source.length(row);
    int from = advance(data, source.offset(row), limit, Math.max(0, start - 1));
    int to = advance(data, from, limit, Math.max(0, end - Math.max(1, start)));
    ((BytesVector) result).set(row, data, from, to - from);
  }

  /** Skips characters, at most to {@code limit}. */
  private static int advance(byte[] data, int from, int limit, long characters) {
    if (characters >= limit - from) {
      return limit;
    }
    int at = from;
    for (long left = characters; left > 0 && at < limit; left--) {
      at++;
      while (at < limit && (data[at] & 0xc0) == 0x80) {
        at++;
      }
    }
    return at;
  }

  static void concatenate(
      Vector[] arguments, int[] rows, int count, Vector result, FunctionContext context) {
    BytesVector a = (BytesVector) arguments[0];
    BytesVector b = (BytesVector) arguments[1];
    BytesVector r = (BytesVector) result;
    for (int k = 0; k < count; k++) {
      int i = rows[k];
      int length = a.length(i) + b.length(i);
      int start = r.allocate(length);
      System.arraycopy(a.data(), a.offset(i), r.data(), start, a.length(i));
      System.arraycopy(b.data(), b.offset(i), r.data(), start + a.length(i), b.length(i));
      r.setSlice(i, start, length);
    }
  }

  static String capitalised(String value) {
    StringBuilder out = new StringBuilder();
    boolean inWord = false;
    for (int i = 0; i < value.length(); ) {
      int c = value.codePointAt(i);
      i += Character.charCount(c);
      out.appendCodePoint(inWord ? Character.toLowerCase(c) : Character.toUpperCase(c));
      inWord = Character.isLetterOrDigit(c);
    }
    return out.toString();
  }

  static String digest(String algorithm, byte[] bytes) {
    return HexFormat.of().formatHex(hash(algorithm, bytes));
  }

  static byte[] hash(String algorithm, byte[] bytes) {
    try {
      return MessageDigest.getInstance(algorithm).digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw DatabaseException.internal("no digest " + algorithm, e);
    }
  }

  static String quotedLiteral(String value) {
    String quoted = "'" + value.replace("'", "''").replace("\\", "\\\\") + "'";
    return value.indexOf('\\') >= 0 ? "E" + quoted : quoted;
  }

  static String quotedIdentifier(String value) {
    return PLAIN_IDENTIFIER.matcher(value).matches()
        ? value
        : '"' + value.replace("\"", "\"\"") + '"';
  }

  /** The match of a regular expression, or of its first group; null if there is none. */
  static @Nullable String regexSubstring(String value, String pattern) {
    Matcher matcher = RegexText.compile(pattern, false).matcher(value);
    if (!matcher.find()) {
      return null;
    }
    return matcher.groupCount() > 0 ? matcher.group(1) : matcher.group();
  }

  static String trimmed(String value, String set, boolean start, boolean end) {
    int from = 0;
    int to = value.length();
    while (start && from < to && set.indexOf(value.codePointAt(from)) >= 0) {
      from += Character.charCount(value.codePointAt(from));
    }
    while (end && to > from && set.indexOf(value.codePointBefore(to)) >= 0) {
      to -= Character.charCount(value.codePointBefore(to));
    }
    return value.substring(from, to);
  }

  static String repeated(String value, int times) {
    if (times > 0 && (long) value.length() * times > MAX_BYTES) {
      throw DatabaseException.user("54000", "requested length too large");
    }
    return times <= 0 ? "" : value.repeat(times);
  }

  static String padded(String value, int length, String fill, boolean left) {
    if (length > MAX_BYTES / 4) {
      throw DatabaseException.user("54000", "requested length too large");
    }
    int[] characters = value.codePoints().toArray();
    if (characters.length >= length || fill.isEmpty()) {
      return new String(characters, 0, Math.max(0, Math.min(length, characters.length)));
    }
    int[] filling = fill.codePoints().toArray();
    int missing = length - characters.length;
    StringBuilder out = new StringBuilder();
    if (!left) {
      out.append(value);
    }
    for (int i = 0; i < missing; i++) {
      out.appendCodePoint(filling[i % filling.length]);
    }
    return left ? out.append(value).toString() : out.toString();
  }

  /** Where {@code part} begins, in characters from 1; 0 if nowhere. */
  static int position(String value, String part) {
    int index = value.indexOf(part);
    return index < 0 ? 0 : value.codePointCount(0, index) + 1;
  }

  static String translated(String value, String from, String to) {
    int[] sources = from.codePoints().toArray();
    int[] targets = to.codePoints().toArray();
    StringBuilder out = new StringBuilder();
    value
        .codePoints()
        .forEach(
            c -> {
              int k = 0;
              while (k < sources.length && sources[k] != c) {
                k++;
              }
              if (k == sources.length) {
                out.appendCodePoint(c);
              } else if (k < targets.length) {
                out.appendCodePoint(targets[k]);
              }
            });
    return out.toString();
  }

  /** The n-th field; negative n counts from the end. */
  static String part(String value, String delimiter, int n) {
    if (n == 0) {
      throw DatabaseException.user("22023", "field position must not be zero");
    }
    if (value.isEmpty()) {
      return "";
    }
    if (delimiter.isEmpty()) {
      return n == 1 || n == -1 ? value : "";
    }
    String[] fields = value.split(Pattern.quote(delimiter), -1);
    int index = n > 0 ? n - 1 : fields.length + n;
    return index >= 0 && index < fields.length ? fields[index] : "";
  }

  static String character(int code) {
    if (code == 0) {
      throw DatabaseException.user("54000", "null character not permitted");
    }
    if (code < 0) {
      throw DatabaseException.user("54000", "character number must be positive");
    }
    if (code > Character.MAX_CODE_POINT || (code >= 0xd800 && code < 0xe000)) {
      throw DatabaseException.user("54000", "requested character too large for encoding: " + code);
    }
    return Character.toString(code);
  }

  static byte[] utf8(String value) {
    return value.getBytes(StandardCharsets.UTF_8);
  }
}
