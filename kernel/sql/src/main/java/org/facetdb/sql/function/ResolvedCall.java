package org.facetdb.sql.function;

import java.util.List;
import org.facetdb.spi.function.ScalarFunction;
import org.facetdb.spi.type.LogicalType;

/**
 * The overload that a call means.
 *
 * @param argumentTypes what each argument is to be cast to, one per argument of the call
 */
public record ResolvedCall(ScalarFunction function, List<LogicalType> argumentTypes) {
  public ResolvedCall {
    argumentTypes = List.copyOf(argumentTypes);
  }

  public LogicalType returnType() {
    return function.returnType();
  }
}
