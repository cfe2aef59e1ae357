package org.facetdb.sql.extension;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.facetdb.spi.function.ScalarFunction;
import org.facetdb.spi.index.SearchFunction;
import org.facetdb.spi.index.SearchOperator;
import org.facetdb.sql.function.FunctionRegistry;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel and the plug-ins that are loaded contribute to SQL, at one moment. Immutable; the
 * next moment has another object with a larger generation.
 */
public final class Contributions {
  private final long generation;
  private final FunctionRegistry functions;
  private final List<PluginVersion> versions;
  private final Map<String, RegisteredMethod> methods = new HashMap<>();

  Contributions(long generation, Collection<PluginVersion> versions) {
    this.generation = generation;
    this.versions = List.copyOf(versions);
    List<ScalarFunction> all = new ArrayList<>();
    for (PluginVersion version : versions) {
      all.addAll(version.functions());
      version.methods().forEach(m -> methods.put(m.name(), m));
    }
    this.functions =
        all.isEmpty() ? FunctionRegistry.builtin() : FunctionRegistry.builtin().with(all);
  }

  /** The kernel's own. */
  public static Contributions builtin() {
    return new Contributions(0, List.of());
  }

  /** Rises with every change. */
  public long generation() {
    return generation;
  }

  /** Scalar functions and operators, the kernel's own first. */
  public FunctionRegistry functions() {
    return functions;
  }

  /** The versions that contribute. */
  public List<PluginVersion> versions() {
    return versions;
  }

  public @Nullable PluginVersion version(String extension) {
    for (PluginVersion version : versions) {
      if (version.name().equals(extension)) {
        return version;
      }
    }
    return null;
  }

  /** The index method with a name. */
  public @Nullable RegisteredMethod method(String name) {
    return methods.get(name);
  }

  /** True if some index method has a search operator with this symbol. */
  public boolean isSearchOperator(String symbol) {
    return methods.values().stream().anyMatch(m -> operator(m, symbol) != null);
  }

  /** True if some index method has a search function with this name. */
  public boolean isSearchFunction(String name) {
    return methods.values().stream().anyMatch(m -> function(m, name) != null);
  }

  public static @Nullable SearchOperator operator(RegisteredMethod method, String symbol) {
    for (SearchOperator operator : method.operators()) {
      if (operator.symbol().equals(symbol)) {
        return operator;
      }
    }
    return null;
  }

  public static @Nullable SearchFunction function(RegisteredMethod method, String name) {
    for (SearchFunction function : method.functions()) {
      if (function.name().equals(name)) {
        return function;
      }
    }
    return null;
  }

  /** The version that a resolved function belongs to, null for the kernel's own. */
  public static @Nullable PluginVersion ownerOf(ScalarFunction function) {
    return function.kernel() instanceof GuardedKernel guarded ? guarded.owner() : null;
  }
}
