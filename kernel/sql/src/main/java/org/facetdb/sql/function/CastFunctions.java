package org.facetdb.sql.function;

import java.util.List;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.function.ScalarFunction;
import org.facetdb.spi.function.ScalarKernel;
import org.facetdb.spi.function.Volatility;
import org.facetdb.spi.type.BooleanVector;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.IntVector;
import org.facetdb.spi.type.IntervalVector;
import org.facetdb.spi.type.LongVector;
import org.facetdb.sql.type.DateTimeText;
import org.facetdb.sql.type.SqlType;
import org.facetdb.sql.type.TypeCasts;
import org.facetdb.sql.type.TypeKind;
import org.jspecify.annotations.Nullable;

/** Casts between built-in types as functions over vectors. Stateless. */
public final class CastFunctions {
  private static final long MICROS_PER_DAY = 86_400_000_000L;

  private CastFunctions() {}

  /**
   * The function that casts, or null where the values stay as they are.
   *
   * @param explicit whether CAST was written, which cuts strings to their length in silence; the
   *     assignment to a column refuses what is too long
   * @throws DatabaseException 42846 if there is no such cast
   */
  public static @Nullable ScalarFunction function(SqlType from, SqlType to, boolean explicit) {
    if (!TypeCasts.isExplicit(from.kind(), to.kind())) {
      throw DatabaseException.user("42846", "cannot cast type " + from.name() + " to " + to.name());
    }
    ScalarKernel kernel = kernel(from, to, explicit);
    if (kernel == null) {
      return null;
    }
    boolean zoned = from.kind() == TypeKind.TIMESTAMPTZ || to.kind() == TypeKind.TIMESTAMPTZ;
    Volatility volatility =
        zoned && from.kind() != to.kind() ? Volatility.STABLE : Volatility.IMMUTABLE;
    return new ScalarFunction("cast", List.of(from), false, to, true, volatility, kernel);
  }

  /** Casts as functions that have the target's name: {@code int4(x)}, {@code date(x)}. */
  static void define(FunctionList list) {
    for (TypeKind to : TypeKind.values()) {
      for (TypeKind from : TypeKind.values()) {
        boolean named =
            from != to
                && from != TypeKind.UNKNOWN
                && to != TypeKind.UNKNOWN
                && TypeCasts.isExplicit(from, to);
        ScalarFunction function = named ? function(SqlType.of(from), SqlType.of(to), true) : null;
        if (function != null) {
          list.add(to.catalogName(), function.returnType(), function.kernel(), SqlType.of(from));
        }
      }
    }
  }

  private static @Nullable ScalarKernel kernel(SqlType from, SqlType to, boolean explicit) {
    TypeKind source = from.kind();
    TypeKind target = to.kind();
    if (target.isString()) {
      return toString(from, to, explicit);
    }
    if (source.isString() || source == TypeKind.UNKNOWN) {
      return target == TypeKind.UNKNOWN ? null : fromString(to);
    }
    if (source.isNumber() && target.isNumber()) {
      return NumberCasts.kernel(from, to);
    }
    if (source == target) {
      return source.isDateTime() && to.precision() >= 0 && !from.equals(to)
          ? FunctionList.rows(
              (a, i, r, _) -> FunctionList.set(r, i, to.fitMicros(FunctionList.bigint(a[0], i))))
          : null;
    }
    if (source == TypeKind.BOOLEAN) {
      return FunctionList.rows(
          (a, i, r, _) -> FunctionList.set(r, i, ((BooleanVector) a[0]).get(i) ? 1 : 0));
    }
    if (target == TypeKind.BOOLEAN) {
      return FunctionList.rows(
          (a, i, r, _) -> FunctionList.set(r, i, FunctionList.integer(a[0], i) != 0));
    }
    return dateTime(source, to);
  }

