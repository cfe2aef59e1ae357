package org.facetdb.spi.index;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to find.
 *
 * @param clauses conditions that all hold, at least one
 * @param snapshot the time at which entries must be valid
 * @param order whether rows come best first; otherwise in any order
 * @param wanted how many rows will probably be taken; {@link Integer#MAX_VALUE} for all
 * @param scored whether the scores are looked at; always so where rows come best first
 * @param only rows that may be found; null for all
 * @param except rows that must not be found, because the kernel answers for them; null for none
 */
public record SearchRequest(
    List<SearchClause> clauses,
    long snapshot,
    Order order,
    int wanted,
    boolean scored,
    @Nullable RowIdSet only,
    @Nullable RowIdSet except) {
  public SearchRequest {
    clauses = List.copyOf(clauses);
    if (clauses.isEmpty() || wanted < 1) {
      throw new IllegalArgumentException("a search has clauses and wants rows: wanted=" + wanted);
    }
  }

  /** How the rows come. */
  public enum Order {
    ANY,
    BEST_FIRST
  }
}
