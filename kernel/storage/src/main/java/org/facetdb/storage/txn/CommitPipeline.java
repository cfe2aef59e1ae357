package org.facetdb.storage.txn;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.facetdb.storage.CommitListener;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.log.CommitLog;
import org.facetdb.storage.log.HybridClock;
import org.facetdb.storage.log.LoggedCommit;
import org.facetdb.storage.log.Timeline;
import org.facetdb.storage.log.WriteBatch;
import org.facetdb.storage.serial.SerialTransaction;
import org.facetdb.storage.serial.SerialTransactions;
import org.facetdb.storage.tree.LsmTree;
import org.jspecify.annotations.Nullable;

/**
 * Takes commits one group at a time through validation, the log, the tree and one sync.
 *
 * <p>Safe for use by any number of threads. Whoever holds the lock is the pipeline: a committer who
 * finds nobody there runs his own commit and syncs inline; all others queue up and park, and the
 * log thread takes what has queued as the next group, at once or when the first of them may wait no
 * longer.
 *
 * <p>Invariants: timestamps and sequences ascend in commit order. A commit is published, and its
 * committer told, only when it is as durable as was asked for it and for all before it. The first
 * failure of log or tree is final: nothing is published after it. Owns the log and its thread.
 */
final class CommitPipeline {
  private static final long GROUP_BYTES = 8 << 20;
  private static final int SPINS = 200;

  /** The newest commit that readers may see. */
  record Published(long sequence, long timestamp) {
    Timeline.Commit commit() {
      return new Timeline.Commit(sequence, timestamp);
    }
  }

  private final CommitLog log;
  private final LsmTree tree;
  private final HybridClock clock;
  private final Timeline timeline;
  private final SerialTransactions serials;
  private final RecentWrites recent = new RecentWrites();
  private final ReentrantLock lock = new ReentrantLock();
  private final ConcurrentLinkedQueue<CommitRequest> queue = new ConcurrentLinkedQueue<>();
  private final QueueTime due = new QueueTime();
  private final Thread logThread;
  private volatile Published published;
  private volatile long appliedTimestamp;
  private volatile @Nullable StorageException failure;
  private volatile boolean closed;
  private @Nullable CommitListener listener;
  private long lastSequence;

  CommitPipeline(
      CommitLog log,
      LsmTree tree,
      HybridClock clock,
      Timeline timeline,
      SerialTransactions serials,
      Published published,
      long lastSequence) {
    this.serials = serials;
    this.log = log;
    this.tree = tree;
    this.clock = clock;
    this.timeline = timeline;
    this.published = published;
    this.appliedTimestamp = published.timestamp();
    this.lastSequence = lastSequence;
    this.logThread = Thread.ofPlatform().daemon().name("facetdb-log").unstarted(this::runLog);
    logThread.start();
  }

  Published published() {
    return published;
  }

  /** Commits a request and returns its timestamp. */
  long commit(CommitRequest request) {
    checkWritable();
    validateAlone(request);
    if (request.parts() == 0) {
      return request.snapshotTimestamp;
    }
    long window = request.durability.window().toNanos();
    if (window == 0 && takeLock(request)) {
      try {
        process(List.of(request));
      } finally {
        lock.unlock();
      }
    } else {
      queue.add(request);
      due.within(window);
      LockSupport.unpark(logThread);
      if (closed && queue.remove(request)) {
        throw closedException();
      }
      request.await();
    }
    return request.result();
  }

  /**
   * Takes the lock where nobody waits for it in the queue. Who does not wait for the device comes
   * soon, as what is ahead of him may not either: to park, and have the log thread woken, would
   * take many times longer.
   */
  private boolean takeLock(CommitRequest request) {
    int tries = request.durability.synced() ? 1 : SPINS;
    for (int i = 0; i < tries && queue.isEmpty(); i++) {
      if (lock.tryLock()) {
        return true;
      }
      Thread.onSpinWait();
    }
    return false;
  }

  private void checkWritable() {
    StorageException refusal = refusal();
    if (refusal != null) {
      throw refusal;
    }
  }

  private @Nullable StorageException refusal() {
    StorageException cause = failure;
    if (cause != null) {
      return new StorageException(
          cause.sqlState(),
          cause.category(),
          "the store takes no commits after a failure: " + cause.getMessage(),
          cause);
    }
    return closed ? closedException() : null;
  }

  static StorageException closedException() {
    return new StorageException("55000", StorageException.Category.USER, "the store is closed");
  }

  private void runLog() {
    List<CommitRequest> group = new ArrayList<>();
    while (true) {
      while (queue.isEmpty()) {
        if (closed) {
          return;
        }
        LockSupport.park(this);
      }
      long left = closed ? 0 : due.nanosLeft();
      if (left > 0) {
        LockSupport.parkNanos(this, left);
        continue;
      }
      lock.lock();
      try {
        takeGroup(group);
        process(group);
      } finally {
        lock.unlock();
        group.clear();
      }
    }
  }

