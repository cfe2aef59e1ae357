package org.facetdb.spi.function;

import org.facetdb.spi.type.Vector;

/**
 * The columnar body of a scalar function. It keeps no state between calls and may run on several
 * threads at once, each with vectors of its own.
 */
@FunctionalInterface
public interface ScalarKernel {
  /**
   * Sets each of the first {@code count} entries of {@code rows} in {@code result} from the same
   * row of the arguments. For a strict function the kernel's caller has taken out the rows with a
   * null argument; otherwise the kernel looks for nulls itself. Other rows may hold anything: they
   * must raise nothing, and what is written to them is not looked at.
   *
   * @param arguments one vector per argument, as long as the largest row demands; read only
   * @param rows ascending row indexes; read only
   * @param result an empty vector of the function's return type with room for those rows
   */
  void evaluate(Vector[] arguments, int[] rows, int count, Vector result, FunctionContext context);
}
