package org.facetdb.sql.function;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.function.ScalarFunction;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.type.LogicalTypes;
import org.facetdb.sql.type.SqlType;
import org.facetdb.sql.type.TypeCasts;
import org.facetdb.sql.type.TypeCasts.Category;
import org.facetdb.sql.type.TypeKind;
import org.jspecify.annotations.Nullable;

/**
 * Picks an overload as PostgreSQL does (its manual, chapter "Type Conversion", sections "Operators"
 * and "Functions"). A parameter of the unknown type takes anything. Used once per call by one
 * thread.
 */
final class OverloadResolver {
  private final String name;
  private final boolean operator;
  private final List<TypeKind> arguments = new ArrayList<>();
  private final List<LogicalType> types;

  OverloadResolver(String name, boolean operator, List<? extends LogicalType> types) {
    this.name = name;
    this.operator = operator;
    this.types = List.copyOf(types);
    for (LogicalType type : types) {
      arguments.add(LogicalTypes.kind(type));
    }
  }

  ResolvedCall resolve(List<ScalarFunction> overloads) {
    List<ScalarFunction> candidates =
        overloads.stream().filter(f -> arityFits(f) && reachable(f)).toList();
    if (candidates.isEmpty()) {
      throw missing();
    }
    ScalarFunction exact = exactMatch(candidates, arguments);
    if (exact == null && operator && arguments.size() == 2) {
      exact = exactMatch(candidates, unknownAsOther());
    }
    if (exact == null) {
      exact = select(candidates);
    }
    if (exact == null) {
      throw ambiguous();
    }
    return resolved(exact);
  }

  /** The overload whose parameters are of the very same families, null if there is none. */
  static @Nullable ScalarFunction exact(
      List<ScalarFunction> overloads, List<? extends LogicalType> types) {
    OverloadResolver resolver = new OverloadResolver("", false, types);
    return exactMatch(overloads.stream().filter(resolver::arityFits).toList(), resolver.arguments);
  }

  private boolean arityFits(ScalarFunction f) {
    int parameters = f.parameterTypes().size();
    return f.variadic() ? arguments.size() >= parameters : arguments.size() == parameters;
  }

  private static TypeKind parameter(ScalarFunction f, int index) {
    List<LogicalType> parameters = f.parameterTypes();
    return LogicalTypes.kind(parameters.get(Math.min(index, parameters.size() - 1)));
  }

