package org.facetdb.sql.function;

import java.math.BigDecimal;
import java.time.ZoneId;
import java.util.function.ToLongFunction;
import org.facetdb.spi.function.FunctionContext;
import org.facetdb.spi.function.Volatility;
import org.facetdb.spi.type.DecimalVector;
import org.facetdb.spi.type.Interval;
import org.facetdb.spi.type.IntervalVector;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.type.DateTimeText;
import org.facetdb.sql.type.SqlType;
import org.facetdb.sql.type.TypeErrors;
import org.facetdb.sql.type.TypeKind;

/** Functions on dates, times and intervals. Stateless. */
final class DateTimeFunctions {
  private static final long MICROS_PER_DAY = IntervalMath.MICROS_PER_DAY;

  private DateTimeFunctions() {}

  static void define(FunctionList list) {
    clocks(list);
    for (SqlType type :
        new SqlType[] {
          SqlType.DATE, SqlType.TIMESTAMP, SqlType.TIMESTAMPTZ, SqlType.TIME, SqlType.INTERVAL
        }) {
      fields(list, type);
    }
    truncation(list);
    making(list);
    zones(list);
    ages(list);
    text(list);
  }

  private static void clock(
      FunctionList list, String name, SqlType type, ToLongFunction<FunctionContext> clock) {
    list.full(
        name,
        type,
        false,
        true,
        Volatility.STABLE,
        (_, i, r, context) -> {
          long instant = clock.applyAsLong(context);
          long local = DateTimeText.toLocal(instant, context.zone());
          switch (type.kind()) {
            case DATE -> FunctionList.set(r, i, (int) Math.floorDiv(local, MICROS_PER_DAY));
            case TIME -> FunctionList.set(r, i, Math.floorMod(local, MICROS_PER_DAY));
            case TIMESTAMP -> FunctionList.set(r, i, local);
            default -> FunctionList.set(r, i, instant);
          }
        });
  }

  private static void clocks(FunctionList list) {
    for (String name : new String[] {"now", "transaction_timestamp", "current_timestamp"}) {
      clock(list, name, SqlType.TIMESTAMPTZ, FunctionContext::transactionMicros);
    }
    clock(list, "statement_timestamp", SqlType.TIMESTAMPTZ, FunctionContext::statementMicros);
    list.full(
        "clock_timestamp",
        SqlType.TIMESTAMPTZ,
        false,
        true,
        Volatility.VOLATILE,
        (_, i, r, context) -> FunctionList.set(r, i, context.statementMicros()));
    clock(list, "current_date", SqlType.DATE, FunctionContext::transactionMicros);
    clock(list, "current_time", SqlType.TIME, FunctionContext::transactionMicros);
    clock(list, "localtime", SqlType.TIME, FunctionContext::transactionMicros);
    clock(list, "localtimestamp", SqlType.TIMESTAMP, FunctionContext::transactionMicros);
  }

  private static void fields(FunctionList list, SqlType type) {
    Volatility volatility =
        type.kind() == TypeKind.TIMESTAMPTZ ? Volatility.STABLE : Volatility.IMMUTABLE;
    list.full(
        "extract",
        SqlType.NUMERIC,
        false,
        true,
        volatility,
        (a, i, r, context) -> ((DecimalVector) r).set(i, field(type, a, i, context)),
        SqlType.TEXT,
        type);
    list.full(
        "date_part",
        SqlType.DOUBLE,
        false,
        true,
        volatility,
        (a, i, r, context) -> FunctionList.set(r, i, field(type, a, i, context).doubleValue()),
        SqlType.TEXT,
        type);
  }

  private static BigDecimal field(SqlType type, Vector[] a, int row, FunctionContext context) {
    String name = FunctionList.text(a[0], row);
    return switch (type.kind()) {
      case DATE -> DateTimeFields.ofDate(name, FunctionList.integer(a[1], row));
      case TIME -> DateTimeFields.ofTime(name, FunctionList.bigint(a[1], row));
      case TIMESTAMP ->
          DateTimeFields.ofTimestamp(name, FunctionList.bigint(a[1], row), type.name());
      case TIMESTAMPTZ -> zonedField(name, FunctionList.bigint(a[1], row), context.zone());
      default -> {
        IntervalVector span = (IntervalVector) a[1];
        yield DateTimeFields.ofInterval(
            name, span.months()[row], span.days()[row], span.micros()[row]);
      }
    };
  }

  private static BigDecimal zonedField(String name, long instant, ZoneId zone) {
    String field = DateTimeFields.field(name);
    long local = DateTimeText.toLocal(instant, zone);
    long offset = (local - instant) / 1_000_000;
    return switch (field) {
      case "epoch" -> BigDecimal.valueOf(instant, 6);
      case "timezone" -> BigDecimal.valueOf(offset);
      case "timezone_hour" -> BigDecimal.valueOf(offset / 3600);
      case "timezone_minute" -> BigDecimal.valueOf(offset / 60 % 60);
      default -> DateTimeFields.ofTimestamp(name, local, SqlType.TIMESTAMPTZ.name());
    };
  }

