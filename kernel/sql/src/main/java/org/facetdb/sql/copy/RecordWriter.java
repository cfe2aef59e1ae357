package org.facetdb.sql.copy;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes records to a file. Used by one thread; owns the file. */
public interface RecordWriter extends AutoCloseable {
  /** Writes the names of the columns, where the format has a place for them. */
  void header(List<String> names) throws IOException;

  /** Writes a record; {@code null} for NULL. */
  void write(@Nullable String[] fields) throws IOException;

  @Override
  void close() throws IOException;
}
