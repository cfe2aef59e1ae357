package org.facetdb.spi.index;

/**
 * A condition {@code column OP argument}.
 *
 * @param column position in the shape, or {@link #ALL_COLUMNS}
 * @param operator a {@link SearchOperator#symbol}
 * @param argument the canonical value of the right side, not null
 */
public record SearchClause(int column, String operator, Object argument) {
  /** Any of the indexed columns. */
  public static final int ALL_COLUMNS = -1;
}
