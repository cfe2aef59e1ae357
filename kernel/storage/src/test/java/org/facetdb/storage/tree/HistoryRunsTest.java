package org.facetdb.storage.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.HybridTime;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.tree.table.TableInfo;
import org.junit.jupiter.api.Test;

/** History in runs by time: how many of them a moment meets, and that they go as a whole. */
class HistoryRunsTest {
  private static final int KEYS = 1_000;
  private static final int VERSIONS = 60;

  private final SplittableRandom random = new SplittableRandom(Seeds.next(HistoryRunsTest.class));

  private static TreeFixture fixture() {
    return new TreeFixture(MemoryFileSystem.strict(), TreeFixture.small(Runnable::run));
  }

  private static byte[] value(int version) {
    return ("value " + version).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
  }

  /** Writes every key again and again; the timestamp at the end of each round. */
  private static long[] write(TreeFixture fixture, int keySpace) {
    long[] moments = new long[VERSIONS];
    for (int version = 0; version < VERSIONS; version++) {
      for (int i = 0; i < KEYS; i++) {
        moments[version] =
            fixture.put(keySpace, TreeFixture.key((i * 7_919L) % KEYS), value(version));
      }
    }
    return moments;
  }

  private static long versionsAt(TreeFixture fixture, long moment) {
    return fixture.tree.state().history().values().stream()
        .flatMap(List::stream)
        .filter(table -> table.coversTime(moment))
        .mapToLong(TableInfo::entries)
        .sum();
  }

  @Test
  void aMomentMeetsFewOfTheVersions() {
    try (TreeFixture fixture = fixture()) {
      int space = fixture.tree.createKeySpace(KeySpaceOptions.keepForEver());
      long[] moments = write(fixture, space);
      fixture.tree.flush();
      long all =
          fixture.tree.state().history().values().stream()
              .flatMap(List::stream)
              .mapToLong(TableInfo::entries)
              .sum();
      assertTrue(all > (VERSIONS - 2L) * KEYS, "superseded=" + all);
      for (int version = 0; version < VERSIONS - 1; version++) {
        long met = versionsAt(fixture, moments[version]);
        assertTrue(met <= 6 * KEYS, "version=" + version + " met=" + met);
      }
      for (int round = 0; round < 50; round++) {
        int version = random.nextInt(VERSIONS);
        byte[] from = TreeFixture.key(random.nextInt(KEYS - 100));
        try (Cursor cursor = fixture.tree.scan(space, from, null, moments[version])) {
          for (int i = 0; i < 100; i++) {
            assertTrue(cursor.next());
            assertArrayEquals(
                value(version),
                java.util.Arrays.copyOfRange(
                    cursor.valueArray(),
                    cursor.valueOffset(),
                    cursor.valueOffset() + cursor.valueLength()));
          }
        }
        assertArrayEquals(value(version), fixture.tree.get(space, from, moments[version]));
      }
      assertEquals(List.of(), fixture.tree.check());
      TreeFixture again = fixture;
      again.reopen();
      assertArrayEquals(value(3), again.tree.get(space, TreeFixture.key(5), moments[3]));
    }
  }

  /** Tables of level 0 may hold the same keys again and again. */
  @Test
  void aRunIsMeantToBeWhatTheKeysTakeOnce() {
    TreeOptions options = TreeFixture.small(Runnable::run);
    long least = options.tableBytes() / 8;
    String arrived = "0: 5:a-z*90000 4:a-z*80000 3:a-z*100000";
    assertEquals(100_000, runBytes(arrived, options));
    assertEquals(130_000, runBytes(arrived + "\n1: 2:a-m*60000 1:n-z*70000", options));
    assertEquals(
        200_000, runBytes(arrived + "\n1: 2:a-m*60000 1:n-z*70000\n2: 6:a-z*70000", options));
    assertEquals(least, runBytes("0: 3:a-z*1", options));
  }

  private static long runBytes(String state, TreeOptions options) {
    return HistoryPolicy.runBytes(TestTables.state(state), options);
  }

  @Test
  void whatIsPastGoesWithoutBeingWrittenAgain() {
    try (TreeFixture fixture = fixture()) {
      int space = fixture.tree.createKeySpace(KeySpaceOptions.keepFor(Duration.ofSeconds(10)));
      for (int round = 0; round < 30; round++) {
        for (int i = 0; i < KEYS; i++) {
          fixture.put(space, TreeFixture.key(i), value(round));
        }
        fixture.host.now.addAndGet(HybridTime.ofMillis(1_000));
      }
      fixture.tree.flush();
      long kept =
          fixture.tree.state().history().values().stream()
              .flatMap(List::stream)
              .mapToLong(TableInfo::entries)
              .sum();
      assertTrue(kept >= 9 * KEYS && kept <= 16 * KEYS, "kept=" + kept);
      assertEquals(List.of(), fixture.tree.check());
    }
  }

  @Test
  void bandsAreOfLikeSizeWhereverTheirBytesLieInTime() {
    List<TimeBands.Span> spans =
        List.of(new TimeBands.Span(0, 100, 600), new TimeBands.Span(1_000, 1_100, 200));
    TimeBands bands = TimeBands.of(spans, 800, 200);
    assertEquals(4, bands.count());
    int[] met = new int[4];
    for (int t = 0; t <= 100; t++) {
      met[bands.bandOf(t)] += 3;
      met[bands.bandOf(1_000 + t)]++;
    }
    for (int count : met) {
      assertEquals(101, count, 8);
    }
    assertEquals(1, TimeBands.of(spans, 399, 200).count());
    assertEquals(0, TimeBands.ONE.bandOf(Long.MAX_VALUE));
    assertEquals(3, bands.bandOf(Long.MAX_VALUE));
  }
}
