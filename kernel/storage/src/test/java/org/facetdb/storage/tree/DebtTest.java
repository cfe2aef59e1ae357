package org.facetdb.storage.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.IntFunction;
import org.facetdb.storage.TableOptions;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.tree.manifest.TreeState;
import org.junit.jupiter.api.Test;

/** How much writers slow down for what flushes and compactions are behind. */
class DebtTest {
  private static final TreeOptions OPTIONS =
      new TreeOptions(100, 4, 1, 1, 0, 4, 1_000, 0, TableOptions.defaults(), 2, 0, Runnable::run);

  private static double delay(int memtables, long activeBytes, int sublevels, long bytes) {
    return new Debt(memtables, activeBytes, sublevels, bytes).nanosPerByte(OPTIONS);
  }

  private static boolean isHigh(int memtables, int sublevels, long bytes) {
    return new Debt(memtables, 0, sublevels, bytes).isHigh(OPTIONS);
  }

  @Test
  void whatIsUsualCostsNothing() {
    assertEquals(0, delay(0, 99, 0, 0));
    assertEquals(0, delay(2, 99, 8, 16_000));
    assertFalse(isHigh(2, 4, 8_000));
  }

  @Test
  void eachKindOfDebtSlowsWritersALittleMoreWithEachStep() {
    requireSmooth(50, sublevels -> delay(0, 0, 8 + sublevels, 0));
    requireSmooth(100, bytes -> delay(3, bytes, 0, 0));
    requireSmooth(400, tenths -> delay(0, 0, 0, 16_000 + 100 * tenths));
  }

  /** It grows with each step, by no more than 20 ns per byte, up to some bound. */
  private static void requireSmooth(int steps, IntFunction<Double> delays) {
    assertEquals(0, delays.apply(0));
    for (int step = 1; step <= steps; step++) {
      double more = delays.apply(step) - delays.apply(step - 1);
      assertTrue(more > 0 && more <= 20, "step=" + step + " more=" + more);
    }
    assertEquals(delays.apply(steps), delays.apply(10 * steps));
  }

  @Test
  void debtsOfAllKindsAddUp() {
    double sum = delay(3, 50, 0, 0) + delay(0, 0, 20, 0) + delay(0, 0, 0, 30_000);
    assertEquals(sum, delay(3, 50, 20, 30_000), 1e-9);
  }

  @Test
  void compactionsHurryBeforeWritersSlowDown() {
    assertTrue(isHigh(3, 0, 0));
    assertTrue(isHigh(0, 5, 0));
    assertTrue(isHigh(0, 0, 8_001));
    // Where one memtable may wait, none waiting is no debt.
    TreeOptions one =
        new TreeOptions(100, 1, 1, 1, 0, 4, 1_000, 0, TableOptions.defaults(), 2, 0, Runnable::run);
    assertFalse(new Debt(0, 99, 0, 0).isHigh(one));
  }

  @Test
  void theDebtOfATreeIsWhatItsLevelsHoldTooMuch() {
    MemoryFileSystem files = MemoryFileSystem.strict();
    TreeOptions large =
        new TreeOptions(
            1 << 20,
            4,
            512,
            4 << 10,
            0,
            4,
            1 << 30,
            0,
            TableOptions.defaults(),
            2,
            0,
            Runnable::run);
    try (TreeFixture fixture = new TreeFixture(files, large)) {
      for (int key = 0; key < 2_000; key++) {
        fixture.put(1, TreeFixture.key(key), new byte[10]);
      }
      fixture.tree.compact(null);
    }
    TreeOptions small =
        new TreeOptions(
            1 << 20,
            4,
            512,
            4 << 10,
            0,
            4,
            1 << 10,
            0,
            TableOptions.defaults(),
            2,
            0,
            Runnable::run);
    try (TreeContents contents = TreeContents.recover(files, TreeState.empty(), small)) {
      long bytes = CompactionPolicy.bytes(contents.state().current().get(1));
      assertTrue(bytes > 4 << 10, "bytes=" + bytes);
      long activeBytes = contents.view().active().bytes();
      assertEquals(new Debt(0, activeBytes, 0, bytes - (1 << 10)), Debt.of(contents.view(), small));
      assertEquals(0, Debt.of(contents.view(), large).bytes());
    }
  }
}
