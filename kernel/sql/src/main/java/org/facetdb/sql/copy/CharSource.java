package org.facetdb.sql.copy;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.facetdb.spi.DatabaseException;

/** Characters of a UTF-8 file with one of look-ahead, counting lines. Used by one thread. */
final class CharSource implements AutoCloseable {
  static final int END = -1;

  private final Reader reader;
  private final char[] buffer = new char[1 << 16];
  private int position;
  private int limit;
  private long line = 1;

  CharSource(InputStream stream) throws IOException {
    this.reader =
        new InputStreamReader(
            stream,
            StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT));
    if (peek() == '\uFEFF') {
      position++;
    }
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
    try {
      int count = reader.read(buffer, 0, buffer.length);
      if (count <= 0) {
        return false;
      }
      position = 0;
      limit = count;
      return true;
    } catch (CharacterCodingException e) {
      throw DatabaseException.user("22021", "invalid byte sequence for encoding \"UTF8\"");
    }
  }

  /** The line of the next character, from 1. */
  long line() {
    return line;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
