package org.facetdb.sql.session;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.catalog.Catalog;
import org.facetdb.sql.catalog.CatalogEditor;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.dml.Concurrency;
import org.facetdb.sql.dml.DeferredChecks;
import org.facetdb.storage.Durability;
import org.facetdb.storage.Store;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.lock.LockMode;
import org.facetdb.storage.lock.LockTarget;
import org.jspecify.annotations.Nullable;

/**
 * One transaction of a session, begun by BEGIN or for a single statement. Used by the session's
 * thread, but for the level, what it may write and whether it failed, which any thread may ask;
 * owns the storage transaction, its locks, and the key spaces that its schema changes made.
 *
 * <p>At READ COMMITTED each statement reads a snapshot of its own; at the levels above all read
 * that of the first, and at SERIALIZABLE the storage transaction notes what they read. At READ
 * COMMITTED the commit's check of written keys may then be made against the newest snapshot,
 * because each row was locked before it was written, and looked at again where it had changed.
 */
final class TransactionState implements Concurrency {
  private final Store store;
  private final Catalog catalog;
  private final PluginSystem plugins;
  private final SessionActivity activity;
  private final SessionLocks locks;
  private final boolean block;
  private final List<PluginSystem.Change> changes = new ArrayList<>();
  private final Transaction transaction;
  private final Instant begun;
  private final List<CatalogEditor> editors = new ArrayList<>();
  private final List<Savepoint> savepoints = new ArrayList<>();
  private final Set<Integer> guarded = new HashSet<>();
  private final DeferredChecks deferred;
  private @Nullable CatalogSnapshot snapshot;
  private volatile Isolation isolation;
  private boolean hasSnapshot;
  private volatile boolean failed;
  private volatile boolean readOnly;
  private boolean deferrable;

  private record Savepoint(String name, int mark, int locks, DeferredChecks.Mark deferred) {}

  /**
   * @param activity of the session, where the transaction is shown until it ends
   * @param locks of the session
   * @param block whether BEGIN began it
   */
  TransactionState(
      Kernel kernel,
      SessionActivity activity,
      SessionLocks locks,
      Isolation isolation,
      boolean readOnly,
      boolean block) {
    this.activity = activity;
    this.readOnly = readOnly;
    this.locks = locks;
    this.isolation = isolation;
    this.hasSnapshot = !block;
    this.store = kernel.store();
    this.catalog = kernel.catalog();
    this.plugins = kernel.plugins();
    this.block = block;
    this.deferred = new DeferredChecks(kernel.options().statementMemoryBytes());
    this.begun = kernel.options().clock().instant();
    this.transaction = store.begin();
    if (!block && isolation == Isolation.SERIALIZABLE) {
      transaction.serialize(readOnly);
    }
    activity.transactionBegins(this);
  }

  /** True if BEGIN began it, false for the transaction of a single statement. */
  boolean isBlock() {
    return block;
  }

  /** Takes the snapshot that a statement reads, where it is to have one of its own. */
  void beginStatement() {
    if (!hasSnapshot && isolation == Isolation.SERIALIZABLE) {
      serialize();
    } else {
      beginBinding();
    }
    hasSnapshot = true;
  }

  private void serialize() {
    if (readOnly && deferrable) {
      transaction.awaitSafeSnapshot(locks::checkCancelled);
    } else {
      transaction.serialize(readOnly);
    }
    snapshot = null;
  }

  /** Reads the schema for a statement that is bound before it runs. */
  void beginBinding() {
    if (!hasSnapshot || isolation.readsCommitted()) {
      renewSnapshot();
    }
  }

  /** Takes the newest snapshot, of the schema, too. */
  void renewSnapshot() {
    transaction.refresh();
    snapshot = null;
  }

  Isolation isolation() {
    return isolation;
  }

  /**
   * Sets the level.
   *
   * @throws DatabaseException 25001 once a statement has read
   */
  void setIsolation(Isolation level) {
    if (hasSnapshot && level != isolation) {
      throw DatabaseException.user(
          "25001", "SET TRANSACTION ISOLATION LEVEL must be called before any query");
    }
    isolation = level;
  }