  private void takeGroup(List<CommitRequest> group) {
    due.reset();
    long bytes = 0;
    while (bytes < GROUP_BYTES) {
      CommitRequest request = queue.poll();
      if (request == null) {
        return;
      }
      group.add(request);
      bytes += request.byteLength();
    }
    if (!queue.isEmpty()) {
      due.within(0);
    }
  }

  /** The part of the validation that needs no lock, on the committer's own thread. */
  private void validateAlone(CommitRequest request) {
    request.observedTimestamp = appliedTimestamp;
    request.encode(batch -> validateAlone(request, batch));
    for (CommitRequest.KeyGuard guard : request.keyGuards) {
      request.addSlot(RecentWrites.slot(guard.keySpace(), guard.key(), 0, guard.key().length));
      unchanged(guard.keySpace(), guard.key(), guard.since());
    }
    for (CommitRequest.RangeGuard guard : request.rangeGuards) {
      unchanged(guard, guard.since());
    }
  }

  private void validateAlone(CommitRequest request, WriteBatch batch) {
    SerialTransaction serial = request.serial;
    WriteBatch.Rows rows = batch.rows();
    while (rows.next()) {
      request.addSlot(
          RecentWrites.slot(rows.keySpace(), rows.array(), rows.keyOffset(), rows.keyLength()));
      byte[] key = rows.key();
      rows.setPrevious(unchanged(rows.keySpace(), key, request.snapshotTimestamp));
      if (serial != null && rows.keySpace() != Store.CATALOG_KEY_SPACE) {
        serial.writes().add(rows.keySpace(), key);
      }
    }
    // What is superseded is older than the snapshot, so no other commit changes it any more.
    batch.compact();
  }

  private long unchanged(int keySpace, byte[] key, long since) {
    long latest = tree.latestVersion(keySpace, key);
    if (latest > since) {
      throw StorageException.conflict(
          keySpace,
          "a key that was written or relied on changed since the snapshot: keySpace="
              + keySpace
              + " snapshot="
              + since
              + " changed="
              + latest);
    }
    return latest;
  }

  private void unchanged(CommitRequest.RangeGuard guard, long since) {
    if (tree.changedSince(guard.keySpace(), guard.from(), guard.to(), since)) {
      throw StorageException.conflict(
          guard.keySpace(),
          "a range that was relied on changed since the snapshot: keySpace="
              + guard.keySpace()
              + " snapshot="
              + guard.since());
    }
  }

  /** Looks again at what may have changed since the committer looked. */
  private void validateAgain(CommitRequest request) {
    long observed = request.observedTimestamp;
    if (appliedTimestamp <= observed) {
      return;
    }
    int index = 0;
    for (int part = 0; part < request.parts(); part++) {
      WriteBatch.Rows rows = request.part(part).rows();
      while (rows.next()) {
        if (recent.newest(request.slot(index++)) > observed) {
          unchanged(rows.keySpace(), rows.key(), request.snapshotTimestamp);
        }
      }
    }
    for (CommitRequest.KeyGuard guard : request.keyGuards) {
      if (recent.newest(request.slot(index++)) > observed) {
        unchanged(guard.keySpace(), guard.key(), guard.since());
      }
    }
    for (CommitRequest.RangeGuard guard : request.rangeGuards) {
      unchanged(guard, Math.max(observed, guard.since()));
    }
  }

  /** Runs under the lock; completes every request of the group. */
  private void process(List<CommitRequest> group) {
    StorageException refusal = refusal();
    if (refusal != null) {
      group.forEach(request -> request.fail(refusal));
      return;
    }
    try {
      if (appendAll(group)) {
        log.sync();
      } else if (group.size() > 1) {
        log.write();
      }
      published = new Published(lastSequence, appliedTimestamp);
    } catch (Throwable e) {
      StorageException cause = fail(e);
      for (CommitRequest request : group) {
        if (!request.isDone()) {
          request.fail(
              new StorageException(
                  cause.sqlState(),
                  cause.category(),
                  "the commit failed, and it is unknown whether it survives: " + cause.getMessage(),
                  cause));
        }
      }
      return;
    }
    for (CommitRequest request : group) {
      if (!request.isDone()) {
        request.complete();
      }
    }
  }

  private boolean appendAll(List<CommitRequest> group) {
    boolean sync = false;
    for (CommitRequest request : group) {
      try {
        validateAgain(request);
      } catch (StorageException e) {
        request.fail(e);
        continue;
      }
      if (!findsRoom(request)) {
        continue;
      }
      long timestamp = clock.next();
      if (!isSerial(request, timestamp)) {
        continue;
      }
      if (request.parts() > 1) {
        appendParts(request, timestamp);
        continue;
      }
      boolean unsynced = !request.durability.synced();
      long sequence = lastSequence + 1;
      WriteBatch batch = request.part(0);
      boolean mustSync = log.append(batch, sequence, timestamp, unsynced, group.size() == 1);
      lastSequence = sequence;
      tree.apply(batch, timestamp, sequence);
      note(request, 0, batch.count(), timestamp);
      announce(new LoggedCommit(sequence, timestamp, batch, true));
      committed(request, sequence, timestamp);
      sync |= mustSync || !unsynced;
    }
    return sync;
  }

