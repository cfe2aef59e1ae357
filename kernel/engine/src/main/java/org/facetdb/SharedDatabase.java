package org.facetdb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.PluginSource;
import org.facetdb.sql.SqlDatabase;
import org.facetdb.sql.SqlOptions;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Stores;

/**
 * The databases that this process has open, by canonical path or name in memory, each with the
 * number of its handles. The registry's lock is held while a database opens or closes, so nobody
 * sees one half open.
 */
final class SharedDatabase {
  private static final Map<Object, SharedDatabase> OPEN = new HashMap<>();

  private static final String NO_FOLDER =
      "No plug-in folder is set. Add ?plugins=FOLDER to the JDBC URL, or set the connection's"
          + " property plugins, DatabaseOptions.withPluginFolders, or the option --plugins of the"
          + " command line.";

  private final Object key;
  private final String name;
  private final DatabaseOptions options;
  private final Store store;
  private final SqlDatabase sql;
  private int handles = 1;

  /** A name in memory, told apart from paths. */
  private record MemoryName(String name) {}

  private SharedDatabase(
      Object key, String name, Store store, DatabaseOptions options, Path scratch) {
    this.key = key;
    this.name = name;
    this.options = options;
    this.store = store;
    PluginSource plugins =
        options.pluginFolders().isEmpty()
            ? PluginSource.none(NO_FOLDER)
            : new HostedPlugins(options.pluginFolders(), scratch);
    try {
      this.sql = SqlDatabase.open(store, sqlOptions(name, options), plugins);
    } catch (Throwable e) {
      plugins.close();
      throw e;
    }
  }

  static SharedDatabase open(Path directory, DatabaseOptions options) {
    Path canonical = canonical(directory);
    Path last = canonical.getFileName();
    return share(
        canonical,
        last == null ? "facetdb" : last.toString(),
        options,
        () -> Stores.open(canonical, storeOptions(options)),
        canonical.resolve("unpacked"));
  }

  static SharedDatabase inMemory(String name, DatabaseOptions options) {
    Object key = name.isEmpty() ? new Object() : new MemoryName(name);
    return share(
        key,
        name.isEmpty() ? "memory" : name,
        options,
        () -> Stores.openInMemory(storeOptions(options)),
        HostedPlugins.temporary());
  }

  private static SharedDatabase share(
      Object key, String name, DatabaseOptions options, Supplier<Store> opener, Path scratch) {
    synchronized (OPEN) {
      SharedDatabase known = OPEN.get(key);
      if (known != null) {
        known.handles++;
        return known;
      }
      SharedDatabase opened = openNew(key, name, options, opener, scratch);
      OPEN.put(key, opened);
      return opened;
    }
  }

  private static SharedDatabase openNew(
      Object key, String name, DatabaseOptions options, Supplier<Store> opener, Path scratch) {
    Store store;
    try {
      store = opener.get();
    } catch (StorageException failure) {
      throw translated(failure);
    }
    try {
      return new SharedDatabase(key, name, store, options, scratch);
    } catch (StorageException failure) {
      throw abandoned(store, translated(failure));
    } catch (RuntimeException failure) {
      throw abandoned(store, failure);
    }
  }

  /** Closes a store on which no database could be opened. */
  private static RuntimeException abandoned(Store store, RuntimeException failure) {
    try {
      store.close();
    } catch (RuntimeException second) {
      failure.addSuppressed(second);
    }
    return failure;
  }

  String name() {
    return name;
  }

  DatabaseOptions options() {
    return options;
  }

  SqlDatabase sql() {
    return sql;
  }

  void settle() {
    try {
      store.flush();
      store.compact();
    } catch (StorageException failure) {
      throw translated(failure);
    }
  }

  void release() {
    synchronized (OPEN) {
      handles--;
      if (handles == 0) {
        OPEN.remove(key);
        try {
          sql.close();
        } finally {
          store.close();
        }
      }
    }
  }

  private static Path canonical(Path directory) {
    try {
      Files.createDirectories(directory);
      return directory.toRealPath();
    } catch (IOException failure) {
      throw new DatabaseException(
          "58030",
          DatabaseException.Category.RESOURCE,
          "cannot open the directory " + directory + ": " + reason(failure),
          null,
          null,
          0,
          failure);
    }
  }

  private static String reason(IOException failure) {
    return failure instanceof NoSuchFileException
        ? "it does not exist and cannot be made there"
        : StorageException.reason(failure);
  }

  private static StoreOptions storeOptions(DatabaseOptions options) {
    return StoreOptions.defaults()
        .withMemtableBytes(Math.clamp(options.memoryBytes() / 12, 1L << 20, 64L << 20))
        .withBlockCacheBytes(options.memoryBytes() / 3)
        .withSpillBytes(Math.clamp(options.memoryBytes() / 16, 1L << 20, 32L << 20))
        .withCompactions(Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 4))
        .withTimelineRetention(options.retention())
        .withClock(options.clock())
        .withChangeLog(true)
        .withArchive(options.archive())
        .withTables(options.tables());
  }

  private static SqlOptions sqlOptions(String name, DatabaseOptions options) {
    return new SqlOptions(
        name,
        options.durability(),
        options.retention(),
        Math.max(1 << 20, options.memoryBytes() / 2),
        options.clock(),
        options.indexes());
  }

  private static DatabaseException translated(StorageException failure) {
    DatabaseException.Category category =
        switch (failure.category()) {
          case USER -> DatabaseException.Category.USER;
          case RESOURCE -> DatabaseException.Category.RESOURCE;
          case INTERNAL -> DatabaseException.Category.INTERNAL;
          case CORRUPTION -> DatabaseException.Category.CORRUPTION;
        };
    return new DatabaseException(
        failure.sqlState(), category, String.valueOf(failure.getMessage()), null, null, 0, failure);
  }
}
