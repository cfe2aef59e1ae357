package org.facetdb.sql.exec;

import static org.facetdb.sql.exec.OperatorFixture.counts;
import static org.facetdb.sql.exec.OperatorFixture.drain;
import static org.facetdb.sql.exec.OperatorFixture.normal;
import static org.facetdb.sql.exec.OperatorFixture.randomRows;
import static org.facetdb.sql.exec.OperatorFixture.randomSize;
import static org.facetdb.sql.exec.OperatorFixture.randomTypes;
import static org.facetdb.sql.exec.OperatorFixture.rounds;
import static org.facetdb.sql.exec.OperatorFixture.source;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.type.SqlType;
import org.junit.jupiter.api.Test;

/** Grouping and every aggregate against boxed arithmetic. */
class AggregateTest {
  private static final List<LogicalType> VALUES =
      List.of(
          SqlType.INTEGER,
          SqlType.BIGINT,
          SqlType.NUMERIC,
          SqlType.DOUBLE,
          SqlType.TEXT,
          SqlType.BOOLEAN,
          SqlType.SMALLINT,
          SqlType.DATE);

  private static AggregateCall call(String name, List<LogicalType> types, int column) {
    return AggregateCall.of(Aggregates.resolve(name, List.of(types.get(column))), column);
  }

  private static BigDecimal exact(Object value) {
    return value instanceof BigDecimal d ? d : BigDecimal.valueOf(((Number) value).longValue());
  }

  private static Object expectedSum(List<Object> values, LogicalType type) {
    if (values.isEmpty()) {
      return null;
    }
    if (type.equals(SqlType.DOUBLE)) {
      return values.stream().mapToDouble(v -> (Double) v).reduce(0, Double::sum);
    }
    BigDecimal sum =
        values.stream().map(AggregateTest::exact).reduce(BigDecimal::add).orElseThrow();
    return type.equals(SqlType.INTEGER) || type.equals(SqlType.SMALLINT)
        ? (Object) sum.longValueExact()
        : sum;
  }

  private static List<Object> reference(List<List<Object>> group, List<LogicalType> types, int at) {
    List<Object> row = new ArrayList<>();
    row.add((long) group.size());
    for (int c = 0; c < VALUES.size(); c++) {
      int column = at + c;
      LogicalType type = types.get(column);
      List<Object> values =
          group.stream().map(r -> r.get(column)).filter(Objects::nonNull).toList();
      row.add((long) values.size());
      if (SqlType.require(type).kind().isNumber()) {
        row.add(expectedSum(values, type));
      }
      if (type.equals(SqlType.BOOLEAN)) {
        row.add(values.isEmpty() ? null : (Object) !values.contains(false));
        row.add(values.isEmpty() ? null : (Object) values.contains(true));
      } else {
        @SuppressWarnings("unchecked")
        Comparator<Object> order = (a, b) -> ((Comparable<Object>) a).compareTo(b);
        row.add(values.stream().min(order).orElse(null));
        row.add(values.stream().max(order).orElse(null));
      }
    }
    return row;
  }

  private static List<AggregateCall> calls(List<LogicalType> types, int at) {
    List<AggregateCall> calls = new ArrayList<>();
    calls.add(AggregateCall.of(Aggregates.resolve("count", List.of())));
    for (int c = at; c < types.size(); c++) {
      calls.add(call("count", types, c));
      if (SqlType.require(types.get(c)).kind().isNumber()) {
        calls.add(call("sum", types, c));
      }
      boolean bool = types.get(c).equals(SqlType.BOOLEAN);
      calls.add(call(bool ? "bool_and" : "min", types, c));
      calls.add(call(bool ? "bool_or" : "max", types, c));
    }
    return calls;
  }

  private static Map<List<Object>, List<List<Object>>> groups(List<List<Object>> rows, int keys) {
    Map<List<Object>, List<List<Object>>> groups = new LinkedHashMap<>();
    for (List<Object> row : rows) {
      groups.computeIfAbsent(normal(row.subList(0, keys)), _ -> new ArrayList<>()).add(row);
    }
    return groups;
  }

  @Test
  void groupsAndAggregatesAgreeWithBoxedArithmetic() throws Exception {
    rounds(
        25,
        random -> {
          int keys = 1 + random.nextInt(3);
          List<LogicalType> types = new ArrayList<>(randomTypes(random, keys));
          types.addAll(VALUES);
          int domain = random.nextBoolean() ? 3 : 200;
          List<List<Object>> rows = randomRows(random, types, randomSize(random, 5000), domain);
          int[] keyColumns = new int[keys];
          Arrays.setAll(keyColumns, i -> i);
          List<List<Object>> actual =
              drain(new HashAggregate(source(types, rows, random), keyColumns, calls(types, keys)));
          List<List<Object>> expected = new ArrayList<>();
          groups(rows, keys)
              .forEach(
                  (_, group) -> {
                    List<Object> row = new ArrayList<>(group.getFirst().subList(0, keys));
                    row.addAll(reference(group, types, keys));
                    expected.add(row);
                  });
          assertEquals(counts(expected), counts(actual));
        });
  }

