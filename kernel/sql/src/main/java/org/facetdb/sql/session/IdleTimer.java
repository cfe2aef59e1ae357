package org.facetdb.sql.session;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Wakes what waits for a session to be idle for too long. Safe for use by any number of threads.
 *
 * <p>An alarm that takes long delays those after it. Owns one daemon thread for the whole database,
 * which begins with the first alarm and ends when there was none for a while. A session has one
 * alarm at most, and a stopped one is forgotten at once, so no more of them wait than there are
 * sessions.
 */
final class IdleTimer implements AutoCloseable {
  private static final long THREAD_SECONDS = 10;

  private final ScheduledThreadPoolExecutor executor;

  IdleTimer() {
    executor =
        new ScheduledThreadPoolExecutor(
            1,
            Thread.ofPlatform().daemon().name("facetdb-idle-timer").factory(),
            new ThreadPoolExecutor.DiscardPolicy());
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    executor.setKeepAliveTime(THREAD_SECONDS, TimeUnit.SECONDS);
    executor.allowCoreThreadTimeOut(true);
  }

  /** Runs something on the timer's thread after a while; never once the timer is closed. */
  Future<?> after(long millis, Runnable alarm) {
    return executor.schedule(alarm, millis, TimeUnit.MILLISECONDS);
  }

  /** How many alarms wait. */
  int waiting() {
    return executor.getQueue().size();
  }

  /** Forgets all alarms; one that runs comes to its end. */
  @Override
  public void close() {
    executor.shutdown();
  }
}