  /**
   * Keeps others from changing the schema, extensions included, until the transaction is over, and
   * reads it as they have left it.
   */
  void lockCatalog() {
    locks.lock(new LockTarget.Catalog(), LockMode.ACCESS_EXCLUSIVE);
    beginStatement();
  }

  /** Locks tables by their ids; true if others had one of them, and may have changed it. */
  boolean lockTables(Map<Integer, LockMode> tables) {
    boolean waited = false;
    for (Map.Entry<Integer, LockMode> table : tables.entrySet()) {
      waited |= locks.lock(new LockTarget.Table(table.getKey()), table.getValue());
    }
    return waited;
  }

  @Override
  public void lockTable(TableDefinition table, LockMode mode) {
    locks.lock(new LockTarget.Table(table.id()), mode);
  }

  @Override
  public void lockKey(TableDefinition table, int keySpace, byte[] key, LockMode mode) {
    locks.lockKey(table.id(), keySpace, key, mode);
  }

  /**
   * Locks a table that nobody else has in a way that conflicts.
   *
   * @throws DatabaseException 55P03 if somebody has
   */
  void lockTableNow(TableDefinition table, LockMode mode) {
    locks.lockNow(new LockTarget.Table(table.id()), mode, "relation \"" + table.name() + "\"");
  }

  /** The same of a row. */
  void lockKeyNow(TableDefinition table, byte[] key, LockMode mode) {
    locks.lockNow(
        new LockTarget.Row(table.keySpace(), key),
        mode,
        "row in relation \"" + table.name() + "\"");
  }

  /** Locks a row that nobody else has in a way that conflicts; false if somebody has. */
  boolean tryLockKey(TableDefinition table, byte[] key, LockMode mode) {
    return locks.tryLock(new LockTarget.Row(table.keySpace(), key), mode);
  }

  @Override
  public boolean readsCommitted() {
    return isolation.readsCommitted();
  }

  /**
   * Whether what this transaction reads may be older than what is committed. Of what is locked,
   * nothing changes any more once it is not.
   */
  boolean isBehind() {
    return store.lastCommitTimestamp() > transaction.timestamp();
  }

  /** Notes a change of an extension, to be published after the commit. */
  void change(PluginSystem.Change change) {
    changes.add(change);
  }

  private void discardChanges() {
    changes.forEach(PluginSystem.Change::discard);
    changes.clear();
  }

  Transaction transaction() {
    return transaction;
  }

  Instant begun() {
    return begun;
  }

  boolean isFailed() {
    return failed;
  }

  /** Lets nothing be done any more but to go back, and gives back what that gives back. */
  void fail() {
    failed = true;
    locks.releaseAfter(savepoints.isEmpty() ? 0 : savepoints.getLast().locks());
  }

  boolean isReadOnly() {
    return readOnly;
  }

  /**
   * Refuses what a transaction that only reads cannot do.
   *
   * @throws DatabaseException 25006
   */
  void requireWritable(String command) {
    if (readOnly) {
      throw DatabaseException.user(
          "25006", "cannot execute " + command + " in a read-only transaction");
    }
  }

  /**
   * Sets whether it writes nothing.
   *
   * @throws DatabaseException 25001 if it is to write from now on, though a statement has read
   */
  void setReadOnly(boolean value) {
    if (hasSnapshot && readOnly && !value) {
      throw DatabaseException.user(
          "25001", "transaction read-write mode must be set before any query");
    }
    readOnly = value;
  }

  boolean isDeferrable() {
    return deferrable;
  }

  /**
   * Sets whether it waits for a snapshot that no other transaction can spoil, which it does if it
   * is read-only and serializable, too.
   *
   * @throws DatabaseException 25001 once a statement has read
   */
  void setDeferrable(boolean value) {
    if (hasSnapshot && value != deferrable) {
      throw DatabaseException.user(
          "25001", "SET TRANSACTION [NOT] DEFERRABLE must be called before any query");
    }
    deferrable = value;
  }

