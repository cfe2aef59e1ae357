package org.facetdb.spi.index;

/**
 * What a search is expected to take.
 *
 * @param matches rows that satisfy the clauses, before {@code only} and {@code except}
 * @param nanos time of the index's part
 */
public record SearchCost(long matches, double nanos) {}
