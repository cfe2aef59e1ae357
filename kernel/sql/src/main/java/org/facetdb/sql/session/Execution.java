package org.facetdb.sql.session;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.facetdb.sql.exec.CancellationToken;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.exec.MemoryAccount;
import org.facetdb.sql.extension.Contributions;
import org.facetdb.sql.extension.PluginVersion;
import org.facetdb.sql.index.StatementSearches;
import org.facetdb.sql.plan.PlanContext;
import org.facetdb.storage.HybridTime;
import org.facetdb.storage.Reader;
import org.facetdb.storage.Snapshot;
import org.facetdb.storage.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * One execution of a statement: its view of data and schema. Used by the session's thread; owns the
 * snapshots that it opened, but not the transaction.
 */
final class Execution implements AutoCloseable {
  /** A plug-in was changed between binding and running; the statement is bound anew. */
  static final String PLUGIN_CHANGED = "55000";

  private static final int BINDINGS_MAX = 50;

  private final Kernel kernel;
  private final SessionActivity activity;
  private final Settings settings;
  private final Reader reader;
  private final @Nullable TransactionState transaction;
  private final @Nullable Snapshot owned;
  private final CatalogSnapshot catalog;
  private final ExecutionContext context;
  private final Contributions contributions;
  private final List<PluginVersion> leased = new ArrayList<>(0);
  private @Nullable StatementSearches searches;
  private @Nullable Map<Long, Snapshot> history;

  private Execution(
      Kernel kernel,
      SessionActivity activity,
      Settings settings,
      SessionLocks locks,
      @Nullable TransactionState transaction,
      List<@Nullable Object> parameters,
      CancellationToken token,
      Instant now) {
    this.kernel = kernel;
    this.activity = activity;
    this.settings = settings;
    this.transaction = transaction;
    if (transaction == null) {
      Snapshot snapshot = kernel.store().snapshot();
      this.owned = snapshot;
      activity.snapshotTaken(snapshot.timestamp());
      this.reader = snapshot;
      this.catalog = kernel.catalog().at(snapshot);
    } else {
      this.owned = null;
      this.reader = transaction.transaction();
      this.catalog = transaction.catalog();
    }
    this.contributions = kernel.plugins().extensions().current();
    this.context =
        ExecutionContext.builder()
            .reader(reader)
            .readersAt(this::readerAt)
            .searches(this::searches)
            .session(locks)
            .parameters(parameters)
            .cancellation(token)
            .memory(new MemoryAccount(kernel.options().statementMemoryBytes()))
            .statementTime(now)
            .transactionTime(transaction == null ? now : transaction.begun())
            .zone(settings.zone())
            .principal(activity.principal())
            .settings(settings.values())
            .random(new SplittableRandom())
            .currentSequence(owned == null ? kernel.store()::lastSequence : owned::sequence)
            .build();
  }

  /** An execution within a transaction. */
  static Execution within(
      TransactionState transaction,
      Kernel kernel,
      SessionActivity activity,
      Settings settings,
      SessionLocks locks,
      List<@Nullable Object> parameters,
      CancellationToken token,
      Instant now) {
    return new Execution(kernel, activity, settings, locks, transaction, parameters, token, now);
  }

  /** An execution that reads the latest committed state. */
  static Execution reading(
      Kernel kernel,
      SessionActivity activity,
      Settings settings,
      SessionLocks locks,
      List<@Nullable Object> parameters,
      CancellationToken token,
      Instant now) {
    return new Execution(kernel, activity, settings, locks, null, parameters, token, now);
  }

  /** Runs something again whose plug-in was changed between binding and running. */
  static <T> T whilePluginsChange(Supplier<T> body) {
    for (int attempt = 1; ; attempt++) {
      try {
        return body.get();
      } catch (DatabaseException e) {
        if (!e.sqlState().equals(Execution.PLUGIN_CHANGED) || attempt == BINDINGS_MAX) {
          throw e;
        }
        Thread.onSpinWait();
      }
    }
  }

