package org.facetdb.sql.type;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.UUID;
import org.facetdb.spi.DatabaseException;

/** Text forms of bytea and uuid. Stateless. */
public final class BytesText {
  private BytesText() {}

  /** Reads the hex form {@code \xDEAD} or the escape form. */
  public static byte[] parseBytea(String text) {
    return text.startsWith("\\x") ? parseHex(text) : parseEscape(text);
  }

  private static byte[] parseHex(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int i = 2;
    while (i < text.length()) {
      if (NumberText.isSpace(text.charAt(i))) {
        i++;
        continue;
      }
      int high = hexDigit(text, i);
      if (i + 1 >= text.length()) {
        throw DatabaseException.user("22023", "invalid hexadecimal data: odd number of digits");
      }
      out.write(high << 4 | hexDigit(text, i + 1));
      i += 2;
    }
    return out.toByteArray();
  }

  private static int hexDigit(String text, int index) {
    char c = text.charAt(index);
    int digit = c < 128 ? Character.digit(c, 16) : -1;
    if (digit < 0) {
      throw DatabaseException.user("22023", "invalid hexadecimal digit: \"" + c + "\"");
    }
    return digit;
  }

  private static byte[] parseEscape(String text) {
    byte[] in = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream(in.length);
    int i = 0;
    while (i < in.length) {
      if (in[i] != '\\') {
        out.write(in[i++]);
      } else if (i + 1 < in.length && in[i + 1] == '\\') {
        out.write('\\');
        i += 2;
      } else if (i + 3 < in.length
          && in[i + 1] >= '0'
          && in[i + 1] <= '3'
          && isOctal(in[i + 2])
          && isOctal(in[i + 3])) {
        out.write((in[i + 1] - '0') << 6 | (in[i + 2] - '0') << 3 | in[i + 3] - '0');
        i += 4;
      } else {
        throw DatabaseException.user("22P02", "invalid input syntax for type bytea");
      }
    }
    return out.toByteArray();
  }

  private static boolean isOctal(byte b) {
    return b >= '0' && b <= '7';
  }

  public static String formatBytea(byte[] value) {
    return "\\x" + HexFormat.of().formatHex(value);
  }

  /** Reads a uuid with or without braces, hyphens after any group of four digits. */
  public static UUID parseUuid(String text) {
    int start = 0;
    int end = text.length();
    if (start < end && text.charAt(0) == '{') {
      if (text.charAt(end - 1) != '}') {
        throw TypeErrors.syntax("uuid", text);
      }
      start++;
      end--;
    }
    long high = 0;
    long low = 0;
    int digits = 0;
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      if (c == '-' && digits > 0 && digits % 4 == 0 && digits < 32 && text.charAt(i - 1) != '-') {
        continue;
      }
      int digit = c < 128 ? Character.digit(c, 16) : -1;
      if (digit < 0 || digits == 32) {
        throw TypeErrors.syntax("uuid", text);
      }
      if (digits < 16) {
        high = high << 4 | digit;
      } else {
        low = low << 4 | digit;
      }
      digits++;
    }
    if (digits != 32) {
      throw TypeErrors.syntax("uuid", text);
    }
    return new UUID(high, low);
  }
}
