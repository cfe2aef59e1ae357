package org.facetdb.storage.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.TableOptions;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.log.WriteBatch;
import org.facetdb.storage.tree.manifest.TreeState;
import org.facetdb.storage.tree.table.TableInfo;
import org.junit.jupiter.api.Test;

/** How level 0 is divided, and what of it goes down together. */
class SublevelsTest {
  private static int[] heights(String level) {
    List<TableInfo> tables = TestTables.state("0: " + level).current().get(0);
    Sublevels sublevels = new Sublevels(tables);
    int[] heights = IntStream.range(0, tables.size()).map(sublevels::heightOf).toArray();
    assertEquals(IntStream.of(heights).max().orElse(0), sublevels.depth());
    return heights;
  }

  @Test
  void aTableLiesAboveTheOlderOnesThatItMeets() {
    assertEquals(0, new Sublevels(List.of()).depth());
    assertArrayEquals(new int[] {1, 1, 1}, heights("3:a-c 2:d-f 1:g-i"));
    assertArrayEquals(new int[] {3, 2, 1}, heights("3:a-c 2:c-f 1:f-i"));
    assertArrayEquals(new int[] {2, 1, 2, 1}, heights("4:g-h 3:x-z 2:a-c 1:a-i"));
    // The same letters in other key spaces do not meet.
    assertArrayEquals(new int[] {1, 2, 1}, heights("3:3a-3z 2:2a-2z 1:1a-2b"));
  }

  private static List<Long> group(String text, int seed) {
    TreeState state = TestTables.state(text);
    Sublevels sublevels = new Sublevels(state.current().get(0));
    return sublevels.group(seed, state.current().get(1)).stream().map(TableInfo::number).toList();
  }

  @Test
  void olderTablesThatAreMetGoAlong() {
    // 4 meets 2, and that 1; 3 is apart.
    assertEquals(List.of(4L, 2L, 1L), group("0: 4:a-c 3:x-z 2:b-f 1:e-k\n1: 8:a-p 9:x-z", 0));
    assertEquals(List.of(1L), group("0: 4:a-c 3:x-z 2:b-f 1:e-k\n1: 8:a-d 9:e-k", 3));
  }

  @Test
  void newerTablesGoAlongWhereNothingElseBelowIsMet() {
    assertEquals(List.of(3L, 2L, 1L), group("0: 3:a-b 2:e-f 1:a-f\n1: 9:a-z", 0));
    // 2 meets 9, which the others do not.
    assertEquals(List.of(3L, 1L), group("0: 3:a-b 2:e-k 1:a-f\n1: 8:a-g 9:i-z", 0));
    // 3 lies above 1, which is left.
    assertEquals(List.of(2L), group("0: 3:c-f 2:a-c 1:f-z\n1: 8:a-f 9:y-z", 1));
  }

  @Test
  void aKeySpaceThatIsWrittenLeavesTheTablesOfAnother() {
    TreeOptions options =
        new TreeOptions(
            32 << 10,
            2,
            512,
            8 << 10,
            0,
            3,
            1 << 20,
            0,
            TableOptions.defaults(),
            2,
            0,
            Runnable::run);
    try (TreeFixture fixture = new TreeFixture(MemoryFileSystem.strict(), options)) {
      int hot = fixture.tree.createKeySpace(KeySpaceOptions.keepForEver());
      int quiet = fixture.tree.createKeySpace(KeySpaceOptions.keepForEver());
      for (int key = 0; key < 3_000; key++) {
        WriteBatch batch = fixture.batch();
        for (int space : new int[] {hot, quiet}) {
          batch.put(space, TreeFixture.key(key), ("value " + key * 7919L).getBytes(), -1L, 0);
        }
        fixture.commit(batch);
      }
      fixture.tree.compact(null);
      Set<TableInfo> before = new HashSet<>(of(quiet, fixture));
      assertTrue(before.size() > 1, "tables=" + fixture.tree.state().current());
      long compactions = fixture.tree.statistics(0, 0).compactions();
      // One memtable holds both, but not in one table.
      for (int key = 0; key < 3_000; key += 500) {
        fixture.put(quiet, TreeFixture.key(key), new byte[1]);
      }
      for (int i = 0; i < 20_000; i++) {
        byte[] key = TreeFixture.key(i * 7919L % 3_000);
        fixture.put(hot, key, ("value " + i).getBytes());
      }
      fixture.tree.flush();
      assertTrue(fixture.tree.statistics(0, 0).compactions() > compactions + 3);
      assertTrue(of(quiet, fixture).containsAll(before), "tables of the quiet one were merged");
      assertEquals(List.of(), fixture.tree.check());
      assertArrayEquals(
          new byte[1], fixture.tree.get(quiet, TreeFixture.key(500), Long.MAX_VALUE - 1));
    }
  }

  /** The tables below level 0 that hold a key space, and nothing else. */
  private static List<TableInfo> of(int keySpace, TreeFixture fixture) {
    return fixture.tree.state().current().stream()
        .skip(1)
        .flatMap(List::stream)
        .filter(
            table ->
                table.smallest().keySpace() == keySpace && table.largest().keySpace() == keySpace)
        .toList();
  }
}
