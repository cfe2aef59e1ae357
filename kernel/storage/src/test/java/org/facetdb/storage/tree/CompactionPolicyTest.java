package org.facetdb.storage.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.facetdb.storage.TableOptions;
import org.facetdb.storage.tree.manifest.TreeState;
import org.facetdb.storage.tree.table.TableInfo;
import org.facetdb.storage.tree.table.TableKind;
import org.junit.jupiter.api.Test;

/** What is picked from a state, and what may run beside it. */
class CompactionPolicyTest {
  /** Three tables of level 0 are too many, and so are more than 100 bytes of level 1. */
  private static final CompactionPolicy POLICY =
      new CompactionPolicy(
          new TreeOptions(1, 1, 1, 8, 0, 3, 100, 0, TableOptions.defaults(), 4, 0, Runnable::run));

  /** All that may run at once, each picked beside those before it. */
  private static List<String> picks(String state) {
    return picks(state, PolicyMemory.NONE);
  }

  private static List<String> picks(String text, PolicyMemory before) {
    TreeState state = TestTables.state(text);
    List<String> picks = new ArrayList<>();
    InFlight inFlight = InFlight.NONE;
    PolicyMemory memory = before;
    Compaction next = POLICY.pick(state, TestTables.retention(state), memory, inFlight);
    while (next != null) {
      picks.add(TestTables.text(next));
      inFlight = inFlight.with(next);
      memory = memory.taken(next);
      next = POLICY.pick(state, TestTables.retention(state), memory, inFlight);
    }
    return picks;
  }

  private static String next(TreeState state, InFlight inFlight) {
    return TestTables.text(
        POLICY.pick(state, TestTables.retention(state), PolicyMemory.NONE, inFlight));
  }

  @Test
  void levelZeroWaitsUntilItHasTooManyTables() {
    assertEquals(List.of(), picks("0: 2:a-z 1:a-z\n1: 9:a-z*90"));
    assertEquals(
        List.of("merge 3 2 1 + 9 to 1"), picks("0: 3:a-z 2:a-z 1:a-z\n1: 9:b-c*90 8:2a-2b*9"));
  }

  @Test
  void levelZeroIsMergedEarlyWhereThatCostsLittle() {
    assertEquals(List.of("merge 1 + 9 to 1"), picks("0: 1:a-z\n1: 9:a-z*10"));
    assertEquals(List.of(), picks("0: 1:a-z\n1: 9:a-z*40"));
    // The keys are written again and again.
    PolicyMemory memory = PolicyMemory.NONE.merged(100, 70);
    assertEquals(List.of("merge 1 + 9 to 1"), picks("0: 1:a-z\n1: 9:a-z*40", memory));
  }

  @Test
  void theOldestTableGoesDownAsItIsWhereNothingMeetsIt() {
    assertEquals(
        List.of("move 1 to 1"), picks("0: 3:a-z*1 2:a-z*1 1:a-d*1\n1: 9:e-z*90").subList(0, 1));
  }

  @Test
  void whatIsDeepGoesDownAndLeavesTheRest() {
    assertEquals(
        List.of("merge 6 5 4 + 8 to 1"),
        picks("0: 6:a-z 5:a-z 4:a-z 3:2a-2z\n1: 8:a-z*90 9:2a-2z*90"));
    assertEquals(
        List.of("merge 5 4 3 + 8 to 1"), picks("0: 6:x-z 5:a-c 4:a-c 3:a-c\n1: 8:a-d*90 9:w-z*90"));
  }

  @Test
  void theDeepestGoesFirstAndOthersBesideIt() {
    assertEquals(
        List.of("merge 7 5 3 1 + 9 to 1", "merge 6 4 2 + 8 to 1"),
        picks("0: 7:2a-2z 6:a-z 5:2a-2z 4:a-z 3:2a-2z 2:a-z 1:2a-2z\n1: 8:a-z*90 9:2a-2z*90"));
    // Older ones that are met go along, and make the two one.
    assertEquals(
        List.of("merge 7 6 5 4 3 2 1 + 8 9 to 1"),
        picks("0: 7:2a-2z 6:a-z 5:2a-2z 4:a-z 3:2a-2z 2:a-2z 1:2a-2z\n1: 8:a-z*90 9:2a-2z*90"));
  }

