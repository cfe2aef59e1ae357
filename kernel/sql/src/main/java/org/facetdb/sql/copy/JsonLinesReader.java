package org.facetdb.sql.copy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.facetdb.spi.DatabaseException;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON object per line; its keys are column names, an absent key is NULL. Objects and
 * arrays within are taken as text, for columns of type json. Blank lines are skipped. Used by one
 * thread.
 */
final class JsonLinesReader implements RecordReader {
  private static final JsonFactory JSON = new JsonFactory();

  private final CharSource source;
  private final Map<String, Integer> columns = new HashMap<>();
  private final @Nullable String[] fields;
  private final StringBuilder text = new StringBuilder();
  private long line;

  JsonLinesReader(InputStream stream, List<String> names) throws IOException {
    this.source = new CharSource(stream);
    this.fields = new String[names.size()];
    for (int i = 0; i < names.size(); i++) {
      columns.put(names.get(i), i);
    }
  }

  @Override
  public boolean next() throws IOException {
    do {
      if (source.peek() == CharSource.END) {
        return false;
      }
      line = source.line();
      readLine();
    } while (text.toString().isBlank());
    java.util.Arrays.fill(fields, null);
    try (JsonParser parser = JSON.createParser(text.toString())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw malformed("a line must hold a JSON object");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        Integer column = columns.get(name);
        if (column == null) {
          throw malformed("key \"" + name + "\" names no column");
        }
        fields[column] = value(parser);
      }
      if (parser.nextToken() != null) {
        throw malformed("extra data after the JSON object");
      }
    } catch (JsonProcessingException e) {
      throw malformed("invalid JSON: " + e.getOriginalMessage());
    }
    return true;
  }

  private void readLine() throws IOException {
    text.setLength(0);
    for (int c = source.take(); c != CharSource.END && c != '\n'; c = source.take()) {
      text.append((char) c);
    }
  }

  /** A scalar's text; an object or array exactly as it is written. */
  private @Nullable String value(JsonParser parser) throws IOException {
    JsonToken token = parser.nextToken();
    if (token == JsonToken.VALUE_NULL) {
      return null;
    }
    if (token != JsonToken.START_OBJECT && token != JsonToken.START_ARRAY) {
      return parser.getText();
    }
    int start = (int) parser.currentTokenLocation().getCharOffset();
    parser.skipChildren();
    return text.substring(start, (int) parser.currentLocation().getCharOffset());
  }

  private static DatabaseException malformed(String reason) {
    return DatabaseException.user("22P04", reason);
  }

  @Override
  public int size() {
    return fields.length;
  }

  @Override
  public @Nullable String field(int index) {
    return fields[index];
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