  private static void truncation(FunctionList list) {
    list.row(
        "date_trunc",
        SqlType.TIMESTAMP,
        (a, i, r, _) ->
            FunctionList.set(
                r,
                i,
                DateTimeFields.truncate(
                    FunctionList.text(a[0], i),
                    FunctionList.bigint(a[1], i),
                    SqlType.TIMESTAMP.name())),
        SqlType.TEXT,
        SqlType.TIMESTAMP);
    list.full(
        "date_trunc",
        SqlType.TIMESTAMPTZ,
        false,
        true,
        Volatility.STABLE,
        (a, i, r, context) -> {
          long local = DateTimeText.toLocal(FunctionList.bigint(a[1], i), context.zone());
          String field = FunctionList.text(a[0], i);
          long cut = DateTimeFields.truncate(field, local, SqlType.TIMESTAMPTZ.name());
          FunctionList.set(r, i, DateTimeText.toUtc(cut, context.zone()));
        },
        SqlType.TEXT,
        SqlType.TIMESTAMPTZ);
    list.row(
        "date_trunc",
        SqlType.INTERVAL,
        (a, i, r, _) -> {
          IntervalVector span = (IntervalVector) a[1];
          Interval cut =
              DateTimeFields.truncate(
                  FunctionList.text(a[0], i), span.months()[i], span.days()[i], span.micros()[i]);
          ((IntervalVector) r).set(i, cut.months(), cut.days(), cut.micros());
        },
        SqlType.TEXT,
        SqlType.INTERVAL);
  }

  private static void making(FunctionList list) {
    list.row(
        "make_date",
        SqlType.DATE,
        (a, i, r, _) -> FunctionList.set(r, i, (int) day(a, i)),
        SqlType.INTEGER,
        SqlType.INTEGER,
        SqlType.INTEGER);
    list.row(
        "make_time",
        SqlType.TIME,
        (a, i, r, _) -> FunctionList.set(r, i, time(a, 0, i)),
        SqlType.INTEGER,
        SqlType.INTEGER,
        SqlType.DOUBLE);
    list.row(
        "make_timestamp",
        SqlType.TIMESTAMP,
        (a, i, r, _) ->
            FunctionList.set(r, i, DateTimeText.checkedTimestamp(day(a, i), time(a, 3, i))),
        SqlType.INTEGER,
        SqlType.INTEGER,
        SqlType.INTEGER,
        SqlType.INTEGER,
        SqlType.INTEGER,
        SqlType.DOUBLE);
    list.row(
        "to_timestamp",
        SqlType.TIMESTAMPTZ,
        (a, i, r, _) ->
            FunctionList.set(r, i, Math.round(FunctionList.number(a[0], i) * 1_000_000)),
        SqlType.DOUBLE);
    for (String name : new String[] {"justify_days", "justify_hours", "justify_interval"}) {
      list.row(name, SqlType.INTERVAL, (a, i, r, _) -> justify(name, a[0], i, r), SqlType.INTERVAL);
    }
  }

  private static long day(Vector[] a, int row) {
    int year = FunctionList.integer(a[0], row);
    int month = FunctionList.integer(a[1], row);
    int day = FunctionList.integer(a[2], row);
    if (year == 0 || month < 1 || month > 12 || day < 1 || day > 31) {
      throw outOfRange("date", year + "-" + two(month) + "-" + two(day));
    }
    try {
      return java.time.LocalDate.of(year < 0 ? year + 1 : year, month, day).toEpochDay();
    } catch (java.time.DateTimeException e) {
      throw outOfRange("date", year + "-" + two(month) + "-" + two(day));
    }
  }

  private static String two(int value) {
    return String.format("%02d", value);
  }

  private static RuntimeException outOfRange(String what, String value) {
    return org.facetdb.spi.DatabaseException.user(
        "22008", what + " field value out of range: " + value);
  }

