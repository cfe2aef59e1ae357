package org.facetdb.jdbc;

import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.facetdb.Database;
import org.facetdb.Session;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.PreparedSql;
import org.facetdb.sql.Result;
import org.facetdb.sql.StatementText;
import org.jspecify.annotations.Nullable;

/**
 * A session as JDBC sees it. With autocommit off a transaction begins with the first statement that
 * needs one, not with the call before.
 *
 * <p>Any number of threads may call it: statements run one after the other under a lock; cancelling
 * needs no lock. Owns its session and its handle on the database. Results that are open at commit
 * or rollback are closed.
 */
final class FacetConnection extends PlainConnection {
  private final Database database;
  private final Session session;
  private final String url;
  private final ReentrantLock lock = new ReentrantLock();
  private final Set<StatementRun> openRuns = new LinkedHashSet<>();
  private final StatementGuard guard;
  private final Properties clientInfo = new Properties();
  private @Nullable SQLWarning warnings;
  private boolean autoCommit = true;
  private boolean readOnly;
  private volatile boolean closed;
  private int savepoints;

  FacetConnection(Database database, Session session, String url) {
    this.database = database;
    this.session = session;
    this.url = url;
    this.guard = new StatementGuard(session);
  }

  /** What is done with the session under the lock. */
  interface Action<T> {
    T run();
  }

  /** The same without a result. */
  interface Step {
    void run();
  }

  void perform(@Nullable FacetStatement statement, StatementRun.@Nullable Source source, Step step)
      throws SQLException {
    call(
        statement,
        source,
        () -> {
          step.run();
          return true;
        });
  }

  Session session() {
    return session;
  }

  String url() {
    return url;
  }

  void checkOpen() throws SQLException {
    if (closed) {
      throw SqlErrors.create("the connection is closed", "08003");
    }
  }

