package org.facetdb.storage.txn;

import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.facetdb.storage.Durability;
import org.facetdb.storage.log.WriteBatch;
import org.jspecify.annotations.Nullable;

/**
 * A transaction on its way through the commit pipeline.
 *
 * <p>Made by the committer, then owned by whoever runs the pipeline until it is completed. The
 * result is published by {@code done}.
 */
final class CommitRequest {
  /** A key that must not have changed. */
  record KeyGuard(int keySpace, byte[] key) {}

  /** A range of keys, from inclusive, to exclusive, that must not have changed. */
  record RangeGuard(int keySpace, byte[] from, byte[] to) {}

  final WriteBatch batch;
  final List<KeyGuard> keyGuards;
  final List<RangeGuard> rangeGuards;
  final long snapshotTimestamp;
  final Durability durability;

  /** Slots of the written keys, then of the guarded ones, see {@link RecentWrites}. */
  final char[] slots;

  /** Commits up to here were seen when the committer validated on its own. */
  long observedTimestamp;

  private final Thread waiter = Thread.currentThread();
  private long timestamp;
  private @Nullable RuntimeException failure;
  private volatile boolean done;

  CommitRequest(
      WriteBatch batch,
      List<KeyGuard> keyGuards,
      List<RangeGuard> rangeGuards,
      long snapshotTimestamp,
      Durability durability) {
    this.batch = batch;
    this.keyGuards = keyGuards;
    this.rangeGuards = rangeGuards;
    this.snapshotTimestamp = snapshotTimestamp;
    this.durability = durability;
    this.slots = new char[batch.count() + keyGuards.size()];
  }

  /** The commit got its timestamp, but is not complete yet. */
  void assign(long commitTimestamp) {
    this.timestamp = commitTimestamp;
  }

  void complete() {
    done = true;
    LockSupport.unpark(waiter);
  }

  void fail(RuntimeException cause) {
    failure = cause;
    complete();
  }

  boolean isDone() {
    return done;
  }

  /** Waits, whatever interrupts come; they stay pending. */
  void await() {
    boolean interrupted = false;
    while (!done) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The commit timestamp, or the failure. */
  long result() {
    RuntimeException cause = failure;
    if (cause != null) {
      throw cause;
    }
    return timestamp;
  }
}
