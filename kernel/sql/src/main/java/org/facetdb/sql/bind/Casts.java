package org.facetdb.sql.bind;

import java.util.List;
import org.facetdb.sql.type.TypeKind;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's rules of which type turns into which by itself: implicitly in expressions, or by
 * assignment to a column. Stateless.
 */
final class Casts {
  private static final List<TypeKind> NUMBERS =
      List.of(
          TypeKind.SMALLINT,
          TypeKind.INTEGER,
          TypeKind.BIGINT,
          TypeKind.NUMERIC,
          TypeKind.REAL,
          TypeKind.DOUBLE);

  private Casts() {}

  /** True if an expression takes the other type without being asked. */
  static boolean implicit(TypeKind from, TypeKind to) {
    if (from == to || from == TypeKind.UNKNOWN) {
      return true;
    }
    if (from.isNumber() && to.isNumber()) {
      return NUMBERS.indexOf(from) < NUMBERS.indexOf(to);
    }
    if (from.isString() && to.isString()) {
      return true;
    }
    return switch (from) {
      case DATE -> to == TypeKind.TIMESTAMP || to == TypeKind.TIMESTAMPTZ;
      case TIMESTAMP -> to == TypeKind.TIMESTAMPTZ;
      case TIME -> to == TypeKind.INTERVAL;
      default -> false;
    };
  }

  /** True if a column takes a value of the other type. */
  static boolean assignment(TypeKind from, TypeKind to) {
    if (implicit(from, to) || to.isString()) {
      return true;
    }
    if (from.isNumber() && to.isNumber()) {
      return true;
    }
    return switch (from) {
      case TIMESTAMPTZ -> to == TypeKind.TIMESTAMP || to == TypeKind.DATE || to == TypeKind.TIME;
      case TIMESTAMP -> to == TypeKind.DATE || to == TypeKind.TIME;
      case INTERVAL -> to == TypeKind.TIME;
      default -> false;
    };
  }

  /** True if CAST knows the way; text reads and writes every type. */
  static boolean explicit(TypeKind from, TypeKind to) {
    return assignment(from, to)
        || from.isString()
        || from == TypeKind.INTEGER && to == TypeKind.BOOLEAN
        || from == TypeKind.BOOLEAN && to == TypeKind.INTEGER;
  }

  /** The type in which values of two types meet, {@code null} if there is none. */
  static @Nullable TypeKind common(TypeKind a, TypeKind b) {
    if (a == b || b == TypeKind.UNKNOWN) {
      return a;
    }
    if (a == TypeKind.UNKNOWN) {
      return b;
    }
    if (a.isString() && b.isString()) {
      return TypeKind.TEXT;
    }
    if (implicit(a, b)) {
      return b;
    }
    return implicit(b, a) ? a : null;
  }
}
