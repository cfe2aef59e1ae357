package org.facetdb.sql.copy;

import java.io.IOException;
import java.io.Writer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes CSV that {@link CsvReader} reads back as it was. Used by one thread. */
final class CsvWriter implements RecordWriter {
  private final Writer out;
  private final CopyFormat format;

  CsvWriter(Writer out, CopyFormat format) {
    this.out = out;
    this.format = format;
  }

  @Override
  public void header(List<String> names) throws IOException {
    write(names.toArray(new String[0]));
  }

  @Override
  public void write(@Nullable String[] fields) throws IOException {
    for (int i = 0; i < fields.length; i++) {
      if (i > 0) {
        out.write(format.delimiter());
      }
      String field = fields[i];
      if (field == null) {
        out.write(format.nullText());
      } else if (needsQuotes(field, fields.length)) {
        quote(field);
      } else {
        out.write(field);
      }
    }
    out.write('\n');
  }

  private boolean needsQuotes(String field, int fieldCount) {
    if (field.equals(format.nullText()) || fieldCount == 1 && field.equals("\\.")) {
      return true;
    }
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (c == format.delimiter() || c == format.quote() || c == '\n' || c == '\r') {
        return true;
      }
    }
    return false;
  }

  private void quote(String field) throws IOException {
    out.write(format.quote());
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (c == format.quote() || c == format.escape()) {
        out.write(format.escape());
      }
      out.write(c);
    }
    out.write(format.quote());
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
