package org.facetdb.sql.extension;

import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.function.FunctionContext;
import org.facetdb.spi.function.ScalarFunction;
import org.facetdb.spi.function.ScalarKernel;
import org.facetdb.spi.type.Vector;
import org.jspecify.annotations.Nullable;

/**
 * Calls a plug-in's kernel and names plug-in and function when that fails. Bound statements hold
 * this object and not the kernel, so that a retired version can be collected. Thread-safe.
 */
final class GuardedKernel implements ScalarKernel {
  private final PluginVersion owner;
  private final String name;
  private volatile @Nullable ScalarKernel kernel;

  private GuardedKernel(PluginVersion owner, String name, ScalarKernel kernel) {
    this.owner = owner;
    this.name = name;
    this.kernel = kernel;
  }

  static ScalarFunction guard(ScalarFunction function, PluginVersion owner) {
    return new ScalarFunction(
        function.name(),
        function.parameterTypes(),
        function.variadic(),
        function.returnType(),
        function.strict(),
        function.volatility(),
        new GuardedKernel(owner, function.name(), function.kernel()));
  }

  PluginVersion owner() {
    return owner;
  }

  void clear() {
    kernel = null;
  }

  @Override
  public void evaluate(
      Vector[] arguments, int[] rows, int count, Vector result, FunctionContext context) {
    ScalarKernel body = kernel;
    if (body == null) {
      throw Faults.gone(owner);
    }
    try {
      body.evaluate(arguments, rows, count, result, context);
    } catch (DatabaseException e) {
      throw e;
    } catch (Exception | StackOverflowError | LinkageError | AssertionError e) {
      throw Faults.of(owner, "function " + name, e);
    }
  }
}
