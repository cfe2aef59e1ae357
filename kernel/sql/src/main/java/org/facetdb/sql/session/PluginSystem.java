package org.facetdb.sql.session;

import java.util.ArrayList;
import java.util.List;
import org.facetdb.sql.catalog.Catalog;
import org.facetdb.sql.catalog.CatalogEditor;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.facetdb.sql.catalog.MethodIndex;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.extension.Extensions;
import org.facetdb.sql.extension.PluginVersion;
import org.facetdb.sql.index.IndexManager;
import org.facetdb.storage.Durability;
import org.facetdb.storage.Store;
import org.facetdb.storage.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * The plug-ins of a database and their indexes, as sessions use them: what a committed change of
 * the schema means for them happens here. Safe for any number of threads; owns both.
 */
public final class PluginSystem implements AutoCloseable {
  private final Store store;
  private final Catalog catalog;
  private final Extensions extensions;
  private final IndexManager indexes;

  public PluginSystem(Store store, Catalog catalog, Extensions extensions, IndexManager indexes) {
    this.store = store;
    this.catalog = catalog;
    this.extensions = extensions;
    this.indexes = indexes;
  }

  /** Loads the installed extensions and begins to open their indexes. */
  public void open() {
    extensions.open(catalog.latest());
    indexes.open(catalog.latest(), extensions.current());
  }

  Extensions extensions() {
    return extensions;
  }

  IndexManager indexes() {
    return indexes;
  }

  /**
   * A change of an extension that waits for its transaction.
   *
   * @param next the version that is to serve, loaded; null where the extension goes
   * @param indexes the next generations of its indexes; null where none are affected
   */
  record Change(String name, @Nullable PluginVersion next, IndexManager.@Nullable Switch indexes) {
    void discard() {
      if (indexes != null) {
        indexes.discard();
      }
      if (next != null) {
        next.leases().retire();
      }
    }
  }

  /**
   * Follows a committed change of the catalog.
   *
   * @throws RuntimeException where a new index can't be built: it was dropped again
   */
  void committed(List<Change> changes) {
    List<PluginVersion> replaced = new ArrayList<>();
    for (Change change : changes) {
      PluginVersion before = extensions.publish(change.name(), change.next());
      if (before != null) {
        replaced.add(before);
      }
      if (change.indexes() != null) {
        change.indexes().publish();
      }
    }
    try {
      indexes.settle(catalog.latest(), extensions.current());
    } catch (RuntimeException e) {
      dropUnbuilt(e);
      throw e;
    } finally {
      for (PluginVersion version : replaced) {
        // First no more leases: else another evaluator could be made, and stay.
        version.leases().retire();
        indexes.retire(version.methods());
      }
    }
  }

  private void dropUnbuilt(RuntimeException failure) {
    catalog.changing();
    try (Transaction transaction = store.begin()) {
      CatalogSnapshot now = catalog.at(transaction);
      CatalogEditor editor = catalog.edit(transaction);
      for (TableDefinition table : now.tables().values()) {
        List<MethodIndex> built =
            table.methodIndexes().stream().filter(i -> indexes.knows(i.id())).toList();
        if (built.size() < table.methodIndexes().size()) {
          editor.put(table.withMethodIndexes(built, table.rowIdSpace()));
        }
      }
      transaction.commit(Durability.SYNC);
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    } finally {
      catalog.changed();
    }
  }

  @Override
  public void close() {
    try {
      indexes.close();
    } finally {
      extensions.close();
    }
  }
}
