package org.facetdb.sql.copy;

import java.io.IOException;
import java.io.InputStream;
import org.facetdb.spi.DatabaseException;
import org.jspecify.annotations.Nullable;

/**
 * Reads CSV as PostgreSQL does: a quote anywhere in a field toggles quoting, the escape before a
 * quote or itself stands for it, and only an unquoted field can be NULL. Used by one thread.
 */
final class CsvReader implements RecordReader {
  private final CharSource source;
  private final CopyFormat format;
  private final FieldList fields = new FieldList();
  private final StringBuilder text = new StringBuilder();
  private long line;

  CsvReader(InputStream stream, CopyFormat format) throws IOException {
    this.source = new CharSource(stream);
    this.format = format;
  }

  @Override
  public boolean next() throws IOException {
    fields.clear();
    line = source.line();
    if (source.peek() == CharSource.END) {
      return false;
    }
    int end;
    do {
      end = readField();
    } while (end == format.delimiter());
    return true;
  }

  /** Reads a field and returns what ended it. */
  private int readField() throws IOException {
    text.setLength(0);
    boolean quoted = false;
    int c = source.take();
    while (c != CharSource.END && c != '\n' && c != format.delimiter()) {
      if (c == format.quote()) {
        quoted = true;
        readQuoted();
      } else {
        text.append((char) c);
      }
      c = source.take();
    }
    String value = text.toString();
    fields.add(!quoted && value.equals(format.nullText()) ? null : value);
    return c;
  }

  private void readQuoted() throws IOException {
    while (true) {
      int c = source.takeRaw();
      if (c == CharSource.END) {
        throw DatabaseException.user("22P04", "unterminated CSV quoted field");
      }
      int following = source.peek();
      if (c == format.escape() && (following == format.quote() || following == format.escape())) {
        text.append((char) source.takeRaw());
      } else if (c == format.quote()) {
        return;
      } else {
        text.append((char) c);
      }
    }
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
