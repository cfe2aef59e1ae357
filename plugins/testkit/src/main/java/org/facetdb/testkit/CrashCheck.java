package org.facetdb.testkit;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.facetdb.spi.index.IndexMethod;

/**
 * Runs a script against a store that fails at one operation, then goes on from the last committed
 * checkpoint. Half of the rounds run one script {@link #SUCCESSIVE} times, failing at its first,
 * second, third operation, then the next; the others run scripts of their own and fail anywhere.
 */
final class CrashCheck {
  private static final int SCRIPT_STEPS = 50;
  private static final int SUCCESSIVE = 100;

  private final IndexFixture fixture;
  private final long scriptSeed;
  private final int successiveRounds;
  private int failures;

  CrashCheck(IndexFixture fixture, long scriptSeed, int successiveRounds) {
    this.fixture = fixture;
    this.scriptSeed = scriptSeed;
    this.successiveRounds = successiveRounds;
  }

  /** In how many rounds so far the script came to the operation that fails. */
  int failures() {
    return failures;
  }

  void round(Random random, int round, Path directory) {
    boolean successive = round < successiveRounds;
    Random script = new Random(successive ? scriptSeed + round / SUCCESSIVE : random.nextLong());
    long failAt =
        successive ? round % SUCCESSIVE + 1 : 1 + random.nextInt(1 << random.nextInt(2, 12));
    List<IndexMethod> methods = fixture.methods();
    IndexMethod method = methods.get(script.nextInt(methods.size()));
    try (Session session =
        new Session(fixture, method, script, script.nextBoolean() ? directory : null)) {
      session.driver.store().failAt(failAt, random.nextBoolean());
      runScript(session);
      failures += session.driver.store().failed() ? 1 : 0;
      session.driver.restart();
      for (int i = random.nextInt(3); i > 0; i--) {
        failWhileOpening(session, random);
      }
      session.open();
      session.driver.catchUp(session.workload.log());
      session.compareAll();
      session.steps(15, true);
      session.advance();
      session.driver.checkpoint();
      session.reopen(method);
      session.compareAll();
    }
  }

  private static void runScript(Session session) {
    try {
      session.open();
      for (int i = 0; i < 5; i++) {
        session.steps(SCRIPT_STEPS / 5, true);
        session.advance();
        session.driver.checkpoint();
      }
      // This one is taken but lost: the kernel went down before it was committed.
      session.steps(SCRIPT_STEPS / 5, true);
      session.driver.takeCheckpoint();
    } catch (RuntimeException e) {
      if (!session.driver.store().failed()) {
        throw e;
      }
    }
  }

  private static void failWhileOpening(Session session, Random random) {
    session.driver.store().failAt(1 + random.nextInt(12), random.nextBoolean());
    try {
      session.open();
      session.driver.catchUp(session.workload.log());
    } catch (RuntimeException e) {
      if (!session.driver.store().failed()) {
        throw e;
      }
    }
    session.driver.restart();
  }
}
