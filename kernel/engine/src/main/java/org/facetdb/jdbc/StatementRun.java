package org.facetdb.jdbc;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.Notice;
import org.facetdb.sql.PreparedSql;
import org.facetdb.sql.Result;
import org.facetdb.sql.ResultColumn;
import org.jspecify.annotations.Nullable;

/**
 * One execution of one statement. Its first batch is fetched at once, so that an error in the first
 * rows is one of {@code execute}, not of {@code next}.
 *
 * <p>Used under the connection's lock. Owns its result.
 */
final class StatementRun implements BatchSource {
  private final FacetConnection connection;
  private final FacetStatement statement;
  private final Source source;
  private final Result result;
  private final List<ResultColumn> columns;
  private final Deque<Batch> kept = new ArrayDeque<>();
  private @Nullable Batch first;
  private @Nullable Batch given;
  private @Nullable Consumer<Batch> detached;
  private boolean ended;

  /**
   * The text that a statement came from, for the place of an error.
   *
   * @param offset where the statement begins in the script
   */
  record Source(String script, int offset, PreparedSql sql) {}

  StatementRun(FacetConnection connection, FacetStatement statement, Source source, Result result) {
    this.connection = connection;
    this.statement = statement;
    this.source = source;
    this.result = result;
    this.columns = result.columns();
  }

  /** Takes the first batch; closes the result if that fails or if there are no rows to come. */
  void start() {
    try {
      if (!columns.isEmpty()) {
        first = result.nextBatch();
      }
      if (first == null) {
        finish();
      }
    } catch (Throwable failure) {
      finish();
      throw failure;
    }
  }

  boolean hasRows() {
    return !columns.isEmpty();
  }

  boolean isEnded() {
    return ended;
  }

  List<Notice> notices() {
    return result.notices();
  }

  /** Rows changed; 0 where the statement doesn't count. */
  long updateCount() {
    return Math.max(0, result.updateCount());
  }

  @Override
  public List<ResultColumn> columns() {
    return columns;
  }

  @Override
  public @Nullable Batch next() throws SQLException {
    if (first == null && !ended) {
      connection.perform(statement, source, this::fetch);
    }
    Batch next = first != null ? first : kept.poll();
    first = null;
    given = next;
    return next;
  }

  private void fetch() {
    try {
      first = result.nextBatch();
    } catch (Throwable failure) {
      finish();
      throw failure;
    }
  }

  @Override
  public void onDetach(Consumer<Batch> listener) {
    detached = listener;
  }

  /**
   * Takes the rows that are left into memory and ends the statement: the session runs one statement
   * at a time, while JDBC lets several results be read side by side. Called under the connection's
   * lock.
   */
  void detach() {
    try {
      Batch current = given;
      if (current != null && detached != null) {
        detached.accept(copy(current));
      }
      for (Batch batch = first != null ? first : result.nextBatch();
          batch != null;
          batch = result.nextBatch()) {
        kept.add(copy(batch));
      }
      first = null;
    } finally {
      finish();
    }
  }

  private static Batch copy(Batch batch) {
    int count = batch.selectedCount();
    Vector[] columns = new Vector[batch.columnCount()];
    for (int c = 0; c < columns.length; c++) {
      columns[c] = Vector.create(batch.column(c).type(), count);
      for (int k = 0; k < count; k++) {
        columns[c].copyFrom(batch.column(c), batch.row(k), k);
      }
    }
    return new Batch(columns, count);
  }

  @Override
  public void close() throws SQLException {
    kept.clear();
    if (!ended) {
      connection.perform(statement, source, this::finish);
    }
  }

  /** Closes the result; called under the connection's lock. */
  void finish() {
    if (!ended) {
      ended = true;
      connection.ended(this);
      result.close();
    }
  }
}
