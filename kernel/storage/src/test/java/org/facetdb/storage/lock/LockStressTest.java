package org.facetdb.storage.lock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.facetdb.storage.Seeds;
import org.junit.jupiter.api.Test;

/**
 * Many owners take random locks of few things: no two hold what conflicts, nobody waits for ever,
 * and nothing is left.
 */
class LockStressTest {
  private static final int OWNERS = 16;
  private static final int TARGETS = 6;
  private static final int TRANSACTIONS = Integer.getInteger("facetdb.lock.transactions", 4_000);

  private final LockManager manager = new LockManager(1_000);

  /** Per target and mode how many hold it, as the owners themselves say. */
  private final AtomicIntegerArray held =
      new AtomicIntegerArray(TARGETS * LockMode.values().length);

  private static final class GaveUp extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private record Tally(long locks, long waits, long deadlocks, long gaveUp) {
    Tally plus(Tally other) {
      return new Tally(
          locks + other.locks,
          waits + other.waits,
          deadlocks + other.deadlocks,
          gaveUp + other.gaveUp);
    }
  }

  @Test
  void nobodyHoldsWhatConflictsAndNobodyWaitsForEver() throws Exception {
    long seed = Seeds.next(LockStressTest.class);
    SplittableRandom random = new SplittableRandom(seed);
    Tally sum = new Tally(0, 0, 0, 0);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Tally>> results = new ArrayList<>();
      for (int i = 0; i < OWNERS; i++) {
        SplittableRandom own = random.split();
        LockOwner owner = manager.newOwner();
        results.add(threads.submit(() -> run(owner, own)));
      }
      for (Future<Tally> result : results) {
        sum = sum.plus(result.get(120, TimeUnit.SECONDS));
      }
    }
    System.out.println(sum);
    assertEquals(0, manager.count(), "seed=" + seed);
    assertTrue(manager.status().isEmpty());
    for (int i = 0; i < held.length(); i++) {
      assertEquals(0, held.get(i));
    }
    assertTrue(sum.waits > 0 && sum.deadlocks > 0 && sum.gaveUp > 0, () -> "seed=" + seed);
  }

  private Tally run(LockOwner owner, SplittableRandom random) {
    long locks = 0;
    long waits = 0;
    long deadlocks = 0;
    long gaveUp = 0;
    for (int i = 0; i < TRANSACTIONS; i++) {
      List<Integer> mine = new ArrayList<>();
      try {
        int steps = random.nextInt(1, 5);
        for (int step = 0; step < steps; step++) {
          int target = random.nextInt(TARGETS);
          LockMode mode = LockMode.values()[random.nextInt(LockMode.values().length)];
          long nanos = random.nextInt(20) == 0 ? random.nextInt(200_000) : Long.MAX_VALUE;
          LockResult result =
              manager.acquire(
                  owner, new LockTarget.Table(target), mode, request -> await(request, nanos));
          if (result instanceof LockResult.Deadlock) {
            deadlocks++;
            break;
          }
          locks++;
          waits += result == LockResult.Granted.LATER ? 1 : 0;
          take(target, mode, mine);
          if (random.nextInt(4) == 0) {
            Thread.yield();
          }
        }
      } catch (GaveUp e) {
        gaveUp++;
      }
      for (int slot : mine) {
        held.decrementAndGet(slot);
      }
      manager.releaseTransaction(owner);
    }
    return new Tally(locks, waits, deadlocks, gaveUp);
  }

  private static void await(LockWait.Request request, long nanos) {
    long begin = System.nanoTime();
    while (!request.isGranted()) {
      LockSupport.parkNanos(Math.min(nanos, 30_000_000_000L));
      long passed = System.nanoTime() - begin;
      if (!request.isGranted() && passed >= nanos) {
        throw new GaveUp();
      }
      assertTrue(passed < 60_000_000_000L, "waits for ever: " + request.blockers());
    }
  }

  private void take(int target, LockMode mode, List<Integer> mine) {
    int modes = LockMode.values().length;
    int slot = target * modes + mode.ordinal();
    if (mine.contains(slot)) {
      return;
    }
    held.incrementAndGet(slot);
    mine.add(slot);
    for (LockMode other : LockMode.values()) {
      if ((other.bit() & mode.conflicts()) != 0) {
        int otherSlot = target * modes + other.ordinal();
        int own = mine.contains(otherSlot) ? 1 : 0;
        assertEquals(own, held.get(otherSlot), mode + " beside " + other);
      }
    }
  }
}
