package org.facetdb.storage.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.TableOptions;
import org.facetdb.storage.tree.entry.SpaceKey;
import org.facetdb.storage.tree.manifest.Change;
import org.facetdb.storage.tree.manifest.TreeState;
import org.facetdb.storage.tree.table.TableInfo;
import org.facetdb.storage.tree.table.TableKind;
import org.junit.jupiter.api.Test;

/**
 * Compactions that the policy picks, begun and ended in random order on tables that are maps:
 * whatever runs at once, the newest version of each key stays the first that a reader meets.
 */
class CompactionSimulationTest {
  private static final int ROUNDS = 60;
  private static final int KEYS = 100;
  private static final int KEYS_PER_SPACE = 25;

  private interface Picker {
    Compaction pick(
        CompactionPolicy policy,
        TreeState state,
        Retention retention,
        PolicyMemory memory,
        InFlight inFlight);
  }

  @Test
  void whatRunsAtOnceLetsNoVersionPassANewerOne() {
    SplittableRandom random = new SplittableRandom(Seeds.next(CompactionSimulationTest.class));
    int most = 0;
    for (int round = 0; round < ROUNDS; round++) {
      most = Math.max(most, new Simulation(CompactionPolicy::pick, random.split()).run());
    }
    assertEquals(Simulation.AT_ONCE, most, "most compactions that ran at once");
  }

  @Test
  void aPolicyThatIgnoresWhatIsInFlightIsFound() {
    SplittableRandom random = new SplittableRandom(Seeds.next(CompactionSimulationTest.class));
    assertFound(
        (policy, state, retention, memory, inFlight) ->
            policy.pick(state, retention, memory, InFlight.NONE),
        random);
  }

  @Test
  void aPolicyThatLeavesOlderTablesOfLevelZeroBehindIsFound() {
    SplittableRandom random = new SplittableRandom(Seeds.next(CompactionSimulationTest.class));
    assertFound(
        (policy, state, retention, memory, inFlight) -> {
          Compaction next = policy.pick(state, retention, memory, inFlight);
          if (next instanceof Compaction.Merge(var kind, var inputs, int first, int to)
              && first == 0
              && inputs.get(0).size() > 1) {
            List<TableInfo> top = inputs.get(0).subList(0, inputs.get(0).size() - 1);
            return new Compaction.Merge(kind, List.of(top, inputs.get(1)), first, to);
          }
          return next;
        },
        random);
  }

  private static void assertFound(Picker picker, SplittableRandom random) {
    assertThrows(
        AssertionError.class,
        () -> {
          for (int round = 0; round < ROUNDS; round++) {
            new Simulation(picker, random.split()).run();
          }
        });
  }

  /** One tree. Versions are numbered as they are written; a removal is a negative number. */
  private static final class Simulation {
    static final int AT_ONCE = 4;

    private record Running(Compaction compaction, TreeState begun) {}

    private final Picker picker;
    private final SplittableRandom random;
    private final TreeOptions options;
    private final CompactionPolicy policy;
    private final Map<Long, TreeMap<SpaceKey, Integer>> contents = new HashMap<>();
    private final TreeMap<SpaceKey, Integer> model = new TreeMap<>();
    private final List<Running> running = new ArrayList<>();
    private PolicyMemory memory = PolicyMemory.NONE;
    private InFlight inFlight = InFlight.NONE;
    private TreeState state = TestTables.state("");
    private FullCompaction pass;
    private int lastVersion;
    private int most;

    Simulation(Picker picker, SplittableRandom random) {
      this.picker = picker;
      this.random = random;
      int levelOneBytes = random.nextInt(1, 40);
      options =
          new TreeOptions(
              1,
              1,
              1,
              random.nextInt(1, 4),
              0,
              random.nextInt(1, 4),
              levelOneBytes,
              0,
              TableOptions.defaults(),
              1,
              0,
              Runnable::run);
      policy = new CompactionPolicy(options);
    }

    /** Returns how many ran at once at most. */
    int run() {
      for (int step = 0; step < 300; step++) {
        switch (random.nextInt(5)) {
          case 0 -> flush();
          case 1, 2 -> begin();
          default -> end();
        }
      }
      while (!running.isEmpty()) {
        end();
      }
      return most;
    }

    private void flush() {
      TreeMap<SpaceKey, Integer> written = new TreeMap<>();
      int width = random.nextInt(1, KEYS);
      int from = random.nextInt(KEYS - width + 1);
      for (int i = random.nextInt(1, 30); i > 0; i--) {
        int number = random.nextInt(from, from + width);
        SpaceKey key =
            new SpaceKey(
                1 + number / KEYS_PER_SPACE, new byte[] {(byte) (number % KEYS_PER_SPACE)});
        lastVersion++;
        written.put(key, random.nextInt(4) == 0 ? -lastVersion : lastVersion);
      }
      model.putAll(written);
      List<Change> edit = new ArrayList<>();
      write(written, 0, edit);
      apply(edit);
    }

