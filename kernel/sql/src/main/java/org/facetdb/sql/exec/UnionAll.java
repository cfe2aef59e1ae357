package org.facetdb.sql.exec;

import java.util.List;
import org.facetdb.spi.type.Batch;
import org.jspecify.annotations.Nullable;

/** The rows of all inputs, one input after the other. The inputs have the same types. */
public final class UnionAll extends AbstractOperator {
  private final List<Operator> inputs;
  private int current;

  public UnionAll(List<Operator> inputs) {
    super(inputs.getFirst().types(), inputs.toArray(Operator[]::new));
    this.inputs = List.copyOf(inputs);
  }

  @Override
  protected @Nullable Batch produce() {
    while (current < inputs.size()) {
      Batch batch = inputs.get(current).next();
      if (batch != null) {
        return batch;
      }
      current++;
    }
    return null;
  }
}
