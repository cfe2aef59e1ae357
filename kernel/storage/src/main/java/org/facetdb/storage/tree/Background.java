package org.facetdb.storage.tree;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.tree.memtable.Memtable;
import org.jspecify.annotations.Nullable;

/**
 * Runs flushes and compactions on the executor, at most one of each at a time, and lets callers
 * wait for them. What a full disk prevents is tried again until it works. Safe for use by any
 * number of threads.
 */
final class Background {
  private static final int RETRY_MILLIS = 250;

  private final TreeContents contents;
  private final TreeOptions options;
  private final TreeHost host;
  private final Flusher flusher;
  private final Compactor compactor;
  private final ReentrantLock flushing = new ReentrantLock();
  private final ReentrantLock compacting = new ReentrantLock();
  private final AtomicBoolean flushQueued = new AtomicBoolean();
  private final AtomicBoolean compactQueued = new AtomicBoolean();
  private final AtomicBoolean retryQueued = new AtomicBoolean();

  Background(TreeContents contents, TreeOptions options, TreeHost host) {
    this.contents = contents;
    this.options = options;
    this.host = host;
    this.flusher = new Flusher(contents, options, host);
    this.compactor = new Compactor(contents, options, host);
  }

  /** Sees to it that flushes and compactions that are due run soon. */
  void schedule() {
    enqueue(flushQueued, this::flushAll);
    enqueue(compactQueued, this::compactAll);
  }

  private void enqueue(AtomicBoolean queued, Runnable work) {
    if (contents.isClosing() || !queued.compareAndSet(false, true)) {
      return;
    }
    try {
      options
          .background()
          .execute(
              () -> {
                queued.set(false);
                guarded(work);
              });
    } catch (RejectedExecutionException e) {
      queued.set(false);
      if (!contents.isClosing()) {
        failed(e);
      }
    }
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
                schedule();
              });
    }
  }

  private void failed(Throwable cause) {
    contents.fail(cause);
    host.failed(cause);
  }

  private void flushAll() {
    flushing.lock();
    try {
      boolean any = false;
      while (flushOne()) {
        any = true;
      }
      if (any) {
        enqueue(compactQueued, this::compactAll);
      }
    } finally {
      flushing.unlock();
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

  private void compactAll() {
    compacting.lock();
    try {
      stepWhileDue();
    } finally {
      compacting.unlock();
    }
  }

  private void stepWhileDue() {
    boolean more = true;
    while (more) {
      more = compactor.step();
    }
  }

  /** Returns when the memtables that are frozen now are in tables. */
  void awaitFlushed() {
    Memtable last = contents.view().frozen().isEmpty() ? null : contents.view().frozen().get(0);
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
    FullCompaction pass = compactor.beginPass(keySpace);
    boolean more = true;
    while (more) {
      compacting.lock();
      try {
        stepWhileDue();
        more = compactor.step(pass);
      } finally {
        compacting.unlock();
      }
    }
    requireWorking();
  }

  /** Returns when nothing runs any more; the tree is closing. */
  void awaitIdle() {
    flushing.lock();
    flushing.unlock();
    compacting.lock();
    compacting.unlock();
  }
}
