package org.facetdb.sql.exec;

import java.util.List;

/**
 * One aggregate in a query: the function and the input columns that feed it.
 *
 * @param function the function for the types of the arguments
 * @param arguments input column indexes, empty for {@code count(*)}
 * @param distinct whether equal argument rows count once
 * @param filter index of a boolean input column (FILTER clause), -1 for none
 * @param orderBy the order of the rows inside the aggregate (input columns), often empty
 */
public record AggregateCall(
    AggregateFunction function,
    List<Integer> arguments,
    boolean distinct,
    int filter,
    List<SortKey> orderBy) {
  public AggregateCall {
    arguments = List.copyOf(arguments);
    orderBy = List.copyOf(orderBy);
  }

  /** A call without DISTINCT, FILTER and ORDER BY. */
  public static AggregateCall of(AggregateFunction function, Integer... arguments) {
    return new AggregateCall(function, List.of(arguments), false, -1, List.of());
  }
}
