package org.facetdb.sql.exec;

import java.util.List;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.LogicalType;
import org.jspecify.annotations.Nullable;

/**
 * The life cycle that operators share: opening inputs, one cancellation poll per batch, the end of
 * input remembered, and inputs closed and memory returned exactly once.
 *
 * <p>Not thread-safe. Owns its inputs.
 */
public abstract class AbstractOperator implements Operator {
  private final List<LogicalType> types;
  private final List<Operator> inputs;
  private @Nullable ExecutionContext context;
  private @Nullable MemoryAccount memory;
  private boolean finished;
  private boolean closed;

  protected AbstractOperator(List<LogicalType> types, Operator... inputs) {
    this.types = List.copyOf(types);
    this.inputs = List.of(inputs);
  }

  @Override
  public final List<LogicalType> types() {
    return types;
  }

  @Override
  public final void open(ExecutionContext executionContext) {
    if (context != null) {
      throw new IllegalStateException("an operator is opened once");
    }
    context = executionContext;
    memory = executionContext.memory().child();
    for (Operator input : inputs) {
      input.open(executionContext);
    }
    opened();
  }

  /** Called once, after the inputs were opened. */
  protected void opened() {}

  @Override
  public final @Nullable Batch next() {
    if (finished) {
      return null;
    }
    context().checkCancelled();
    Batch batch = produce();
    finished = batch == null;
    return batch;
  }

  /** The next batch with at least one selected row, null at the end. */
  protected abstract @Nullable Batch produce();

  @Override
  public final void close() {
    if (closed) {
      return;
    }
    closed = true;
    RuntimeException failure = null;
    try {
      released();
    } catch (RuntimeException e) {
      failure = e;
    }
    for (Operator input : inputs) {
      try {
        input.close();
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (memory != null) {
      memory.releaseAll();
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Called once at closing, also if the operator was never opened; drops large state. */
  protected void released() {}

  protected final ExecutionContext context() {
    if (context == null) {
      throw new IllegalStateException("the operator is not open");
    }
    return context;
  }

  /** The account of this operator; everything on it is given back at closing. */
  protected final MemoryAccount memory() {
    if (memory == null) {
      throw new IllegalStateException("the operator is not open");
    }
    return memory;
  }

  /** The types of two inputs side by side. */
  static List<LogicalType> concat(List<LogicalType> left, List<LogicalType> right) {
    return java.util.stream.Stream.concat(left.stream(), right.stream()).toList();
  }
}