  /** The catalog with this transaction's own changes. */
  CatalogSnapshot catalog() {
    CatalogSnapshot known = snapshot;
    if (known == null) {
      known = editors.isEmpty() ? catalog.at(transaction) : catalog.uncommitted(transaction);
      snapshot = known;
    }
    return known;
  }

  /** Begins a change of the schema; {@link #catalogChanged} must follow. */
  CatalogEditor edit() {
    CatalogEditor editor = catalog.edit(transaction);
    editors.add(editor);
    return editor;
  }

  /** Forgets what the catalog was. */
  void catalogChanged() {
    snapshot = null;
  }

  /** Makes schema changes of a table by others conflict with this transaction's rows in it. */
  void guard(TableDefinition table) {
    if (guarded.add(table.id())) {
      Catalog.guard(transaction, table.id());
    }
  }

  /** What is not checked yet. */
  DeferredChecks deferred() {
    return deferred;
  }

  void savepoint(String name) {
    savepoints.add(new Savepoint(name, transaction.savepoint(), locks.mark(), deferred.mark()));
  }

  void rollbackTo(String name) {
    int index = find(name);
    undo(savepoints.get(index).mark());
    locks.releaseAfter(savepoints.get(index).locks());
    deferred.rollbackTo(savepoints.get(index).deferred());
    savepoints.subList(index + 1, savepoints.size()).clear();
    failed = false;
  }

  void release(String name) {
    savepoints.subList(find(name), savepoints.size()).clear();
  }

  private int find(String name) {
    for (int i = savepoints.size() - 1; i >= 0; i--) {
      if (savepoints.get(i).name().equals(name)) {
        return i;
      }
    }
    throw DatabaseException.user("3B001", "savepoint \"" + name + "\" does not exist");
  }

  /** A mark before a statement. */
  int mark() {
    return transaction.savepoint();
  }

  /** Takes back what was staged after a mark. */
  void undo(int mark) {
    transaction.rollbackTo(mark);
    guarded.clear();
    snapshot = null;
  }

  /** Commits; whatever happens, the transaction is over. */
  void commit(Durability durability) {
    try {
      plugins.indexes().beforeCommit(transaction);
      if (isolation.readsCommitted() && !transaction.isReadOnly()) {
        // All that was written is locked: that others changed it before does not matter any more.
        transaction.refresh();
      }
      commitWritten(durability);
    } finally {
      activity.transactionEnds();
      locks.endTransaction();
    }
  }

  private void commitWritten(Durability durability) {
    if (editors.isEmpty()) {
      try (transaction) {
        transaction.commit(durability);
      }
      return;
    }
    boolean committed = false;
    catalog.changing();
    try (transaction) {
      transaction.commit(durability);
      committed = true;
    } finally {
      catalog.changed();
      if (!committed) {
        discardChanges();
        settleKeySpaces(false);
      }
    }
    // First the plug-ins let go of what is dropped.
    try {
      plugins.committed(changes);
    } finally {
      settleKeySpaces(true);
    }
  }

  /** Rolls back; the transaction is over. */
  void rollback() {
    transaction.close();
    try {
      discardChanges();
      settleKeySpaces(false);
    } finally {
      activity.transactionEnds();
      locks.endTransaction();
    }
  }

  /** Drops the key spaces that nothing names now. */
  private void settleKeySpaces(boolean committed) {
    if (editors.isEmpty()) {
      return;
    }
    Set<Integer> candidates = new HashSet<>();
    for (CatalogEditor editor : editors) {
      candidates.addAll(editor.createdKeySpaces());
      if (committed) {
        candidates.addAll(editor.releasedKeySpaces());
      }
    }
    candidates.removeAll(catalog.ownedKeySpaces());
    candidates.forEach(store::dropKeySpace);
  }
}
