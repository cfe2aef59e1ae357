package org.facetdb.sql.copy;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads the records of a file, field by field as text. Used by one thread; owns the file. */
public interface RecordReader extends AutoCloseable {
  /**
   * Reads the next record.
   *
   * @return false at the end
   * @throws org.facetdb.spi.DatabaseException 22P04 if it isn't in the format
   */
  boolean next() throws IOException;

  /** How many fields the record has. */
  int size();

  /** A field, {@code null} for NULL. */
  @Nullable String field(int index);

  /** The line on which the record begins, from 1; after a failure, where it was found. */
  long line();

  @Override
  void close() throws IOException;
}
