package org.facetdb.sql.session;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.catalog.Catalog;
import org.facetdb.sql.catalog.CatalogEditor;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.storage.Durability;
import org.facetdb.storage.Store;
import org.facetdb.storage.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * One transaction of a session, begun by BEGIN or for a single statement. Used by the session's
 * thread; owns the storage transaction and the key spaces that its schema changes made.
 */
final class TransactionState {
  private final Store store;
  private final Catalog catalog;
  private final PluginSystem plugins;
  private final boolean block;
  private final List<PluginSystem.Change> changes = new ArrayList<>();
  private final Transaction transaction;
  private final Instant begun;
  private final List<CatalogEditor> editors = new ArrayList<>();
  private final List<Savepoint> savepoints = new ArrayList<>();
  private final Set<Integer> guarded = new HashSet<>();
  private @Nullable CatalogSnapshot snapshot;
  private boolean failed;
  private boolean readOnly;

  private record Savepoint(String name, int mark) {}

  /**
   * @param block whether BEGIN began it
   */
  TransactionState(Kernel kernel, boolean block) {
    this.store = kernel.store();
    this.catalog = kernel.catalog();
    this.plugins = kernel.plugins();
    this.block = block;
    this.begun = kernel.options().clock().instant();
    this.transaction = store.begin();
  }

  /** True if BEGIN began it, false for the transaction of a single statement. */
  boolean isBlock() {
    return block;
  }

  /** Keeps others from changing extensions until the transaction is over. */
  void lockExtensions() {
    if (!plugins.changing().isHeldByCurrentThread()) {
      plugins.changing().lock();
    }
  }

  private void unlockExtensions() {
    if (plugins.changing().isHeldByCurrentThread()) {
      plugins.changing().unlock();
    }
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

  void fail() {
    failed = true;
  }

  boolean isReadOnly() {
    return readOnly;
  }

  void setReadOnly(boolean value) {
    readOnly = value;
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

  void savepoint(String name) {
    savepoints.add(new Savepoint(name, transaction.savepoint()));
  }

  void rollbackTo(String name) {
    int index = find(name);
    undo(savepoints.get(index).mark());
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
    plugins.indexes().beforeCommit(transaction);
    if (editors.isEmpty()) {
      try (transaction) {
        transaction.commit(durability);
      } finally {
        unlockExtensions();
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
        unlockExtensions();
      }
    }
    // First the plug-ins let go of what is dropped.
    try {
      plugins.committed(changes);
    } finally {
      settleKeySpaces(true);
      unlockExtensions();
    }
  }

  /** Rolls back; the transaction is over. */
  void rollback() {
    transaction.close();
    discardChanges();
    unlockExtensions();
    settleKeySpaces(false);
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
