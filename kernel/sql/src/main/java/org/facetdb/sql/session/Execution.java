package org.facetdb.sql.session;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.facetdb.sql.exec.CancellationToken;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.exec.MemoryAccount;
import org.facetdb.sql.plan.PlanContext;
import org.facetdb.storage.HybridTime;
import org.facetdb.storage.Reader;
import org.facetdb.storage.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * One execution of a statement: its view of data and schema. Used by the session's thread; owns the
 * snapshots that it opened, but not the transaction.
 */
final class Execution implements AutoCloseable {
  private final Kernel kernel;
  private final Settings settings;
  private final Reader reader;
  private final @Nullable TransactionState transaction;
  private final @Nullable Snapshot owned;
  private final CatalogSnapshot catalog;
  private final ExecutionContext context;
  private @Nullable Map<Long, Snapshot> history;

  private Execution(
      Kernel kernel,
      String principal,
      Settings settings,
      @Nullable TransactionState transaction,
      List<@Nullable Object> parameters,
      CancellationToken token,
      Instant now) {
    this.kernel = kernel;
    this.settings = settings;
    this.transaction = transaction;
    if (transaction == null) {
      Snapshot snapshot = kernel.store().snapshot();
      this.owned = snapshot;
      this.reader = snapshot;
      this.catalog = kernel.catalog().at(snapshot);
    } else {
      this.owned = null;
      this.reader = transaction.transaction();
      this.catalog = transaction.catalog();
    }
    this.context =
        ExecutionContext.builder()
            .reader(reader)
            .readersAt(this::readerAt)
            .parameters(parameters)
            .cancellation(token)
            .memory(new MemoryAccount(kernel.options().statementMemoryBytes()))
            .statementTime(now)
            .transactionTime(transaction == null ? now : transaction.begun())
            .zone(settings.zone())
            .principal(principal)
            .settings(settings.values())
            .random(new SplittableRandom())
            .currentSequence(owned == null ? kernel.store()::lastSequence : owned::sequence)
            .build();
  }

  /** An execution within a transaction. */
  static Execution within(
      TransactionState transaction,
      Kernel kernel,
      String principal,
      Settings settings,
      List<@Nullable Object> parameters,
      CancellationToken token,
      Instant now) {
    return new Execution(kernel, principal, settings, transaction, parameters, token, now);
  }

  /** An execution that reads the latest committed state. */
  static Execution reading(
      Kernel kernel,
      String principal,
      Settings settings,
      List<@Nullable Object> parameters,
      CancellationToken token,
      Instant now) {
    return new Execution(kernel, principal, settings, null, parameters, token, now);
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

  /** What the planner is told about this execution. */
  PlanContext planContext(String sql) {
    return PlanContext.of(sql, catalog)
        .withSession(settings.searchPath(), kernel.options().databaseName(), context)
        .withRowCount(table -> kernel.rowCounts().estimate(table, reader))
        .withHistory(
            new PlanContext.History(
                timestamp -> kernel.catalog().at(readerAt(timestamp)), this::timestampOf));
  }

  private long timestampOf(long sequence) {
    if (sequence == kernel.store().lastSequence()) {
      return kernel.store().lastCommitTimestamp();
    }
    try (Snapshot snapshot = kernel.store().snapshotAtSequence(sequence)) {
      return snapshot.timestamp();
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
    if (owned != null) {
      owned.close();
    }
    if (history != null) {
      history.values().forEach(Snapshot::close);
      history.clear();
    }
  }
}
