package org.facetdb.storage.lock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.facetdb.storage.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who gets a lock, who waits for it, and who is told that it will never be. */
@Timeout(60)
class LockManagerTest {
  private final LockManager manager = new LockManager(10_000);
  private final LockOwner anna = manager.newOwner();
  private final LockOwner ben = manager.newOwner();
  private final LockOwner cleo = manager.newOwner();

  private static LockTarget row(int number) {
    return new LockTarget.Row(7, new byte[] {(byte) (number >> 8), (byte) number});
  }

  private boolean take(LockOwner owner, LockTarget target, LockMode mode) {
    return manager.acquire(owner, target, mode, null) instanceof LockResult.Granted;
  }

  private static void untilGranted(LockWait.Request request) {
    while (!request.isGranted()) {
      LockSupport.park(request);
    }
  }

  /** Asks for a lock on a thread of its own, and returns once it waits. */
  private CompletableFuture<LockResult> waitFor(LockOwner owner, LockTarget target, LockMode mode) {
    return waitFor(owner, target, mode, new AtomicBoolean());
  }

  private CompletableFuture<LockResult> waitFor(
      LockOwner owner, LockTarget target, LockMode mode, AtomicBoolean stop) {
    CompletableFuture<LockResult> result = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                result.complete(
                    manager.acquire(
                        owner,
                        target,
                        mode,
                        request -> {
                          while (!request.isGranted()) {
                            LockSupport.parkNanos(1_000_000);
                            if (stop.get()) {
                              throw new IllegalStateException("no patience left");
                            }
                          }
                        }));
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            });
    while (owner.waiting == null && !result.isDone()) {
      Thread.onSpinWait();
    }
    return result;
  }

  private static LockResult of(CompletableFuture<LockResult> result) throws Exception {
    return result.get(30, TimeUnit.SECONDS);
  }

  @Test
  void aModeIsHeldBesideThoseThatItGoesWith() {
    assertTrue(take(anna, row(1), LockMode.ACCESS_SHARE));
    assertTrue(take(ben, row(1), LockMode.EXCLUSIVE));
    assertFalse(take(cleo, row(1), LockMode.ROW_SHARE));
    assertTrue(take(cleo, row(2), LockMode.ROW_SHARE));
    LockResult.Busy busy =
        assertInstanceOf(
            LockResult.Busy.class, manager.acquire(cleo, row(1), LockMode.ACCESS_EXCLUSIVE, null));
    assertEquals(List.of(anna, ben), busy.blockers());
  }

  @Test
  void whatIsHeldIsTakenOnceAndGivenBackWithTheTransaction() {
    assertTrue(take(anna, row(1), LockMode.EXCLUSIVE));
    int mark = anna.mark();
    assertTrue(take(anna, row(1), LockMode.EXCLUSIVE));
    assertTrue(take(anna, row(1), LockMode.ROW_SHARE), "covered by what is held");
    assertEquals(mark, anna.mark());
    assertTrue(take(anna, row(1), LockMode.ACCESS_EXCLUSIVE));
    assertEquals(mark + 1, anna.mark());
    assertFalse(take(ben, row(1), LockMode.ACCESS_SHARE));
    manager.releaseAfter(anna, mark);
    assertTrue(take(ben, row(1), LockMode.ACCESS_SHARE), "the stronger mode was given back");
    assertFalse(take(ben, row(1), LockMode.ROW_SHARE), "the weaker one was not");
    manager.releaseTransaction(anna);
    assertTrue(take(ben, row(1), LockMode.ROW_SHARE));
    manager.releaseTransaction(ben);
    assertEquals(0, manager.count());
  }

  @Test
  void nobodyIsPassedOver() throws Exception {
    take(anna, row(1), LockMode.ROW_SHARE);
    CompletableFuture<LockResult> second = waitFor(ben, row(1), LockMode.ACCESS_EXCLUSIVE);
    assertFalse(take(cleo, row(1), LockMode.ROW_SHARE), "ben was first");
    CompletableFuture<LockResult> third = waitFor(cleo, row(1), LockMode.ROW_SHARE);
    manager.releaseTransaction(anna);
    assertEquals(LockResult.Granted.LATER, of(second));
    assertFalse(third.isDone());
    manager.releaseTransaction(ben);
    assertEquals(LockResult.Granted.LATER, of(third));
  }

  @Test
  void whoHoldsTheLockIsServedBeforeThoseWhoWaitForHim() throws Exception {
    take(anna, row(1), LockMode.ACCESS_SHARE);
    CompletableFuture<LockResult> second = waitFor(ben, row(1), LockMode.ACCESS_EXCLUSIVE);
    assertFalse(take(anna, row(1), LockMode.EXCLUSIVE), "who does not wait passes nobody over");
    assertEquals(
        LockResult.Granted.AT_ONCE,
        manager.acquire(anna, row(1), LockMode.EXCLUSIVE, LockManagerTest::untilGranted));
    manager.releaseTransaction(anna);
    assertEquals(LockResult.Granted.LATER, of(second));
  }

  @Test
  void whoGivesUpLeavesTheQueue() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    take(anna, row(1), LockMode.ROW_SHARE);
    CompletableFuture<LockResult> second = waitFor(ben, row(1), LockMode.ACCESS_EXCLUSIVE, stop);
    CompletableFuture<LockResult> third = waitFor(cleo, row(1), LockMode.ROW_SHARE);
    stop.set(true);
    assertThrows(ExecutionException.class, () -> of(second));
    assertEquals(LockResult.Granted.LATER, of(third));
    manager.releaseTransaction(anna);
    manager.releaseTransaction(cleo);
    assertEquals(0, manager.count());
    assertTrue(take(ben, row(1), LockMode.ACCESS_EXCLUSIVE), "nothing is left of the request");
  }

  @Test
  void aDeadlockIsFoundByWhoClosesTheCircle() throws Exception {
    List<LockOwner> owners = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      owners.add(manager.newOwner());
      take(owners.get(i), row(i), LockMode.EXCLUSIVE);
    }
    List<CompletableFuture<LockResult>> waiting = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      waiting.add(waitFor(owners.get(i), row(i + 1), LockMode.EXCLUSIVE));
    }
    LockResult.Deadlock deadlock =
        assertInstanceOf(
            LockResult.Deadlock.class,
            manager.acquire(
                owners.get(4), row(0), LockMode.EXCLUSIVE, LockManagerTest::untilGranted));
    assertEquals(5, deadlock.cycle().size());
    for (int i = 0; i < 5; i++) {
      LockResult.Edge edge = deadlock.cycle().get(i);
      assertEquals(owners.get((i + 4) % 5), edge.waiter());
      assertEquals(row(i), edge.target());
      assertEquals(owners.get(i), edge.blocker());
    }
    manager.releaseTransaction(owners.get(4));
    for (int i = 3; i >= 0; i--) {
      assertEquals(LockResult.Granted.LATER, of(waiting.get(i)));
      manager.releaseTransaction(owners.get(i));
    }
    assertEquals(0, manager.count());
  }

  @Test
  void twoWhoBothWantMoreOfWhatTheyShareAreADeadlock() throws Exception {
    take(anna, row(1), LockMode.ROW_SHARE);
    take(ben, row(1), LockMode.ROW_SHARE);
    CompletableFuture<LockResult> first = waitFor(anna, row(1), LockMode.ACCESS_EXCLUSIVE);
    assertInstanceOf(
        LockResult.Deadlock.class,
        manager.acquire(ben, row(1), LockMode.ACCESS_EXCLUSIVE, LockManagerTest::untilGranted));
    manager.releaseTransaction(ben);
    assertEquals(LockResult.Granted.LATER, of(first));
  }

  @Test
  void aDeadlockIsFoundThroughAQueue() throws Exception {
    take(anna, row(1), LockMode.EXCLUSIVE);
    take(ben, row(2), LockMode.EXCLUSIVE);
    CompletableFuture<LockResult> queued = waitFor(ben, row(1), LockMode.EXCLUSIVE);
    CompletableFuture<LockResult> behind = waitFor(cleo, row(1), LockMode.EXCLUSIVE);
    assertInstanceOf(
        LockResult.Deadlock.class,
        manager.acquire(anna, row(2), LockMode.EXCLUSIVE, LockManagerTest::untilGranted));
    manager.releaseTransaction(anna);
    assertEquals(LockResult.Granted.LATER, of(queued));
    manager.releaseTransaction(ben);
    assertEquals(LockResult.Granted.LATER, of(behind));
  }

  @Test
  void aSessionGivesBackAsOftenAsItTook() {
    LockTarget door = new LockTarget.Advisory(42, false);
    for (int i = 0; i < 300; i++) {
      manager.acquireForSession(anna, door, LockMode.EXCLUSIVE, null);
    }
    take(anna, door, LockMode.EXCLUSIVE);
    for (int i = 0; i < 300; i++) {
      assertFalse(take(ben, door, LockMode.EXCLUSIVE));
      assertTrue(manager.release(anna, door, LockMode.EXCLUSIVE));
    }
    assertFalse(manager.release(anna, door, LockMode.EXCLUSIVE), "given back often enough");
    assertFalse(take(ben, door, LockMode.EXCLUSIVE), "the transaction has it still");
    manager.releaseTransaction(anna);
    assertTrue(take(ben, door, LockMode.EXCLUSIVE));
    assertFalse(manager.release(ben, door, LockMode.EXCLUSIVE), "the transaction's own");
    manager.acquireForSession(ben, door, LockMode.ROW_SHARE, null);
    manager.releaseTransaction(ben);
    assertTrue(take(anna, door, LockMode.ROW_SHARE));
    assertFalse(take(anna, door, LockMode.EXCLUSIVE));
    manager.releaseSession(ben);
    assertTrue(take(anna, door, LockMode.EXCLUSIVE));
    manager.releaseTransaction(anna);
    assertEquals(0, manager.count());
  }

  @Test
  void statusNamesHoldersAndWhoWaits() throws Exception {
    take(anna, row(1), LockMode.EXCLUSIVE);
    CompletableFuture<LockResult> second = waitFor(ben, row(1), LockMode.ACCESS_SHARE);
    assertTrue(of(second) instanceof LockResult.Granted);
    CompletableFuture<LockResult> third = waitFor(cleo, row(1), LockMode.ROW_SHARE);
    assertEquals(
        List.of(
            new LockStatus(row(1), 1, LockMode.EXCLUSIVE, true),
            new LockStatus(row(1), 2, LockMode.ACCESS_SHARE, true),
            new LockStatus(row(1), 3, LockMode.ROW_SHARE, false)),
        manager.status());
    manager.releaseTransaction(anna);
    of(third);
  }

  @Test
  void tooManyLocksAreRefusedAndNoneIsLost() {
    LockManager small = new LockManager(100);
    LockOwner owner = small.newOwner();
    for (int i = 0; i < 100; i++) {
      small.acquire(owner, row(i), LockMode.EXCLUSIVE, null);
    }
    StorageException refusal =
        assertThrows(
            StorageException.class, () -> small.acquire(owner, row(100), LockMode.EXCLUSIVE, null));
    assertEquals("53200", refusal.sqlState());
    assertEquals(100, small.count());
    small.releaseTransaction(owner);
    assertEquals(0, small.count());
  }

  /** A thousand that wait have no thread each, and a long queue is no long search. */
  @Test
  void aThousandWaitInTurn() throws Exception {
    take(anna, row(1), LockMode.EXCLUSIVE);
    long threads = platformThreads();
    List<LockOwner> owners = new ArrayList<>();
    List<CompletableFuture<LockResult>> waiting = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      owners.add(manager.newOwner());
      waiting.add(waitFor(owners.get(i), row(1), LockMode.EXCLUSIVE));
    }
    long more = platformThreads() - threads;
    assertTrue(more < 50, "threads=" + more);
    manager.releaseTransaction(anna);
    for (int i = 0; i < 1_000; i++) {
      assertEquals(LockResult.Granted.LATER, of(waiting.get(i)));
      if (i < 999) {
        assertFalse(waiting.get(i + 1).isDone(), "one at a time: " + i);
      }
      manager.releaseTransaction(owners.get(i));
    }
    assertEquals(0, manager.count());
  }

  private static long platformThreads() {
    return Thread.getAllStackTraces().size();
  }
}
