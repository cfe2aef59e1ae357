package org.facetdb.sql.copy;

import java.io.IOException;
import java.io.Writer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes PostgreSQL's text format. Used by one thread. */
final class TextWriter implements RecordWriter {
  private final Writer out;
  private final CopyFormat format;

  TextWriter(Writer out, CopyFormat format) {
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
      } else {
        escape(field);
      }
    }
    out.write('\n');
  }

  private void escape(String field) throws IOException {
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      switch (c) {
        case '\b' -> out.write("\\b");
        case '\f' -> out.write("\\f");
        case '\n' -> out.write("\\n");
        case '\r' -> out.write("\\r");
        case '\t' -> out.write("\\t");
        case '\u000B' -> out.write("\\v");
        case '\\' -> out.write("\\\\");
        default -> {
          if (c == format.delimiter()) {
            out.write('\\');
          }
          out.write(c);
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
