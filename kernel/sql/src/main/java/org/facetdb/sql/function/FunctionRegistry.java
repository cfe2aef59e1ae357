package org.facetdb.sql.function;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.facetdb.spi.function.ScalarFunction;
import org.facetdb.spi.type.LogicalType;
import org.jspecify.annotations.Nullable;

/**
 * Scalar functions and operators by name. Immutable and thread-safe. An operator is a function
 * whose name is its symbol: {@code +} with two parameters, or with one as a prefix. CASE, COALESCE,
 * NULLIF, GREATEST, LEAST, AND, OR, NOT, IS and CAST are no functions: the expression compiler
 * knows them.
 */
public final class FunctionRegistry {
  private static final FunctionRegistry BUILTIN = new FunctionRegistry(BuiltinFunctions.all());

  private final Map<String, List<ScalarFunction>> byName = new HashMap<>();

  public FunctionRegistry(Collection<ScalarFunction> functions) {
    for (ScalarFunction function : functions) {
      byName.computeIfAbsent(function.name(), _ -> new ArrayList<>()).add(function);
    }
  }

  /** The functions that come with the kernel. */
  public static FunctionRegistry builtin() {
    return BUILTIN;
  }

  /** This registry and further functions; those here come first where both would do. */
  public FunctionRegistry with(Collection<ScalarFunction> more) {
    List<ScalarFunction> all = new ArrayList<>();
    byName.values().forEach(all::addAll);
    all.addAll(more);
    return new FunctionRegistry(all);
  }

  /** Whether any function has the name, in whatever case. */
  public boolean contains(String name) {
    return byName.containsKey(name.toLowerCase(Locale.ROOT));
  }

  /** All overloads of a name; empty if there is none. */
  public List<ScalarFunction> overloads(String name) {
    return List.copyOf(byName.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()));
  }

  public Collection<String> names() {
    return java.util.Collections.unmodifiableSet(byName.keySet());
  }

  /**
   * The overload that a call of a function means.
   *
   * @param types of the arguments; {@code unknown} for quoted literals, NULL and parameters
   * @throws org.facetdb.spi.DatabaseException 42883 if there is none, 42725 if several fit
   */
  public ResolvedCall resolve(String name, List<? extends LogicalType> types) {
    return new OverloadResolver(name.toLowerCase(Locale.ROOT), false, types)
        .resolve(overloads(name));
  }

  /** The overload that an operator means; one type for a prefix operator. */
  public ResolvedCall resolveOperator(String symbol, List<? extends LogicalType> types) {
    return new OverloadResolver(symbol, true, types).resolve(overloads(symbol));
  }

  /** The overload with exactly these parameter families, null if there is none. */
  public @Nullable ScalarFunction exact(String name, List<? extends LogicalType> types) {
    return OverloadResolver.exact(overloads(name), types);
  }
}
