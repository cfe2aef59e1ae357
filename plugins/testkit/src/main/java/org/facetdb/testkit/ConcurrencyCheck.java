package org.facetdb.testkit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.facetdb.spi.index.IndexView;
import org.facetdb.spi.index.Position;

/** Readers search through views of their own while the applier changes the index. */
final class ConcurrencyCheck {
  private static final int READERS = 2;
  private static final int COMMITS = 150;
  private static final int VIEWS = 40;
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private final IndexFixture fixture;

  ConcurrencyCheck(IndexFixture fixture) {
    this.fixture = fixture;
  }

  void round(Random random, int round, Path directory) {
    try (Session session = Session.any(fixture, random, directory)) {
      session.open();
      AtomicLong watermark = new AtomicLong(session.watermark());
      AtomicBoolean done = new AtomicBoolean();
      AtomicInteger asked = new AtomicInteger();
      try (ExecutorService readers = Executors.newFixedThreadPool(READERS)) {
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
          Random own = new Random(random.nextLong());
          running.add(readers.submit(() -> read(session, own, watermark, done, asked)));
        }
        try {
          write(session, watermark, asked, running);
        } finally {
          done.set(true);
        }
        running.forEach(ConcurrencyCheck::await);
      }
      outlive(session, random);
    }
  }

  private void read(
      Session session,
      Random random,
      AtomicLong watermark,
      AtomicBoolean done,
      AtomicInteger asked) {
    ViewCheck check = new ViewCheck(fixture, session.method, session.workload.model(), random);
    while (!done.get()) {
      try (IndexView view = session.driver.view()) {
        long now = view.position().timestamp();
        // Read after the view was made: what had expired by then may be missing from it.
        long oldest = watermark.get();
        if (oldest <= now) {
          check.compare(view, now, session.driver::prepare);
          check.compare(view, oldest + random.nextLong(now - oldest + 1), session.driver::prepare);
        }
      }
      asked.incrementAndGet();
    }
  }

  private static void write(
      Session session, AtomicLong watermark, AtomicInteger asked, List<Future<?>> running) {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    for (int i = 0; i < COMMITS || (asked.get() < VIEWS && System.nanoTime() < deadline); i++) {
      if (running.stream().anyMatch(Future::isDone)) {
        return;
      }
      if (i >= COMMITS * 10) {
        Thread.onSpinWait();
        continue;
      }
      session.commit();
      session.advance();
      switch (session.random.nextInt(12)) {
        case 0 -> session.driver.refresh();
        case 1 -> session.driver.checkpoint();
        case 2 -> {
          long lagging = session.driver.advanced().timestamp() - 1000;
          watermark.set(Math.max(watermark.get(), lagging));
          session.expire(watermark.get());
        }
        default -> {}
      }
    }
  }

  private static void await(Future<?> reader) {
    try {
      reader.get();
    } catch (ExecutionException e) {
      throw new AssertionError("a reader failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while readers run", e);
    }
  }

  /** Views answer the same after later changes and after the index was closed. */
  private void outlive(Session session, Random random) {
    session.driver.refresh();
    ViewCheck check = new ViewCheck(fixture, session.method, session.workload.model(), random);
    try (IndexView first = session.driver.view()) {
      Position position = first.position();
      long then = position.timestamp();
      session.steps(30, false);
      session.advance();
      session.driver.refresh();
      session.driver.checkpoint();
      try (IndexView second = session.driver.view()) {
        check.compare(first, then, session.driver::prepare);
        session.driver.closeIndex();
        check.compare(first, then, null);
        check.compare(second, second.position().timestamp(), null);
      }
      check.compare(first, then, null);
      if (!first.position().equals(position)) {
        throw new AssertionError(
            "a view's position stays: was=" + position + " now=" + first.position());
      }
    }
  }
}
