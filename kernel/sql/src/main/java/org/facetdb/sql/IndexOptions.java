package org.facetdb.sql;

import java.time.Duration;

/**
 * How indexes of plug-ins are kept.
 *
 * @param checkpointRows changed rows after which a checkpoint is written
 * @param checkpointInterval time after which one is written if anything changed, or if the index
 *     has rearranged itself and wants one
 * @param tailBytes commits that may wait for an index before writers are slowed
 * @param scanTailRows changed rows in the tail beyond which a search waits, and then scans if the
 *     table has not many more
 * @param searchWait how long a search waits for an index that is behind or being opened
 */
public record IndexOptions(
    long checkpointRows,
    Duration checkpointInterval,
    long tailBytes,
    int scanTailRows,
    Duration searchWait) {
  /** Checkpoints every 100,000 rows or 30 seconds. */
  public static IndexOptions defaults() {
    return new IndexOptions(
        Long.getLong("facetdb.index.checkpoint.rows", 100_000),
        Duration.ofMillis(Long.getLong("facetdb.index.checkpoint.millis", 30_000)),
        Math.max(16L << 20, Runtime.getRuntime().maxMemory() / 16),
        2_000,
        Duration.ofMillis(2_000));
  }
}
