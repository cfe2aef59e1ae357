package org.facetdb.sql.catalog;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.Durability;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.Reader;
import org.facetdb.storage.Snapshot;
import org.facetdb.storage.Store;
import org.facetdb.storage.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * The definitions of all tables, kept in the store's catalog key space and therefore transactional
 * and versioned like rows. Safe for any number of threads.
 *
 * <p>Entries, numbers big-endian:
 *
 * <pre>
 * 'v'            -> version:i64   written by every change, so that concurrent changes conflict
 * 'i'            -> lastId:i32    of tables and indexes; never goes back
 * 'r' table:i32  -> lastRow:i64   row ids up to it are given out; see RowIds
 * 't' table:i32  -> definition    see DefinitionCodec; guarded by every writer of the table
 * 'e' name:utf8  -> extension     see DefinitionCodec
 * 'k'            -> keySpace:i32  where the checkpoints of plug-ins' indexes are
 * </pre>
 *
 * <p>The latest committed catalog is published in memory. A reader whose snapshot is not older than
 * it, and that sees no change under way, takes it without touching the store; all others read the
 * version and find the catalog in a small cache by it, or load it.
 */
public final class Catalog {
  private static final byte[] VERSION_KEY = {'v'};
  private static final byte[] ID_KEY = {'i'};
  private static final byte[] CHECKPOINT_SPACE_KEY = {'k'};
  private static final int CACHED_VERSIONS = 64;

  private final Store store;
  private final DefinitionCodec codec;
  private final List<SystemView> systemViews;
  private final AtomicInteger changing = new AtomicInteger();
  private final AtomicLong uncommittedVersion = new AtomicLong();
  private final int checkpointSpace;
  private volatile Published latest;

