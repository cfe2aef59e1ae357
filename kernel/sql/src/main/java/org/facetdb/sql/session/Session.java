package org.facetdb.sql.session;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.facetdb.parser.LockTable;
import org.facetdb.parser.SetConstraints;
import org.facetdb.parser.SetVariable;
import org.facetdb.parser.ShowVariable;
import org.facetdb.parser.SqlParsing;
import org.facetdb.parser.TransactionStatement;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.PreparedSql;
import org.facetdb.sql.Result;
import org.facetdb.sql.SqlSession;
import org.facetdb.sql.StatementText;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.facetdb.sql.exec.CancellationToken;
import org.facetdb.sql.extension.PluginVersion;
import org.facetdb.storage.Snapshot;
import org.facetdb.storage.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's session. Used by one thread but for {@link #cancel}, and by the timer's where its
 * {@link IdleLimit} ends it. At most one result is open: the next statement closes it.
 *
 * <p>A statement outside a transaction that writes runs in one of its own. If that loses a
 * conflict, as with a change of the schema, it is run again on a fresh snapshot, since nothing of
 * it was seen; within a transaction the client gets 40001 and decides.
 */
public final class Session implements SqlSession {
  private static final String CONFLICT = "40001";
  private static final int ATTEMPTS_MAX = 50;
  private static final int CACHED_STATEMENTS = 128;
  private static final int CACHED_TEXT_MAX = 4096;

  private final Kernel kernel;
  private final SessionActivity activity;

