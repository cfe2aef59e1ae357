package org.facetdb.sql.session;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.facetdb.sql.catalog.ColumnDefinition;
import org.facetdb.sql.catalog.IndexDefinition;
import org.facetdb.sql.catalog.SystemView;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.dml.RowNames;
import org.facetdb.sql.type.SqlType;
import org.facetdb.storage.lock.LockManager;
import org.facetdb.storage.lock.LockStatus;
import org.facetdb.storage.lock.LockTarget;
import org.jspecify.annotations.Nullable;

/** {@code pg_locks}: who holds what, and who waits for it. Stateless but for what it asks. */
public final class LockViews {
  private LockViews() {}

  /** All of them. */
  public static List<SystemView> views(LockManager locks) {
    return List.of(
        new SystemView(
            "pg_catalog",
            "pg_locks",
            List.of(
                ColumnDefinition.of(1, "locktype", SqlType.TEXT),
                ColumnDefinition.of(2, "database", SqlType.TEXT),
                ColumnDefinition.of(3, "relation", SqlType.TEXT),
                ColumnDefinition.of(4, "tuple", SqlType.TEXT),
                ColumnDefinition.of(5, "classid", SqlType.BIGINT),
                ColumnDefinition.of(6, "objid", SqlType.BIGINT),
                ColumnDefinition.of(7, "objsubid", SqlType.INTEGER),
                ColumnDefinition.of(8, "pid", SqlType.INTEGER),
                ColumnDefinition.of(9, "mode", SqlType.TEXT),
                ColumnDefinition.of(10, "granted", SqlType.BOOLEAN)),
            (catalog, database) -> {
              List<List<@Nullable Object>> rows = new ArrayList<>();
              for (LockStatus status : locks.status()) {
                rows.add(row(status, catalog, database));
              }
              return rows;
            }));
  }

  private static List<@Nullable Object> row(
      LockStatus status, CatalogSnapshot catalog, String database) {
    String type;
    String relation = null;
    String tuple = null;
    Long classId = null;
    Long objectId = null;
    Integer part = null;
    switch (status.target()) {
      case LockTarget.Table table -> {
        type = "relation";
        TableDefinition known = catalog.table(table.id());
        relation = known == null ? String.valueOf(table.id()) : known.name();
      }
      case LockTarget.Row row -> {
        type = "tuple";
        TableDefinition known = owner(row.keySpace(), catalog);
        relation = known == null ? null : known.name();
        tuple = known == null ? null : name(known, row);
      }
      case LockTarget.Catalog _ -> type = "object";
      case LockTarget.Advisory advisory -> {
        type = "advisory";
        classId = advisory.key() >>> 32;
        objectId = advisory.key() & 0xffff_ffffL;
        part = advisory.pair() ? 2 : 1;
      }
    }
    return Arrays.asList(
        type,
        database,
        relation,
        tuple,
        classId,
        objectId,
        part,
        status.ownerId(),
        status.mode().lockName(),
        status.granted());
  }

  private static String name(TableDefinition table, LockTarget.Row row) {
    for (IndexDefinition index : table.indexes()) {
      if (index.keySpace() == row.keySpace()) {
        return "a key of index \"" + index.name() + "\"";
      }
    }
    return RowNames.describe(table, row.key());
  }

  private static @Nullable TableDefinition owner(int keySpace, CatalogSnapshot catalog) {
    for (TableDefinition table : catalog.tables().values()) {
      boolean index = table.indexes().stream().anyMatch(i -> i.keySpace() == keySpace);
      if (table.keySpace() == keySpace || index) {
        return table;
      }
    }
    return null;
  }
}
