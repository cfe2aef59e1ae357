package org.facetdb.spi.index;

import java.util.List;
import org.facetdb.spi.type.LogicalType;

/** A function that shows something of the search that found a row. Its value is null elsewhere. */
public sealed interface SearchFunction {
  /** In lower case. */
  String name();

  /**
   * {@code score(table)} or {@code score(column)}: the number by which a cursor orders what it
   * found.
   *
   * @param descending whether the best row has the largest number
   */
  record Score(String name, boolean descending) implements SearchFunction {}

  /**
   * {@code highlight(column, ...)}: the value of an indexed text column, shown in the light of the
   * search.
   *
   * @param returnType a type whose lane holds text
   * @param argumentTypes of the further arguments
   * @param optionalArguments how many of them, from the last, may be left out
   */
  record Rendering(
      String name, LogicalType returnType, List<LogicalType> argumentTypes, int optionalArguments)
      implements SearchFunction {
    public Rendering {
      argumentTypes = List.copyOf(argumentTypes);
    }
  }
}
