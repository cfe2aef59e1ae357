package org.facetdb;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import org.facetdb.storage.Durability;

/**
 * How a database is opened. Where it is open in the process already, the options of the first
 * opener hold.
 *
 * @param durability what every commit waits for
 * @param memoryBytes budget for cached blocks, memtables and running statements together
 * @param retention how long superseded rows of ordinary tables stay readable
 * @param clock wall clock behind commit timestamps and {@code now()}
 */
public record DatabaseOptions(
    Durability durability, long memoryBytes, Duration retention, InstantSource clock) {
  /** The smallest budget. */
  public static final long MEMORY_BYTES_MIN = 16L << 20;

  public DatabaseOptions {
    Objects.requireNonNull(durability);
    Objects.requireNonNull(retention);
    Objects.requireNonNull(clock);
    if (memoryBytes < MEMORY_BYTES_MIN) {
      throw new IllegalArgumentException(
          "a database needs at least 16 MB: memoryBytes=" + memoryBytes);
    }
  }

  /** Synced commits, three quarters of the heap, one hour of history. */
  public static DatabaseOptions defaults() {
    return new DatabaseOptions(
        Durability.SYNC,
        Math.max(MEMORY_BYTES_MIN, Runtime.getRuntime().maxMemory() / 4 * 3),
        Duration.ofHours(1),
        InstantSource.system());
  }

  public DatabaseOptions withDurability(Durability value) {
    return new DatabaseOptions(value, memoryBytes, retention, clock);
  }

  public DatabaseOptions withMemoryBytes(long value) {
    return new DatabaseOptions(durability, value, retention, clock);
  }

  public DatabaseOptions withRetention(Duration value) {
    return new DatabaseOptions(durability, memoryBytes, value, clock);
  }

  public DatabaseOptions withClock(InstantSource value) {
    return new DatabaseOptions(durability, memoryBytes, retention, value);
  }
}
