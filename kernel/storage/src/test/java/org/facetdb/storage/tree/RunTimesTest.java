package org.facetdb.storage.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.facetdb.storage.Seeds;
import org.junit.jupiter.api.Test;

/** All runs of a moment are found, and no other, in whatever order their times are. */
class RunTimesTest {
  private static final int ROUNDS = 2_000;
  private static final int TIMES = 60;

  private static List<Integer> found(RunTimes times, int count, long timestamp) {
    List<Integer> found = new ArrayList<>();
    for (int run = times.first(timestamp); run < count; run = times.next(run, timestamp)) {
      found.add(run);
    }
    return found;
  }

  @Test
  void findsTheRunsOfEachMoment() {
    Random random = new Random(Seeds.next(RunTimesTest.class));
    for (int round = 0; round < ROUNDS; round++) {
      int count = random.nextInt(12);
      long[] begins = new long[count];
      long[] ends = new long[count];
      for (int run = 0; run < count; run++) {
        boolean isEmpty = random.nextInt(8) == 0;
        // Some lists follow each other in time, as most do, and some do not.
        int from = round % 2 == 0 ? run * TIMES / count : random.nextInt(TIMES);
        begins[run] = isEmpty ? Long.MAX_VALUE : from;
        ends[run] = isEmpty ? 0 : from + 1 + random.nextInt(10);
      }
      RunTimes times = new RunTimes(begins, ends);
      for (long timestamp = 0; timestamp < TIMES + 12; timestamp++) {
        List<Integer> expected = new ArrayList<>();
        for (int run = 0; run < count; run++) {
          if (begins[run] <= timestamp && timestamp < ends[run]) {
            expected.add(run);
          }
        }
        assertEquals(expected, found(times, count, timestamp));
      }
    }
  }
}
