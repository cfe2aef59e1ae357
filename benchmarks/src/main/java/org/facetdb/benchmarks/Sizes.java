package org.facetdb.benchmarks;

/**
 * How much is measured.
 *
 * @param entries of the key-value part
 * @param gets in one round
 * @param scale of TPC-H
 * @param accounts rows of the table for point selects
 * @param selects point selects in one round
 * @param rounds that count
 */
public record Sizes(int entries, int gets, double scale, int accounts, int selects, int rounds) {
  /** The sizes of the published comparison. */
  public static Sizes full() {
    return new Sizes(2_000_000, 200_000, 0.1, 100_000, 100_000, 5);
  }

  /** Sizes that show in seconds that everything runs. */
  public static Sizes tiny() {
    return new Sizes(5_000, 1_000, 0.001, 500, 500, 1);
  }

  Sizes withEntries(int count) {
    return new Sizes(count, gets, scale, accounts, selects, rounds);
  }

  Sizes withRounds(int count) {
    return new Sizes(entries, gets, scale, accounts, selects, count);
  }
}
