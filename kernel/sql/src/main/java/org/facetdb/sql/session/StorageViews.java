package org.facetdb.sql.session;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.facetdb.sql.catalog.ColumnDefinition;
import org.facetdb.sql.catalog.SystemView;
import org.facetdb.sql.type.SqlType;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreStatistics;
import org.jspecify.annotations.Nullable;

/** The views that show how the store is doing. Stateless but for what they ask. */
public final class StorageViews {
  private static final String SCHEMA = "pg_catalog";

  private StorageViews() {}

  /** All of them. */
  public static List<SystemView> views(Store store) {
    return List.of(storage(store), levels(store));
  }

  private static SystemView storage(Store store) {
    List<ColumnDefinition> columns = new ArrayList<>();
    for (String name :
        List.of(
            "last_sequence",
            "flushed_sequence",
            "memtables",
            "memtable_entries",
            "cached_bytes",
            "cache_bytes",
            "log_segments",
            "log_bytes",
            "flushes",
            "flushed_bytes",
            "compactions",
            "compacted_bytes")) {
      columns.add(ColumnDefinition.of(columns.size() + 1, name, SqlType.BIGINT));
    }
    columns.add(ColumnDefinition.of(columns.size() + 1, "problem", SqlType.TEXT));
    for (String name : List.of("archived_sequence", "unarchived_segments", "unarchived_bytes")) {
      columns.add(ColumnDefinition.of(columns.size() + 1, name, SqlType.BIGINT));
    }
    columns.add(ColumnDefinition.of(columns.size() + 1, "archive_problem", SqlType.TEXT));
    return new SystemView(
        SCHEMA, "facetdb_storage", columns, (catalog, database) -> List.of(row(store)));
  }

  private static List<@Nullable Object> row(Store store) {
    StoreStatistics found = store.statistics();
    StoreStatistics.Archive archive = found.archive();
    return Arrays.asList(
        store.lastSequence(),
        found.flushedSequence(),
        (long) found.memtables(),
        found.memtableEntries(),
        found.cachedBytes(),
        found.cacheBytes(),
        (long) found.logSegments(),
        found.logBytes(),
        found.flushes(),
        found.flushedBytes(),
        found.compactions(),
        found.compactedBytes(),
        found.problem(),
        archive == null ? null : archive.sequence(),
        archive == null ? null : (long) archive.waitingSegments(),
        archive == null ? null : archive.waitingBytes(),
        archive == null ? null : archive.problem());
  }

  private static SystemView levels(Store store) {
    return new SystemView(
        SCHEMA,
        "facetdb_levels",
        List.of(
            ColumnDefinition.of(1, "tree", SqlType.TEXT),
            ColumnDefinition.of(2, "level", SqlType.INTEGER),
            ColumnDefinition.of(3, "tables", SqlType.BIGINT),
            ColumnDefinition.of(4, "entries", SqlType.BIGINT),
            ColumnDefinition.of(5, "bytes", SqlType.BIGINT)),
        (catalog, database) -> {
          List<List<@Nullable Object>> rows = new ArrayList<>();
          for (StoreStatistics.Level level : store.statistics().levels()) {
            rows.add(
                Arrays.asList(
                    level.tree(),
                    level.level(),
                    (long) level.tables(),
                    level.entries(),
                    level.bytes()));
          }
          return rows;
        });
  }
}
