package org.facetdb.storage.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.facetdb.storage.TableOptions;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.tree.manifest.TreeState;
import org.junit.jupiter.api.Test;

/** How compactions are held back, by a clock that moves when somebody waits. */
class PaceTest {
  private static final long SECOND = 1_000_000_000;
  private static final long RATE = 1_000_000;

  private final AtomicLong now = new AtomicLong(-3 * SECOND);
  private final AtomicBoolean hurry = new AtomicBoolean();
  private final Pace pace = new Pace(RATE, now::get, now::addAndGet, hurry::get);

  private double seconds(Runnable work) {
    long before = now.get();
    work.run();
    return (double) (now.get() - before) / SECOND;
  }

  @Test
  void manyBytesTakeAsLongAsTheyShould() {
    // A tenth of a second is in the bucket.
    assertEquals(0, seconds(() -> pace.wrote(RATE / 10)), 1e-6);
    assertEquals(1, seconds(() -> pace.wrote(RATE)), 1e-6);
    assertEquals(
        2,
        seconds(
            () -> {
              for (int i = 0; i < 2_000; i++) {
                pace.wrote(RATE / 1_000);
              }
            }),
        1e-6);
  }

  @Test
  void aBreakFillsTheBucketAndNoMore() {
    pace.wrote(RATE);
    now.addAndGet(100 * SECOND);
    assertEquals(0.9, seconds(() -> pace.wrote(RATE)), 1e-6);
  }

  @Test
  void aHurryEndsWaitingAndCostsNothingLater() {
    Pace hurried =
        new Pace(
            RATE,
            now::get,
            nanos -> {
              now.addAndGet(nanos);
              hurry.set(true);
            },
            hurry::get);
    double waited = seconds(() -> hurried.wrote(10 * RATE));
    assertTrue(waited > 0 && waited <= 0.02, "waited=" + waited);
    assertEquals(0, seconds(() -> hurried.wrote(100 * RATE)), 1e-6);
    hurry.set(false);
    now.addAndGet(10 * SECOND);
    assertEquals(0, seconds(() -> hurried.wrote(RATE / 10)), 1e-6);
  }

  @Test
  void noRateIsNoBound() {
    Pace unbound = new Pace(0, now::get, now::addAndGet, () -> false);
    assertEquals(0, seconds(() -> unbound.wrote(Long.MAX_VALUE)), 1e-6);
  }

  /** A tree whose tables of level 0 are due to be merged. */
  private static MemoryFileSystem due() {
    MemoryFileSystem files = MemoryFileSystem.strict();
    SplittableRandom random = new SplittableRandom(1);
    TreeOptions options =
        new TreeOptions(
            4 << 20,
            2,
            512,
            1 << 20,
            0,
            100,
            1 << 30,
            0,
            TableOptions.defaults(),
            1,
            0,
            Runnable::run);
    try (TreeFixture fixture = new TreeFixture(files, options)) {
      for (int round = 0; round < 4; round++) {
        for (int key = 0; key < 5_000; key++) {
          byte[] value = new byte[60];
          random.nextBytes(value);
          fixture.put(1, TreeFixture.key(key * 7_919L + round), value);
        }
        fixture.tree.flush();
      }
      assertEquals(4, fixture.tree.state().current().get(0).size());
    }
    return files;
  }

  /** Seconds that a merge of level 0 waits, as a share of what its bytes take at the rate. */
  private double heldBack(boolean isAwaited) {
    TreeOptions options =
        new TreeOptions(
            1 << 20,
            2,
            512,
            1 << 20,
            0,
            4,
            1 << 30,
            0,
            TableOptions.defaults(),
            1,
            0,
            Runnable::run);
    try (TreeContents contents = TreeContents.recover(due(), TreeState.empty(), options)) {
      contents.start();
      Compactor compactor = new Compactor(contents, options, new TestHost());
      run(compactor.claim(), false);
      assertEquals(3, contents.state().current().get(0).size());
      Compactor.Claim merge =
          isAwaited ? compactor.claim(compactor.beginPass(null)) : compactor.claim();
      double seconds = seconds(() -> run(merge, isAwaited));
      assertEquals(List.of(), contents.state().current().get(0));
      long bytes = CompactionPolicy.bytes(contents.state().current().get(1));
      assertTrue(bytes > RATE, "bytes=" + bytes);
      return seconds * RATE / bytes;
    }
  }

  private void run(Compactor.Claim claim, boolean isAwaited) {
    try (claim) {
      if (isAwaited) {
        claim.runShared(Runnable::run);
      } else {
        claim.run(pace);
      }
    }
  }

  @Test
  void aMergeInTheBackgroundIsHeldBackAndOneThatIsAwaitedIsNot() {
    double held = heldBack(false);
    assertTrue(held > 0.8 && held <= 1, "held=" + held);
    assertEquals(0, heldBack(true));
  }
}
