package org.facetdb.jdbc;

import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.facetdb.sql.Notice;
import org.facetdb.sql.StatementText;
import org.jspecify.annotations.Nullable;

/**
 * Runs statements given as text; several in one text run one after the other, and {@link
 * #getMoreResults()} walks their results.
 *
 * <p>Used by one thread at a time, but for {@link #cancel}. Owns the results that it gave.
 */
class FacetStatement implements Statement {
  final FacetConnection connection;
  private final List<String> batch = new ArrayList<>();
  private final Deque<Outcome> outcomes = new ArrayDeque<>();
  private @Nullable FacetResultSet resultSet;
  private long updateCount = -1;
  private long maxRows;
  private int maxFieldSize;
  private int fetchSize;
  private int timeoutSeconds;
  private boolean escapes = true;
  private boolean poolable;
  private boolean closeOnCompletion;
  private @Nullable SQLWarning warnings;
  private volatile boolean closed;

  /** What one statement of a text gave: rows or a count. */
  private record Outcome(@Nullable FacetResultSet rows, long count) {}

  FacetStatement(FacetConnection connection) {
    this.connection = connection;
  }

  final void checkOpen() throws SQLException {
    if (closed) {
      throw SqlErrors.create("the statement is closed", "55000");
    }
    connection.checkOpen();
  }

  /** Query timeout, 0 for none. */
  final long timeoutMillis() {
    return timeoutSeconds * 1000L;
  }

  final String translated(String sql) throws SQLException {
    if (sql == null) {
      throw SqlErrors.create("the statement's text is null", "22023");
    }
    return escapes ? EscapeSyntax.translate(sql) : sql;
  }

  /** Forgets the results of the last execution, closing them. */
  final void closeResults() throws SQLException {
    FacetResultSet current = resultSet;
    resultSet = null;
    updateCount = -1;
    warnings = null;
    if (current != null) {
      current.close();
    }
    for (Outcome outcome = outcomes.poll(); outcome != null; outcome = outcomes.poll()) {
      if (outcome.rows() != null) {
        outcome.rows().close();
      }
    }
  }

  final void add(StatementRun run) {
    for (Notice notice : run.notices()) {
      warnings = SqlErrors.chained(warnings, SqlErrors.warning(notice));
    }
    if (!run.hasRows()) {
      outcomes.add(new Outcome(null, run.updateCount()));
      return;
    }
    outcomes.add(new Outcome(new FacetResultSet(this, run, maxRows), -1));
  }

  /** Moves to the next outcome; true if it has rows. */
  final boolean advance() {
    Outcome outcome = outcomes.poll();
    resultSet = outcome == null ? null : outcome.rows();
    updateCount = outcome == null ? -1 : outcome.count();
    return resultSet != null;
  }

  private boolean run(String text) throws SQLException {
    checkOpen();
    closeResults();
    String script = translated(text);
    List<StatementText> parts = connection.split(script);
    for (StatementText part : parts) {
      StatementRun.Source source = connection.prepare(this, script, part);
      add(connection.execute(this, source, List.of()));
    }
    return advance();
  }

  @Override
  public boolean execute(String sql) throws SQLException {
    refusePrepared();
    return run(sql);
  }

  @Override
  public ResultSet executeQuery(String sql) throws SQLException {
    refusePrepared();
    run(sql);
    return rowsOfQuery();
  }

  final ResultSet rowsOfQuery() throws SQLException {
    FacetResultSet rows = resultSet;
    if (rows == null) {
      throw SqlErrors.create("the statement returned no rows; it is no query", "02000");
    }
    return rows;
  }

  @Override
  public long executeLargeUpdate(String sql) throws SQLException {
    refusePrepared();
    if (run(sql)) {
      closeResults();
      throw SqlErrors.create("the statement returned rows where a count was asked for", "0100E");
    }
    return updateCount;
  }

