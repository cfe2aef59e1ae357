package org.facetdb.sql.exec;

import java.util.List;
import org.facetdb.spi.type.LogicalType;
import org.jspecify.annotations.Nullable;

/**
 * One function in a {@link Window}.
 *
 * @param function what is computed
 * @param aggregate the aggregate where the function is {@link Function#AGGREGATE}, otherwise null
 * @param arguments input columns: of the aggregate; the value of first_value and its like, then
 *     what nth_value, lag and lead take (offset, default); the number of buckets of ntile
 * @param type the type of the result
 * @param frame the rows that aggregates and first_value and its like see
 */
public record WindowCall(
    Function function,
    @Nullable AggregateFunction aggregate,
    List<Integer> arguments,
    LogicalType type,
    WindowFrame frame) {
  /** Functions that are not aggregates, and aggregates. */
  public enum Function {
    AGGREGATE,
    ROW_NUMBER,
    RANK,
    DENSE_RANK,
    PERCENT_RANK,
    CUME_DIST,
    NTILE,
    LAG,
    LEAD,
    FIRST_VALUE,
    LAST_VALUE,
    NTH_VALUE
  }

  public WindowCall {
    arguments = List.copyOf(arguments);
    if (function == Function.AGGREGATE != (aggregate != null)) {
      throw new IllegalArgumentException("an aggregate goes with AGGREGATE: " + function);
    }
  }
}
