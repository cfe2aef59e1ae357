package org.facetdb.sql.function;

import java.util.function.IntPredicate;
import org.facetdb.spi.type.BooleanVector;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.type.DateTimeText;
import org.facetdb.sql.type.SqlType;
import org.facetdb.sql.type.TypeKind;

/**
 * Comparison operators: what there is to choose from, and their general bodies. The expression
 * compiler has loops by lane for the pairs of one type. Stateless.
 */
final class ComparisonFunctions {
  private static final long MICROS_PER_DAY = 86_400_000_000L;

  private ComparisonFunctions() {}

  static void define(FunctionList list) {
    comparison(list, "=", c -> c == 0);
    comparison(list, "<>", c -> c != 0);
    comparison(list, "<", c -> c < 0);
    comparison(list, "<=", c -> c <= 0);
    comparison(list, ">", c -> c > 0);
    comparison(list, ">=", c -> c >= 0);
  }

  private static void comparison(FunctionList list, String symbol, IntPredicate test) {
    for (TypeKind kind : TypeKind.values()) {
      SqlType type = SqlType.of(kind);
      if (kind == TypeKind.UNKNOWN || kind == TypeKind.VARCHAR || kind == TypeKind.JSON) {
        continue;
      }
      list.row(
          symbol,
          SqlType.BOOLEAN,
          (a, i, r, _) -> ((BooleanVector) r).set(i, test.test(a[0].compare(i, a[1], i))),
          type,
          type);
    }
    mixed(list, symbol, test, SqlType.REAL, SqlType.DOUBLE);
    mixed(list, symbol, test, SqlType.DATE, SqlType.TIMESTAMP);
    mixed(list, symbol, test, SqlType.DATE, SqlType.TIMESTAMPTZ);
    mixed(list, symbol, test, SqlType.TIMESTAMP, SqlType.TIMESTAMPTZ);
  }

  private static void mixed(
      FunctionList list, String symbol, IntPredicate test, SqlType left, SqlType right) {
    list.full(
        symbol,
        SqlType.BOOLEAN,
        false,
        true,
        right.kind() == TypeKind.TIMESTAMPTZ
            ? org.facetdb.spi.function.Volatility.STABLE
            : org.facetdb.spi.function.Volatility.IMMUTABLE,
        (a, i, r, context) ->
            ((BooleanVector) r)
                .set(i, test.test(compare(a[0], left, a[1], right, i, context.zone()))),
        left,
        right);
    list.full(
        symbol,
        SqlType.BOOLEAN,
        false,
        true,
        right.kind() == TypeKind.TIMESTAMPTZ
            ? org.facetdb.spi.function.Volatility.STABLE
            : org.facetdb.spi.function.Volatility.IMMUTABLE,
        (a, i, r, context) ->
            ((BooleanVector) r)
                .set(i, test.test(-compare(a[1], left, a[0], right, i, context.zone()))),
        right,
        left);
  }

  private static int compare(
      Vector a, SqlType left, Vector b, SqlType right, int row, java.time.ZoneId zone) {
    if (left.kind() == TypeKind.REAL) {
      return Double.compare(FloatArithmetic.wide(a, row) + 0d, FloatArithmetic.wide(b, row) + 0d);
    }
    long local =
        left.kind() == TypeKind.DATE
            ? FunctionList.integer(a, row) * MICROS_PER_DAY
            : FunctionList.bigint(a, row);
    long instant = right.kind() == TypeKind.TIMESTAMPTZ ? DateTimeText.toUtc(local, zone) : local;
    return Long.compare(instant, FunctionList.bigint(b, row));
  }
}
