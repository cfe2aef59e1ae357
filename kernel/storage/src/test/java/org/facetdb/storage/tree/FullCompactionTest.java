package org.facetdb.storage.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.facetdb.storage.HybridTime;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.StoreStatistics;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.junit.jupiter.api.Test;

/** Compaction of everything that was there, in steps. */
class FullCompactionTest {
  private static final int KEYS = 4_000;

  private final SplittableRandom random =
      new SplittableRandom(Seeds.next(FullCompactionTest.class));

  private TreeFixture fixture(long tableBytes) {
    return new TreeFixture(
        MemoryFileSystem.strict(),
        new TreeOptions(32 << 10, 2, 512, tableBytes, 64 << 10, 3, 32 << 10, 0, Runnable::run));
  }

  private void fill(TreeFixture fixture, int keySpace) {
    for (int i = 0; i < KEYS; i++) {
      byte[] value = new byte[60];
      random.nextBytes(value);
      fixture.put(keySpace, TreeFixture.key(random.nextInt(KEYS)), value);
    }
  }

  private static List<StoreStatistics.Level> levels(TreeFixture fixture, String tree) {
    return fixture.tree.statistics(0, 0).levels().stream()
        .filter(level -> level.tree().equals(tree) && level.tables() > 0)
        .toList();
  }

  @Test
  void leavesOneLevelAndRunsThoughItGoesInSteps() {
    try (TreeFixture fixture = fixture(8 << 10)) {
      int space = fixture.tree.createKeySpace(KeySpaceOptions.keepForEver());
      for (int i = 0; i < 10; i++) {
        fill(fixture, space);
      }
      fixture.tree.flush();
      assertTrue(levels(fixture, "current").size() > 1, "there is nothing to do");
      long before = fixture.tree.statistics(0, 0).compactions();
      fixture.tree.compact(null);
      assertEquals(1, levels(fixture, "current").size());
      List<StoreStatistics.Level> runs = levels(fixture, "history");
      assertTrue(runs.size() > 1 && runs.size() < 20, "runs=" + runs);
      assertTrue(runs.stream().noneMatch(run -> run.level() == 0), "runs=" + runs);
      assertTrue(fixture.tree.statistics(0, 0).compactions() > before + 2, "it was one step");
      assertEquals(List.of(), fixture.tree.check());
    }
  }

  @Test
  void prunesTheHistoryOfOneKeySpaceAndLeavesTheOthers() {
    try (TreeFixture fixture = fixture(128 << 10)) {
      KeySpaceOptions second = KeySpaceOptions.keepFor(Duration.ofSeconds(1));
      int[] spaces = {fixture.tree.createKeySpace(second), fixture.tree.createKeySpace(second)};
      // Beside so much that is current, the history is one run.
      int large = fixture.tree.createKeySpace(KeySpaceOptions.keepForEver());
      for (int i = 0; i < 10 * KEYS; i++) {
        byte[] value = new byte[60];
        random.nextBytes(value);
        fixture.put(large, TreeFixture.key(i), value);
      }
      for (int space : spaces) {
        fill(fixture, space);
        fill(fixture, space);
      }
      // What is superseded later keeps the tables from being dropped as a whole.
      fixture.host.now.addAndGet(HybridTime.ofMillis(600));
      for (int space : spaces) {
        for (int i = 0; i < KEYS; i += 10) {
          fixture.put(space, TreeFixture.key(i), new byte[1]);
        }
      }
      fixture.tree.compact(null);
      long all = entries(fixture);
      fixture.host.now.addAndGet(HybridTime.ofMillis(700));
      fixture.put(1, TreeFixture.key(1), new byte[1]);
      fixture.tree.compact(spaces[1]);
      long afterOne = entries(fixture);
      assertTrue(afterOne < all && afterOne > all / 4, "all=" + all + " left=" + afterOne);
      fixture.tree.compact(spaces[0]);
      assertTrue(entries(fixture) < all / 8, "all=" + all + " left=" + entries(fixture));
      assertEquals(List.of(), fixture.tree.check());
    }
  }

  private static long entries(TreeFixture fixture) {
    return levels(fixture, "history").stream().mapToLong(StoreStatistics.Level::entries).sum();
  }
}
