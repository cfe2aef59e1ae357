package org.facetdb.sql.exec;

import static org.facetdb.sql.exec.OperatorFixture.constant;
import static org.facetdb.sql.exec.OperatorFixture.counts;
import static org.facetdb.sql.exec.OperatorFixture.drain;
import static org.facetdb.sql.exec.OperatorFixture.normal;
import static org.facetdb.sql.exec.OperatorFixture.randomRows;
import static org.facetdb.sql.exec.OperatorFixture.randomSize;
import static org.facetdb.sql.exec.OperatorFixture.randomTypes;
import static org.facetdb.sql.exec.OperatorFixture.rounds;
import static org.facetdb.sql.exec.OperatorFixture.source;
import static org.facetdb.sql.exec.OperatorFixture.where;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.type.SqlType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sort, top-n, limit, distinct, set operations and filters against lists. */
class SortAndSetTest {
  @SuppressWarnings("unchecked")
  private static int compareValues(Object a, Object b) {
    if (a instanceof UUID x && b instanceof UUID y) {
      int high = Long.compareUnsigned(x.getMostSignificantBits(), y.getMostSignificantBits());
      return high != 0
          ? high
          : Long.compareUnsigned(x.getLeastSignificantBits(), y.getLeastSignificantBits());
    }
    if (a instanceof Double || a instanceof Float) {
      return Double.compare(((Number) a).doubleValue() + 0.0, ((Number) b).doubleValue() + 0.0);
    }
    return ((Comparable<Object>) a).compareTo(b);
  }

  private static Comparator<List<Object>> comparator(List<SortKey> keys) {
    return (x, y) -> {
      for (SortKey key : keys) {
        Object a = x.get(key.column());
        Object b = y.get(key.column());
        if (a == null || b == null) {
          if (a != b) {
            return (a == null) == key.nullsFirst() ? -1 : 1;
          }
          continue;
        }
        int result = compareValues(a, b);
        if (result != 0) {
          return key.descending() ? -Integer.signum(result) : result;
        }
      }
      return 0;
    };
  }

  private static List<SortKey> randomKeys(Random random, int columns) {
    List<SortKey> keys = new ArrayList<>();
    for (int i = 0; i < columns; i++) {
      keys.add(new SortKey(i, random.nextBoolean(), random.nextBoolean()));
    }
    return keys;
  }

  private static List<List<Object>> normalised(List<List<Object>> rows) {
    return rows.stream().map(r -> normal(r)).toList();
  }

  @Test
  void sortIsStableAndHonoursEachKey() throws Exception {
    rounds(
        25,
        random -> {
          int keyCount = 1 + random.nextInt(3);
          List<LogicalType> types = new ArrayList<>(randomTypes(random, keyCount));
          types.add(SqlType.INTEGER);
          List<List<Object>> rows =
              randomRows(random, types, randomSize(random, 5000), 1 + random.nextInt(300));
          for (int i = 0; i < rows.size(); i++) {
            rows.get(i).set(keyCount, i);
          }
          List<SortKey> keys = randomKeys(random, keyCount);
          List<List<Object>> expected = new ArrayList<>(rows);
          expected.sort(comparator(keys));
          assertEquals(
              normalised(expected), normalised(drain(new Sort(source(types, rows, random), keys))));
        });
  }

  @Test
  void topNIsThePrefixOfTheSort() throws Exception {
    rounds(
        15,
        random -> {
          List<LogicalType> types = new ArrayList<>(randomTypes(random, 2));
          types.add(SqlType.INTEGER);
          List<List<Object>> rows =
              randomRows(random, types, random.nextInt(40_000), 1 + random.nextInt(1000));
          for (int i = 0; i < rows.size(); i++) {
            rows.get(i).set(2, i);
          }
          List<SortKey> keys = randomKeys(random, 2);
          int offset = random.nextInt(50);
          int limit = random.nextInt(3000);
          List<List<Object>> expected = new ArrayList<>(rows);
          expected.sort(comparator(keys));
          int from = Math.min(offset, rows.size());
          int to = Math.min(from + limit, rows.size());
          assertEquals(
              normalised(expected.subList(from, to)),
              normalised(
                  drain(
                      new TopN(
                          source(types, rows, random),
                          keys,
                          constant(SqlType.INTEGER, offset),
                          constant(SqlType.BIGINT, (long) limit)))));
        });
  }

  @Test
  void limitAndOffsetCutTheInput() throws Exception {
    rounds(
        15,
        random -> {
          List<LogicalType> types = randomTypes(random, 2);
          List<List<Object>> rows = randomRows(random, types, randomSize(random, 5000), 100);
          Integer offset = random.nextInt(4) == 0 ? null : Integer.valueOf(random.nextInt(5000));
          Integer limit = random.nextInt(4) == 0 ? null : Integer.valueOf(random.nextInt(5000));
          int from = Math.min(offset == null ? 0 : offset, rows.size());
          int to = limit == null ? rows.size() : Math.min(from + limit, rows.size());
          assertEquals(
              normalised(rows.subList(from, to)),
              normalised(
                  drain(
                      new Limit(
                          source(types, rows, random),
                          constant(SqlType.INTEGER, offset),
                          constant(SqlType.INTEGER, limit)))));
        });
  }