  /** Runs an action alone, cancellable by its statement, its failures made those of JDBC. */
  <T> T call(
      @Nullable FacetStatement statement, StatementRun.@Nullable Source source, Action<T> action)
      throws SQLException {
    lock.lock();
    try {
      checkOpen();
      StatementGuard.Watch watch = guard.enter(statement);
      try {
        return action.run();
      } catch (DatabaseException failure) {
        if (!session.isOpen()) {
          // It was idle in a transaction for too long: nothing can be done with it any more.
          closed = true;
          database.close();
        }
        if (watch.timedOut()) {
          throw SqlErrors.timeout("the statement ran longer than its query timeout", failure);
        }
        throw source == null
            ? SqlErrors.of(failure)
            : SqlErrors.of(failure, source.script(), source.offset());
      } catch (RuntimeException | StackOverflowError failure) {
        throw SqlErrors.of(DatabaseException.internal("the kernel failed: " + failure, failure));
      } finally {
        guard.leave(watch);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Cuts a script and prepares its statements one by one, just before each runs. */
  List<StatementText> split(String script) throws SQLException {
    if (script.indexOf(';') < 0) {
      return List.of(new StatementText(script, 0));
    }
    List<StatementText> parts = session.split(script);
    return parts.isEmpty() ? List.of(new StatementText("", 0)) : parts;
  }

  StatementRun.Source prepare(@Nullable FacetStatement statement, String script, StatementText text)
      throws SQLException {
    StatementRun.Source place = new StatementRun.Source(script, text.offset(), NO_SQL);
    PreparedSql sql =
        call(
            statement,
            place,
            () -> {
              detachRuns();
              return session.prepare(text.sql());
            });
    return new StatementRun.Source(script, text.offset(), sql);
  }

  StatementRun execute(
      FacetStatement statement,
      StatementRun.Source source,
      List<? extends @Nullable Object> parameters)
      throws SQLException {
    return call(
        statement,
        source,
        () -> {
          detachRuns();
          beginIfNeeded();
          StatementRun run =
              new StatementRun(this, statement, source, session.execute(source.sql(), parameters));
          run.start();
          if (!run.isEnded()) {
            openRuns.add(run);
          }
          return run;
        });
  }

  private void beginIfNeeded() {
    if (!autoCommit && !session.inTransaction()) {
      session.execute("BEGIN").close();
    }
  }

  void ended(StatementRun run) {
    openRuns.remove(run);
  }

  /** Runs many rows as one transaction where autocommit would make each its own. */
  void executeBatch(
      FacetStatement statement,
      StatementRun.Source source,
      List<@Nullable Object[]> rows,
      int[] counts)
      throws SQLException {
    lock.lock();
    try {
      boolean own = autoCommit && !session.inTransaction();
      if (own) {
        command("BEGIN");
      }
      boolean done = false;
      try {
        for (int i = 0; i < counts.length; i++) {
          List<@Nullable Object> parameters = java.util.Arrays.asList(rows.get(i));
          StatementRun run = execute(statement, source, parameters);
          counts[i] = (int) Math.min(run.updateCount(), Integer.MAX_VALUE);
          run.close();
        }
        if (own) {
          command("COMMIT");
        }
        done = true;
      } finally {
        if (own && !done && session.inTransaction()) {
          command("ROLLBACK");
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void command(String sql) throws SQLException {
    perform(
        null,
        null,
        () -> {
          detachRuns();
          session.execute(sql).close();
        });
  }

  void cancel(FacetStatement statement) {
    guard.cancel(statement);
  }

  private void detachRuns() {
    for (StatementRun run : openRuns.isEmpty() ? List.<StatementRun>of() : List.copyOf(openRuns)) {
      run.detach();
    }
  }

  private void closeRuns() {
    for (StatementRun run : List.copyOf(openRuns)) {
      run.finish();
    }
  }

  private void end(String sql) throws SQLException {
    checkOpen();
    if (autoCommit) {
      throw SqlErrors.create("autocommit is on, so there is no transaction to end", "25P01");
    }
    endIfOpen(sql);
  }

  private void endIfOpen(String sql) throws SQLException {
    perform(
        null,
        null,
        () -> {
          closeRuns();
          if (session.inTransaction()) {
            String tag;
            try (Result result = session.execute(sql)) {
              tag = result.commandTag();
            }
            if (!tag.equals(sql)) {
              throw DatabaseException.user(
                  "25P02", "the transaction had failed before, and was rolled back");
            }
          }
        });
  }

  @Override
  public void commit() throws SQLException {
    end("COMMIT");
  }

  @Override
  public void rollback() throws SQLException {
    end("ROLLBACK");
  }

  @Override
  public boolean getAutoCommit() throws SQLException {
    checkOpen();
    return autoCommit;
  }

  @Override
  public void setAutoCommit(boolean on) throws SQLException {
    checkOpen();
    if (on && !autoCommit) {
      endIfOpen("COMMIT");
    }
    autoCommit = on;
  }

  @Override
  public Savepoint setSavepoint() throws SQLException {
    savepoints++;
    return savepoint(new FacetSavepoint(savepoints, null));
  }

  @Override
  public Savepoint setSavepoint(String name) throws SQLException {
    savepoints++;
    return savepoint(new FacetSavepoint(savepoints, name));
  }

  private Savepoint savepoint(FacetSavepoint savepoint) throws SQLException {
    checkOpen();
    if (autoCommit) {
      throw SqlErrors.create("a savepoint needs a transaction, but autocommit is on", "25P01");
    }
    perform(
        null,
        null,
        () -> {
          beginIfNeeded();
        });
    command("SAVEPOINT " + savepoint.quotedName());
    return savepoint;
  }

  @Override
  public void rollback(Savepoint savepoint) throws SQLException {
    command("ROLLBACK TO SAVEPOINT " + own(savepoint).quotedName());
  }

  @Override
  public void releaseSavepoint(Savepoint savepoint) throws SQLException {
    FacetSavepoint released = own(savepoint);
    command("RELEASE SAVEPOINT " + released.quotedName());
    released.release();
  }

  private static FacetSavepoint own(Savepoint savepoint) throws SQLException {
    if (savepoint instanceof FacetSavepoint known && known.isValid()) {
      return known;
    }
    throw SqlErrors.create("the savepoint is released or of another driver", "3B001");
  }

  @Override
  public Statement createStatement(int type, int concurrency, int holdability) throws SQLException {
    checkOpen();
    checkResultKind(type, concurrency);
    return new FacetStatement(this);
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int type, int concurrency, int holdability)
      throws SQLException {
    checkOpen();
    checkResultKind(type, concurrency);
    return new FacetPreparedStatement(this, sql);
  }

  /** JDBC wants a lesser kind of result to be given with a warning, not refused. */
  private void checkResultKind(int type, int concurrency) {
    if (type != ResultSet.TYPE_FORWARD_ONLY || concurrency != ResultSet.CONCUR_READ_ONLY) {
      warn("results are read forward only and can't be updated");
    }
  }

  private void warn(String text) {
    warnings = SqlErrors.chained(warnings, new SQLWarning(text, "01000"));
  }

  @Override
  public int getTransactionIsolation() throws SQLException {
    checkOpen();
    String level = session.setting("transaction_isolation");
    return switch (level) {
      case "read uncommitted" -> TRANSACTION_READ_UNCOMMITTED;
      case "read committed" -> TRANSACTION_READ_COMMITTED;
      case "repeatable read" -> TRANSACTION_REPEATABLE_READ;
      case "serializable" -> TRANSACTION_SERIALIZABLE;
      default -> throw SqlErrors.create("unknown isolation level: " + level, "XX000");
    };
  }

  /** Sets the level of the transactions to come. */
  @Override
  public void setTransactionIsolation(int level) throws SQLException {
    checkOpen();
    if (session.inTransaction()) {
      throw SqlErrors.create(
          "the isolation level cannot be changed in the middle of a transaction", "25001");
    }
    String name =
        switch (level) {
          case TRANSACTION_READ_UNCOMMITTED -> "READ UNCOMMITTED";
          case TRANSACTION_READ_COMMITTED -> "READ COMMITTED";
          case TRANSACTION_REPEATABLE_READ -> "REPEATABLE READ";
          case TRANSACTION_SERIALIZABLE -> "SERIALIZABLE";
          default -> throw SqlErrors.create("no such isolation level: " + level, "22023");
        };
    command("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL " + name);
  }

  @Override
  public DatabaseMetaData getMetaData() throws SQLException {
    checkOpen();
    return new FacetDatabaseMetaData(this);
  }

  @Override
  public String nativeSQL(String sql) throws SQLException {
    checkOpen();
    return EscapeSyntax.translate(sql);
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
  public boolean isReadOnly() throws SQLException {
    checkOpen();
    return readOnly;
  }

  /** A hint, as JDBC has it: nothing is refused. */
  @Override
  public void setReadOnly(boolean hint) throws SQLException {
    checkOpen();
    readOnly = hint;
  }

  @Override
  public String getCatalog() throws SQLException {
    checkOpen();
    return session.databaseName();
  }

  @Override
  public boolean isValid(int timeoutSeconds) throws SQLException {
    if (timeoutSeconds < 0) {
      throw SqlErrors.create("the timeout is negative: " + timeoutSeconds, "22023");
    }
    return !closed && session.isOpen();
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  /** Rolls an open transaction back. */
  @Override
  public void close() throws SQLException {
    lock.lock();
    try {
      if (!closed) {
        try {
          // One that was ended meanwhile has nothing to give back, and nobody to tell.
          if (session.isOpen()) {
            endIfOpen("ROLLBACK");
          }
        } finally {
          closed = true;
          database.close();
        }
      }
    } catch (DatabaseException failure) {
      throw SqlErrors.of(failure);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void abort(Executor executor) throws SQLException {
    if (executor == null) {
      throw SqlErrors.create("the executor is null", "22023");
    }
    if (!closed) {
      session.cancel();
      executor.execute(
          () -> {
            try {
              close();
            } catch (SQLException failure) {
              System.getLogger("org.facetdb")
                  .log(System.Logger.Level.WARNING, "closing an aborted connection", failure);
            }
          });
    }
  }

  @Override
  public void setClientInfo(String name, String value) throws SQLClientInfoException {
    if (closed) {
      throw new SQLClientInfoException("the connection is closed", "08003", Map.of());
    }
    if (value == null) {
      clientInfo.remove(name);
    } else {
      clientInfo.setProperty(name, value);
    }
  }

  @Override
  public void setClientInfo(Properties properties) throws SQLClientInfoException {
    for (String name : properties.stringPropertyNames()) {
      setClientInfo(name, properties.getProperty(name));
    }
  }

  @Override
  public @Nullable String getClientInfo(String name) throws SQLException {
    checkOpen();
    return clientInfo.getProperty(name);
  }

  @Override
  public Properties getClientInfo() throws SQLException {
    checkOpen();
    Properties copy = new Properties();
    copy.putAll(clientInfo);
    return copy;
  }

  /** Stands for a statement that is being prepared. */
  private static final PreparedSql NO_SQL =
      new PreparedSql() {
        @Override
        public String sql() {
          return "";
        }

        @Override
        public List<org.facetdb.sql.ResultColumn> columns() {
          return List.of();
        }

        @Override
        public List<org.facetdb.spi.type.LogicalType> parameterTypes() {
          return List.of();
        }
      };
}
