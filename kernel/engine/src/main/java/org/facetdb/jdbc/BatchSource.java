package org.facetdb.jdbc;

import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;
import org.facetdb.spi.type.Batch;
import org.facetdb.sql.ResultColumn;
import org.jspecify.annotations.Nullable;

/** Where a result set takes its rows from. Used by one thread at a time. */
interface BatchSource {
  List<ResultColumn> columns();

  /** The next rows; {@code null} at the end. The batch is valid until the next call. */
  @Nullable Batch next() throws SQLException;

  /**
   * Tells who is told that the batch it was given last is about to be overwritten, and gets a copy
   * in its place whose rows are those that counted.
   */
  default void onDetach(Consumer<Batch> listener) {}

  /** Ends the statement behind it; any number of times. */
  void close() throws SQLException;
}
