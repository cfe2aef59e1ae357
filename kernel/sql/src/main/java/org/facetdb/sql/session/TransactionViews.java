package org.facetdb.sql.session;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.facetdb.spi.type.Interval;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.facetdb.sql.catalog.ColumnDefinition;
import org.facetdb.sql.catalog.SystemView;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.type.SqlType;
import org.facetdb.storage.HybridTime;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.Store;
import org.jspecify.annotations.Nullable;

/**
 * The views that show open transactions, and what they keep from being removed. Stateless but for
 * what they ask.
 */
public final class TransactionViews {
  private static final String SCHEMA = "pg_catalog";

  private TransactionViews() {}

  /** All of them. */
  public static List<SystemView> views(Store store, Activities activities, InstantSource clock) {
    return List.of(transactions(activities), retention(store, clock));
  }

  private static SystemView transactions(Activities activities) {
    return new SystemView(
        SCHEMA,
        "facetdb_transactions",
        List.of(
            ColumnDefinition.of(1, "session", SqlType.INTEGER),
            ColumnDefinition.of(2, "principal", SqlType.TEXT),
            ColumnDefinition.of(3, "state", SqlType.TEXT),
            ColumnDefinition.of(4, "isolation", SqlType.TEXT),
            ColumnDefinition.of(5, "read_only", SqlType.BOOLEAN),
            ColumnDefinition.of(6, "started", SqlType.TIMESTAMPTZ),
            ColumnDefinition.of(7, "statement_started", SqlType.TIMESTAMPTZ),
            ColumnDefinition.of(8, "idle_since", SqlType.TIMESTAMPTZ),
            ColumnDefinition.of(9, "snapshot_timestamp", SqlType.TIMESTAMPTZ),
            ColumnDefinition.of(10, "written_bytes", SqlType.BIGINT),
            ColumnDefinition.of(11, "spilled", SqlType.BOOLEAN)),
        (catalog, database) -> {
          List<List<@Nullable Object>> rows = new ArrayList<>();
          for (SessionActivity activity : activities.all()) {
            TransactionState transaction = activity.transaction();
            long snapshot = activity.statementSnapshot();
            if (transaction != null) {
              rows.add(row(activity, transaction, snapshot));
            } else if (snapshot != SessionActivity.NONE) {
              rows.add(row(activity, snapshot));
            }
          }
          return rows;
        });
  }

  private static List<@Nullable Object> row(
      SessionActivity activity, TransactionState transaction, long snapshot) {
    return Arrays.asList(
        activity.id(),
        activity.principal(),
        state(activity, transaction),
        transaction.isolation().level(),
        transaction.isReadOnly(),
        transaction.begun().atOffset(ZoneOffset.UTC),
        time(activity.statementMillis()),
        time(activity.idleSince()),
        hybrid(Math.min(snapshot, transaction.transaction().timestamp())),
        transaction.transaction().writtenBytes(),
        transaction.transaction().isSpilled());
  }

  /** A query outside a transaction, which has a snapshot until its result is closed. */
  private static List<@Nullable Object> row(SessionActivity activity, long snapshot) {
    OffsetDateTime begun = time(activity.statementMillis());
    return Arrays.asList(
        activity.id(),
        activity.principal(),
        activity.isCalled() ? "active" : "idle",
        Isolation.READ_COMMITTED.level(),
        true,
        begun,
        begun,
        null,
        hybrid(snapshot),
        0L,
        false);
  }

  private static String state(SessionActivity activity, TransactionState transaction) {
    if (activity.isCalled()) {
      return "active";
    }
    if (!transaction.isBlock()) {
      return "idle";
    }
    return transaction.isFailed() ? "idle in transaction (aborted)" : "idle in transaction";
  }

  private static SystemView retention(Store store, InstantSource clock) {
    return new SystemView(
        SCHEMA,
        "facetdb_retention",
        List.of(
            ColumnDefinition.of(1, "table_name", SqlType.TEXT),
            ColumnDefinition.of(2, "retention", SqlType.INTERVAL),
            ColumnDefinition.of(3, "oldest_readable", SqlType.TIMESTAMPTZ),
            ColumnDefinition.of(4, "removable_until", SqlType.TIMESTAMPTZ),
            ColumnDefinition.of(5, "held_back", SqlType.BOOLEAN)),
        (catalog, database) -> retentionRows(store, clock, catalog));
  }

  private static List<List<@Nullable Object>> retentionRows(
      Store store, InstantSource clock, CatalogSnapshot catalog) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    Map<Integer, KeySpaceOptions> keySpaces = store.keySpaces();
    // In this order: without an open snapshot what is pinned is the last commit.
    long last = store.lastCommitTimestamp();
    long pinned = store.oldestPinned();
    boolean behind = pinned < last;
    List<TableDefinition> tables =
        catalog.tables().values().stream()
            .sorted(Comparator.comparing(TableDefinition::name))
            .toList();
    for (TableDefinition table : tables) {
      KeySpaceOptions options = keySpaces.get(table.keySpace());
      if (options == null) {
        // Dropped since the statement began.
        continue;
      }
      Duration kept = options.retention();
      OffsetDateTime oldest = hybrid(store.oldestReadable(table.keySpace()));
      if (kept == null) {
        rows.add(Arrays.asList(table.name(), null, oldest, null, false));
        continue;
      }
      long limit = HybridTime.ofMillis(Math.max(0, clock.millis() - kept.toMillis()));
      rows.add(
          Arrays.asList(
              table.name(),
              new Interval(0, (int) kept.toDays(), kept.minusDays(kept.toDays()).toNanos() / 1000),
              oldest,
              hybrid(Math.min(pinned, limit)),
              behind && pinned < limit));
    }
    return rows;
  }

  private static @Nullable OffsetDateTime hybrid(long timestamp) {
    return time(HybridTime.millis(timestamp));
  }

  private static @Nullable OffsetDateTime time(long millis) {
    return millis == 0 ? null : Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC);
  }
}