  @Test
  void negativeLimitsAreErrors() {
    List<LogicalType> types = List.of(SqlType.INTEGER);
    Random random = new Random(1);
    assertEquals(
        "2201W",
        assertThrows(
                DatabaseException.class,
                () ->
                    drain(
                        new Limit(
                            source(types, List.of(), random), null, constant(SqlType.INTEGER, -1))))
            .sqlState());
    assertEquals(
        "2201X",
        assertThrows(
                DatabaseException.class,
                () ->
                    drain(
                        new TopN(
                            source(types, List.of(), random),
                            List.of(SortKey.ascending(0)),
                            constant(SqlType.INTEGER, -1),
                            null)))
            .sqlState());
  }

  @Test
  void distinctKeepsTheFirstOfEqualRows() throws Exception {
    rounds(
        20,
        random -> {
          List<LogicalType> types = randomTypes(random, 1 + random.nextInt(3));
          List<List<Object>> rows =
              randomRows(random, types, randomSize(random, 5000), 1 + random.nextInt(20));
          Map<List<Object>, List<Object>> firsts = new LinkedHashMap<>();
          rows.forEach(row -> firsts.putIfAbsent(normal(row), row));
          assertEquals(
              counts(new ArrayList<>(firsts.values())),
              counts(drain(new Distinct(source(types, rows, random)))));
        });
  }

  @ParameterizedTest
  @EnumSource(SetOperation.Kind.class)
  void setOperationsCountAsMultisets(SetOperation.Kind kind) throws Exception {
    rounds(
        15,
        random -> {
          List<LogicalType> types = randomTypes(random, 1 + random.nextInt(2));
          int domain = 1 + random.nextInt(200);
          List<List<Object>> left = randomRows(random, types, randomSize(random, 5000), domain);
          List<List<Object>> right = randomRows(random, types, randomSize(random, 5000), domain);
          Map<String, Integer> a = counts(left);
          Map<String, Integer> b = counts(right);
          Map<String, Integer> expected = new java.util.TreeMap<>();
          a.forEach(
              (row, n) -> {
                int m = b.getOrDefault(row, 0);
                int count =
                    switch (kind) {
                      case INTERSECT -> m > 0 ? 1 : 0;
                      case INTERSECT_ALL -> Math.min(n, m);
                      case EXCEPT -> m > 0 ? 0 : 1;
                      case EXCEPT_ALL -> Math.max(0, n - m);
                    };
                if (count > 0) {
                  expected.put(row, count);
                }
              });
          assertEquals(
              expected,
              counts(
                  drain(
                      new SetOperation(
                          source(types, left, random), source(types, right, random), kind))));
        });
  }

  @Test
  void unionAllFilterAndProjectPassRowsOn() throws Exception {
    rounds(
        10,
        random -> {
          List<LogicalType> types = List.of(SqlType.INTEGER, SqlType.TEXT);
          List<List<Object>> left = randomRows(random, types, randomSize(random, 5000), 50);
          List<List<Object>> right = randomRows(random, types, randomSize(random, 5000), 50);
          List<List<Object>> expected = new ArrayList<>();
          for (List<Object> row : left) {
            addIfBig(expected, row);
          }
          for (List<Object> row : right) {
            addIfBig(expected, row);
          }
          Operator union =
              new UnionAll(List.of(source(types, left, random), source(types, right, random)));
          Operator filter =
              new Filter(
                  union,
                  where(
                      (batch, row) -> batch.column(0).valueAt(row) instanceof Integer i && i > 9));
          Operator project =
              new Project(
                  filter,
                  List.of((batch, _) -> batch.column(1), constant(SqlType.BIGINT, 5L)),
                  List.of(SqlType.TEXT, SqlType.BIGINT));
          assertEquals(expected, drain(project));
        });
  }

  private static void addIfBig(List<List<Object>> expected, List<Object> row) {
    if (row.get(0) != null && (Integer) row.get(0) > 9) {
      expected.add(java.util.Arrays.asList(row.get(1), 5L));
    }
  }

  @Test
  void valuesGiveTheirRows() {
    List<LogicalType> types = List.of(SqlType.INTEGER, SqlType.TEXT);
    List<List<Object>> rows = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      rows.add(java.util.Arrays.asList(i % 7 == 0 ? null : i, "row " + i));
    }
    assertEquals(rows, drain(Values.ofConstants(types, rows)));
    assertEquals(
        List.of(List.of(), List.of()),
        drain(Values.ofConstants(List.of(), List.of(List.of(), List.of()))));
  }

  @Test
  void cancellationStopsLongLoopsSoon() throws Exception {
    List<LogicalType> types = List.of(SqlType.INTEGER);
    List<List<Object>> rows = randomRows(new Random(1), types, 20_000, 1_000_000);
    CancellationToken token = new CancellationToken();
    ExecutionContext context = ExecutionContext.builder().cancellation(token).build();
    Operator join =
        new NestedLoopJoin(
            source(types, rows, new Random(1)),
            source(types, rows, new Random(2)),
            JoinKind.INNER,
            where((_, _) -> false));
    long[] cancelledAt = new long[1];
    Thread canceller =
        new Thread(
            () -> {
              try {
                Thread.sleep(100);
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              cancelledAt[0] = System.nanoTime();
              token.cancel();
            });
    canceller.start();
    DatabaseException error = assertThrows(DatabaseException.class, () -> drain(join, context));
    long millis = (System.nanoTime() - cancelledAt[0]) / 1_000_000;
    canceller.join();
    assertEquals("57014", error.sqlState());
    assertTrue(millis < 1000, "stopped late: millis=" + millis);
  }
}
