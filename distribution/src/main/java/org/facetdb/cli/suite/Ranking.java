package org.facetdb.cli.suite;

import java.util.List;
import java.util.Set;

/**
 * How good answers are, as means over queries. A relevant document has gain 1 and what wasn't found
 * counts as well: the ideal answer has all relevant documents first. Immutable.
 *
 * @param ndcg nDCG at 10
 * @param precision share of relevant documents among ten
 * @param averagePrecision MAP
 */
record Ranking(double ndcg, double precision, double averagePrecision) {
  private static final int DEPTH = 10;

  /** Judges one answer, best first. A query without relevant documents scores 0. */
  static Ranking of(List<Integer> found, Set<Integer> relevant) {
    double gain = 0;
    double ideal = 0;
    double precisions = 0;
    int hits = 0;
    int early = 0;
    for (int i = 0; i < Math.max(found.size(), DEPTH); i++) {
      double discount = i < DEPTH ? Math.log(2) / Math.log(i + 2) : 0;
      ideal += i < relevant.size() ? discount : 0;
      if (i < found.size() && relevant.contains(found.get(i))) {
        hits++;
        early += i < DEPTH ? 1 : 0;
        gain += discount;
        precisions += (double) hits / (i + 1);
      }
    }
    return relevant.isEmpty()
        ? new Ranking(0, 0, 0)
        : new Ranking(gain / ideal, (double) early / DEPTH, precisions / relevant.size());
  }

  static Ranking mean(List<Ranking> all) {
    return new Ranking(
        all.stream().mapToDouble(Ranking::ndcg).average().orElse(0),
        all.stream().mapToDouble(Ranking::precision).average().orElse(0),
        all.stream().mapToDouble(Ranking::averagePrecision).average().orElse(0));
  }
}