  /** Whether a transaction could have run by itself, if that is asked of it. */
  private boolean isSerial(CommitRequest request, long timestamp) {
    SerialTransaction serial = request.serial;
    if (serial == null) {
      return true;
    }
    try {
      serials.commit(serial, timestamp);
      return true;
    } catch (StorageException e) {
      request.fail(e);
      return false;
    }
  }

  /** Who validates from now on looks for rows that the tree has, or is about to have. */
  private void note(CommitRequest request, int firstSlot, int rows, long timestamp) {
    for (int i = 0; i < rows; i++) {
      recent.note(request.slot(firstSlot + i), timestamp);
    }
  }

  /** Tells of rows that the tree makes visible at their timestamp, at which nobody reads yet. */
  private void announce(LoggedCommit part) {
    CommitListener hearer = listener;
    if (hearer != null) {
      hearer.committed(part);
    }
  }

  /** Whoever validates from now on finds all of the commit in the tree. */
  private void committed(CommitRequest request, long sequence, long timestamp) {
    appliedTimestamp = timestamp;
    timeline.add(sequence, timestamp);
    request.assign(timestamp);
  }

  /**
   * Takes a commit of several parts. All of it is durable before the first part goes to the tree,
   * since tables must not know a part of which the log lost the others.
   */
  private void appendParts(CommitRequest request, long timestamp) {
    int parts = request.parts();
    long sequence = lastSequence + 1;
    for (int i = 0; i < parts; i++) {
      WriteBatch batch = request.part(i);
      log.makeRoom(batch.byteLength());
      log.appendPart(batch, sequence + i, timestamp, parts - 1 - i);
    }
    log.sync();
    lastSequence = sequence + parts - 1;
    boolean ingested = tree.ingest(request, timestamp, lastSequence);
    int slot = 0;
    for (int i = 0; i < parts; i++) {
      int rows = request.rows(i);
      note(request, slot, rows, timestamp);
      slot += rows;
      if (!ingested || listener != null) {
        WriteBatch batch = request.part(i);
        if (!ingested) {
          tree.apply(batch, timestamp, sequence + i);
        }
        announce(new LoggedCommit(sequence + i, timestamp, batch, i == parts - 1));
      }
    }
    committed(request, lastSequence, timestamp);
    if (ingested) {
      tree.noteFlushed();
    }
  }

  /** Whether memory and disk can take a commit; one that they can't is refused. */
  private boolean findsRoom(CommitRequest request) {
    try {
      tree.requireRoom();
      if (request.parts() > 1) {
        log.reserve(request.byteLength(), request.largestPart(), request.parts());
      } else {
        log.makeRoom(request.largestPart());
      }
      return true;
    } catch (StorageException e) {
      if (!e.isDiskFull()) {
        throw e;
      }
      request.fail(e);
      return false;
    }
  }

  /** Ends the log's active segment, so that all that was published before can be archived. */
  void endSegment() {
    lock.lock();
    try {
      checkWritable();
      log.endSegment();
    } catch (StorageException e) {
      if (!closed && !e.isDiskFull()) {
        fail(e);
      }
      throw e;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the commits in flight are published or have failed. */
  void settle() {
    lock.lock();
    lock.unlock();
  }

  /** Sets who hears of commits; all others before are published when this returns. */
  void listen(@Nullable CommitListener next) {
    lock.lock();
    try {
      listener = next;
    } finally {
      lock.unlock();
    }
  }

  /** Ends all writing; reads go on. */
  StorageException fail(Throwable cause) {
    StorageException wrapped = asFailure(cause);
    StorageException first = failure;
    if (first == null) {
      failure = wrapped;
      return wrapped;
    }
    return first;
  }

  /** A full disk that was noticed too late is a failure: what was asked for may have happened. */
  private static StorageException asFailure(Throwable cause) {
    if (cause instanceof StorageException storage) {
      return storage.isDiskFull()
          ? StorageException.io(String.valueOf(storage.getMessage()), storage)
          : storage;
    }
    return new StorageException(
        "XX000", StorageException.Category.INTERNAL, "the commit pipeline failed: " + cause, cause);
  }

  /**
   * Makes the state at a timestamp, which the wall clock has reached, final: commits in flight are
   * waited for, and later ones get larger timestamps.
   */
  Published settle(long timestamp) {
    lock.lock();
    try {
      clock.observe(timestamp);
      return published;
    } finally {
      lock.unlock();
    }
  }

  /** Stops the log thread and ends the log, with all commits synced unless something failed. */
  void close() {
    closed = true;
    LockSupport.unpark(logThread);
    joinLogThread();
    lock.lock();
    try {
      for (CommitRequest late = queue.poll(); late != null; late = queue.poll()) {
        late.fail(closedException());
      }
      if (failure == null) {
        log.close();
      }
    } finally {
      log.release();
      lock.unlock();
    }
  }

  private void joinLogThread() {
    boolean interrupted = false;
    while (true) {
      try {
        logThread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
