package org.facetdb.jdbc;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.facetdb.Session;
import org.jspecify.annotations.Nullable;

/**
 * Knows which statement a connection runs now, so that a cancel or a timeout stops that one and
 * never the next. Safe for use by any number of threads.
 */
final class StatementGuard {
  private static final ScheduledExecutorService TIMER =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "facetdb-query-timeout");
            thread.setDaemon(true);
            return thread;
          });

  private final Session session;
  private @Nullable Watch current;

  StatementGuard(Session session) {
    this.session = session;
  }

  /** One call of a statement into the session. Guarded by the guard's monitor. */
  static final class Watch {
    private final @Nullable FacetStatement statement;
    private final @Nullable Watch outer;
    private @Nullable ScheduledFuture<?> timer;
    private boolean timedOut;

    private Watch(@Nullable FacetStatement statement, @Nullable Watch outer) {
      this.statement = statement;
      this.outer = outer;
    }

    boolean timedOut() {
      return timedOut;
    }
  }

  synchronized Watch enter(@Nullable FacetStatement statement) {
    Watch watch = new Watch(statement, current);
    current = watch;
    if (statement != null && statement.timeoutMillis() > 0) {
      watch.timer =
          TIMER.schedule(() -> expire(watch), statement.timeoutMillis(), TimeUnit.MILLISECONDS);
    }
    return watch;
  }

  synchronized void leave(Watch watch) {
    current = watch.outer;
    if (watch.timer != null) {
      watch.timer.cancel(false);
    }
  }

  private synchronized void expire(Watch watch) {
    if (current == watch) {
      watch.timedOut = true;
      session.cancel();
    }
  }

  synchronized void cancel(FacetStatement statement) {
    if (current != null && current.statement == statement) {
      session.cancel();
    }
  }
}
