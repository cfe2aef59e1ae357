package org.facetdb.storage.txn;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.facetdb.storage.Durability;
import org.facetdb.storage.log.WriteBatch;
import org.facetdb.storage.serial.SerialTransaction;
import org.facetdb.storage.staged.StagedBatches;
import org.facetdb.storage.staged.StagedWrites;
import org.facetdb.storage.tree.SortedBatches;
import org.jspecify.annotations.Nullable;

/**
 * A transaction on its way through the commit pipeline.
 *
 * <p>Made by the committer, then owned by whoever runs the pipeline until it is completed. The
 * result is published by {@code done}. What it writes is one batch, or as many in a file as it
 * takes, which it owns.
 */
final class CommitRequest implements SortedBatches, AutoCloseable {
  /** A key that must not have changed since a timestamp. */
  record KeyGuard(int keySpace, byte[] key, long since) {}

  /** A range of keys, from inclusive, to exclusive, that must not have changed since. */
  record RangeGuard(int keySpace, byte[] from, byte[] to, long since) {}

  final List<KeyGuard> keyGuards;
  final List<RangeGuard> rangeGuards;
  final long snapshotTimestamp;
  final @Nullable SerialTransaction serial;
  final Durability durability;

  /** Commits up to here were seen when the committer validated on its own. */
  long observedTimestamp;

  private final StagedWrites writes;
  private final Thread waiter = Thread.currentThread();
  private @Nullable WriteBatch batch;
  private @Nullable StagedBatches batches;

  /** Slots of the written keys, then of the guarded ones, see {@link RecentWrites}. */
  private char[] slots;

  private int slotCount;
  private long timestamp;
  private @Nullable RuntimeException failure;
  private volatile boolean done;

  CommitRequest(
      StagedWrites writes,
      List<KeyGuard> keyGuards,
      List<RangeGuard> rangeGuards,
      long snapshotTimestamp,
      @Nullable SerialTransaction serial,
      Durability durability) {
    this.serial = serial;
    this.writes = writes;
    this.keyGuards = keyGuards;
    this.rangeGuards = rangeGuards;
    this.snapshotTimestamp = snapshotTimestamp;
    this.durability = durability;
    if (writes.isSpilled()) {
      slots = new char[1024];
    } else {
      WriteBatch encoded = writes.encode();
      batch = encoded;
      slots = new char[encoded.count() + keyGuards.size()];
    }
  }

  /** Hands each batch to whoever completes it; to be called once, before the others. */
  void encode(Consumer<WriteBatch> complete) {
    WriteBatch single = batch;
    if (single == null) {
      batches = writes.encode(complete);
    } else if (single.count() > 0) {
      complete.accept(single);
    }
  }

  /** How many batches there are; 0 if nothing is written after all. */
  @Override
  public int parts() {
    WriteBatch single = batch;
    return single == null ? files().size() : Math.min(1, single.count());
  }

  @Override
  public WriteBatch part(int index) {
    WriteBatch single = batch;
    return single == null ? files().get(index) : single;
  }

  /** How many rows a batch has. */
  int rows(int index) {
    WriteBatch single = batch;
    return single == null ? files().rows(index) : single.count();
  }

  /** Bytes of the largest batch. */
  int largestPart() {
    WriteBatch single = batch;
    return single == null ? files().largest() : single.byteLength();
  }

  @Override
  public long byteLength() {
    WriteBatch single = batch;
    return single == null ? files().bytes() : single.byteLength();
  }

  private StagedBatches files() {
    return Objects.requireNonNull(batches, "not encoded");
  }

  void addSlot(char slot) {
    if (slotCount == slots.length) {
      slots = Arrays.copyOf(slots, slotCount * 2 + 8);
    }
    slots[slotCount++] = slot;
  }

  char slot(int index) {
    return slots[index];
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

  @Override
  public void close() {
    StagedBatches inFile = batches;
    if (inFile != null) {
      inFile.close();
    }
  }
}