  @Test
  void withoutKeysThereIsOneRowAlsoOverNothing() throws Exception {
    rounds(
        10,
        random -> {
          List<List<Object>> rows = randomRows(random, VALUES, randomSize(random, 3000), 50);
          List<List<Object>> actual =
              drain(new HashAggregate(source(VALUES, rows, random), new int[0], calls(VALUES, 0)));
          assertEquals(counts(List.of(reference(rows, VALUES, 0))), counts(actual));
        });
  }

  @Test
  void groupingSetsAreGroupingsSideBySide() throws Exception {
    rounds(
        5,
        random -> {
          List<LogicalType> types = List.of(SqlType.INTEGER, SqlType.TEXT, SqlType.INTEGER);
          List<List<Object>> rows = randomRows(random, types, randomSize(random, 3000), 6);
          List<int[]> sets = List.of(new int[] {0, 1}, new int[] {1}, new int[0]);
          List<List<Object>> actual =
              drain(
                  new HashAggregate(
                      source(types, rows, random),
                      new int[] {0, 1},
                      List.of(call("count", types, 2)),
                      sets));
          List<List<Object>> expected = new ArrayList<>();
          for (int[] set : sets) {
            List<List<Object>> projected = new ArrayList<>();
            for (List<Object> row : rows) {
              List<Object> masked = OperatorFixture.nulls(3);
              for (int i : set) {
                masked.set(i, row.get(i));
              }
              masked.set(2, row.get(2));
              projected.add(masked);
            }
            Map<List<Object>, List<List<Object>>> groups = groups(projected, 2);
            if (set.length == 0 && rows.isEmpty()) {
              groups.put(List.of(), List.of());
            }
            groups.forEach(
                (_, group) ->
                    expected.add(
                        Arrays.asList(
                            group.isEmpty() ? null : group.getFirst().get(0),
                            group.isEmpty() ? null : group.getFirst().get(1),
                            group.stream().filter(r -> r.get(2) != null).count())));
          }
          assertEquals(counts(expected), counts(actual));
        });
  }

  @Test
  void filterDistinctAndOrderApplyBeforeTheAggregate() throws Exception {
    rounds(
        10,
        random -> {
          List<LogicalType> types =
              List.of(SqlType.INTEGER, SqlType.TEXT, SqlType.BOOLEAN, SqlType.NUMERIC);
          List<List<Object>> rows = randomRows(random, types, randomSize(random, 3000), 12);
          AggregateFunction count = Aggregates.resolve("count", List.of(SqlType.TEXT));
          AggregateFunction sum = Aggregates.resolve("sum", List.of(SqlType.NUMERIC));
          List<AggregateCall> calls =
              List.of(
                  new AggregateCall(count, List.of(1), true, -1, List.of()),
                  new AggregateCall(count, List.of(1), false, 2, List.of()),
                  new AggregateCall(sum, List.of(3), true, 2, List.of()));
          List<List<Object>> actual =
              drain(new HashAggregate(source(types, rows, random), new int[] {0}, calls));
          List<List<Object>> expected = new ArrayList<>();
          groups(rows, 1)
              .forEach(
                  (_, group) -> {
                    List<List<Object>> filtered =
                        group.stream().filter(r -> Boolean.TRUE.equals(r.get(2))).toList();
                    LinkedHashSet<Object> numbers = new LinkedHashSet<>();
                    filtered.stream()
                        .map(r -> r.get(3))
                        .filter(Objects::nonNull)
                        .forEach(v -> numbers.add(normal(v)));
                    expected.add(
                        Arrays.asList(
                            group.getFirst().getFirst(),
                            group.stream()
                                .map(r -> r.get(1))
                                .filter(Objects::nonNull)
                                .distinct()
                                .count(),
                            filtered.stream().filter(r -> r.get(1) != null).count(),
                            expectedSum(new ArrayList<>(numbers), SqlType.NUMERIC)));
                  });
          assertEquals(counts(expected), counts(actual));
        });
  }

