package org.facetdb.testkit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.index.IndexMethod;
import org.facetdb.spi.index.IndexShape;
import org.facetdb.spi.index.IndexView;
import org.facetdb.spi.index.SearchClause;
import org.facetdb.spi.index.SearchRequest;

/** The checks of one index that is used by one thread and doesn't crash. */
final class OperationChecks {
  private static final Duration FRESHNESS = Duration.ofSeconds(2);
  private static final int EXPIRY_CYCLES = 300;
  private static final Duration EXPIRY = Duration.ofSeconds(5);

  private final IndexFixture fixture;

  OperationChecks(IndexFixture fixture) {
    this.fixture = fixture;
  }

  void randomOperations(Random random, int round, Path directory) {
    try (Session session = Session.any(fixture, random, directory)) {
      session.open();
      session.compareAll();
      for (int part = 1 + random.nextInt(3); part > 0; part--) {
        session.steps(20 + random.nextInt(80), true);
        session.advance();
        session.compareAll();
        becomesVisible(session);
        if (random.nextBoolean()) {
          session.driver.checkpoint();
        }
        session.reopen(session.method);
        session.compareAll();
      }
    }
  }

  private static void becomesVisible(Session session) {
    session.commit();
    session.advance();
    long deadline = System.nanoTime() + FRESHNESS.toNanos();
    while (true) {
      try (IndexView view = session.driver.view()) {
        if (view.position().equals(session.driver.advanced())) {
          return;
        }
        if (System.nanoTime() > deadline) {
          throw new AssertionError(
              "what was given becomes visible without a refresh: position=" + view.position());
        }
      }
      session.driver.advanceAgain();
      Thread.onSpinWait();
    }
  }

  void replay(Random random, int round, Path directory) {
    try (Session session = Session.any(fixture, random, directory)) {
      session.open();
      session.steps(30 + random.nextInt(60), random.nextBoolean());
      session.advance();
      session.driver.checkpoint();
      session.steps(random.nextInt(20), false);
      session.advance();
      session.driver.restart();
      session.open();
      replayFrom(session, (int) session.driver.committedPosition().sequence());
      session.compareAll();
      for (int again = 0; again < 3; again++) {
        replayFrom(session, session.workload.log().size());
        session.compareAll();
        session.driver.checkpoint();
        session.steps(random.nextInt(8), true);
        session.advance();
        session.compareAll();
      }
      session.reopen(session.method);
      session.compareAll();
    }
  }

  /** Gives the log again from a commit before the given one. */
  private static void replayFrom(Session session, int before) {
    List<Commit> log = session.workload.log();
    int from = session.random.nextInt(Math.max(1, before));
    session.driver.replay(log.subList(from, log.size()));
  }

  void timeTravel(Random random, int round, Path directory) {
    try (Session session = Session.any(fixture, random, directory)) {
      session.open();
      for (int part = 0; part < 3; part++) {
        session.steps(30, false);
        session.advance();
        session.driver.refresh();
        List<Commit> log = session.workload.log();
        for (int i = 0; i < 12; i++) {
          long time = log.get(random.nextInt(log.size())).position().timestamp();
          session.compareAt(Math.max(session.watermark(), time - random.nextInt(2)));
        }
        long past = session.randomSnapshot();
        session.expire(Math.min(past, session.driver.advanced().timestamp()));
        session.compareAt(session.watermark());
        session.compareAll();
        session.driver.checkpoint();
        session.compareAt(session.watermark());
        if (random.nextBoolean()) {
          session.reopen(session.method);
          session.compareAt(session.watermark());
        }
      }
    }
  }

  void expiry(Random random, int round, Path directory) {
    try (Session session = Session.any(fixture, random, directory)) {
      session.open();
      for (int i = 0; i < 150; i++) {
        session.commit();
      }
      session.driver.apply(session.workload.delete(session.workload.liveRows() / 2));
      session.advance();
      session.driver.refresh();
      long before = session.driver.entryCount();
      long live = session.workload.liveRows();
      if (before < live) {
        throw new AssertionError("entries are counted: entries=" + before + " rows=" + live);
      }
      long cycles = 0;
      long deadline = System.nanoTime() + EXPIRY.toNanos();
      do {
        // An index may clean up in the background: cycles that are too fast give it no time.
        if (cycles++ >= EXPIRY_CYCLES && System.nanoTime() > deadline) {
          throw new AssertionError(
              "entries that ended go after they expired: before="
                  + before
                  + " now="
                  + session.driver.entryCount()
                  + " rows="
                  + session.workload.liveRows());
        }
        session.commit();
        session.advance();
        session.expire(session.driver.advanced().timestamp());
        session.driver.refresh();
        session.driver.checkpoint();
        session.compareAt(session.driver.advanced().timestamp());
      } while (session.driver.entryCount() > session.workload.liveRows() + (before - live) / 2);
      session.compareAll();
      session.reopen(session.method);
      session.compareAll();
    }
  }

  void badInput(Random random, int round, Path directory) {
    for (IndexMethod method : fixture.methods()) {
      method.validate(fixture.shape());
      for (IndexShape shape : fixture.refusedShapes()) {
        refused(() -> method.validate(shape), "a shape", shape);
      }
    }
    try (Session session = Session.any(fixture, random, directory)) {
      session.open();
      for (int part = 0; part < 3; part++) {
        session.steps(20, true);
        session.advance();
        for (List<SearchClause> clauses : fixture.refusedClauses()) {
          refuse(session, clauses);
        }
        session.compareAll();
      }
    }
  }

  private static void refuse(Session session, List<SearchClause> clauses) {
    SearchRequest request =
        new SearchRequest(
            clauses,
            session.workload.position().timestamp(),
            SearchRequest.Order.ANY,
            10,
            false,
            null,
            null);
    try (IndexView view = session.driver.view()) {
      refused(() -> view.search(request).close(), "a search", clauses);
      refused(() -> view.cost(request), "an estimate", clauses);
      refused(() -> view.evaluator(clauses), "an evaluator", clauses);
    }
  }

  private static void refused(Runnable call, String what, Object facts) {
    try {
      call.run();
    } catch (DatabaseException e) {
      if (e.sqlState().startsWith("22") || e.sqlState().startsWith("42")) {
        return;
      }
      throw new AssertionError(
          what + " is refused in class 22 or 42: sqlstate=" + e.sqlState() + " facts=" + facts, e);
    } catch (RuntimeException e) {
      throw new AssertionError(what + " is refused by a DatabaseException: facts=" + facts, e);
    }
    throw new AssertionError(what + " is refused: facts=" + facts);
  }
}
