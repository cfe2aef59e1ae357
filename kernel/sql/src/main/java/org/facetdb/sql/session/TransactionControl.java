package org.facetdb.sql.session;

import java.util.Objects;
import java.util.function.Consumer;
import org.facetdb.parser.SetVariable;
import org.facetdb.parser.TransactionStatement;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.Result;
import org.jspecify.annotations.Nullable;

/**
 * Begins and ends the transactions of a session, and the settings that hold for one of them. Used
 * by the session's thread; owns the open transaction.
 */
final class TransactionControl {
  private final Kernel kernel;
  private final SessionActivity activity;
  private final SessionSettings settings;
  private final SessionLocks locks;
  private final Runnable onSettingsChanged;
  private final Consumer<TransactionState> beforeCommit;
  private @Nullable TransactionState transaction;

  /** The transaction of an open query outside a block, where what it reads is noted. */
  private @Nullable TransactionState reading;

  /**
   * @param onSettingsChanged runs when what statements mean may have changed
   * @param beforeCommit verifies what was put off; what it throws ends the transaction
   */
  TransactionControl(
      Kernel kernel,
      SessionActivity activity,
      SessionSettings settings,
      SessionLocks locks,
      Runnable onSettingsChanged,
      Consumer<TransactionState> beforeCommit) {
    this.kernel = kernel;
    this.activity = activity;
    this.settings = settings;
    this.locks = locks;
    this.onSettingsChanged = onSettingsChanged;
    this.beforeCommit = beforeCommit;
  }

  /** The transaction that BEGIN began, or null. */
  @Nullable TransactionState current() {
    return transaction;
  }

  /**
   * Refuses what cannot be done in a transaction that failed.
   *
   * @throws DatabaseException 25P02
   */
  void requireHealthy() {
    TransactionState within = transaction;
    if (within != null && within.isFailed()) {
      throw DatabaseException.user(
          "25P02",
          "current transaction is aborted, commands ignored until end of transaction block");
    }
  }

  /** A transaction for one statement that writes; the caller ends it. */
  TransactionState alone() {
    return new TransactionState(
        kernel, activity, locks, settings.isolation(), settings.isReadOnlyByDefault(), false);
  }

  /** Whether a query outside a block is to have a transaction, since what it reads is noted. */
  boolean notesQueries() {
    return settings.isSerializableByDefault();
  }

  /** A transaction for one query outside a block, which lasts until {@link #endReading}. */
  TransactionState beginReading() {
    TransactionState before = reading;
    if (before != null) {
      // The query is run again, since a plug-in was changed.
      reading = null;
      before.rollback();
    }
    TransactionState begun =
        new TransactionState(kernel, activity, locks, Isolation.SERIALIZABLE, true, false);
    reading = begun;
    return begun;
  }

  /**
   * All that a query outside a block returns has been returned, or nobody wants the rest.
   *
   * @throws org.facetdb.storage.StorageException 40001 if it must not be relied on
   */
  void endReading() {
    TransactionState ending = reading;
    if (ending != null) {
      reading = null;
      ending.commit(settings.current().durability());
    }
  }

  /** A statement failed: nothing more can be done in its transaction. */
  void fail() {
    TransactionState ending = reading;
    reading = null;
    if (ending != null) {
      ending.rollback();
    }
    TransactionState within = transaction;
    if (within != null) {
      within.fail();
    }
  }

  /** A statement is over; what it locked outside a transaction is given back. */
  void endStatement() {
    endReading();
    if (transaction == null) {
      locks.endTransaction();
    }
  }

  Result run(TransactionStatement statement) {
    boolean within = transaction != null;
    return switch (statement.action()) {
      case BEGIN -> {
        begin(modes(statement));
        yield Results.done("BEGIN", within ? Notices.ALREADY_WITHIN : null);
      }
      case COMMIT -> {
        TransactionState ending = transaction;
        String tag = commit() ? "COMMIT" : "ROLLBACK";
        chain(statement.chain(), ending);
        yield Results.done(tag, within ? null : Notices.NOT_WITHIN);
      }
      case ROLLBACK -> {
        TransactionState ending = transaction;
        rollback();
        chain(statement.chain(), ending);
        yield Results.done("ROLLBACK", within ? null : Notices.NOT_WITHIN);
      }
      case SAVEPOINT, ROLLBACK_TO, RELEASE -> savepoint(statement);
      case SET_TRANSACTION -> {
        requireHealthy();
        if (transaction != null) {
          change(transaction, modes(statement));
        }
        yield Results.done("SET", within ? null : Notices.outsideTransaction("SET TRANSACTION"));
      }
      case SET_SESSION -> {
        setForSession(modes(statement));
        yield Results.done("SET");
      }
    };
  }

