package org.facetdb.storage.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who does what, in one place of a pool that has more threads. */
@Timeout(60)
class WorkersTest {
  private final ExecutorService threads = Executors.newFixedThreadPool(3);
  private final AtomicBoolean closing = new AtomicBoolean();
  private final AtomicInteger looks = new AtomicInteger();
  private final CountDownLatch working = new CountDownLatch(1);
  private final CountDownLatch free = new CountDownLatch(1);
  private final Workers workers =
      new Workers(
          threads,
          1,
          closing::get,
          rejected -> {
            throw rejected;
          },
          this::work);

  private void work() {
    looks.incrementAndGet();
    working.countDown();
    try {
      assertTrue(free.await(50, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void end() throws InterruptedException {
    free.countDown();
    threads.shutdown();
    assertTrue(threads.awaitTermination(50, TimeUnit.SECONDS));
  }

  /** A task that is lent while the only thread is at work. */
  private CountDownLatch lent() throws InterruptedException {
    workers.request();
    working.await();
    CountDownLatch done = new CountDownLatch(1);
    workers.lend(done::countDown);
    assertEquals(1, done.getCount());
    return done;
  }

  @Test
  void aTaskThatIsLentWaitsForTheThreadThatIsBusy() throws InterruptedException {
    CountDownLatch done = lent();
    free.countDown();
    assertTrue(done.await(50, TimeUnit.SECONDS));
    assertEquals(1, looks.get());
  }

  @Test
  void whatIsRequestedMeanwhileIsLookedForAfterIt() throws InterruptedException {
    CountDownLatch done = lent();
    workers.request();
    workers.request();
    free.countDown();
    workers.awaitIdle();
    assertTrue(done.await(50, TimeUnit.SECONDS));
    assertEquals(2, looks.get());
  }

  @Test
  void aTaskThatWaitsIsDroppedWhereAllCloses() throws InterruptedException {
    CountDownLatch done = lent();
    closing.set(true);
    free.countDown();
    workers.awaitIdle();
    assertEquals(1, done.getCount());
  }
}