  @Override
  public int executeUpdate(String sql) throws SQLException {
    return narrow(executeLargeUpdate(sql));
  }

  static int narrow(long count) {
    return (int) Math.min(count, Integer.MAX_VALUE);
  }

  /** Only a prepared statement refuses. */
  void refusePrepared() throws SQLException {}

  static void refuseGeneratedKeys(int asked) throws SQLException {
    if (asked != NO_GENERATED_KEYS && asked != 0) {
      throw SqlErrors.unsupported("returning generated keys");
    }
  }

  @Override
  public boolean execute(String sql, int generatedKeys) throws SQLException {
    refuseGeneratedKeys(generatedKeys);
    return execute(sql);
  }

  @Override
  public boolean execute(String sql, int[] keyColumns) throws SQLException {
    refuseGeneratedKeys(keyColumns == null ? 0 : keyColumns.length);
    return execute(sql);
  }

  @Override
  public boolean execute(String sql, String[] keyColumns) throws SQLException {
    refuseGeneratedKeys(keyColumns == null ? 0 : keyColumns.length);
    return execute(sql);
  }

  @Override
  public int executeUpdate(String sql, int generatedKeys) throws SQLException {
    refuseGeneratedKeys(generatedKeys);
    return executeUpdate(sql);
  }

  @Override
  public int executeUpdate(String sql, int[] keyColumns) throws SQLException {
    refuseGeneratedKeys(keyColumns == null ? 0 : keyColumns.length);
    return executeUpdate(sql);
  }

  @Override
  public int executeUpdate(String sql, String[] keyColumns) throws SQLException {
    refuseGeneratedKeys(keyColumns == null ? 0 : keyColumns.length);
    return executeUpdate(sql);
  }

  /** Empty: no keys are generated. */
  @Override
  public ResultSet getGeneratedKeys() throws SQLException {
    checkOpen();
    return new FacetResultSet(this, new ListRows(List.of(), List.of()), 0);
  }

  @Override
  public void addBatch(String sql) throws SQLException {
    checkOpen();
    refusePrepared();
    batch.add(sql);
  }

  @Override
  public void clearBatch() throws SQLException {
    checkOpen();
    batch.clear();
  }

  /** Runs the statements one by one; each commits by itself while autocommit is on. */
  @Override
  public int[] executeBatch() throws SQLException {
    checkOpen();
    List<String> texts = List.copyOf(batch);
    batch.clear();
    int[] counts = new int[texts.size()];
    for (int i = 0; i < counts.length; i++) {
      try {
        counts[i] = narrow(executeLargeUpdate(texts.get(i)));
      } catch (SQLException failure) {
        throw failedBatch(failure, Arrays.copyOf(counts, i));
      }
    }
    return counts;
  }

  static BatchUpdateException failedBatch(SQLException failure, int[] counts) {
    return new BatchUpdateException(
        "batch entry " + counts.length + ": " + failure.getMessage(),
        failure.getSQLState(),
        failure.getErrorCode(),
        counts,
        failure);
  }

  @Override
  public @Nullable ResultSet getResultSet() throws SQLException {
    checkOpen();
    return resultSet;
  }

  @Override
  public int getUpdateCount() throws SQLException {
    return narrow(getLargeUpdateCount());
  }

  @Override
  public long getLargeUpdateCount() throws SQLException {
    checkOpen();
    return updateCount;
  }

  @Override
  public boolean getMoreResults() throws SQLException {
    return getMoreResults(CLOSE_CURRENT_RESULT);
  }

  @Override
  public boolean getMoreResults(int current) throws SQLException {
    checkOpen();
    FacetResultSet shown = resultSet;
    if (shown != null && current != KEEP_CURRENT_RESULT) {
      resultSet = null;
      shown.close();
    }
    return advance();
  }

  @Override
  public void cancel() throws SQLException {
    checkOpen();
    connection.cancel(this);
  }

