package org.facetdb.sql.copy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;
import org.facetdb.spi.DatabaseException;

/** Characters of a UTF-8 file with one of look-ahead, counting lines. Used by one thread. */
final class CharSource implements AutoCloseable {
  static final int END = -1;

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final InputStream stream;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);
  private final ByteBuffer bytes = ByteBuffer.allocate(1 << 16).flip();
  private final char[] buffer = new char[1 << 16];
  private boolean begun;
  private boolean ended;
  private int position;
  private int limit;
  private long line = 1;

  CharSource(InputStream stream) {
    this.stream = stream;
  }

  /** The next character without taking it, {@link #END} at the end. */
  int peek() throws IOException {
    return position < limit || fill() ? buffer[position] : END;
  }

  /** Takes the next character; an end of line of any kind comes as one {@code '\n'}. */
  int take() throws IOException {
    if (position == limit && !fill()) {
      return END;
    }
    char c = buffer[position++];
    if (c == '\r') {
      if (peek() == '\n') {
        position++;
      }
      line++;
      return '\n';
    }
    if (c == '\n') {
      line++;
    }
    return c;
  }

  /** Takes the next character as it is, ends of lines included. */
  int takeRaw() throws IOException {
    if (position == limit && !fill()) {
      return END;
    }
    char c = buffer[position++];
    if (c == '\n' || c == '\r' && peek() != '\n') {
      line++;
    }
    return c;
  }

  private boolean fill() throws IOException {
    position = 0;
    limit = decode();
    if (!begun && limit > 0) {
      begun = true;
      if (buffer[0] == BYTE_ORDER_MARK) {
        position++;
        return limit > position || fill();
      }
    }
    return limit > 0;
  }

  /**
   * Decodes up to the next bad byte, which fails when its turn comes: the line is known then.
   *
   * @return how many characters, 0 at the end
   */
  private int decode() throws IOException {
    CharBuffer chars = CharBuffer.wrap(buffer);
    while (true) {
      CoderResult result = decoder.decode(bytes, chars, ended);
      if (chars.position() > 0) {
        return chars.position();
      }
      if (result.isError()) {
        throw DatabaseException.user(
            "22021",
            "invalid byte sequence for encoding \"UTF8\": " + hex(Math.max(1, result.length())));
      }
      if (ended) {
        return 0;
      }
      bytes.compact();
      int count = stream.read(bytes.array(), bytes.position(), bytes.remaining());
      ended = count < 0;
      bytes.position(bytes.position() + Math.max(count, 0)).flip();
    }
  }

  private String hex(int count) {
    StringJoiner text = new StringJoiner(" ");
    for (int i = 0; i < count; i++) {
      text.add("0x%02x".formatted(bytes.get(bytes.position() + i)));
    }
    return text.toString();
  }

  /** The line of the next character, from 1. */
  long line() {
    return line;
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