  private boolean reachable(ScalarFunction f) {
    for (int i = 0; i < arguments.size(); i++) {
      TypeKind parameter = parameter(f, i);
      if (parameter != TypeKind.UNKNOWN && !TypeCasts.isImplicit(arguments.get(i), parameter)) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable ScalarFunction exactMatch(
      List<ScalarFunction> candidates, List<TypeKind> wanted) {
    for (ScalarFunction f : candidates) {
      boolean all = true;
      for (int i = 0; i < wanted.size(); i++) {
        all &= parameter(f, i) == wanted.get(i);
      }
      if (all) {
        return f;
      }
    }
    return null;
  }

  /** One unknown side of a binary operator is first taken to be of the other's type. */
  private List<TypeKind> unknownAsOther() {
    TypeKind left = arguments.get(0);
    TypeKind right = arguments.get(1);
    return List.of(
        left == TypeKind.UNKNOWN ? right : left, right == TypeKind.UNKNOWN ? left : right);
  }

  private @Nullable ScalarFunction select(List<ScalarFunction> all) {
    List<ScalarFunction> left = best(all, this::exactCount);
    if (left.size() > 1) {
      left = best(left, this::preferredCount);
    }
    if (left.size() > 1) {
      left = byUnknowns(left);
    }
    if (left.size() > 1) {
      left = byCommonType(left);
    }
    return left.size() == 1 ? left.get(0) : null;
  }

  private static List<ScalarFunction> best(
      List<ScalarFunction> candidates, java.util.function.ToIntFunction<ScalarFunction> score) {
    int top = candidates.stream().mapToInt(score).max().orElse(0);
    return candidates.stream().filter(f -> score.applyAsInt(f) == top).toList();
  }

  private int exactCount(ScalarFunction f) {
    int count = 0;
    for (int i = 0; i < arguments.size(); i++) {
      TypeKind argument = arguments.get(i);
      if (argument != TypeKind.UNKNOWN && parameter(f, i) == argument) {
        count++;
      }
    }
    return count;
  }

  private int preferredCount(ScalarFunction f) {
    int count = 0;
    for (int i = 0; i < arguments.size(); i++) {
      TypeKind argument = arguments.get(i);
      TypeKind parameter = parameter(f, i);
      if (argument != TypeKind.UNKNOWN
          && (parameter == argument
              || (TypeCasts.isPreferred(parameter)
                  && TypeCasts.category(parameter) == TypeCasts.category(argument)))) {
        count++;
      }
    }
    return count;
  }

  private List<ScalarFunction> byUnknowns(List<ScalarFunction> candidates) {
    List<ScalarFunction> left = candidates;
    for (int i = 0; i < arguments.size(); i++) {
      if (arguments.get(i) != TypeKind.UNKNOWN) {
        continue;
      }
      int index = i;
      Category category = categoryAt(candidates, index);
      if (category == null) {
        return candidates;
      }
      left = kept(left, f -> TypeCasts.category(parameter(f, index)) == category);
      left = kept(left, f -> TypeCasts.isPreferred(parameter(f, index)));
    }
    return left;
  }

  /** Strings if any candidate takes one, else the category that all share. */
  private static @Nullable Category categoryAt(List<ScalarFunction> candidates, int index) {
    Category common = TypeCasts.category(parameter(candidates.get(0), index));
    boolean same = true;
    for (ScalarFunction f : candidates) {
      Category category = TypeCasts.category(parameter(f, index));
      if (category == Category.STRING) {
        return category;
      }
      same &= category == common;
    }
    return same ? common : null;
  }

  private static List<ScalarFunction> kept(
      List<ScalarFunction> candidates, Predicate<ScalarFunction> test) {
    List<ScalarFunction> left = candidates.stream().filter(test).toList();
    return left.isEmpty() ? candidates : left;
  }

  /** Where all known arguments have one type, the unknown ones are taken to have it too. */
  private List<ScalarFunction> byCommonType(List<ScalarFunction> candidates) {
    TypeKind known = null;
    for (TypeKind argument : arguments) {
      if (argument == TypeKind.UNKNOWN) {
        continue;
      }
      if (known != null && known != argument) {
        return candidates;
      }
      known = argument;
    }
    if (known == null) {
      return candidates;
    }
    TypeKind type = known;
    List<ScalarFunction> left =
        candidates.stream()
            .filter(
                f -> {
                  for (int i = 0; i < arguments.size(); i++) {
                    if (!TypeCasts.isImplicit(type, parameter(f, i))) {
                      return false;
                    }
                  }
                  return true;
                })
            .toList();
    return left.size() == 1 ? left : candidates;
  }

  private ResolvedCall resolved(ScalarFunction f) {
    List<LogicalType> casts = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      TypeKind parameter = parameter(f, i);
      if (parameter == TypeKind.UNKNOWN) {
        casts.add(arguments.get(i) == TypeKind.UNKNOWN ? SqlType.TEXT : types.get(i));
      } else if (parameter == arguments.get(i)) {
        casts.add(types.get(i));
      } else {
        casts.add(SqlType.of(parameter));
      }
    }
    return new ResolvedCall(f, casts);
  }

  private String signature() {
    List<String> names = new ArrayList<>();
    for (LogicalType type : types) {
      names.add(LogicalTypes.baseName(type));
    }
    if (!operator) {
      return name + "(" + String.join(", ", names) + ")";
    }
    return names.size() == 1
        ? name + " " + names.get(0)
        : names.get(0) + " " + name + " " + names.get(1);
  }

  private DatabaseException missing() {
    String advice =
        "matches the given name and argument types."
            + " You might need to add explicit type casts.";
    return operator
        ? DatabaseException.user("42883", "operator does not exist: " + signature())
            .withHint("No operator " + advice)
        : DatabaseException.user("42883", "function " + signature() + " does not exist")
            .withHint("No function " + advice);
  }

  private DatabaseException ambiguous() {
    String advice =
        "Could not choose a best candidate "
            + (operator ? "operator" : "function")
            + ". You might need to add explicit type casts.";
    return DatabaseException.user(
            "42725",
            operator
                ? "operator is not unique: " + signature()
                : "function " + signature() + " is not unique")
        .withHint(advice);
  }
}
