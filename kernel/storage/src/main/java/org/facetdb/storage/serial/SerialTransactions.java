package org.facetdb.storage.serial;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.facetdb.storage.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that serializable transactions could have run one after another, by serializable
 * snapshot isolation: Cahill, "Serializable Isolation for Snapshot Databases" (2009), section 3.2
 * and theorem 2.1 on the structure that every cycle has; Ports and Grittner, "Serializable Snapshot
 * Isolation in PostgreSQL" (2012), section 3.3.1 for the transaction of it that commits first,
 * section 4.1 for those that only read, and section 4.2 for safe snapshots.
 *
 * <p>An edge goes from a transaction that read something to a concurrent one that overwrote it.
 * Where edges lead from T1 to T2 and from T2 to T3, with T3 the first of the three to commit, the
 * one of T1 and T2 that would commit last is refused; T1, if it writes nothing, only where T3 had
 * committed before T1's snapshot. The papers find edges when something is read or written; here
 * they are looked for once, when a transaction commits, among those that have committed since its
 * snapshot, which is complete: both edges are known when the second of T1 and T2 commits.
 *
 * <p>Safe for use by any number of threads, under one lock, which may be taken under the commit
 * pipeline's. What has ended is remembered while an active transaction may be concurrent with it,
 * and no more than {@link #REMEMBERED_MAX} of it: a transaction that outlasts so many is refused.
 */
public final class SerialTransactions {
  /** Transactions that have ended and are remembered. */
  public static final int REMEMBERED_MAX = 1 << 16;

  private static final long POLL_MILLIS = 20;
  private static final long NOTHING = -1;

  private final int rememberedMax;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  private final Set<SerialTransaction> active = new LinkedHashSet<>();

  /** Ends ascend. */
  private final Deque<SerialTransaction> remembered = new ArrayDeque<>();

  /** All that ended later is remembered. */
  private long forgottenThrough = NOTHING;

  private long refused;

  /** None yet. */
  public SerialTransactions() {
    this(REMEMBERED_MAX);
  }

  SerialTransactions(int rememberedMax) {
    this.rememberedMax = rememberedMax;
  }

  /**
   * Begins a transaction.
   *
   * @param readOnly whether it will write nothing
   * @param takeSnapshot takes the snapshot that it reads, and returns its timestamp
   * @return null where the snapshot is safe: whatever it reads, and without anybody's remembering
   *     it, it comes before all that may still commit
   */
  public @Nullable SerialTransaction begin(boolean readOnly, LongSupplier takeSnapshot) {
    lock.lock();
    try {
      long timestamp = takeSnapshot.getAsLong();
      if (readOnly && writers().isEmpty()) {
        return null;
      }
      SerialTransaction begun = new SerialTransaction(readOnly, timestamp);
      active.add(begun);
      return begun;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for a safe snapshot: one whose concurrent writers have ended, none of them behind a
   * commit that the snapshot sees.
   *
   * @param takeSnapshot takes the newest snapshot in the place of the last one, and returns its
   *     timestamp
   * @param check runs every few milliseconds; what it throws ends the waiting
   */
  public void awaitSafe(LongSupplier takeSnapshot, Runnable check) {
    lock.lock();
    try {
      while (true) {
        long timestamp = takeSnapshot.getAsLong();
        List<SerialTransaction> writers = writers();
        while (writers.stream().anyMatch(active::contains)) {
          awaitEnd();
          check.run();
        }
        if (writers.stream().noneMatch(writer -> writer.earliestOut <= timestamp)) {
          return;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void awaitEnd() {
    try {
      boolean ignored = ended.await(POLL_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      // The check decides whether to go on; the next wait would end at once for ever.
      Thread.currentThread().interrupt();
      throw new StorageException(
          "57014",
          StorageException.Category.USER,
          "waiting for a safe snapshot was interrupted",
          e);
    }
  }

  private List<SerialTransaction> writers() {
    List<SerialTransaction> writers = new ArrayList<>();
    for (SerialTransaction transaction : active) {
      if (!transaction.isDeclaredReadOnly()) {
        writers.add(transaction);
      }
    }
    return writers;
  }

  /**
   * Takes a commit, whose timestamp is above all others, before anybody sees it.
   *
   * @throws StorageException SQLSTATE 40001 if it must not be
   */
  public void commit(SerialTransaction transaction, long timestamp) {
    lock.lock();
    try {
      require(transaction, timestamp);
      transaction.end = timestamp;
      remembered.add(transaction);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes the end of a transaction that wrote nothing and has seen what it wanted to.
   *
   * @throws StorageException SQLSTATE 40001 if what it saw must not be relied on
   */
  public void commitReads(SerialTransaction transaction) {
    lock.lock();
    try {
      SerialTransaction last = remembered.peekLast();
      long now = Math.max(transaction.snapshot, last == null ? 0 : last.end);
      require(transaction, now);
      transaction.end = now;
      remembered.add(transaction);
    } finally {
      lock.unlock();
    }
  }

  /** Lets go of a transaction that is over, after others can see what it committed. */
  public void end(SerialTransaction transaction) {
    lock.lock();
    try {
      active.remove(transaction);
      if (!transaction.isDeclaredReadOnly()) {
        ended.signalAll();
      }
      forget();
    } finally {
      lock.unlock();
    }
  }

  private void forget() {
    long oldest = SerialTransaction.NEVER;
    for (SerialTransaction transaction : active) {
      oldest = Math.min(oldest, transaction.since);
    }
    SerialTransaction first = remembered.peekFirst();
    while (first != null && (first.end < oldest || remembered.size() > rememberedMax)) {
      forgottenThrough = first.end;
      remembered.removeFirst();
      first = remembered.peekFirst();
    }
  }

  private void require(SerialTransaction transaction, long now) {
    try {
      if (transaction.snapshot < forgottenThrough) {
        throw refusal("it lasted longer than others are remembered");
      }
      requireNotFirst(transaction);
      requireNotBetween(transaction);
    } catch (StorageException e) {
      refused++;
      throw e;
    }
  }

  /** It is no T1: no edge leads to a T2 behind which a T3 had committed. */
  private void requireNotFirst(SerialTransaction transaction) {
    boolean writes = transaction.hasWritten();
    Iterator<SerialTransaction> newestFirst = remembered.descendingIterator();
    while (newestFirst.hasNext()) {
      SerialTransaction other = newestFirst.next();
      if (other.end <= transaction.snapshot) {
        break;
      }
      if (other.hasWritten() && other.writes().overlaps(transaction.reads())) {
        transaction.earliestOut = Math.min(transaction.earliestOut, other.end);
        if (other.earliestOut <= (writes ? other.end : transaction.snapshot)) {
          throw refusal("it read what a transaction overwrote that itself missed a commit");
        }
      }
    }
  }

  /** It is no T2: no edge comes from a T1 that could have seen the T3 that this one missed. */
  private void requireNotBetween(SerialTransaction transaction) {
    long out = transaction.earliestOut;
    if (out == SerialTransaction.NEVER || !transaction.hasWritten()) {
      return;
    }
    Iterator<SerialTransaction> newestFirst = remembered.descendingIterator();
    while (newestFirst.hasNext()) {
      SerialTransaction other = newestFirst.next();
      if (other.end <= transaction.snapshot) {
        break;
      }
      long limit = other.hasWritten() ? other.end : other.snapshot;
      if (out <= limit && other.reads().overlaps(transaction.writes())) {
        throw refusal("it missed a commit, and overwrote what another transaction read");
      }
    }
  }

  private static StorageException refusal(String reason) {
    return new StorageException(
        "40001",
        StorageException.Category.USER,
        "could not serialize access due to read/write dependencies among transactions: " + reason);
  }

  /** Transactions that were refused. */
  public long refused() {
    lock.lock();
    try {
      return refused;
    } finally {
      lock.unlock();
    }
  }

  /** Transactions that have ended and are remembered. */
  public int remembered() {
    lock.lock();
    try {
      return remembered.size();
    } finally {
      lock.unlock();
    }
  }
}
