package org.facetdb.sql.session;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.facetdb.sql.catalog.IndexDefinition;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.dml.RowNames;
import org.facetdb.sql.exec.CancellationToken;
import org.facetdb.sql.function.SessionAccess;
import org.facetdb.storage.lock.LockManager;
import org.facetdb.storage.lock.LockMode;
import org.facetdb.storage.lock.LockOwner;
import org.facetdb.storage.lock.LockResult;
import org.facetdb.storage.lock.LockTarget;
import org.facetdb.storage.lock.LockWait;

/**
 * The locks of a session: how it waits for them, and what its errors say. Used by the session's
 * thread.
 *
 * <p>Whoever locks many rows of a table takes the whole table instead, once nobody else writes it,
 * so that a large load does not fill the memory with locks.
 */
final class SessionLocks implements SessionAccess {
  /** Locked rows of a table after which the whole of it is asked for, and each time again. */
  private static final int ESCALATION = 20_000;

  private final LockManager manager;
  private final LockOwner owner;
  private final Supplier<CatalogSnapshot> catalog;
  private final Map<Integer, Integer> rows = new HashMap<>();
  private final Set<Integer> whole = new HashSet<>();
  private CancellationToken token = new CancellationToken();
  private long timeoutMillis;

  SessionLocks(LockManager manager, LockOwner owner, Supplier<CatalogSnapshot> catalog) {
    this.manager = manager;
    this.owner = owner;
    this.catalog = catalog;
  }

  /**
   * Begins a statement.
   *
   * @param statement what may stop it
   * @param millis how long it waits for a lock, 0 for ever
   */
  void begin(CancellationToken statement, long millis) {
    token = statement;
    timeoutMillis = millis;
  }

  /**
   * Ends the statement if it was cancelled, or takes too long.
   *
   * @throws DatabaseException 57014
   */
  void checkCancelled() {
    token.check();
  }

  @Override
  public int id() {
    return owner.id();
  }

  @Override
  public boolean lockAdvisory(
      long key, boolean pair, boolean shared, boolean forSession, boolean waits) {
    LockTarget target = new LockTarget.Advisory(key, pair);
    LockMode mode = mode(shared);
    LockWait wait = waits ? this::await : null;
    LockResult result =
        forSession
            ? manager.acquireForSession(owner, target, mode, wait)
            : manager.acquire(owner, target, mode, wait);
    if (result instanceof LockResult.Busy) {
      return false;
    }
    granted(result);
    return true;
  }

  @Override
  public boolean unlockAdvisory(long key, boolean pair, boolean shared) {
    return manager.release(owner, new LockTarget.Advisory(key, pair), mode(shared));
  }

  @Override
  public void unlockAllAdvisory() {
    manager.releaseSession(owner);
  }

  private static LockMode mode(boolean shared) {
    return shared ? LockMode.SHARE : LockMode.EXCLUSIVE;
  }

  /** What {@link #releaseAfter} goes back to. */
  int mark() {
    return owner.mark();
  }

  /** Gives back what was locked after a mark. */
  void releaseAfter(int mark) {
    manager.releaseAfter(owner, mark);
    rows.clear();
    whole.clear();
  }

  /** Gives back what the transaction locked. */
  void endTransaction() {
    manager.releaseTransaction(owner);
    rows.clear();
    whole.clear();
  }

  /** Ends the session. */
  void close() {
    endTransaction();
    manager.releaseSession(owner);
  }

  /**
   * Locks until the transaction ends.
   *
   * @return whether others had it before
   */
  boolean lock(LockTarget target, LockMode mode) {
    return granted(manager.acquire(owner, target, mode, this::await));
  }

  /**
   * Locks if nobody else has it.
   *
   * @param what it is, for the error
   * @throws DatabaseException 55P03 if somebody has
   */
  void lockNow(LockTarget target, LockMode mode, String what) {
    if (manager.acquire(owner, target, mode, null) instanceof LockResult.Busy busy) {
      throw DatabaseException.user("55P03", "could not obtain lock on " + what)
          .withDetail(blockedBy(busy.blockers()));
    }
  }

  /** Locks if nobody else has it. */
  boolean tryLock(LockTarget target, LockMode mode) {
    return manager.acquire(owner, target, mode, null) instanceof LockResult.Granted;
  }

  /**
   * Locks a row, or a key of a unique index.
   *
   * @param key is kept
   */
  void lockKey(int tableId, int keySpace, byte[] key, LockMode mode) {
    if (!whole.isEmpty() && whole.contains(tableId)) {
      return;
    }
    lock(new LockTarget.Row(keySpace, key), mode);
    if (owner.mark() >= ESCALATION) {
      escalate(tableId);
    }
  }

  private void escalate(int tableId) {
    int count = rows.merge(tableId, 1, Integer::sum);
    if (count % ESCALATION == 0 && tryLock(new LockTarget.Table(tableId), LockMode.EXCLUSIVE)) {
      whole.add(tableId);
    }
  }

  private boolean granted(LockResult result) {
    return switch (result) {
      case LockResult.Granted granted -> granted.waited();
      case LockResult.Busy _ -> throw new IllegalStateException("who waits is not turned away");
      case LockResult.Deadlock deadlock -> throw deadlock(deadlock);
    };
  }

  private void await(LockWait.Request request) {
    long nanos = timeoutMillis == 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    if (!token.await(request::isGranted, nanos)) {
      throw DatabaseException.user("55P03", "canceling statement due to lock timeout")
          .withDetail(blockedBy(request.blockers()));
    }
  }

  /** Who keeps this session from something, in words. */
  String blockedBy(List<LockOwner> blockers) {
    String ids =
        blockers.stream()
            .map(LockOwner::id)
            .distinct()
            .map(String::valueOf)
            .collect(Collectors.joining(", "));
    return "Session " + id() + " was blocked by " + (ids.isEmpty() ? "nobody" : ids) + ".";
  }

  private DatabaseException deadlock(LockResult.Deadlock deadlock) {
    CatalogSnapshot names = catalog.get();
    String lines =
        deadlock.cycle().stream()
            .map(
                edge ->
                    "Session "
                        + edge.waiter().id()
                        + " waits for "
                        + edge.mode().lockName()
                        + " on "
                        + describe(edge.target(), names)
                        + "; blocked by session "
                        + edge.blocker().id()
                        + ".")
            .collect(Collectors.joining("\n"));
    return DatabaseException.user("40P01", "deadlock detected")
        .withDetail(lines)
        .withHint("Run the transaction again.");
  }

  private static String describe(LockTarget target, CatalogSnapshot catalog) {
    return switch (target) {
      case LockTarget.Table table -> "relation \"" + name(table.id(), catalog) + "\"";
      case LockTarget.Row row -> describe(row, catalog);
      case LockTarget.Catalog _ -> "the schema";
      case LockTarget.Advisory advisory -> "advisory lock " + advisory.key();
    };
  }

  private static String name(int tableId, CatalogSnapshot catalog) {
    TableDefinition table = catalog.table(tableId);
    return table == null ? String.valueOf(tableId) : table.name();
  }

  private static String describe(LockTarget.Row row, CatalogSnapshot catalog) {
    for (TableDefinition table : catalog.tables().values()) {
      if (table.keySpace() == row.keySpace()) {
        return RowNames.describe(table, row.key());
      }
      for (IndexDefinition index : table.indexes()) {
        if (index.keySpace() == row.keySpace()) {
          return "a key of index \"" + index.name() + "\"";
        }
      }
    }
    return "a row of a table that was dropped";
  }
}
