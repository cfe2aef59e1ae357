package org.facetdb.spi.function;

import java.util.List;
import org.facetdb.spi.Contribution;
import org.facetdb.spi.type.LogicalType;

/**
 * A scalar function: its signature and its columnar body. Immutable and thread-safe.
 *
 * @param name in lower case
 * @param parameterTypes one per argument; of a variadic function the last one repeats
 * @param variadic whether further arguments of the last parameter's type may follow
 * @param strict whether a null argument makes a null result without a call
 * @param volatility when constant calls may be folded
 * @param kernel the body
 */
public record ScalarFunction(
    String name,
    List<LogicalType> parameterTypes,
    boolean variadic,
    LogicalType returnType,
    boolean strict,
    Volatility volatility,
    ScalarKernel kernel)
    implements Contribution {
  public ScalarFunction {
    parameterTypes = List.copyOf(parameterTypes);
    if (variadic && parameterTypes.isEmpty()) {
      throw new IllegalArgumentException("a variadic function has a parameter: name=" + name);
    }
  }

  /** A strict immutable function of fixed arity. */
  public static ScalarFunction of(
      String name, LogicalType returnType, ScalarKernel kernel, LogicalType... parameterTypes) {
    return new ScalarFunction(
        name, List.of(parameterTypes), false, returnType, true, Volatility.IMMUTABLE, kernel);
  }
}