  /** What plug-ins contribute to this execution. */
  Contributions contributions() {
    return contributions;
  }

  /** The versions that this execution holds leases on. */
  List<PluginVersion> leased() {
    return List.copyOf(leased);
  }

  /**
   * Takes a lease until the execution ends.
   *
   * @throws DatabaseException 55000 where the version was retired: the statement is bound anew
   */
  void lease(PluginVersion version) {
    for (PluginVersion held : leased) {
      if (held == version) {
        return;
      }
    }
    if (!version.leases().enter()) {
      throw DatabaseException.user(
          PLUGIN_CHANGED, "extension \"" + version.name() + "\" was changed meanwhile");
    }
    leased.add(version);
  }

  private StatementSearches searches() {
    StatementSearches known = searches;
    if (known == null) {
      known = new StatementSearches(kernel.plugins().indexes());
      searches = known;
    }
    return known;
  }

  Kernel kernel() {
    return kernel;
  }

  CatalogSnapshot catalog() {
    return catalog;
  }

  ExecutionContext context() {
    return context;
  }

  /** The transaction, which every execution that writes has. */
  TransactionState transaction() {
    if (transaction == null) {
      throw new IllegalStateException("this execution only reads");
    }
    return transaction;
  }

  /** Whether BEGIN began the transaction. */
  boolean isInBlock() {
    return transaction != null && transaction.isBlock();
  }

  /** What the planner is told about this execution. */
  PlanContext planContext(String sql) {
    return PlanContext.of(sql, catalog)
        .withSession(settings.searchPath(), kernel.options().databaseName(), context)
        .withRowCount(table -> kernel.rowCounts().estimate(table, reader))
        .withHistory(
            new PlanContext.History(
                this::catalogAt,
                this::timestampOf,
                (table, timestamp) ->
                    HistoricalReader.requireKept(kernel.store(), table.keySpace(), timestamp)))
        .withPlugins(
            new PlanContext.Plugins(
                contributions,
                kernel.plugins().indexes(),
                this::lease,
                kernel.plugins().extensions()::absence));
  }

  private long timestampOf(long sequence) {
    if (sequence == kernel.store().lastSequence()) {
      return kernel.store().lastCommitTimestamp();
    }
    try (Snapshot snapshot = kernel.store().snapshotAtSequence(sequence)) {
      return snapshot.timestamp();
    } catch (StorageException e) {
      throw Errors.translate(e);
    }
  }

  private CatalogSnapshot catalogAt(long timestamp) {
    try {
      return kernel.catalog().at(readerAt(timestamp));
    } catch (StorageException e) {
      throw Errors.translate(e);
    }
  }

  private Reader readerAt(long timestamp) {
    if (history == null) {
      history = new HashMap<>();
    }
    Snapshot known = history.get(timestamp);
    if (known == null) {
      known = open(timestamp);
      history.put(timestamp, known);
      activity.snapshotTaken(known.timestamp());
    }
    return new HistoricalReader(kernel.store(), known);
  }

  /** Times after the last commit, up to now, see what it left. */
  private Snapshot open(long timestamp) {
    long last = kernel.store().lastCommitTimestamp();
    if (timestamp <= last) {
      return kernel.store().snapshotAt(timestamp);
    }
    if (HybridTime.millis(timestamp) > kernel.options().clock().millis()) {
      throw DatabaseException.user("22023", "system time lies in the future");
    }
    return kernel.store().snapshotAt(last);
  }

  @Override
  public void close() {
    if (searches != null) {
      searches.close();
      searches = null;
    }
    leased.forEach(version -> version.leases().leave());
    leased.clear();
    if (owned != null) {
      owned.close();
    }
    if (history != null) {
      history.values().forEach(Snapshot::close);
      history.clear();
    }
    activity.snapshotsClosed();
  }
}
