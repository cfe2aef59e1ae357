package org.facetdb.sql.exec;

import java.util.List;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.LogicalType;
import org.jspecify.annotations.Nullable;

/**
 * One node of a running query: a source of batches that pulls from the operators beneath it.
 *
 * <p>Life: {@link #open} once, {@link #next} until it returns {@code null}, {@link #close} once. An
 * operator is built for one execution; a second run takes a new instance. Closing is allowed at any
 * point, also before opening and twice, and closes the inputs, which the operator owns.
 *
 * <p>Used by one thread at a time. Other threads stop it through {@link CancellationToken}.
 *
 * <p>A batch and its vectors belong to the operator that returned it and are valid until its next
 * call of {@link #next} or {@link #close}; a consumer that keeps rows copies them.
 */
public interface Operator extends AutoCloseable {
  /** The types of the columns of every batch, in order; known before opening. */
  List<LogicalType> types();

  /**
   * Takes resources and opens the inputs; blocking operators may do their work in here or later.
   */
  void open(ExecutionContext context);

  /**
   * The next batch, with at least one selected row.
   *
   * @return {@code null} at the end, and again on each later call
   */
  @Nullable Batch next();

  @Override
  void close();
}
