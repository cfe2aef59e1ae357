package org.facetdb.storage;

import java.time.Instant;

/** The moment that a restore from a backup and an archived log goes up to. */
public sealed interface RestorePoint {
  /**
   * The commit with a log sequence number; where that number was never given to a commit, the last
   * one before it.
   */
  record Sequence(long sequence) implements RestorePoint {}

  /**
   * The last commit at or before a timestamp.
   *
   * @param timestamp hybrid clock value, see {@link HybridTime}
   */
  record Timestamp(long timestamp) implements RestorePoint {}

  /** The last commit that the archive has. */
  record Latest() implements RestorePoint {}

  /** How messages call the moment. */
  default String text() {
    return switch (this) {
      case Sequence point -> "sequence " + point.sequence();
      case Timestamp point -> Instant.ofEpochMilli(HybridTime.millis(point.timestamp())).toString();
      case Latest _ -> "the end of the archive";
    };
  }

  /** Whether a commit lies after the moment. */
  default boolean isBefore(long commitSequence, long commitTimestamp) {
    return switch (this) {
      case Sequence point -> point.sequence() < commitSequence;
      case Timestamp point -> point.timestamp() < commitTimestamp;
      case Latest _ -> false;
    };
  }

  /** Whether nothing after a commit can belong to the moment. */
  default boolean isReachedBy(long commitSequence, long commitTimestamp) {
    return switch (this) {
      case Sequence point -> point.sequence() <= commitSequence;
      case Timestamp point -> point.timestamp() <= commitTimestamp;
      case Latest _ -> false;
    };
  }
}
