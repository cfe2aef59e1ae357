package org.facetdb.sql.exec;

import org.facetdb.spi.type.LogicalType;

/**
 * An aggregate for fixed argument types: a factory of accumulators.
 *
 * <p>Immutable and thread-safe. Obtained from {@link Aggregates#resolve}.
 */
public interface AggregateFunction {
  /** The type of the result. */
  LogicalType resultType();

  /** A fresh accumulator without groups. */
  Accumulator newAccumulator();
}
