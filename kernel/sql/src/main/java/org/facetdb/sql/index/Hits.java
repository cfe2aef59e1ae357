package org.facetdb.sql.index;

import java.util.Arrays;

/** Arrays of row ids with scores. Stateless. */
final class Hits {
  private Hits() {}

  private record Hit(long rowId, double score) {}

  /** Orders the first entries by score, best first; equal ones by row id. */
  static void sort(long[] rowIds, double[] scores, int count, boolean descending) {
    Hit[] hits = new Hit[count];
    for (int i = 0; i < count; i++) {
      hits[i] = new Hit(rowIds[i], scores[i]);
    }
    Arrays.sort(
        hits,
        (a, b) -> {
          int order =
              descending
                  ? Double.compare(b.score(), a.score())
                  : Double.compare(a.score(), b.score());
          return order != 0 ? order : Long.compare(a.rowId(), b.rowId());
        });
    for (int i = 0; i < count; i++) {
      rowIds[i] = hits[i].rowId();
      scores[i] = hits[i].score();
    }
  }
}
