package org.facetdb.sql.function;

import java.util.Locale;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.type.OperandTypes;
import org.facetdb.spi.function.ScalarFunction;
import org.facetdb.spi.function.Volatility;
import org.facetdb.sql.type.TypeMapping;

/**
 * A resolved function as Calcite's expressions carry it. The caller makes the call with its type,
 * and casts the arguments to the function's parameter types first. Immutable; two are equal when
 * their functions are, wherever they stand.
 */
public final class KernelOperator extends SqlFunction {
  private final ScalarFunction function;
  private final int place;

  /**
   * Makes an operator.
   *
   * @param place where the call stands in the statement, from 1; 0 if that is not to be told
   */
  public KernelOperator(ScalarFunction function, int place) {
    super(
        function.name(),
        SqlKind.OTHER_FUNCTION,
        binding -> TypeMapping.toRel(binding.getTypeFactory(), function.returnType(), true),
        null,
        OperandTypes.VARIADIC,
        SqlFunctionCategory.USER_DEFINED_FUNCTION);
    this.function = function;
    this.place = place;
  }

  public ScalarFunction function() {
    return function;
  }

  /** Where the call stands, 0 if that is unknown. */
  public int place() {
    return place;
  }

  @Override
  public boolean isDeterministic() {
    return function.volatility() != Volatility.VOLATILE;
  }

  @Override
  public boolean isDynamicFunction() {
    return function.volatility() == Volatility.STABLE;
  }

  @Override
  public boolean equals(@org.jspecify.annotations.Nullable Object other) {
    return other instanceof KernelOperator that && function.equals(that.function);
  }

  @Override
  public int hashCode() {
    return function.name().toLowerCase(Locale.ROOT).hashCode();
  }
}
