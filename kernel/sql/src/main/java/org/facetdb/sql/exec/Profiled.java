package org.facetdb.sql.exec;

import java.util.List;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.LogicalType;
import org.jspecify.annotations.Nullable;

/**
 * Counts the rows and the time of the operator that it wraps. Put around operators for EXPLAIN
 * ANALYZE alone, so that other statements pay nothing. Owns the wrapped operator.
 */
public final class Profiled implements Operator {
  private final Operator operator;
  private final OperatorStatistics statistics;

  public Profiled(Operator operator, OperatorStatistics statistics) {
    this.operator = operator;
    this.statistics = statistics;
  }

  @Override
  public List<LogicalType> types() {
    return operator.types();
  }

  @Override
  public void open(ExecutionContext context) {
    long start = System.nanoTime();
    operator.open(context);
    statistics.add(System.nanoTime() - start, 0);
  }

  @Override
  public @Nullable Batch next() {
    long start = System.nanoTime();
    Batch batch = operator.next();
    statistics.add(System.nanoTime() - start, batch == null ? 0 : batch.selectedCount());
    return batch;
  }

  @Override
  public void close() {
    operator.close();
  }
}
