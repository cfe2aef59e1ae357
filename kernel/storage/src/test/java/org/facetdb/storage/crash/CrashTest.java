package org.facetdb.storage.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.SyncSite;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Crashes at random operations, with a random part of the unsynced bytes and names kept. */
@Execution(ExecutionMode.CONCURRENT)
class CrashTest {
  private static final int ROUNDS = Integer.getInteger("facetdb.crash.rounds", 250);
  private static final int MUTATION_ROUNDS_MAX = 20_000;

  @Test
  void keepsWhatWasAcknowledgedAndNothingInPart() {
    Random seeds = new Random(Seeds.next(CrashTest.class));
    Set<SyncSite> reached = EnumSet.noneOf(SyncSite.class);
    int ingested = 0;
    for (int round = 0; round < ROUNDS; round++) {
      ingested += run(seeds.nextLong(), reached);
    }
    System.out.println("rounds=" + ROUNDS + " ingested=" + ingested + " sites=" + reached);
    assertTrue(ingested > ROUNDS / 20, "commits that went straight to tables: " + ingested);
    assertEquals(CrashRound.SITES, reached, "every place that syncs must be tried");
  }

  @ParameterizedTest
  @EnumSource(
      value = SyncSite.class,
      mode = EnumSource.Mode.MATCH_NONE,
      names = "(ARCHIVE|BACKUP|RESTORE)_.*")
  void noticesWhenASyncIsLeftOut(SyncSite site) {
    Random seeds = new Random(Seeds.next(CrashTest.class));
    int rounds = 0;
    long seed = 0;
    @Nullable Throwable caught = null;
    while (caught == null && rounds < MUTATION_ROUNDS_MAX) {
      rounds++;
      seed = seeds.nextLong();
      try {
        new CrashRound(seed, site, site, EnumSet.noneOf(SyncSite.class)).run();
      } catch (AssertionError | StorageException e) {
        caught = e;
      }
    }
    assertTrue(caught != null, "nobody noticed that " + site + " was left out");
    System.out.println("left out " + site + ": noticed in round " + rounds + ": " + caught);
    new CrashRound(seed, site, null, EnumSet.noneOf(SyncSite.class)).run();
  }

  /** Returns how many commits went straight to tables. */
  private static int run(long seed, Set<SyncSite> reached) {
    CrashRound round = new CrashRound(seed, null, null, reached);
    try {
      round.run();
      return round.ingested();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("round with seed " + seed + ": " + e.getMessage(), e);
    }
  }
}
