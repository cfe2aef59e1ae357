package org.facetdb.sql.catalog;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.Store;
import org.facetdb.storage.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * Changes of the catalog within one transaction. Used by the transaction's thread.
 *
 * <p>Key spaces are made at once, outside the transaction: the owner of the transaction drops
 * {@link #createdKeySpaces} if it ends without committing, and {@link #releasedKeySpaces} once it
 * has committed. After a crash in between, the sweep at open does the same.
 */
public final class CatalogEditor {
  private final Catalog catalog;
  private final Transaction transaction;
  private final DefinitionCodec codec;
  private final List<Integer> created = new ArrayList<>();
  private final List<Integer> released = new ArrayList<>();

  CatalogEditor(Catalog catalog, Transaction transaction, DefinitionCodec codec) {
    this.catalog = catalog;
    this.transaction = transaction;
    this.codec = codec;
  }

  /** An id for a new table or index. */
  public int nextId() {
    return Catalog.nextId(transaction);
  }

  /** A new key space. */
  public int createKeySpace(@Nullable Duration retention) {
    int id = catalog.store().createKeySpace(new KeySpaceOptions(retention));
    created.add(id);
    return id;
  }

  /** Lets a key space go when the transaction commits. */
  public void releaseKeySpace(int id) {
    released.add(id);
  }

  /** Stores a new or changed definition; every open writer of the table will conflict. */
  public void put(TableDefinition table) {
    Catalog.bumpVersion(transaction);
    transaction.put(Store.CATALOG_KEY_SPACE, Catalog.tableKey(table.id()), codec.encode(table));
  }

  /** Removes a table and lets its key spaces go. */
  public void drop(TableDefinition table) {
    Catalog.bumpVersion(transaction);
    transaction.delete(Store.CATALOG_KEY_SPACE, Catalog.tableKey(table.id()));
    released.addAll(Catalog.keySpacesOf(table));
  }

  /** Stores a new or changed extension. */
  public void put(ExtensionDefinition extension) {
    Catalog.bumpVersion(transaction);
    transaction.put(
        Store.CATALOG_KEY_SPACE, Catalog.extensionKey(extension.name()), codec.encode(extension));
  }

  /** Removes an extension and lets its state go. */
  public void drop(ExtensionDefinition extension) {
    Catalog.bumpVersion(transaction);
    transaction.delete(Store.CATALOG_KEY_SPACE, Catalog.extensionKey(extension.name()));
    released.add(extension.stateKeySpace());
  }

  /** Made by this editor so far. */
  public List<Integer> createdKeySpaces() {
    return List.copyOf(created);
  }

  /** To be dropped after the commit. */
  public List<Integer> releasedKeySpaces() {
    return List.copyOf(released);
  }
}
