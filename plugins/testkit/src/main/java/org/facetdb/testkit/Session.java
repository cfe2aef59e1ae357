package org.facetdb.testkit;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.facetdb.spi.index.IndexMethod;
import org.facetdb.spi.index.IndexView;
import org.facetdb.spi.index.Position;
import org.jspecify.annotations.Nullable;

/**
 * One index with its workload, its driver and the watermark below which nobody asks. Used by one
 * thread. Owns the driver.
 */
final class Session implements AutoCloseable {
  private static final int LAG = 400;

  final IndexFixture fixture;
  final IndexMethod method;
  final Random random;
  final Workload workload;
  final IndexDriver driver;
  private long watermark;
  private ViewCheck check;

  /** A session with a new index; {@link IndexDriver#open} has to follow. */
  Session(IndexFixture fixture, IndexMethod method, Random random, @Nullable Path root) {
    this.fixture = fixture;
    this.method = method;
    this.random = random;
    workload = new Workload(fixture, random);
    driver = new IndexDriver(fixture.shape(), random, root);
    watermark = workload.position().timestamp();
    check = new ViewCheck(fixture, method, workload.model(), random);
  }

  /** A session over any of the fixture's methods. */
  static Session any(IndexFixture fixture, Random random, Path root) {
    List<IndexMethod> methods = fixture.methods();
    IndexMethod method = methods.get(random.nextInt(methods.size()));
    return new Session(fixture, method, random, random.nextBoolean() ? root : null);
  }

  void open() {
    open(method);
  }

  void open(IndexMethod by) {
    driver.open(by);
    check = new ViewCheck(fixture, by, workload.model(), random);
  }

  /** Commits a transaction and gives it to the index. */
  void commit() {
    driver.apply(workload.next());
  }

  void advance() {
    driver.advance(workload.position());
  }

  void steps(int count, boolean expiring) {
    for (int i = 0; i < count; i++) {
      step(expiring);
    }
  }

  /** Any one thing that a kernel does. */
  private void step(boolean expiring) {
    switch (random.nextInt(20)) {
      case 0 -> driver.checkpoint();
      case 1 -> driver.refresh();
      case 2 -> compareSomewhere();
      case 3 -> {
        if (expiring) {
          expireSomewhere();
        }
      }
      default -> {
        commit();
        if (random.nextInt(4) > 0) {
          advance();
        }
      }
    }
  }

  /** Asks a view as it comes at one allowed snapshot, before or after its position. */
  void compareSomewhere() {
    compareAt(randomSnapshot());
  }

  void compareAt(long snapshot) {
    try (IndexView view = driver.view()) {
      checkPosition(view.position());
      check.compare(view, snapshot, driver::prepare);
    }
  }

  private void checkPosition(Position position) {
    if (position.sequence() > driver.advanced().sequence()) {
      throw new AssertionError(
          "a view's position isn't beyond the last advance: position="
              + position
              + " advanced="
              + driver.advanced());
    }
  }

  /** Asks a refreshed view now and at some allowed snapshots. */
  void compareAll() {
    driver.refresh();
    try (IndexView view = driver.view()) {
      if (!view.position().equals(driver.advanced())) {
        throw new AssertionError(
            "a view after a refresh has the last position: position="
                + view.position()
                + " advanced="
                + driver.advanced());
      }
      check.compare(view, workload.position().timestamp(), driver::prepare);
      for (int i = 0; i < 6; i++) {
        check.compare(view, randomSnapshot(), driver::prepare);
      }
    }
  }

  long randomSnapshot() {
    long now = workload.position().timestamp();
    return random.nextInt(3) == 0
        ? now + random.nextInt(3)
        : watermark + random.nextLong(Math.max(1, now - watermark + 1));
  }

  long watermark() {
    return watermark;
  }

  private void expireSomewhere() {
    long now = driver.advanced().timestamp();
    expire(Math.max(watermark, now - random.nextInt(LAG)));
  }

  /** Lets go what ended at or before a time, which never goes back. */
  void expire(long newWatermark) {
    watermark = Math.max(watermark, newWatermark);
    driver.expire(watermark);
  }

  /** Ends the index and opens it again from its last checkpoint, caught up with the log. */
  void reopen(IndexMethod by) {
    driver.restart();
    open(by);
    driver.catchUp(workload.log());
  }

  @Override
  public void close() {
    driver.close();
  }
}