    /** Divides entries among new tables of a level. */
    private void write(TreeMap<SpaceKey, Integer> entries, int level, List<Change> edit) {
      long number = state.nextFile() + edit.size();
      int most = random.nextInt(1, 20);
      TreeMap<SpaceKey, Integer> table = new TreeMap<>();
      for (var entry : entries.entrySet()) {
        table.put(entry.getKey(), entry.getValue());
        if (table.size() == most || entry.getKey().equals(entries.lastKey())) {
          contents.put(number, table);
          edit.add(
              new Change.AddTable(
                  level,
                  TestTables.table(
                      number, TableKind.CURRENT, table.size(), table.firstKey(), table.lastKey())));
          number++;
          table = new TreeMap<>();
        }
      }
      edit.add(new Change.NextFile(number));
    }

    private void begin() {
      if (running.size() == AT_ONCE) {
        return;
      }
      boolean isOfPass = random.nextInt(3) == 0;
      Compaction next =
          isOfPass
              ? nextOfPass()
              : picker.pick(policy, state, TestTables.retention(state), memory, inFlight);
      if (next != null) {
        memory = isOfPass ? memory : memory.taken(next);
        running.add(new Running(next, state));
        inFlight = inFlight.with(next);
        most = Math.max(most, running.size());
      }
    }

    /** The next step of a pass if it need not wait. */
    private Compaction nextOfPass() {
      if (pass == null) {
        pass = new FullCompaction(state, options, null);
      }
      FullCompaction ahead = pass.copy();
      Compaction next = ahead.next(state, TestTables.retention(state), inFlight);
      if (next == null) {
        pass = null;
        return null;
      }
      if (!inFlight.isFree(next)) {
        return null;
      }
      pass.moveTo(ahead);
      return next;
    }

    private void end() {
      if (running.isEmpty()) {
        return;
      }
      Running ended = running.remove(random.nextInt(running.size()));
      inFlight = inFlight.without(ended.compaction());
      List<TableInfo> there = state.tables();
      for (TableInfo input : ended.compaction().tables()) {
        assertTrue(there.contains(input), "what is merged is gone: number=" + input.number());
      }
      List<Change> edit = new ArrayList<>();
      switch (ended.compaction()) {
        case Compaction.Move move -> edit.add(new Change.AddTable(move.toLevel(), move.table()));
        case Compaction.Merge merge -> write(merged(merge, ended.begun()), merge.toLevel(), edit);
        case Compaction.Drop drop -> throw new AssertionError("nothing is to be dropped");
      }
      edit.addAll(0, Compactor.removals(ended.compaction().tables()));
      apply(edit);
    }

    /** The newest versions, without removals that hide nothing as far as the beginning showed. */
    private TreeMap<SpaceKey, Integer> merged(Compaction.Merge merge, TreeState begun) {
      TreeMap<SpaceKey, Integer> newest = new TreeMap<>();
      for (TableInfo table : merge.tables()) {
        contents.get(table.number()).forEach(newest::putIfAbsent);
      }
      List<List<TableInfo>> below = begun.current().subList(merge.toLevel() + 1, TreeState.LEVELS);
      newest
          .entrySet()
          .removeIf(
              entry ->
                  entry.getValue() < 0
                      && below.stream()
                          .flatMap(List::stream)
                          .noneMatch(table -> table.overlaps(entry.getKey(), entry.getKey())));
      return newest;
    }

    private void apply(List<Change> edit) {
      state = state.with(edit);
      for (List<TableInfo> level : state.current().subList(1, TreeState.LEVELS)) {
        for (int i = 1; i < level.size(); i++) {
          assertTrue(
              level.get(i - 1).largest().compareTo(level.get(i).smallest()) < 0,
              "ranges of a level meet");
        }
      }
      model.forEach(
          (key, version) -> {
            int found = find(key);
            assertEquals(Math.max(0, version), Math.max(0, found), () -> "version of " + key);
          });
    }

    /** The version that a reader meets first, 0 for none. */
    private int find(SpaceKey key) {
      for (List<TableInfo> level : state.current()) {
        for (TableInfo table : level) {
          Integer version = contents.get(table.number()).get(key);
          if (version != null) {
            return version;
          }
        }
      }
      return 0;
    }
  }
}
