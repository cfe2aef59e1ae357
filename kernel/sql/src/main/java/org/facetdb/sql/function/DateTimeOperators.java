package org.facetdb.sql.function;

import org.facetdb.spi.function.Volatility;
import org.facetdb.spi.type.IntVector;
import org.facetdb.spi.type.IntervalVector;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.type.DateTimeText;
import org.facetdb.sql.type.SqlType;
import org.facetdb.sql.type.TypeErrors;

/** Arithmetic operators on dates, times and intervals. Stateless. */
final class DateTimeOperators {
  private static final long MICROS_PER_DAY = IntervalMath.MICROS_PER_DAY;

  private DateTimeOperators() {}

  static void define(FunctionList list) {
    dates(list);
    timestamps(list, SqlType.TIMESTAMP);
    zoned(list);
    times(list);
    intervals(list);
  }

  private static long midnight(Vector dates, int row) {
    return DateTimeText.checkedTimestamp(((IntVector) dates).get(row), 0);
  }

  private static long plus(long timestamp, Vector intervals, int row, int sign) {
    IntervalVector span = (IntervalVector) intervals;
    return IntervalMath.add(
        timestamp, sign * span.months()[row], sign * span.days()[row], sign * span.micros()[row]);
  }

  private static void dates(FunctionList list) {
    list.row(
        "+",
        SqlType.DATE,
        (a, i, r, _) -> shift(a[0], (long) FunctionList.integer(a[1], i), i, r),
        SqlType.DATE,
        SqlType.INTEGER);
    list.row(
        "+",
        SqlType.DATE,
        (a, i, r, _) -> shift(a[1], (long) FunctionList.integer(a[0], i), i, r),
        SqlType.INTEGER,
        SqlType.DATE);
    list.row(
        "-",
        SqlType.DATE,
        (a, i, r, _) -> shift(a[0], -(long) FunctionList.integer(a[1], i), i, r),
        SqlType.DATE,
        SqlType.INTEGER);
    list.row(
        "-",
        SqlType.INTEGER,
        (a, i, r, _) ->
            FunctionList.set(r, i, FunctionList.integer(a[0], i) - FunctionList.integer(a[1], i)),
        SqlType.DATE,
        SqlType.DATE);
    list.row(
        "+",
        SqlType.TIMESTAMP,
        (a, i, r, _) -> FunctionList.set(r, i, plus(midnight(a[0], i), a[1], i, 1)),
        SqlType.DATE,
        SqlType.INTERVAL);
    list.row(
        "+",
        SqlType.TIMESTAMP,
        (a, i, r, _) -> FunctionList.set(r, i, plus(midnight(a[1], i), a[0], i, 1)),
        SqlType.INTERVAL,
        SqlType.DATE);
    list.row(
        "-",
        SqlType.TIMESTAMP,
        (a, i, r, _) -> FunctionList.set(r, i, plus(midnight(a[0], i), a[1], i, -1)),
        SqlType.DATE,
        SqlType.INTERVAL);
    list.row(
        "+",
        SqlType.TIMESTAMP,
        (a, i, r, _) -> FunctionList.set(r, i, midnight(a[0], i) + FunctionList.bigint(a[1], i)),
        SqlType.DATE,
        SqlType.TIME);
    list.row(
        "+",
        SqlType.TIMESTAMP,
        (a, i, r, _) -> FunctionList.set(r, i, midnight(a[1], i) + FunctionList.bigint(a[0], i)),
        SqlType.TIME,
        SqlType.DATE);
  }

  private static void shift(Vector dates, long days, int row, Vector r) {
    FunctionList.set(r, row, DateTimeText.checkedDate(((IntVector) dates).get(row) + days));
  }

  private static void timestamps(FunctionList list, SqlType type) {
    list.row(
        "+",
        type,
        (a, i, r, _) -> FunctionList.set(r, i, plus(FunctionList.bigint(a[0], i), a[1], i, 1)),
        type,
        SqlType.INTERVAL);
    list.row(
        "+",
        type,
        (a, i, r, _) -> FunctionList.set(r, i, plus(FunctionList.bigint(a[1], i), a[0], i, 1)),
        SqlType.INTERVAL,
        type);
    list.row(
        "-",
        type,
        (a, i, r, _) -> FunctionList.set(r, i, plus(FunctionList.bigint(a[0], i), a[1], i, -1)),
        type,
        SqlType.INTERVAL);
    difference(list, type);
  }

