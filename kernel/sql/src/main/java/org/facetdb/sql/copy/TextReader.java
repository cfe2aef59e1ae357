package org.facetdb.sql.copy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads PostgreSQL's text format: a line per record, backslash sequences, {@code \.} for the end.
 * Used by one thread.
 */
final class TextReader implements RecordReader {
  private final CharSource source;
  private final CopyFormat format;
  private final FieldList fields = new FieldList();
  private final StringBuilder raw = new StringBuilder();
  private final StringBuilder text = new StringBuilder();
  private long line;
  private boolean ended;

  TextReader(InputStream stream, CopyFormat format) throws IOException {
    this.source = new CharSource(stream);
    this.format = format;
  }

  @Override
  public boolean next() throws IOException {
    fields.clear();
    line = source.line();
    if (ended || source.peek() == CharSource.END) {
      return false;
    }
    int end;
    do {
      end = readField();
    } while (end == format.delimiter());
    if (fields.size() == 1 && raw.toString().equals("\\.")) {
      ended = true;
      return false;
    }
    return true;
  }

  private int readField() throws IOException {
    raw.setLength(0);
    text.setLength(0);
    int c = source.take();
    while (c != CharSource.END && c != '\n' && c != format.delimiter()) {
      raw.append((char) c);
      if (c == '\\') {
        readEscape();
      } else {
        text.append((char) c);
      }
      c = source.take();
    }
    fields.add(raw.toString().equals(format.nullText()) ? null : text.toString());
    return c;
  }

  private void readEscape() throws IOException {
    int c = source.take();
    if (c == CharSource.END) {
      return;
    }
    raw.append((char) c);
    switch (c) {
      case 'b' -> text.append('\b');
      case 'f' -> text.append('\f');
      case 'n' -> text.append('\n');
      case 'r' -> text.append('\r');
      case 't' -> text.append('\t');
      case 'v' -> text.append('\u000B');
      case 'x' -> readNumber(16, 2);
      case '0', '1', '2', '3', '4', '5', '6', '7' -> {
        int value = Character.digit(c, 8);
        for (int i = 0; i < 2 && Character.digit(source.peek(), 8) >= 0; i++) {
          int digit = source.take();
          raw.append((char) digit);
          value = value * 8 + Character.digit(digit, 8);
        }
        appendByte(value);
      }
      default -> text.append((char) c);
    }
  }

  private void readNumber(int radix, int digitsMax) throws IOException {
    int value = 0;
    int digits = 0;
    while (digits < digitsMax && Character.digit(source.peek(), radix) >= 0) {
      int digit = source.take();
      raw.append((char) digit);
      value = value * radix + Character.digit(digit, radix);
      digits++;
    }
    if (digits == 0) {
      text.append('x');
    } else {
      appendByte(value);
    }
  }

  /** Bytes beyond ASCII stand for themselves in UTF-8 only where they form a character. */
  private void appendByte(int value) {
    text.append(new String(new byte[] {(byte) value}, StandardCharsets.ISO_8859_1));
  }

  @Override
  public int size() {
    return fields.size();
  }

  @Override
  public @Nullable String field(int index) {
    return fields.get(index);
  }

  @Override
  public long line() {
    return line;
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