  @Test
  void aFewTablesApartGoDownAsTheyAre() {
    assertEquals(
        List.of("move 1 to 1", "move 2 to 1", "move 3 to 1"),
        picks("0: 3:k-m 2:f-h 1:a-c\n1: 9:n-z*90"));
  }

  @Test
  void levelsBelowGoDownSideBySide() {
    assertEquals(
        List.of("merge 1 + 11 to 2", "move 2 to 2", "merge 3 + 12 13 to 2"),
        picks("1: 1:a-d*50 2:e-h*50 3:i-l*50 4:m-p*100\n2: 11:b-c 12:k-k 13:l-n"));
  }

  @Test
  void aTableWaitsWhereAnotherGoesToTheSameKeys() {
    // Both meet 11.
    assertEquals(List.of("merge 1 + 11 to 2"), picks("1: 1:a-d*200 2:e-h*200\n2: 11:a-z"));
    // From two levels to disjoint places; 2 meets what goes down from its level.
    assertEquals(
        List.of("merge 1 + 11 to 2", "move 12 to 3"),
        picks("1: 1:a-d*50 2:x-y*51\n2: 11:a-b*10 12:x-z*1001"));
  }

  @Test
  void whatWentDownLastIsFollowedByTheNextInKeyOrder() {
    String state = "1: 1:a-d*100 2:e-h*100 3:i-l*100\n2: 11:a-z";
    assertEquals(List.of("merge 1 + 11 to 2"), picks(state));
    PolicyMemory memory =
        PolicyMemory.NONE.taken(
            new Compaction.Move(TestTables.state(state).current().get(1).get(0), 2));
    assertEquals(List.of("merge 2 + 11 to 2"), picks(state, memory));
  }

  @Test
  void levelZeroGoesBesideWhatIsBelowIt() {
    assertEquals(
        List.of("merge 3 2 1 + 9 to 1", "move 10 to 2"),
        picks("0: 3:a-d 2:a-d 1:a-d\n1: 9:a-b*100 10:x-y*200"));
  }

  @Test
  void nothingIsTakenThatLevelZeroWaitsFor() {
    TreeState state = TestTables.state("0: 3:a-z 2:a-z 1:a-z\n1: 8:a-d*150 9:e-z*150\n2: 7:2a-2b");
    Compaction down = new Compaction.Move(state.current().get(1).get(0), 2);
    InFlight inFlight = InFlight.NONE.with(down);
    // 9 could go down beside 8, but level 0 is to be next.
    assertEquals("none", next(state, inFlight));
    assertEquals("merge 3 2 1 + 8 9 to 1", next(state, InFlight.NONE));
  }

  @Test
  void nothingGoesDownBetweenTablesThatAPassMerges() {
    TreeState state = TestTables.state("1: 1:a-d*90 2:m-n*200 3:x-z*90\n2: 11:a-c 12:y-z");
    List<TableInfo> top = state.current().get(1);
    // 2 came to level 1 after the pass had taken its neighbours.
    Compaction ofPass =
        new Compaction.Merge(
            TableKind.CURRENT,
            List.of(List.of(top.get(0), top.get(2)), state.current().get(2)),
            1,
            2);
    assertEquals("none", next(state, InFlight.NONE.with(ofPass)));
    assertEquals(
        "move 2 to 2", next(state, InFlight.NONE.with(new Compaction.Drop(top.subList(0, 1)))));
  }

  @Test
  void theHistoryIsGatheredBesideTheCurrentTreeButOnceAtATime() {
    assertEquals(
        List.of("merge 23 22 21 to 2", "move 1 to 2"),
        picks("1: 1:a-d*200\nh0: 23:a-z*1 22:a-z*1 21:a-z*1\nh1: 31:a-z*200"));
  }
}
