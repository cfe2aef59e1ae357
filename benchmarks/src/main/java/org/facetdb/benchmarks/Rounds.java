package org.facetdb.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Runs the contenders in turn, round after round, so that a slow spell of the machine meets all of
 * them, and takes medians. Used by one thread.
 */
final class Rounds {
  /** One run of one contender. */
  @FunctionalInterface
  interface Run {
    /** Returns the measured value. */
    double measure() throws Exception;
  }

  private Rounds() {}

  /**
   * The median value of each contender.
   *
   * @param warmUps rounds before those that count
   */
  static double[] medians(int warmUps, int rounds, Run... contenders) throws Exception {
    List<double[]> values = new ArrayList<>();
    for (int c = 0; c < contenders.length; c++) {
      values.add(new double[rounds]);
    }
    for (int round = -warmUps; round < rounds; round++) {
      for (int k = 0; k < contenders.length; k++) {
        // The order turns, so that nobody always runs on the caches that another left.
        int c = Math.floorMod(k + round, contenders.length);
        double value = contenders[c].measure();
        if (round >= 0) {
          values.get(c)[round] = value;
        }
      }
    }
    return values.stream().mapToDouble(Rounds::median).toArray();
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
