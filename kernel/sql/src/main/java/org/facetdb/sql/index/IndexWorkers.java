package org.facetdb.sql.index;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Threads that each open or end one index, and are waited for at the close. Thread-safe. */
final class IndexWorkers {
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  /** Runs something in a thread of its own; in the caller's where there can't be another. */
  void run(String name, Runnable body) {
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name(name)
            .unstarted(
                () -> {
                  try {
                    body.run();
                  } finally {
                    threads.remove(Thread.currentThread());
                  }
                });
    threads.add(thread);
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      threads.remove(thread);
      body.run();
    }
  }

  /** Returns when all threads that run now have ended. */
  void await() {
    List.copyOf(threads).forEach(IndexWorkers::join);
  }

  /** Waits for a thread to end, interrupted or not. */
  static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
