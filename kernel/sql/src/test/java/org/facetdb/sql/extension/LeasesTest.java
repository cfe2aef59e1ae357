package org.facetdb.sql.extension;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LeasesTest {
  private static final int ROUNDS = Integer.getInteger("facetdb.leases.rounds", 400);

  @Test
  void endsAtOnceWhereNobodyHoldsALease() {
    AtomicInteger ends = new AtomicInteger();
    Leases leases = new Leases(ends::incrementAndGet);
    leases.retire();
    assertEquals(1, ends.get());
    assertFalse(leases.enter());
    leases.retire();
    assertEquals(1, ends.get());
  }

  @Test
  void endsWithTheLastLease() {
    AtomicInteger ends = new AtomicInteger();
    Leases leases = new Leases(ends::incrementAndGet);
    assertTrue(leases.enter());
    assertTrue(leases.enter());
    leases.retire();
    leases.leave();
    assertEquals(0, ends.get());
    assertFalse(leases.enter());
    leases.leave();
    assertEquals(1, ends.get());
    assertEquals(0, leases.count());
  }

  /**
   * Many rounds of threads that enter and leave while one retires: nobody is inside after the end.
   */
  @Test
  void nobodyIsInsideAfterTheEnd() throws Exception {
    int threads = 4;
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      for (int round = 0; round < ROUNDS; round++) {
        AtomicBoolean open = new AtomicBoolean(true);
        AtomicInteger ends = new AtomicInteger();
        AtomicInteger violations = new AtomicInteger();
        Leases leases =
            new Leases(
                () -> {
                  open.set(false);
                  ends.incrementAndGet();
                });
        CyclicBarrier barrier = new CyclicBarrier(threads);
        List<Future<?>> running = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
          boolean retires = t == 0;
          running.add(
              executor.submit(
                  () -> {
                    barrier.await();
                    if (retires) {
                      Thread.yield();
                      leases.retire();
                      return null;
                    }
                    while (leases.enter()) {
                      if (!open.get()) {
                        violations.incrementAndGet();
                      }
                      leases.leave();
                    }
                    return null;
                  }));
        }
        for (Future<?> each : running) {
          each.get();
        }
        assertEquals(0, violations.get(), "somebody was inside after the end: round=" + round);
        assertEquals(1, ends.get(), "round=" + round);
      }
    }
  }
}
