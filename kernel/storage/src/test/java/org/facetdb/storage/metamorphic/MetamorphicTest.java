package org.facetdb.storage.metamorphic;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One list of operations gets the same answers from stores with any options: the model's. */
class MetamorphicTest {
  private static final int ROUNDS = Integer.getInteger("facetdb.metamorphic.rounds", 1);
  private static final int OPERATIONS = Integer.getInteger("facetdb.metamorphic.operations", 250);
  private static final int FAULT_ROUNDS_MAX = 40;
  private static final int SHRINK_RUNS_MAX = 1_000;
  private static final int FAULT_SHRINK_RUNS_MAX = 8;

  private static long seed(int round) {
    Long given = Long.getLong("facetdb.metamorphic.seed");
    long seed = given != null ? given + round : new Random().nextLong();
    System.out.println(
        "replay: mvn -pl kernel/storage -am test -Dsurefire.failIfNoSpecifiedTests=false"
            + " -Dtest=MetamorphicTest -Dfacetdb.metamorphic.rounds=1"
            + " -Dfacetdb.metamorphic.seed="
            + seed);
    return seed;
  }

  @Test
  void allOptionSetsAnswerAsTheModel() {
    assertTrue(OptionSet.ALL_SETS.stream().distinct().count() >= 20);
    for (int round = 0; round < ROUNDS; round++) {
      List<Operation> operations = Operation.list(seed(round), OPERATIONS);
      for (OptionSet options : OptionSet.ALL_SETS) {
        String failure = failure(options, Faults.Kind.NONE, operations);
        if (failure != null) {
          List<Operation> small = shrink(options, Faults.Kind.NONE, operations, SHRINK_RUNS_MAX);
          String again = failure(options, Faults.Kind.NONE, small);
          // With threads in the background it may not fail twice.
          fail(options + "\n  " + (again == null ? failure : again));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void findsAFaultOfEachKind(Faults.Kind fault) {
    long seed = seed(0);
    OptionSet options = OptionSet.ALL_SETS.get(6);
    for (int round = 0; round < FAULT_ROUNDS_MAX; round++) {
      List<Operation> operations = Operation.list(seed + round, OPERATIONS);
      String failure = failure(options, fault, operations);
      if (failure != null) {
        assertTrue(failure.contains("AssertionError"), failure);
        List<Operation> small = shrink(options, fault, operations, FAULT_SHRINK_RUNS_MAX);
        System.out.println(fault + " found in round " + round + ", by " + small.size());
        assertTrue(small.size() < OPERATIONS, small.toString());
        return;
      }
    }
    fail(fault + " was not found in " + FAULT_ROUNDS_MAX + " rounds");
  }

  private static @Nullable String failure(
      OptionSet options, Faults.Kind fault, List<Operation> operations) {
    return Run.failure(options, new Faults(fault), operations);
  }

  /**
   * Leaves out what the failure does not need: halves first, single operations last. So many runs
   * are enough once something could be left out.
   */
  private static List<Operation> shrink(
      OptionSet options, Faults.Kind fault, List<Operation> failing, int runsMax) {
    List<Operation> small = failing;
    int runs = 0;
    for (int length = small.size() / 2; length > 0; length /= 2) {
      for (int from = 0; from < small.size() && (runs < runsMax || small == failing); runs++) {
        List<Operation> fewer = new ArrayList<>(small);
        fewer.subList(from, Math.min(small.size(), from + length)).clear();
        if (failure(options, fault, fewer) != null) {
          small = fewer;
        } else {
          from += length;
        }
      }
    }
    return small;
  }
}
