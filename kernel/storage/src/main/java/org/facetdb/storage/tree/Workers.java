package org.facetdb.storage.tree;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

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

  /** Runs a task that does not throw in one of the threads, if fewer than the most are used. */
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
        requests += isRequest ? 1 : 0;
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
    while (!end(seen)) {
      seen = requests();
      work.run();
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

  private boolean end(long seen) {
    lock.lock();
    try {
      if (requests != seen && !closing.getAsBoolean()) {
        return false;
      }
      places--;
      running--;
      ended.signalAll();
      return true;
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
