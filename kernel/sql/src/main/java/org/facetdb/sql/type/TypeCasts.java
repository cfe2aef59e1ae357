package org.facetdb.sql.type;

/** PostgreSQL's table of casts: which type turns into which, and how willingly. Stateless. */
public final class TypeCasts {
  /** What a type is good for when overloads are told apart. */
  public enum Category {
    BOOLEAN,
    NUMBER,
    STRING,
    DATE_TIME,
    TIMESPAN,
    USER,
    UNKNOWN
  }

  private TypeCasts() {}

  public static Category category(TypeKind kind) {
    return switch (kind) {
      case UNKNOWN -> Category.UNKNOWN;
      case BOOLEAN -> Category.BOOLEAN;
      case SMALLINT, INTEGER, BIGINT, REAL, DOUBLE, NUMERIC -> Category.NUMBER;
      case TEXT, VARCHAR, CHAR -> Category.STRING;
      case DATE, TIME, TIMESTAMP, TIMESTAMPTZ -> Category.DATE_TIME;
      case INTERVAL -> Category.TIMESPAN;
      case BYTEA, UUID, JSON -> Category.USER;
    };
  }

  /** The type of its category that wins where several would do. */
  public static boolean isPreferred(TypeKind kind) {
    return switch (kind) {
      case BOOLEAN, DOUBLE, TEXT, TIMESTAMPTZ, INTERVAL -> true;
      default -> false;
    };
  }

  /** Whether an expression takes the other type without being asked. */
  public static boolean isImplicit(TypeKind from, TypeKind to) {
    if (from == to || from == TypeKind.UNKNOWN) {
      return true;
    }
    return switch (from) {
      case SMALLINT, INTEGER, BIGINT, NUMERIC, REAL, DOUBLE ->
          to.isNumber() && numberRank(from) < numberRank(to);
      case TEXT, VARCHAR, CHAR -> to.isString();
      case DATE -> to == TypeKind.TIMESTAMP || to == TypeKind.TIMESTAMPTZ;
      case TIMESTAMP -> to == TypeKind.TIMESTAMPTZ;
      case TIME -> to == TypeKind.INTERVAL;
      case UNKNOWN, BOOLEAN, TIMESTAMPTZ, INTERVAL, BYTEA, UUID, JSON -> false;
    };
  }

  private static int numberRank(TypeKind kind) {
    return switch (kind) {
      case SMALLINT -> 0;
      case INTEGER -> 1;
      case BIGINT -> 2;
      case NUMERIC -> 3;
      case REAL -> 4;
      default -> 5;
    };
  }

  /** Whether a column takes a value of the other type. */
  public static boolean isAssignable(TypeKind from, TypeKind to) {
    if (isImplicit(from, to) || to.isString() || (from.isNumber() && to.isNumber())) {
      return true;
    }
    return switch (from) {
      case TIMESTAMPTZ -> to == TypeKind.TIMESTAMP || to == TypeKind.DATE || to == TypeKind.TIME;
      case TIMESTAMP -> to == TypeKind.DATE || to == TypeKind.TIME;
      case INTERVAL -> to == TypeKind.TIME;
      default -> false;
    };
  }

  /** Whether CAST knows a way; strings read every type. */
  public static boolean isExplicit(TypeKind from, TypeKind to) {
    if (isAssignable(from, to) || from.isString()) {
      return true;
    }
    return (from == TypeKind.BOOLEAN && to == TypeKind.INTEGER)
        || (from == TypeKind.INTEGER && to == TypeKind.BOOLEAN);
  }
}