  /** The statements last prepared: the same text is neither parsed nor planned again. */
  private final Map<String, Prepared> statements =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Prepared> eldest) {
          return size() > CACHED_STATEMENTS;
        }
      };

  private volatile @Nullable CancellationToken running;
  private final SessionSettings settings;
  private final SessionLocks locks;
  private final TransactionControl transactions;
  private final IdleLimit idle;
  private @Nullable Guarded open;
  private boolean closed;

  public Session(Kernel kernel, String principal) {
    this.kernel = kernel;
    this.settings = new SessionSettings(Settings.defaults(kernel.options().durability()));
    this.locks =
        new SessionLocks(kernel.locks(), kernel.locks().newOwner(), kernel.catalog()::latest);
    this.activity = new SessionActivity(locks.id(), principal);
    this.transactions =
        new TransactionControl(
            kernel, activity, settings, locks, statements::clear, this::verifyDeferred);
    this.idle = new IdleLimit(kernel.idleTimer(), this::giveBack);
    kernel.activities().add(activity);
  }

  @Override
  public String principal() {
    return activity.principal();
  }

  @Override
  public List<StatementText> split(String script) {
    List<StatementText> statements = new ArrayList<>();
    for (org.facetdb.parser.StatementText text : SqlParsing.split(script)) {
      statements.add(new StatementText(text.sql(), text.offset()));
    }
    return statements;
  }

  @Override
  public PreparedSql prepare(String sql) {
    enter();
    try {
      return prepareNow(sql);
    } finally {
      leave();
    }
  }

  private PreparedSql prepareNow(String sql) {
    CancellationToken token = begin();
    try {
      Prepared prepared = statements.get(sql);
      if (prepared == null) {
        prepared = new Prepared(this, sql, SqlParsing.parse(sql));
      }
      if (!StatementBinder.isControl(prepared.tree())) {
        transactions.requireHealthy();
        TransactionState within = transactions.current();
        if (within != null) {
          within.beginBinding();
        }
        Prepared binding = prepared;
        Execution.whilePluginsChange(
            () -> {
              try (Execution execution = execution(within, List.of(), token)) {
                return bind(binding, execution);
              }
            });
      }
      if (sql.length() <= CACHED_TEXT_MAX) {
        statements.put(sql, prepared);
      }
      return prepared;
    } catch (Throwable e) {
      throw Errors.placed(failed(e), sql);
    } finally {
      running = null;
    }
  }

  @Override
  public Result execute(PreparedSql sql, List<? extends @Nullable Object> parameters) {
    if (!(sql instanceof Prepared prepared) || prepared.session() != this) {
      throw new IllegalArgumentException("the statement was prepared by another session");
    }
    enter();
    try {
      return executeNow(prepared, parameters);
    } finally {
      leave();
    }
  }

  private Result executeNow(Prepared prepared, List<? extends @Nullable Object> parameters) {
    CancellationToken token = begin();
    boolean streams = false;
    try {
      if (StatementBinder.isControl(prepared.tree())) {
        return control(prepared);
      }
      transactions.requireHealthy();
      Result result = run(prepared, parameters, token);
      if (!result.columns().isEmpty()) {
        streams = true;
        Guarded rows = new Guarded(this, result);
        open = rows;
        result = rows;
      }
      return result;
    } catch (Throwable e) {
      throw Errors.placed(failed(e), prepared.sql());
    } finally {
      if (!streams) {
        running = null;
        transactions.endStatement();
      }
    }
  }

  /**
   * Begins a call of the client.
   *
   * @throws DatabaseException 25P03 if the session was ended because it was idle; 08003 from then
   *     on
   */
  void enter() {
    idle.enter();
    if (idle.isOver()) {
      idle.leave(0);
      requireOpen();
      closed = true;
      throw idle.error();
    }
    activity.called();
  }

  /** Begins a call that gives something back, which is no error if that was done already. */
  void enterToClose() {
    idle.enter();
  }

  /** Ends a call of the client. */
  void leave() {
    boolean within = transactions.current() != null;
    if (idle.isOutermost()) {
      activity.idle(within ? kernel.options().clock().millis() : 0);
    }
    idle.leave(within ? settings.current().idleTimeoutMillis() : 0);
  }

  private void requireOpen() {
    if (closed) {
      throw DatabaseException.user("08003", "the session is closed");
    }
  }

  private CancellationToken begin() {
    requireOpen();
    Result previous = open;
    if (previous != null) {
      open = null;
      previous.close();
    }
    long timeout = settings.current().timeoutMillis();
    CancellationToken token =
        timeout == 0
            ? new CancellationToken()
            : new CancellationToken(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeout));
    locks.begin(token, settings.current().lockTimeoutMillis());
    running = token;
    return token;
  }

  /** A failure within a transaction is the end of it. */
  DatabaseException failed(Throwable failure) {
    transactions.fail();
    return Errors.translate(failure, this::catalogNow);
  }

  private Execution execution(
      @Nullable TransactionState within,
      List<@Nullable Object> parameters,
      CancellationToken token) {
    Instant now = kernel.options().clock().instant();
    activity.statementBegins(now);
    return within == null
        ? Execution.reading(kernel, activity, settings.current(), locks, parameters, token, now)
        : Execution.within(
            within, kernel, activity, settings.current(), locks, parameters, token, now);
  }

  private Command bind(Prepared prepared, Execution execution) {
    long version = execution.catalog().version();
    long generation = execution.contributions().generation();
    Command command = prepared.bound(version, generation, settings.current().searchPath());
    if (command == null) {
      command = new StatementBinder(execution, prepared.sql()).bind(prepared.tree());
      prepared.bind(
          command, version, generation, settings.current().searchPath(), execution.leased());
    } else {
      for (PluginVersion used : prepared.plugins()) {
        execution.lease(used);
      }
    }
    return command;
  }

  private Result run(
      Prepared prepared, List<? extends @Nullable Object> given, CancellationToken token) {
    List<@Nullable Object> parameters = prepared.coerce(given);
    return Execution.whilePluginsChange(() -> runOnce(prepared, parameters, token));
  }

  private Result runOnce(
      Prepared prepared, List<@Nullable Object> parameters, CancellationToken token) {
    TransactionState current = transactions.current();
    if (current != null) {
      return runWithin(current, prepared, parameters, token);
    }
    if (!StatementBinder.writes(prepared.tree())) {
      TransactionState reading = transactions.notesQueries() ? transactions.beginReading() : null;
      Execution execution = execution(reading, parameters, token);
      try {
        return bind(prepared, execution).run(execution);
      } catch (Throwable e) {
        execution.close();
        throw e;
      }
    }
    for (int attempt = 1; ; attempt++) {
      try {
        return runAlone(prepared, parameters, token);
      } catch (StorageException e) {
        if (!e.sqlState().equals(CONFLICT) || attempt == ATTEMPTS_MAX) {
          throw e;
        }
        token.check();
        long micros = ThreadLocalRandom.current().nextLong(1L << Math.min(attempt + 4, 14));
        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(micros));
      }
    }
  }

  private Result runWithin(
      TransactionState within,
      Prepared prepared,
      List<@Nullable Object> parameters,
      CancellationToken token) {
    if (!(prepared.tree() instanceof LockTable || prepared.tree() instanceof SetConstraints)) {
      within.beginStatement();
    }
    if (StatementBinder.changesSchema(prepared.tree())) {
      within.lockCatalog();
    }
    while (true) {
      Execution execution = execution(within, parameters, token);
      try {
        Command command = bind(prepared, execution);
        if (command.writes()) {
          within.requireWritable(command.name());
        }
        if (within.lockTables(command.locks())) {
          // Whoever had a table may have changed what it is.
          execution.close();
          within.beginStatement();
          continue;
        }
        return command.writes() ? write(within, command, execution) : command.run(execution);
      } catch (Throwable e) {
        execution.close();
        throw e;
      }
    }
  }

  private static Result write(TransactionState within, Command command, Execution execution) {
    int mark = within.mark();
    try (execution) {
      return command.run(execution);
    } catch (Throwable e) {
      within.undo(mark);
      throw e;
    }
  }

  private Result runAlone(
      Prepared prepared, List<@Nullable Object> parameters, CancellationToken token) {
    TransactionState alone = transactions.alone();
    Result result;
    try {
      if (StatementBinder.changesSchema(prepared.tree())) {
        alone.lockCatalog();
      }
      result = runLocked(alone, prepared, parameters, token);
      verifyDeferred(alone);
    } catch (Throwable e) {
      alone.rollback();
      throw e;
    }
    alone.commit(settings.current().durability());
    return result;
  }

  /** Verifies what a transaction has put off to its commit. */
  private void verifyDeferred(TransactionState ending) {
    if (ending.deferred().isEmpty()) {
      return;
    }
    try (Execution execution = execution(ending, List.of(), Objects.requireNonNull(running))) {
      ending
          .deferred()
          .verifyAll(ending.transaction(), execution.catalog(), ending, execution.context());
    }
  }

  private Result runLocked(
      TransactionState alone,
      Prepared prepared,
      List<@Nullable Object> parameters,
      CancellationToken token) {
    while (true) {
      try (Execution execution = execution(alone, parameters, token)) {
        Command command = bind(prepared, execution);
        alone.requireWritable(command.name());
        if (!alone.lockTables(command.locks())) {
          return command.run(execution);
        }
      }
      // Whoever had the table may have changed what it is.
      alone.renewSnapshot();
    }
  }

  private Result control(Prepared prepared) {
    activity.statementBegins(kernel.options().clock().instant());
    return switch (prepared.tree()) {
      case TransactionStatement statement -> transactions.run(statement);
      case SetVariable set -> transactions.set(set);
      case ShowVariable show -> {
        transactions.requireHealthy();
        yield SettingStatements.show(settings.current(), show);
      }
      default -> throw new IllegalStateException("no control statement: " + prepared.sql());
    };
  }

  /** Called by an open result when there are no more rows. */
  void exhausted() {
    transactions.endReading();
  }

  /** Called by an open result when it is closed. */
  void ended(Result result) {
    if (open == result) {
      open = null;
      running = null;
      try {
        transactions.endStatement();
      } catch (Throwable e) {
        throw failed(e);
      }
    }
  }

  @Override
  public boolean inTransaction() {
    // A client whose transaction was ended is in it until it is told.
    return idle.isSet() || (idle.isOver() && !closed) || transactions.current() != null;
  }

  @Override
  public boolean inFailedTransaction() {
    TransactionState within = transactions.current();
    return within != null && within.isFailed();
  }

  @Override
  public CatalogSnapshot catalog() {
    enter();
    try {
      return catalogNow();
    } finally {
      leave();
    }
  }

  private CatalogSnapshot catalogNow() {
    TransactionState within = transactions.current();
    if (within != null) {
      return within.catalog();
    }
    try (Snapshot snapshot = kernel.store().snapshot()) {
      return kernel.catalog().at(snapshot);
    }
  }

  @Override
  public String setting(String name) {
    return settings.current().get(name);
  }

  @Override
  public void cancel() {
    CancellationToken token = running;
    if (token != null) {
      token.cancel();
    }
  }

  @Override
  public boolean isOpen() {
    return !closed && !idle.isOver();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    enterToClose();
    try {
      closed = true;
      giveBack();
    } finally {
      leave();
    }
  }

  /** Ends the transaction, with all that the session has open or locked. */
  private void giveBack() {
    try {
      Guarded last = open;
      if (last != null) {
        last.closeNow();
      }
    } finally {
      try {
        transactions.rollback();
      } finally {
        kernel.activities().remove(activity);
        locks.close();
      }
    }
  }
}