  private static long time(Vector[] a, int from, int row) {
    int hour = FunctionList.integer(a[from], row);
    int minute = FunctionList.integer(a[from + 1], row);
    double second = FunctionList.number(a[from + 2], row);
    if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || !(second >= 0 && second <= 60)) {
      throw outOfRange("time", hour + ":" + two(minute) + ":" + two((int) second));
    }
    return (hour * 60L + minute) * 60_000_000L + Math.round(second * 1e6);
  }

  private static void justify(String name, Vector vector, int row, Vector r) {
    IntervalVector span = (IntervalVector) vector;
    long months = span.months()[row];
    long days = span.days()[row];
    long micros = span.micros()[row];
    if (!name.equals("justify_days")) {
      days += micros / MICROS_PER_DAY;
      micros %= MICROS_PER_DAY;
    }
    if (!name.equals("justify_hours")) {
      months += days / 30;
      days %= 30;
    }
    if (months > 0 && (days < 0 || (days == 0 && micros < 0)) && !name.equals("justify_hours")) {
      months--;
      days += 30;
    }
    if (days > 0 && micros < 0 && !name.equals("justify_days")) {
      days--;
      micros += MICROS_PER_DAY;
    } else if (days < 0 && micros > 0 && !name.equals("justify_days")) {
      days++;
      micros -= MICROS_PER_DAY;
    }
    IntervalMath.set(r, row, months, days, micros);
  }

  private static void zones(FunctionList list) {
    list.row(
        "timezone",
        SqlType.TIMESTAMPTZ,
        (a, i, r, _) ->
            FunctionList.set(
                r,
                i,
                DateTimeText.toUtc(
                    FunctionList.bigint(a[1], i),
                    DateTimeText.parseZone(FunctionList.text(a[0], i)))),
        SqlType.TEXT,
        SqlType.TIMESTAMP);
    list.row(
        "timezone",
        SqlType.TIMESTAMP,
        (a, i, r, _) ->
            FunctionList.set(
                r,
                i,
                DateTimeText.toLocal(
                    FunctionList.bigint(a[1], i),
                    DateTimeText.parseZone(FunctionList.text(a[0], i)))),
        SqlType.TEXT,
        SqlType.TIMESTAMPTZ);
  }

  private static void ages(FunctionList list) {
    list.row(
        "age",
        SqlType.INTERVAL,
        (a, i, r, _) ->
            IntervalMath.age(FunctionList.bigint(a[0], i), FunctionList.bigint(a[1], i), r, i),
        SqlType.TIMESTAMP,
        SqlType.TIMESTAMP);
    list.full(
        "age",
        SqlType.INTERVAL,
        false,
        true,
        Volatility.STABLE,
        (a, i, r, context) ->
            IntervalMath.age(
                DateTimeText.toLocal(FunctionList.bigint(a[0], i), context.zone()),
                DateTimeText.toLocal(FunctionList.bigint(a[1], i), context.zone()),
                r,
                i),
        SqlType.TIMESTAMPTZ,
        SqlType.TIMESTAMPTZ);
    list.full(
        "age",
        SqlType.INTERVAL,
        false,
        true,
        Volatility.STABLE,
        (a, i, r, context) -> {
          long today = DateTimeText.toLocal(context.transactionMicros(), context.zone());
          long midnight = today - Math.floorMod(today, MICROS_PER_DAY);
          IntervalMath.age(midnight, FunctionList.bigint(a[0], i), r, i);
        },
        SqlType.TIMESTAMP);
  }

  private static void text(FunctionList list) {
    list.row(
        "to_char",
        SqlType.TEXT,
        (a, i, r, _) ->
            FunctionList.set(
                r,
                i,
                DateTimeFormat.format(FunctionList.bigint(a[0], i), FunctionList.text(a[1], i))),
        SqlType.TIMESTAMP,
        SqlType.TEXT);
    list.full(
        "to_char",
        SqlType.TEXT,
        false,
        true,
        Volatility.STABLE,
        (a, i, r, context) ->
            FunctionList.set(
                r,
                i,
                DateTimeFormat.format(
                    DateTimeText.toLocal(FunctionList.bigint(a[0], i), context.zone()),
                    FunctionList.text(a[1], i))),
        SqlType.TIMESTAMPTZ,
        SqlType.TEXT);
    for (SqlType type : new SqlType[] {SqlType.INTEGER, SqlType.BIGINT, SqlType.NUMERIC}) {
      list.row(
          "to_char",
          SqlType.TEXT,
          (a, i, r, _) ->
              FunctionList.set(
                  r, i, NumberFormat.format(decimal(a[0], i), FunctionList.text(a[1], i))),
          type,
          SqlType.TEXT);
    }
    list.row(
        "to_char",
        SqlType.TEXT,
        (a, i, r, _) ->
            FunctionList.set(
                r,
                i,
                NumberFormat.format(
                    BigDecimal.valueOf(FunctionList.number(a[0], i)), FunctionList.text(a[1], i))),
        SqlType.DOUBLE,
        SqlType.TEXT);
  }

  private static BigDecimal decimal(Vector vector, int row) {
    Object value = vector.rawAt(row);
    if (value instanceof BigDecimal number) {
      return number;
    }
    if (value instanceof Number number) {
      return BigDecimal.valueOf(number.longValue());
    }
    throw TypeErrors.outOfRange("numeric");
  }
}
