package org.facetdb;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import org.facetdb.sql.IndexOptions;
import org.facetdb.storage.Durability;
import org.facetdb.storage.TableOptions;
import org.jspecify.annotations.Nullable;

/**
 * How a database is opened. Where it is open in the process already, the options of the first
 * opener hold, which {@link Database#options} tells; the JDBC driver refuses a URL that asks for
 * others.
 *
 * @param durability what every commit waits for
 * @param memoryBytes budget for cached blocks, memtables and running statements together
 * @param retention how long superseded rows of ordinary tables stay readable
 * @param clock wall clock behind commit timestamps and {@code now()}
 * @param pluginFolders hold the packages that CREATE EXTENSION finds
 * @param indexes how the indexes of plug-ins are kept
 * @param archive folder of this database alone into which each closed segment of the log is copied,
 *     so that it can be restored to any moment; null for none
 * @param tables how sstables are written and read
 */
public record DatabaseOptions(
    Durability durability,
    long memoryBytes,
    Duration retention,
    InstantSource clock,
    List<Path> pluginFolders,
    IndexOptions indexes,
    @Nullable Path archive,
    TableOptions tables) {
  /** The smallest budget. */
  public static final long MEMORY_BYTES_MIN = 16L << 20;

  public DatabaseOptions {
    Objects.requireNonNull(durability);
    Objects.requireNonNull(retention);
    Objects.requireNonNull(clock);
    pluginFolders = List.copyOf(pluginFolders);
    Objects.requireNonNull(indexes);
    Objects.requireNonNull(tables);
    if (memoryBytes < MEMORY_BYTES_MIN) {
      throw new IllegalArgumentException(
          "a database needs at least 16 MB: memoryBytes=" + memoryBytes);
    }
  }

  /**
   * Synced commits, three quarters of the heap, one hour of history, and the plug-ins of the
   * installation that the process runs from, if it runs from one.
   */
  public static DatabaseOptions defaults() {
    return new DatabaseOptions(
        Durability.SYNC,
        Math.max(MEMORY_BYTES_MIN, Runtime.getRuntime().maxMemory() / 4 * 3),
        Duration.ofHours(1),
        InstantSource.system(),
        homeFolder(),
        IndexOptions.defaults(),
        null,
        TableOptions.defaults());
  }

  public DatabaseOptions withDurability(Durability value) {
    return new DatabaseOptions(
        value, memoryBytes, retention, clock, pluginFolders, indexes, archive, tables);
  }

  public DatabaseOptions withMemoryBytes(long value) {
    return new DatabaseOptions(
        durability, value, retention, clock, pluginFolders, indexes, archive, tables);
  }

  public DatabaseOptions withRetention(Duration value) {
    return new DatabaseOptions(
        durability, memoryBytes, value, clock, pluginFolders, indexes, archive, tables);
  }

  public DatabaseOptions withClock(InstantSource value) {
    return new DatabaseOptions(
        durability, memoryBytes, retention, value, pluginFolders, indexes, archive, tables);
  }

  public DatabaseOptions withPluginFolders(List<Path> value) {
    return new DatabaseOptions(
        durability, memoryBytes, retention, clock, value, indexes, archive, tables);
  }

  @SuppressWarnings("exports")
  public DatabaseOptions withIndexes(IndexOptions value) {
    return new DatabaseOptions(
        durability, memoryBytes, retention, clock, pluginFolders, value, archive, tables);
  }

  public DatabaseOptions withArchive(@Nullable Path value) {
    return new DatabaseOptions(
        durability, memoryBytes, retention, clock, pluginFolders, indexes, value, tables);
  }

  public DatabaseOptions withTables(TableOptions value) {
    return new DatabaseOptions(
        durability, memoryBytes, retention, clock, pluginFolders, indexes, archive, value);
  }

  private static List<Path> homeFolder() {
    String home = System.getProperty("facetdb.home");
    return home == null ? List.of() : List.of(Path.of(home, "plugins"));
  }
}
