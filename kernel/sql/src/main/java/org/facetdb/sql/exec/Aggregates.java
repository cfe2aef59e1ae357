package org.facetdb.sql.exec;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.type.SqlType;
import org.facetdb.sql.type.TypeKind;
import org.jspecify.annotations.Nullable;

/**
 * The built-in aggregates by name and argument types, with PostgreSQL's result types. Stateless.
 *
 * <p>Beside SQL's names there are two for planners: {@code single_value} (the value of a scalar
 * subquery, 21000 for a second row) and {@code $sum0} (a sum that is 0 over no rows).
 */
public final class Aggregates {
  private static final Set<String> NAMES =
      Set.of(
          "count",
          "sum",
          "$sum0",
          "avg",
          "min",
          "max",
          "any_value",
          "single_value",
          "bool_and",
          "bool_or",
          "every",
          "string_agg",
          "variance",
          "var_samp",
          "var_pop",
          "stddev",
          "stddev_samp",
          "stddev_pop");

  private Aggregates() {}

  private record Function(LogicalType resultType, Supplier<Accumulator> factory)
      implements AggregateFunction {
    @Override
    public Accumulator newAccumulator() {
      return factory.get();
    }
  }

  /** The names, in lower case. */
  public static Set<String> names() {
    return NAMES;
  }

  /**
   * The aggregate of a name for argument types.
   *
   * @param name in any case
   * @param arguments empty for {@code count(*)}
   * @throws org.facetdb.spi.DatabaseException SQLSTATE 42883 where there is none
   */
  public static AggregateFunction resolve(String name, List<? extends LogicalType> arguments) {
    AggregateFunction function = find(name, arguments);
    if (function == null) {
      String types =
          arguments.stream().map(LogicalType::name).collect(Collectors.joining(", ", "(", ")"));
      throw ExecErrors.user(
          "42883", "function " + name.toLowerCase(Locale.ROOT) + types + " does not exist");
    }
    return function;
  }

  /** As {@link #resolve}, but null where there is none. */
  public static @Nullable AggregateFunction find(
      String name, List<? extends LogicalType> arguments) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.equals("count")) {
      return arguments.size() > 1
          ? null
          : new Function(SqlType.BIGINT, () -> new NumberAggregates.Count(SqlType.BIGINT));
    }
    if (lower.equals("string_agg")) {
      return stringAggregate(arguments);
    }
    if (arguments.size() != 1 || !(arguments.getFirst() instanceof SqlType type)) {
      return null;
    }
    return switch (lower) {
      case "sum" -> sum(type, false);
      case "$sum0" -> sum(type, true);
      case "avg" -> average(type);
      case "min" -> ordered(type, ValueAggregates.Keep.MIN);
      case "max" -> ordered(type, ValueAggregates.Keep.MAX);
      case "any_value" -> kept(type, ValueAggregates.Keep.ANY);
      case "single_value" -> kept(type, ValueAggregates.Keep.SINGLE);
      case "bool_and", "every" -> bool(type, true);
      case "bool_or" -> bool(type, false);
      case "variance", "var_samp" -> spread(type, new NumberAggregates.Spread(true, false));
      case "var_pop" -> spread(type, new NumberAggregates.Spread(false, false));
      case "stddev", "stddev_samp" -> spread(type, new NumberAggregates.Spread(true, true));
      case "stddev_pop" -> spread(type, new NumberAggregates.Spread(false, true));
      default -> null;
    };
  }

  private static @Nullable AggregateFunction sum(SqlType type, boolean zero) {
    return switch (type.kind()) {
      case SMALLINT, INTEGER ->
          new Function(SqlType.BIGINT, () -> new NumberAggregates.SumToLong(SqlType.BIGINT, zero));
      case BIGINT, NUMERIC ->
          new Function(
              SqlType.NUMERIC, () -> new NumberAggregates.SumToNumeric(SqlType.NUMERIC, zero));
      case REAL, DOUBLE -> {
        SqlType result = type.base();
        yield new Function(result, () -> new NumberAggregates.FloatSum(result, false, zero));
      }
      case INTERVAL ->
          new Function(
              SqlType.INTERVAL, () -> new ValueAggregates.IntervalSum(SqlType.INTERVAL, false));
      default -> null;
    };
  }

  private static @Nullable AggregateFunction average(SqlType type) {
    return switch (type.kind()) {
      case SMALLINT, INTEGER, BIGINT, NUMERIC ->
          new Function(SqlType.NUMERIC, () -> new NumberAggregates.Average(SqlType.NUMERIC));
      case REAL, DOUBLE ->
          new Function(
              SqlType.DOUBLE, () -> new NumberAggregates.FloatSum(SqlType.DOUBLE, true, false));
      case INTERVAL ->
          new Function(
              SqlType.INTERVAL, () -> new ValueAggregates.IntervalSum(SqlType.INTERVAL, true));
      default -> null;
    };
  }

  private static @Nullable AggregateFunction ordered(SqlType type, ValueAggregates.Keep keep) {
    return type.kind() == TypeKind.BOOLEAN || !type.orderable() ? null : kept(type, keep);
  }

  private static AggregateFunction kept(SqlType type, ValueAggregates.Keep keep) {
    SqlType result = keep == ValueAggregates.Keep.SINGLE ? type : keptType(type);
    return new Function(result, () -> new ValueAggregates.Kept(result, keep));
  }

  private static SqlType keptType(SqlType type) {
    return switch (type.kind()) {
      case VARCHAR, UNKNOWN -> SqlType.TEXT;
      default -> type.base();
    };
  }

  private static @Nullable AggregateFunction bool(SqlType type, boolean and) {
    return type.kind() == TypeKind.BOOLEAN
        ? new Function(SqlType.BOOLEAN, () -> new ValueAggregates.Bool(SqlType.BOOLEAN, and))
        : null;
  }

  private static @Nullable AggregateFunction spread(SqlType type, NumberAggregates.Spread spread) {
    if (type.kind().isFloat()) {
      return new Function(
          SqlType.DOUBLE, () -> new NumberAggregates.FloatVariance(SqlType.DOUBLE, spread));
    }
    return type.kind().isNumber()
        ? new Function(
            SqlType.NUMERIC, () -> new NumberAggregates.ExactVariance(SqlType.NUMERIC, spread))
        : null;
  }

  private static @Nullable AggregateFunction stringAggregate(
      List<? extends LogicalType> arguments) {
    if (arguments.size() != 2
        || !(arguments.get(0) instanceof SqlType value)
        || !(arguments.get(1) instanceof SqlType delimiter)) {
      return null;
    }
    boolean text = isText(value) && isText(delimiter);
    if (!text && !(value.kind() == TypeKind.BYTEA && delimiter.kind() == TypeKind.BYTEA)) {
      return null;
    }
    SqlType result = text ? SqlType.TEXT : SqlType.BYTEA;
    return new Function(result, () -> new ValueAggregates.StringAggregate(result));
  }

  private static boolean isText(SqlType type) {
    return type.kind().isString() || type.kind() == TypeKind.UNKNOWN;
  }
}
