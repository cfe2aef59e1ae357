package org.facetdb.testkit;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.facetdb.spi.index.IndexMethod;

/**
 * Runs a script against a store that fails at one operation, then goes on from the last committed
 * checkpoint. Half of the rounds run one script {@link #SUCCESSIVE} times, failing at its first,
 * second, third operation, then the next; the others run scripts of their own and fail anywhere. A
 * script that ends before the chosen operation is run once more and fails at one that it has.
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
    long seed = successive ? scriptSeed + round / SUCCESSIVE : random.nextLong();
    long failAt = successive ? round % SUCCESSIVE + 1 : 1 + random.nextInt(1 << random.nextInt(12));
    long operations = attempt(seed, failAt, random, directory);
    if (operations > 0) {
      attempt(seed, (failAt - 1) % operations + 1, random, directory);
    }
  }

  /**
   * Runs a script that fails at an operation, and recovers.
   *
   * @return how many operations the script took if it ended before that one, 0 if it failed
   */
  private long attempt(long seed, long failAt, Random random, Path directory) {
    Random script = new Random(seed);
    List<IndexMethod> methods = fixture.methods();
    IndexMethod method = methods.get(script.nextInt(methods.size()));
    Path root = script.nextBoolean() ? directory.resolve(Long.toString(failAt)) : null;
    try (Session session = new Session(fixture, method, script, root)) {
      session.driver.store().failAt(failAt, random.nextBoolean());
      runScript(session);
      MemoryStore store = session.driver.store();
      long operations = store.failed() ? 0 : store.operations();
      failures += store.failed() ? 1 : 0;
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
      return operations;
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
