package org.facetdb.sql.copy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes one JSON object per line, NULLs included. Used by one thread. */
final class JsonLinesWriter implements RecordWriter {
  private final JsonGenerator out;
  private final List<String> names;
  private final boolean[] bare;

  /**
   * A writer.
   *
   * @param bare columns whose text is JSON by itself: numbers, booleans, json
   */
  JsonLinesWriter(Writer writer, List<String> names, boolean[] bare) throws IOException {
    this.out = new JsonFactory().createGenerator(writer);
    out.setPrettyPrinter(new MinimalPrettyPrinter("\n"));
    this.names = names;
    this.bare = bare;
  }

  @Override
  public void header(List<String> columns) {}

  @Override
  public void write(@Nullable String[] fields) throws IOException {
    out.writeStartObject();
    for (int i = 0; i < fields.length; i++) {
      out.writeFieldName(names.get(i));
      String field = fields[i];
      if (field == null) {
        out.writeNull();
      } else if (bare[i] && !field.equals("NaN") && !field.endsWith("Infinity")) {
        out.writeRawValue(field);
      } else {
        out.writeString(field);
      }
    }
    out.writeEndObject();
  }

  @Override
  public void close() throws IOException {
    out.writeRaw('\n');
    out.close();
  }
}
