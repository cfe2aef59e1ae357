package org.facetdb.storage.tree;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs one kind of work on an executor, in a bounded number of its threads at once, none of which
 * waits there for another. Whoever asks while all of them are busy lets one look again before it
 * ends, so that no request is lost. Safe for use by any number of threads.
 */
final class Workers {
  private final Executor executor;
  private final int most;
  private final BooleanSupplier closing;
  private final Consumer<RejectedExecutionException> rejected;
  private final Runnable work;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  private int places;
  private int running;
  private long requests;
  private @Nullable Runnable lent;

  /**
   * Without work to do.
   *
   * @param most threads of the executor that are used at once
   * @param closing says that nothing new may start
   * @param rejected told that the executor took no work, though nothing closes
   * @param work does all there is to do; does not throw
   */
  Workers(
      Executor executor,
      int most,
      BooleanSupplier closing,
      Consumer<RejectedExecutionException> rejected,
      Runnable work) {
    this.executor = executor;
    this.most = most;
    this.closing = closing;
    this.rejected = rejected;
    this.work = work;
  }

  /** Sees to it that somebody looks for work from now on, in one more thread if there may be. */
  void request() {
    start(work, true);
  }

  /**
   * Runs a task that does not throw in one of the threads: at once if fewer than the most are used,
   * else in the first that is through with what it does. The caller goes on, and may have the task
   * done itself by then; a task that waits gives way to a later one, and is dropped where all
   * closes.
   */
  void lend(Runnable task) {
    start(task, false);
  }

  private void start(Runnable task, boolean isRequest) {
    long seen;
    lock.lock();
    try {
      if (closing.getAsBoolean()) {
        return;
      }
      if (places == most) {
        if (isRequest) {
          requests++;
        } else {
          lent = task;
        }
        return;
      }
      places++;
      seen = requests;
    } finally {
      lock.unlock();
    }
    try {
      executor.execute(() -> run(task, seen));
    } catch (RejectedExecutionException e) {
      lock.lock();
      places--;
      lock.unlock();
      if (!closing.getAsBoolean()) {
        rejected.accept(e);
      }
    }
  }

  private void run(Runnable first, long seenAtFirst) {
    if (!begin()) {
      return;
    }
    first.run();
    long seen = seenAtFirst;
    Runnable next = next(seen);
    while (next != null) {
      if (next == work) {
        seen = requests();
      }
      next.run();
      next = next(seen);
    }
  }

  private long requests() {
    lock.lock();
    try {
      return requests;
    } finally {
      lock.unlock();
    }
  }

  private boolean begin() {
    lock.lock();
    try {
      if (closing.getAsBoolean()) {
        places--;
        return false;
      }
      running++;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** What the thread does next; null where its place is free again. */
  private @Nullable Runnable next(long seen) {
    lock.lock();
    try {
      Runnable task = lent;
      lent = null;
      if (!closing.getAsBoolean()) {
        if (task != null) {
          return task;
        }
        if (requests != seen) {
          return work;
        }
      }
      places--;
      running--;
      ended.signalAll();
      return null;
    } finally {
      lock.unlock();
    }
  }

  /** Runs a task in the calling thread, unless all closes; {@link #awaitIdle} waits for it too. */
  void runHere(Runnable task) {
    lock.lock();
    try {
      if (closing.getAsBoolean()) {
        return;
      }
      running++;
    } finally {
      lock.unlock();
    }
    try {
      task.run();
    } finally {
      lock.lock();
      running--;
      ended.signalAll();
      lock.unlock();
    }
  }

  /** Returns when nothing runs any more; all closes, so nothing starts. */
  void awaitIdle() {
    lock.lock();
    try {
      while (running > 0) {
        ended.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }
}