  @Test
  void stringAggregateKeepsItsOrder() throws Exception {
    Random random = new Random(1);
    List<LogicalType> types = List.of(SqlType.INTEGER, SqlType.TEXT, SqlType.TEXT);
    List<List<Object>> rows =
        List.of(
            Arrays.asList(3, "c", "-"),
            Arrays.asList(1, "a", "-"),
            Arrays.asList(4, null, "-"),
            Arrays.asList(2, "b", null));
    AggregateFunction function =
        Aggregates.resolve("string_agg", List.of(SqlType.TEXT, SqlType.TEXT));
    List<AggregateCall> calls =
        List.of(
            AggregateCall.of(function, 1, 2),
            new AggregateCall(function, List.of(1, 2), false, -1, List.of(SortKey.ascending(0))));
    assertEquals(
        List.of(Arrays.asList("c-ab", "ab-c")),
        drain(new HashAggregate(source(types, rows, random), new int[0], calls)));
  }

  private static Object single(String name, SqlType type, Object... values) {
    List<List<Object>> rows = new ArrayList<>();
    for (Object value : values) {
      rows.add(Arrays.asList(value));
    }
    AggregateCall call = AggregateCall.of(Aggregates.resolve(name, List.of(type)), 0);
    List<List<Object>> result =
        drain(
            new HashAggregate(
                source(List.of(type), rows, new Random(1)), new int[0], List.of(call)));
    return result.getFirst().getFirst();
  }

  /** The right-hand sides are what PostgreSQL 15 prints. */
  @Test
  void averagesAndVariancesHavePostgresScales() {
    assertEquals("1.5000000000000000", single("avg", SqlType.INTEGER, 1, 2, null).toString());
    assertEquals("0.33333333333333333333", single("avg", SqlType.INTEGER, 0, 0, 1).toString());
    assertEquals("500000.000000000000", single("avg", SqlType.INTEGER, 0, 1_000_000).toString());
    assertEquals(
        "1.5000000000000000",
        single("avg", SqlType.NUMERIC, new BigDecimal("1.00"), new BigDecimal("2.000")).toString());
    assertEquals("1.00000000000000000000", single("variance", SqlType.INTEGER, 1, 2, 3).toString());
    assertEquals("1.00000000000000000000", single("stddev", SqlType.INTEGER, 1, 2, 3).toString());
    assertEquals("0.66666666666666666667", single("var_pop", SqlType.INTEGER, 1, 2, 3).toString());
    assertEquals(
        "0.81649658092772603273", single("stddev_pop", SqlType.INTEGER, 1, 2, 3).toString());
    assertEquals(1.0, single("var_samp", SqlType.DOUBLE, 1.0, 2.0, 3.0));
    assertEquals(null, single("stddev", SqlType.INTEGER, 1));
  }

  @Test
  void sumsBeyondSixtyFourBitsAreExact() {
    assertEquals(
        new BigDecimal("27670116110564327421"),
        single("sum", SqlType.BIGINT, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE));
    assertEquals(
        new BigDecimal("-18446744073709551616"),
        single("sum", SqlType.BIGINT, Long.MIN_VALUE, Long.MIN_VALUE));
    assertEquals(
        new BigDecimal("12345678901234567890124.50"),
        single(
            "sum",
            SqlType.NUMERIC,
            new BigDecimal("12345678901234567890123"),
            new BigDecimal("1.50")));
  }

  @Test
  void overflowsAndExtraRowsAreErrors() {
    assertEquals(
        "22003",
        assertThrows(
                DatabaseException.class,
                () -> single("sum", SqlType.DOUBLE, Double.MAX_VALUE, Double.MAX_VALUE))
            .sqlState());
    assertEquals(
        "21000",
        assertThrows(
                DatabaseException.class, () -> single("single_value", SqlType.INTEGER, 1, null))
            .sqlState());
    assertEquals(
        "42883",
        assertThrows(
                DatabaseException.class, () -> Aggregates.resolve("sum", List.of(SqlType.TEXT)))
            .sqlState());
  }

  @Test
  void memoryBeyondTheLimitIsAnError() {
    List<LogicalType> types = List.of(SqlType.INTEGER);
    List<List<Object>> rows = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      rows.add(List.of(i));
    }
    ExecutionContext context =
        ExecutionContext.builder().memory(new MemoryAccount(200_000)).build();
    Operator aggregate =
        new HashAggregate(
            source(types, rows, new Random(1)),
            new int[] {0},
            List.of(AggregateCall.of(Aggregates.resolve("count", List.of()))));
    DatabaseException error =
        assertThrows(DatabaseException.class, () -> drain(aggregate, context));
    assertEquals("53200", error.sqlState());
    assertEquals(DatabaseException.Category.RESOURCE, error.category());
    assertEquals(0, context.memory().reservedBytes());
  }
}