  private static @Nullable ScalarKernel toString(SqlType from, SqlType to, boolean explicit) {
    boolean unbounded = to.precision() < 0 && to.kind() != TypeKind.CHAR;
    if (from.kind().isString() || from.kind() == TypeKind.UNKNOWN || from.kind() == TypeKind.JSON) {
      if (unbounded || from.equals(to)) {
        return null;
      }
      return FunctionList.rows(
          (a, i, r, _) ->
              FunctionList.set(r, i, to.fitString(FunctionList.text(a[0], i), explicit)));
    }
    return FunctionList.rows(
        (a, i, r, context) -> {
          String text =
              switch (from.kind()) {
                case BOOLEAN -> ((BooleanVector) a[0]).get(i) ? "true" : "false";
                case TIMESTAMPTZ ->
                    DateTimeText.formatTimestampTz(FunctionList.bigint(a[0], i), context.zone());
                default -> from.format(from.box(a[0], i));
              };
          FunctionList.set(r, i, unbounded ? text : to.fitString(text, explicit));
        });
  }

  private static ScalarKernel fromString(SqlType to) {
    if (to.kind() == TypeKind.TIMESTAMPTZ) {
      return FunctionList.rows(
          (a, i, r, context) -> {
            String text = FunctionList.text(a[0], i);
            long micros = DateTimeText.parseTimestampTz(text, context.zone());
            FunctionList.set(r, i, to.fitMicros(micros));
          });
    }
    return FunctionList.rows((a, i, r, _) -> to.parseInto(FunctionList.text(a[0], i), r, i));
  }

  private static ScalarKernel dateTime(TypeKind source, SqlType to) {
    return FunctionList.rows(
        switch (source) {
          case DATE -> fromDate(to);
          case TIMESTAMP -> fromTimestamp(to);
          case TIMESTAMPTZ ->
              (a, i, r, context) -> {
                long local = DateTimeText.toLocal(FunctionList.bigint(a[0], i), context.zone());
                setLocal(r, i, local, to);
              };
          case TIME ->
              (a, i, r, _) -> ((IntervalVector) r).set(i, 0, 0, ((LongVector) a[0]).get(i));
          case INTERVAL ->
              (a, i, r, _) -> {
                long micros = ((IntervalVector) a[0]).micros()[i];
                FunctionList.set(r, i, to.fitMicros(Math.floorMod(micros, MICROS_PER_DAY)));
              };
          default -> throw DatabaseException.internal("no cast from " + source, null);
        });
  }

  private static FunctionList.RowBody fromDate(SqlType to) {
    return (a, i, r, context) -> {
      long local = DateTimeText.checkedTimestamp(((IntVector) a[0]).get(i), 0);
      FunctionList.set(
          r,
          i,
          to.kind() == TypeKind.TIMESTAMPTZ ? DateTimeText.toUtc(local, context.zone()) : local);
    };
  }

  private static FunctionList.RowBody fromTimestamp(SqlType to) {
    return (a, i, r, context) -> {
      long local = FunctionList.bigint(a[0], i);
      if (to.kind() == TypeKind.TIMESTAMPTZ) {
        FunctionList.set(r, i, to.fitMicros(DateTimeText.toUtc(local, context.zone())));
      } else {
        setLocal(r, i, local, to);
      }
    };
  }

  /** Stores the part of a local timestamp that the target type has. */
  private static void setLocal(org.facetdb.spi.type.Vector r, int row, long local, SqlType to) {
    switch (to.kind()) {
      case DATE -> FunctionList.set(r, row, (int) Math.floorDiv(local, MICROS_PER_DAY));
      case TIME -> FunctionList.set(r, row, to.fitMicros(Math.floorMod(local, MICROS_PER_DAY)));
      default -> FunctionList.set(r, row, to.fitMicros(local));
    }
  }

  /** Text of a row as a cast to text gives it. */
  static String asText(
      org.facetdb.spi.type.Vector vector,
      int row,
      org.facetdb.spi.function.FunctionContext context) {
    SqlType type = SqlType.require(vector.type());
    return switch (type.kind()) {
      case TEXT, VARCHAR, UNKNOWN, JSON, CHAR -> ((BytesVector) vector).getString(row);
      case TIMESTAMPTZ ->
          DateTimeText.formatTimestampTz(FunctionList.bigint(vector, row), context.zone());
      default -> type.format(type.box(vector, row));
    };
  }
}
