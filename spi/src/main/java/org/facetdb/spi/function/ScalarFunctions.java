package org.facetdb.spi.function;

import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.facetdb.spi.PluginContext;
import org.facetdb.spi.type.LogicalType;

/** Makes scalar functions from annotated methods. Thread-safe; keeps nothing. */
public final class ScalarFunctions {
  private ScalarFunctions() {}

  /**
   * The methods of the lookup's class that are marked with {@link SqlFunction}, ordered by name.
   * The kernel of each is a hidden class, a nest mate of the lookup's class that is unloaded with
   * it: a loop over the rows which reads the vectors' arrays and calls the method. Only parameters
   * of a boxed form ever see a null: in a function that has one, a null in any other parameter
   * makes a null result without a call. A method that returns null makes a null result. What a
   * method throws passes through as it is.
   *
   * @param context finds the SQL types
   * @param lookup {@code MethodHandles.lookup()}, called in the class that has the methods
   * @throws IllegalArgumentException if a marked method isn't static, has a parameter or a result
   *     of another type or a name in upper case, or can't be reached because the lookup lacks full
   *     privilege access
   */
  public static List<ScalarFunction> annotated(PluginContext context, MethodHandles.Lookup lookup) {
    List<Method> methods = new ArrayList<>();
    for (Method method : lookup.lookupClass().getDeclaredMethods()) {
      if (method.isAnnotationPresent(SqlFunction.class)) {
        methods.add(method);
      }
    }
    methods.sort(
        Comparator.comparing(Method::getName)
            .thenComparing(method -> Arrays.toString(method.getParameterTypes())));
    List<ScalarFunction> functions = new ArrayList<>();
    for (Method method : methods) {
      functions.add(function(context, lookup, method));
    }
    return List.copyOf(functions);
  }

  private static ScalarFunction function(
      PluginContext context, MethodHandles.Lookup lookup, Method method) {
    if (!Modifier.isStatic(method.getModifiers())) {
      throw new IllegalArgumentException("a SQL function's method is static: method=" + method);
    }
    if (!lookup.hasFullPrivilegeAccess()) {
      throw new IllegalArgumentException(
          "a SQL function's method is reached by its own class's lookup: method="
              + method
              + " lookup="
              + lookup);
    }
    boolean strict = true;
    List<LogicalType> parameterTypes = new ArrayList<>();
    for (Class<?> parameter : method.getParameterTypes()) {
      SimpleType type = simpleType(method, parameter);
      parameterTypes.add(context.type(type.sqlName));
      strict &= parameter != type.boxed;
    }
    LogicalType returnType = context.type(simpleType(method, method.getReturnType()).sqlName);
    SqlFunction annotation = method.getAnnotation(SqlFunction.class);
    String name = annotation.value().isEmpty() ? snakeCase(method.getName()) : annotation.value();
    if (!name.equals(name.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException(
          "a SQL function's name is in lower case: method=" + method + " name=" + name);
    }
    return new ScalarFunction(
        name,
        parameterTypes,
        false,
        returnType,
        strict,
        annotation.volatility(),
        MethodKernel.define(lookup, method, strict));
  }

  private static SimpleType simpleType(Method method, Class<?> javaType) {
    SimpleType type = SimpleType.of(javaType);
    if (type == null) {
      throw new IllegalArgumentException(
          "a SQL function's method takes and returns simple values: method="
              + method
              + " type="
              + javaType.getTypeName());
    }
    return type;
  }

  /**
   * {@code haversineKm} becomes {@code haversine_km}, {@code parseURLPath} {@code parse_url_path}.
   */
  static String snakeCase(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
        .replaceAll("([A-Z])([A-Z][a-z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }
}
