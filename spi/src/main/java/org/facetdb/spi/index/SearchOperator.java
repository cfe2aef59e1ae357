package org.facetdb.spi.index;

import org.facetdb.spi.type.LogicalType;

/**
 * An operator that an index answers: {@code column OP argument}. On the left it takes an indexed
 * column, or the table's name for all indexed columns; on the right an expression that is constant
 * during the statement.
 *
 * @param symbol such as {@code @@@}
 * @param argumentType what the right side is cast to
 */
public record SearchOperator(String symbol, LogicalType argumentType) {}
