package org.facetdb.storage.txn;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.facetdb.storage.StoreOptions;

/**
 * The background threads of a store. Owns its executors until {@link #close}.
 *
 * @param tree runs flushes and compactions
 * @param housekeeping recycles log segments and writes new ones ahead
 * @param archive copies closed segments into the archive, which may be slow
 */
public record StoreThreads(Executor tree, Executor housekeeping, Executor archive)
    implements AutoCloseable {
  /** Threads of its own: one for flushes, the others for as many compactions as the options say. */
  public static StoreThreads background(StoreOptions options) {
    return new StoreThreads(
        Executors.newFixedThreadPool(
            1 + options.compactions(),
            Thread.ofPlatform().daemon().name("facetdb-tree-", 0).factory()),
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("facetdb-housekeeping").factory()),
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("facetdb-archive").factory()));
  }

  /** Runs everything on the thread that asks for it, so that a test can be replayed. */
  public static StoreThreads direct() {
    return new StoreThreads(Runnable::run, Runnable::run, Runnable::run);
  }

  /** Lets what was started end, and takes nothing more. */
  @Override
  public void close() {
    shutdown(tree);
    shutdown(housekeeping);
    shutdown(archive);
  }

  private static void shutdown(Executor executor) {
    if (!(executor instanceof ExecutorService service)) {
      return;
    }
    service.shutdown();
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = service.awaitTermination(1, TimeUnit.DAYS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