  @Override
  public void close() throws SQLException {
    if (!closed) {
      closed = true;
      if (!connection.isClosed()) {
        closeResults();
      }
    }
  }

  /** Called by a result set of this statement when it is closed. */
  final void resultClosed(FacetResultSet rows) throws SQLException {
    if (closeOnCompletion && rows == resultSet && outcomes.isEmpty()) {
      resultSet = null;
      close();
    }
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  @Override
  public void closeOnCompletion() throws SQLException {
    checkOpen();
    closeOnCompletion = true;
  }

  @Override
  public boolean isCloseOnCompletion() throws SQLException {
    checkOpen();
    return closeOnCompletion;
  }

  @Override
  public Connection getConnection() throws SQLException {
    checkOpen();
    return connection;
  }

  @Override
  public int getQueryTimeout() throws SQLException {
    checkOpen();
    return timeoutSeconds;
  }

  @Override
  public void setQueryTimeout(int seconds) throws SQLException {
    timeoutSeconds = notNegative("query timeout", seconds);
  }

  @Override
  public int getMaxRows() throws SQLException {
    return narrow(getLargeMaxRows());
  }

  @Override
  public void setMaxRows(int rows) throws SQLException {
    maxRows = notNegative("row limit", rows);
  }

  @Override
  public long getLargeMaxRows() throws SQLException {
    checkOpen();
    return maxRows;
  }

  @Override
  public void setLargeMaxRows(long rows) throws SQLException {
    notNegative("row limit", Math.clamp(rows, -1, Integer.MAX_VALUE));
    maxRows = rows;
  }

  @Override
  public int getMaxFieldSize() throws SQLException {
    checkOpen();
    return maxFieldSize;
  }

  /** A limit on what is shown; nothing is cut. */
  @Override
  public void setMaxFieldSize(int bytes) throws SQLException {
    maxFieldSize = notNegative("field size", bytes);
  }

  @Override
  public int getFetchSize() throws SQLException {
    checkOpen();
    return fetchSize;
  }

  /** A hint: rows come in the batches in which they are made. */
  @Override
  public void setFetchSize(int rows) throws SQLException {
    fetchSize = notNegative("fetch size", rows);
  }

  private int notNegative(String what, int value) throws SQLException {
    checkOpen();
    if (value < 0) {
      throw SqlErrors.create("the " + what + " is negative: " + value, "22023");
    }
    return value;
  }

  @Override
  public int getFetchDirection() throws SQLException {
    checkOpen();
    return ResultSet.FETCH_FORWARD;
  }

  @Override
  public void setFetchDirection(int direction) throws SQLException {
    checkOpen();
    if (direction != ResultSet.FETCH_FORWARD) {
      throw SqlErrors.unsupported("fetching backward");
    }
  }

  @Override
  public void setEscapeProcessing(boolean on) throws SQLException {
    checkOpen();
    escapes = on;
  }

  @Override
  public void setCursorName(String name) throws SQLException {
    throw SqlErrors.unsupported("a cursor name");
  }

  @Override
  public int getResultSetType() throws SQLException {
    checkOpen();
    return ResultSet.TYPE_FORWARD_ONLY;
  }

  @Override
  public int getResultSetConcurrency() throws SQLException {
    checkOpen();
    return ResultSet.CONCUR_READ_ONLY;
  }

  @Override
  public int getResultSetHoldability() throws SQLException {
    checkOpen();
    return ResultSet.CLOSE_CURSORS_AT_COMMIT;
  }

  @Override
  public boolean isPoolable() throws SQLException {
    checkOpen();
    return poolable;
  }

  @Override
  public void setPoolable(boolean hint) throws SQLException {
    checkOpen();
    poolable = hint;
  }

  @Override
  public @Nullable SQLWarning getWarnings() throws SQLException {
    checkOpen();
    return warnings;
  }

  @Override
  public void clearWarnings() throws SQLException {
    checkOpen();
    warnings = null;
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return Wrappers.unwrap(this, type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }
}