  /** What a statement says of a transaction; null where it says nothing. */
  private record Modes(
      @Nullable Isolation isolation, @Nullable Boolean readOnly, @Nullable Boolean deferrable) {}

  private static final Modes NO_MODES = new Modes(null, null, null);

  private static Modes modes(TransactionStatement statement) {
    TransactionStatement.Isolation level = statement.isolation();
    return new Modes(
        level == null ? null : Isolation.of(level.name()),
        statement.readOnly(),
        statement.deferrable());
  }

  private void setForSession(Modes modes) {
    if (modes.readOnly != null) {
      settings.setReadOnlyByDefault(modes.readOnly);
    }
    if (modes.deferrable != null) {
      settings.setDeferrableByDefault(modes.deferrable);
    }
    if (modes.isolation != null) {
      settings.setDefaultIsolation(modes.isolation);
      if (transaction == null) {
        settings.setIsolation(modes.isolation);
      }
    }
  }

  private void change(TransactionState within, Modes modes) {
    if (modes.isolation != null) {
      within.setIsolation(modes.isolation);
      settings.setIsolation(modes.isolation);
    }
    if (modes.readOnly != null) {
      within.setReadOnly(modes.readOnly);
    }
    if (modes.deferrable != null) {
      within.setDeferrable(modes.deferrable);
    }
  }

  /** Runs SET. */
  Result set(SetVariable set) {
    requireHealthy();
    String tag = SettingStatements.tag(set);
    if (set.local() && transaction == null) {
      SettingStatements.set(settings.current(), set);
      return Results.done(tag, Notices.outsideTransaction("SET LOCAL"));
    }
    if (set.name().toString().equalsIgnoreCase("transaction_isolation")) {
      Settings wanted = SettingStatements.set(settings.current(), set);
      if (transaction != null) {
        Isolation level = Isolation.of(wanted.get("transaction_isolation"));
        change(transaction, new Modes(level, null, null));
      }
      return Results.done(tag);
    }
    settings.set(set);
    if (transaction == null) {
      settings.setIsolation(settings.isolation());
    }
    onSettingsChanged.run();
    return Results.done(tag);
  }

  private void begin(Modes modes) {
    requireHealthy();
    if (transaction != null) {
      change(transaction, modes);
      return;
    }
    settings.begin();
    Isolation level = modes.isolation == null ? settings.isolation() : modes.isolation;
    settings.setIsolation(level);
    boolean readOnly = modes.readOnly == null ? settings.isReadOnlyByDefault() : modes.readOnly;
    TransactionState begun = new TransactionState(kernel, activity, locks, level, readOnly, true);
    begun.setDeferrable(
        modes.deferrable == null ? settings.isDeferrableByDefault() : modes.deferrable);
    transaction = begun;
  }

  /** AND CHAIN begins a transaction like the one that ended. */
  private void chain(boolean chain, @Nullable TransactionState ended) {
    if (chain) {
      begin(
          ended == null
              ? NO_MODES
              : new Modes(ended.isolation(), ended.isReadOnly(), ended.isDeferrable()));
    }
  }

  /** Ends the transaction; false if it could only be rolled back. */
  private boolean commit() {
    TransactionState ending = transaction;
    if (ending == null) {
      return true;
    }
    if (ending.isFailed()) {
      rollback();
      return false;
    }
    try {
      beforeCommit.accept(ending);
    } catch (Throwable e) {
      rollback();
      throw e;
    }
    transaction = null;
    ending.commit(settings.beginCommit());
    settings.endCommit();
    return true;
  }

  /** Ends the transaction, if there is one, and takes back what it did. */
  void rollback() {
    TransactionState ending = transaction;
    if (ending != null) {
      transaction = null;
      if (settings.rollback()) {
        onSettingsChanged.run();
      }
      ending.rollback();
    }
  }

  private Result savepoint(TransactionStatement statement) {
    TransactionState within = transaction;
    String command =
        statement.action() == TransactionStatement.Action.ROLLBACK_TO
            ? "ROLLBACK TO SAVEPOINT"
            : statement.command();
    if (within == null) {
      throw DatabaseException.user("25P01", command + " can only be used in transaction blocks");
    }
    String name = Objects.requireNonNull(statement.savepoint()).getSimple();
    switch (statement.action()) {
      case SAVEPOINT -> {
        requireHealthy();
        within.savepoint(name);
        return Results.done("SAVEPOINT");
      }
      case RELEASE -> {
        requireHealthy();
        within.release(name);
        return Results.done("RELEASE");
      }
      default -> {
        within.rollbackTo(name);
        return Results.done("ROLLBACK");
      }
    }
  }
}