  private static void difference(FunctionList list, SqlType type) {
    list.row(
        "-",
        SqlType.INTERVAL,
        (a, i, r, _) ->
            IntervalMath.difference(
                FunctionList.bigint(a[0], i), FunctionList.bigint(a[1], i), r, i),
        type,
        type);
  }

  /** Months and days are added to what the zone's clocks show. */
  private static void zoned(FunctionList list) {
    zonedSum(list, "+", 1, 0, SqlType.TIMESTAMPTZ, SqlType.INTERVAL);
    zonedSum(list, "+", 1, 1, SqlType.INTERVAL, SqlType.TIMESTAMPTZ);
    zonedSum(list, "-", -1, 0, SqlType.TIMESTAMPTZ, SqlType.INTERVAL);
    difference(list, SqlType.TIMESTAMPTZ);
  }

  private static void zonedSum(
      FunctionList list, String name, int sign, int at, SqlType left, SqlType right) {
    list.full(
        name,
        SqlType.TIMESTAMPTZ,
        false,
        true,
        Volatility.STABLE,
        (a, i, r, context) -> {
          IntervalVector span = (IntervalVector) a[1 - at];
          long instant = FunctionList.bigint(a[at], i);
          if (span.months()[i] != 0 || span.days()[i] != 0) {
            long local = DateTimeText.toLocal(instant, context.zone());
            long moved = IntervalMath.add(local, sign * span.months()[i], sign * span.days()[i], 0);
            instant = DateTimeText.toUtc(moved, context.zone());
          }
          FunctionList.set(r, i, IntervalMath.add(instant, 0, 0, sign * span.micros()[i]));
        },
        left,
        right);
  }

  private static void times(FunctionList list) {
    time(list, "+", 1, 0, SqlType.TIME, SqlType.INTERVAL);
    time(list, "+", 1, 1, SqlType.INTERVAL, SqlType.TIME);
    time(list, "-", -1, 0, SqlType.TIME, SqlType.INTERVAL);
    list.row(
        "-",
        SqlType.INTERVAL,
        (a, i, r, _) ->
            IntervalMath.set(
                r, i, 0, 0, FunctionList.bigint(a[0], i) - FunctionList.bigint(a[1], i)),
        SqlType.TIME,
        SqlType.TIME);
  }

  private static void time(
      FunctionList list, String name, int sign, int at, SqlType left, SqlType right) {
    list.row(
        name,
        SqlType.TIME,
        (a, i, r, _) -> {
          long micros = ((IntervalVector) a[1 - at]).micros()[i] % MICROS_PER_DAY;
          FunctionList.set(
              r, i, Math.floorMod(FunctionList.bigint(a[at], i) + sign * micros, MICROS_PER_DAY));
        },
        left,
        right);
  }

  private static void intervals(FunctionList list) {
    list.row(
        "+",
        SqlType.INTERVAL,
        (a, i, r, _) -> IntervalMath.sum((IntervalVector) a[0], (IntervalVector) a[1], 1, i, r),
        SqlType.INTERVAL,
        SqlType.INTERVAL);
    list.row(
        "-",
        SqlType.INTERVAL,
        (a, i, r, _) -> IntervalMath.sum((IntervalVector) a[0], (IntervalVector) a[1], -1, i, r),
        SqlType.INTERVAL,
        SqlType.INTERVAL);
    list.row(
        "-",
        SqlType.INTERVAL,
        (a, i, r, _) -> {
          IntervalVector span = (IntervalVector) a[0];
          IntervalMath.set(
              r, i, -(long) span.months()[i], -(long) span.days()[i], -span.micros()[i]);
        },
        SqlType.INTERVAL);
    list.row(
        "*",
        SqlType.INTERVAL,
        (a, i, r, _) ->
            IntervalMath.multiply((IntervalVector) a[0], FunctionList.number(a[1], i), i, r),
        SqlType.INTERVAL,
        SqlType.DOUBLE);
    list.row(
        "*",
        SqlType.INTERVAL,
        (a, i, r, _) ->
            IntervalMath.multiply((IntervalVector) a[1], FunctionList.number(a[0], i), i, r),
        SqlType.DOUBLE,
        SqlType.INTERVAL);
    list.row(
        "/",
        SqlType.INTERVAL,
        (a, i, r, _) -> {
          double divisor = FunctionList.number(a[1], i);
          if (divisor == 0) {
            throw TypeErrors.divisionByZero();
          }
          IntervalMath.multiply((IntervalVector) a[0], 1 / divisor, i, r);
        },
        SqlType.INTERVAL,
        SqlType.DOUBLE);
  }
}
