package org.facetdb.storage.tree;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.tree.memtable.Memtable;
import org.jspecify.annotations.Nullable;

/**
 * Runs flushes and compactions on the executor, and lets callers wait for them. Flushes take one of
 * its threads at a time, compactions so many as the options say, and none of them waits there, so a
 * flush finds a thread in a pool that has one more. What a full disk prevents is tried again until
 * it works. Safe for use by any number of threads.
 */
final class Background {
  private static final int RETRY_MILLIS = 250;

  private final TreeContents contents;
  private final TreeOptions options;
  private final TreeHost host;
  private final Flusher flusher;
  private final Compactor compactor;
  private final Pace pace;
  private final Workers flushes;
  private final Workers compactions;
  private final AtomicBoolean retryQueued = new AtomicBoolean();

  /** A full disk stopped a compaction: none begins in the background until it is tried again. */
  private volatile boolean held;

  Background(TreeContents contents, TreeOptions options, TreeHost host, Flusher flusher) {
    this.contents = contents;
    this.options = options;
    this.host = host;
    this.flusher = flusher;
    this.compactor = new Compactor(contents, options, host);
    this.pace = Pace.of(options.compactionBytesPerSecond(), compactor::isInHurry);
    this.flushes = workers(1, this::flushAll);
    this.compactions = workers(options.compactions(), () -> compactAll(pace));
  }

  private Workers workers(int most, Runnable work) {
    return new Workers(
        options.background(), most, contents::isClosing, this::failed, () -> guarded(work));
  }

  /** Sees to it that flushes and compactions that are due run soon. */
  void schedule() {
    flushes.request();
    compactions.request();
  }

  private void guarded(Runnable work) {
    if (contents.isClosing() || contents.failure() != null) {
      return;
    }
    try {
      work.run();
    } catch (StorageException e) {
      if (e.isDiskFull()) {
        retry();
      } else {
        failed(e);
      }
    } catch (Throwable t) {
      failed(t);
    }
  }

  /** Tries again in a while: space may have been made. */
  private void retry() {
    if (retryQueued.compareAndSet(false, true)) {
      CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS)
          .execute(
              () -> {
                retryQueued.set(false);
                held = false;
                schedule();
              });
    }
  }

  private void failed(Throwable cause) {
    contents.fail(cause);
    host.failed(cause);
  }

  private void flushAll() {
    boolean any = false;
    while (flushOne()) {
      any = true;
    }
    if (any) {
      compactions.request();
    }
  }

  private boolean flushOne() {
    try {
      boolean flushed = flusher.flushOne();
      if (contents.full() != null) {
        contents.setFull(null);
      }
      return flushed;
    } catch (StorageException e) {
      if (e.isDiskFull()) {
        contents.setFull(e);
      }
      throw e;
    }
  }

  private void compactAll(Pace atPace) {
    boolean more = true;
    while (more) {
      more = compactOne(atPace);
    }
  }

  private boolean compactOne(Pace atPace) {
    Compactor.Claim claim = held ? null : compactor.claim();
    if (claim == null) {
      return false;
    }
    try (claim) {
      // There may be more that can run beside it.
      compactions.request();
      runOrHold(claim, atPace);
    }
    return true;
  }

  private void runOrHold(Compactor.Claim claim, Pace atPace) {
    try {
      claim.run(atPace);
    } catch (StorageException e) {
      if (e.isDiskFull()) {
        held = true;
        retry();
      }
      throw e;
    }
  }

  /** Returns when the memtables that are frozen now are in tables. */
  void awaitFlushed() {
    List<Memtable> frozen = contents.view().frozen();
    Memtable last = frozen.isEmpty() ? null : frozen.getFirst();
    int timesFull = contents.timesFull();
    schedule();
    contents.lock().lock();
    try {
      while (last != null && contents.view().frozen().contains(last)) {
        requireWorking();
        if (contents.timesFull() != timesFull) {
          requireSpace();
        }
        contents.awaitChange();
      }
    } finally {
      contents.lock().unlock();
    }
  }

  private void requireSpace() {
    StorageException full = contents.full();
    if (full != null) {
      throw again(full);
    }
  }

  private static StorageException again(StorageException e) {
    return new StorageException(e.sqlState(), e.category(), String.valueOf(e.getMessage()), e);
  }

  /**
   * Refuses a write that would wait for a flush that a full disk prevents.
   *
   * @throws StorageException SQLSTATE 53100
   */
  void requireRoom() {
    if (contents.full() != null && contents.view().frozen().size() >= options.memtablesMax() - 1) {
      requireSpace();
    }
  }

  private void requireWorking() {
    Throwable failure = contents.failure();
    if (failure instanceof StorageException e) {
      throw again(e);
    }
    if (failure != null) {
      throw new StorageException(
          "XX000", StorageException.Category.INTERNAL, "background work failed", failure);
    }
    if (contents.isClosing()) {
      throw new StorageException("55000", StorageException.Category.USER, "the store is closed");
    }
  }

  /**
   * Compacts in the calling thread until what was there at the call has its ideal shape. Steps that
   * are due anyway go first, so that writers do not wait for the whole.
   */
  void compactFully(@Nullable Integer keySpace) {
    requireWorking();
    compactions.runHere(() -> pass(compactor.beginPass(keySpace)));
    requireWorking();
  }

  private void pass(FullCompaction pass) {
    boolean more = true;
    while (more) {
      compactAll(Pace.NONE);
      more = stepOf(pass);
    }
  }

  private boolean stepOf(FullCompaction pass) {
    Compactor.Claim claim = compactor.claim(pass);
    if (claim == null) {
      return false;
    }
    try (claim) {
      claim.runShared(compactions::lend);
    } finally {
      // What waited for it is free.
      compactions.request();
    }
    return true;
  }

  /** Returns when nothing runs any more; the tree is closing. */
  void awaitIdle() {
    flushes.awaitIdle();
    compactions.awaitIdle();
  }
}