  private final Map<Long, CatalogSnapshot> byVersion =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, CatalogSnapshot> eldest) {
          return size() > CACHED_VERSIONS;
        }
      };

  private record Published(CatalogSnapshot catalog, long since) {}

  /** Reads the catalog and drops the key spaces that no table owns (left by a crash in DDL). */
  public Catalog(
      Store store,
      Function<String, @Nullable LogicalType> types,
      Collection<SystemView> systemViews) {
    this.store = store;
    this.codec = new DefinitionCodec(types);
    this.systemViews = List.copyOf(systemViews);
    try (Snapshot snapshot = store.snapshot()) {
      this.latest = new Published(load(snapshot, version(snapshot)), snapshot.timestamp());
    }
    this.checkpointSpace = openCheckpointSpace();
    sweepOrphans();
  }

  /** Where the checkpoints of plug-ins' indexes are kept, made at the first open. */
  public int checkpointSpace() {
    return checkpointSpace;
  }

  /** The same of a store that nobody serves; null where it has none yet. */
  public static @Nullable Integer checkpointSpaceOf(Store store) {
    try (Snapshot snapshot = store.snapshot()) {
      byte[] known = snapshot.get(Store.CATALOG_KEY_SPACE, CHECKPOINT_SPACE_KEY);
      return known == null ? null : ByteBuffer.wrap(known).getInt();
    }
  }

  private int openCheckpointSpace() {
    Integer known = checkpointSpaceOf(store);
    if (known != null) {
      return known;
    }
    try (Transaction transaction = store.begin()) {
      int made = store.createKeySpace(KeySpaceOptions.keepFor(Duration.ZERO));
      put(transaction, CHECKPOINT_SPACE_KEY, Integer.BYTES, b -> b.putInt(made));
      transaction.commit(Durability.NONE);
      return made;
    }
  }

  /** The key spaces that the latest committed catalog names. */
  public Set<Integer> ownedKeySpaces() {
    Set<Integer> owned = new HashSet<>();
    owned.add(Store.CATALOG_KEY_SPACE);
    for (TableDefinition table : latest.catalog().tables().values()) {
      owned.addAll(keySpacesOf(table));
    }
    for (ExtensionDefinition extension : latest.catalog().extensions().values()) {
      owned.add(extension.stateKeySpace());
    }
    owned.add(checkpointSpace);
    return owned;
  }

  private void sweepOrphans() {
    Set<Integer> owned = ownedKeySpaces();
    for (int keySpace : store.keySpaces().keySet()) {
      if (!owned.contains(keySpace)) {
        store.dropKeySpace(keySpace);
      }
    }
  }

  /** The key spaces of a table's rows and indexes. */
  public static List<Integer> keySpacesOf(TableDefinition table) {
    List<Integer> spaces = new ArrayList<>();
    spaces.add(table.keySpace());
    for (IndexDefinition index : table.indexes()) {
      spaces.add(index.keySpace());
    }
    if (table.rowIdSpace() != 0) {
      spaces.add(table.rowIdSpace());
    }
    return spaces;
  }

  /** The catalog as committed at a reader's timestamp. */
  public CatalogSnapshot at(Reader reader) {
    Published published = latest;
    if (changing.get() == 0 && latest == published && reader.timestamp() >= published.since()) {
      return published.catalog();
    }
    long version = version(reader);
    synchronized (byVersion) {
      CatalogSnapshot cached = byVersion.get(version);
      if (cached != null) {
        return cached;
      }
    }
    CatalogSnapshot loaded = load(reader, version);
    synchronized (byVersion) {
      byVersion.put(version, loaded);
    }
    return loaded;
  }

  /** The latest committed catalog. */
  public CatalogSnapshot latest() {
    return latest.catalog();
  }

  /** The catalog with a transaction's own changes; its version is negative and used once. */
  public CatalogSnapshot uncommitted(Transaction transaction) {
    return load(transaction, uncommittedVersion.decrementAndGet());
  }

  /** Begins a change within a transaction. */
  public CatalogEditor edit(Transaction transaction) {
    return new CatalogEditor(this, transaction, codec);
  }

  /** Announces that a transaction with changes is about to commit; {@link #changed} must follow. */
  public void changing() {
    changing.incrementAndGet();
  }

  /** Publishes what was committed, or nothing new after a failed commit. */
  public void changed() {
    try (Snapshot snapshot = store.snapshot()) {
      synchronized (this) {
        long version = version(snapshot);
        if (version > latest.catalog().version()) {
          latest = new Published(load(snapshot, version), snapshot.timestamp());
        }
      }
    } finally {
      changing.decrementAndGet();
    }
  }

  /** The guard that every writer of a table's rows stages, so that DDL on it conflicts. */
  public static void guard(Transaction transaction, int tableId) {
    transaction.guardKey(Store.CATALOG_KEY_SPACE, tableKey(tableId));
  }

  Store store() {
    return store;
  }

  private CatalogSnapshot load(Reader reader, long version) {
    List<TableDefinition> tables = new ArrayList<>();
    try (Cursor cursor =
        reader.scan(Store.CATALOG_KEY_SPACE, new byte[] {'t'}, new byte[] {'t' + 1})) {
      while (cursor.next()) {
        tables.add(codec.decode(cursor.value()));
      }
    }
    List<ExtensionDefinition> extensions = new ArrayList<>();
    try (Cursor cursor =
        reader.scan(Store.CATALOG_KEY_SPACE, new byte[] {'e'}, new byte[] {'e' + 1})) {
      while (cursor.next()) {
        extensions.add(codec.decodeExtension(cursor.value()));
      }
    }
    return new CatalogSnapshot(version, tables, systemViews, extensions);
  }

  private static long version(Reader reader) {
    byte[] value = reader.get(Store.CATALOG_KEY_SPACE, VERSION_KEY);
    return value == null ? 0 : ByteBuffer.wrap(value).getLong();
  }

  static void bumpVersion(Transaction transaction) {
    put(transaction, VERSION_KEY, Long.BYTES, b -> b.putLong(version(transaction) + 1));
  }

  static int nextId(Transaction transaction) {
    byte[] value = transaction.get(Store.CATALOG_KEY_SPACE, ID_KEY);
    int id = value == null ? 1 : ByteBuffer.wrap(value).getInt() + 1;
    put(transaction, ID_KEY, Integer.BYTES, b -> b.putInt(id));
    return id;
  }

  static byte[] tableKey(int tableId) {
    return ByteBuffer.allocate(5).put((byte) 't').putInt(tableId).array();
  }

  static byte[] extensionKey(String name) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(1 + utf8.length).put((byte) 'e').put(utf8).array();
  }

  static byte[] rowIdKey(int tableId) {
    return ByteBuffer.allocate(5).put((byte) 'r').putInt(tableId).array();
  }

  private static void put(
      Transaction transaction,
      byte[] key,
      int length,
      java.util.function.Consumer<ByteBuffer> content) {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    content.accept(buffer);
    transaction.put(Store.CATALOG_KEY_SPACE, key, buffer.array());
  }
}
