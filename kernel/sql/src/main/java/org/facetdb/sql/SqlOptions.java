package org.facetdb.sql;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import org.facetdb.storage.Durability;

/**
 * How SQL is served on a store.
 *
 * @param databaseName what {@code current_database()} and the catalog views call it
 * @param durability what every commit waits for
 * @param retention how long superseded rows of ordinary tables stay readable by AS OF
 * @param statementMemoryBytes upper bound of what one statement may hold in operators
 * @param clock behind {@code now()} and the statement timeout
 * @param indexes how the indexes of plug-ins are kept
 */
public record SqlOptions(
    String databaseName,
    Durability durability,
    Duration retention,
    long statementMemoryBytes,
    InstantSource clock,
    IndexOptions indexes) {
  public SqlOptions {
    Objects.requireNonNull(databaseName);
    Objects.requireNonNull(durability);
    Objects.requireNonNull(retention);
    Objects.requireNonNull(clock);
    if (statementMemoryBytes < 1 << 20) {
      throw new IllegalArgumentException(
          "a statement needs at least 1 MB: statementMemoryBytes=" + statementMemoryBytes);
    }
  }

  /** Synced commits, one hour of history, half of the heap for a statement. */
  public static SqlOptions defaults(String databaseName) {
    return new SqlOptions(
        databaseName,
        Durability.SYNC,
        Duration.ofHours(1),
        Math.max(1 << 20, Runtime.getRuntime().maxMemory() / 2),
        InstantSource.system(),
        IndexOptions.defaults());
  }

  /** Options with default indexes. */
  public SqlOptions(
      String databaseName,
      Durability durability,
      Duration retention,
      long statementMemoryBytes,
      InstantSource clock) {
    this(databaseName, durability, retention, statementMemoryBytes, clock, IndexOptions.defaults());
  }

  public SqlOptions withIndexes(IndexOptions value) {
    return new SqlOptions(databaseName, durability, retention, statementMemoryBytes, clock, value);
  }

  public SqlOptions withDurability(Durability value) {
    return new SqlOptions(databaseName, value, retention, statementMemoryBytes, clock, indexes);
  }

  public SqlOptions withStatementMemory(long bytes) {
    return new SqlOptions(databaseName, durability, retention, bytes, clock, indexes);
  }

  public SqlOptions withClock(InstantSource value) {
    return new SqlOptions(
        databaseName, durability, retention, statementMemoryBytes, value, indexes);
  }
}
