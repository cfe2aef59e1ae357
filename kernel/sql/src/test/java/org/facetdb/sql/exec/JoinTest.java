package org.facetdb.sql.exec;

import static org.facetdb.sql.exec.OperatorFixture.counts;
import static org.facetdb.sql.exec.OperatorFixture.drain;
import static org.facetdb.sql.exec.OperatorFixture.joined;
import static org.facetdb.sql.exec.OperatorFixture.normal;
import static org.facetdb.sql.exec.OperatorFixture.nulls;
import static org.facetdb.sql.exec.OperatorFixture.randomRows;
import static org.facetdb.sql.exec.OperatorFixture.randomSize;
import static org.facetdb.sql.exec.OperatorFixture.randomTypes;
import static org.facetdb.sql.exec.OperatorFixture.rounds;
import static org.facetdb.sql.exec.OperatorFixture.source;
import static org.facetdb.sql.exec.OperatorFixture.where;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.expr.VectorPredicate;
import org.facetdb.sql.type.SqlType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every join against brute force over boxed rows. */
class JoinTest {
  private record Tables(
      List<LogicalType> types,
      List<List<Object>> left,
      List<List<Object>> right,
      int keys,
      boolean residual) {
    static Tables random(Random random, int mostRows) {
      int keys = 1 + random.nextInt(3);
      List<LogicalType> types = new ArrayList<>(randomTypes(random, keys));
      types.add(SqlType.INTEGER);
      types.add(SqlType.TEXT);
      int domain = 1 + random.nextInt(40);
      return new Tables(
          types,
          randomRows(random, types, randomSize(random, mostRows), domain),
          randomRows(random, types, randomSize(random, mostRows / 2), domain),
          keys,
          random.nextBoolean());
    }

    VectorPredicate residualPredicate() {
      int width = types.size();
      return residual
          ? where(
              (batch, row) -> {
                Object a = batch.column(keys).valueAt(row);
                Object b = batch.column(width + keys).valueAt(row);
                return residualHolds(a, b);
              })
          : null;
    }

    /** TRUE, FALSE, or null for unknown: all keys equal. */
    Boolean keysEqual(List<Object> a, List<Object> b) {
      Boolean result = true;
      for (int i = 0; i < keys; i++) {
        if (a.get(i) == null || b.get(i) == null) {
          result = result == null || result ? null : result;
        } else if (!normal(a.get(i)).equals(normal(b.get(i)))) {
          return false;
        }
      }
      return result;
    }

    boolean residualTrue(List<Object> a, List<Object> b) {
      return !residual || residualHolds(a.get(keys), b.get(keys));
    }
  }

  private static boolean residualHolds(Object a, Object b) {
    return a != null && b != null && (Integer) a <= (Integer) b;
  }

  private static List<List<Object>> expected(Tables t, JoinKind kind) {
    List<List<Object>> rows = new ArrayList<>();
    boolean[] rightMatched = new boolean[t.right.size()];
    int width = t.types.size();
    for (List<Object> a : t.left) {
      boolean matched = false;
      for (int j = 0; j < t.right.size(); j++) {
        List<Object> b = t.right.get(j);
        Boolean equal = t.keysEqual(a, b);
        boolean hit =
            t.residualTrue(a, b)
                && (kind == JoinKind.NULL_AWARE_ANTI
                    ? !Boolean.FALSE.equals(equal)
                    : Boolean.TRUE.equals(equal));
        if (hit) {
          matched = true;
          rightMatched[j] = true;
          if (!kind.leftOnly()) {
            rows.add(joined(a, b));
          }
        }
      }
      if (kind.leftOnly() ? matched == (kind == JoinKind.SEMI) : !matched && kind.keepsLeft()) {
        rows.add(kind.leftOnly() ? a : joined(a, nulls(width)));
      }
    }
    for (int j = 0; j < t.right.size(); j++) {
      if (kind.keepsRight() && !rightMatched[j]) {
        rows.add(joined(nulls(width), t.right.get(j)));
      }
    }
    return rows;
  }

  @ParameterizedTest
  @EnumSource(JoinKind.class)
  void hashJoinAgreesWithBruteForce(JoinKind kind) throws Exception {
    rounds(
        12,
        random -> {
          Tables t = Tables.random(random, random.nextInt(4) == 0 ? 2100 : 300);
          int[] keys = new int[t.keys];
          Arrays.setAll(keys, i -> i);
          Operator join =
              new HashJoin(
                  source(t.types, t.left, random),
                  source(t.types, t.right, random),
                  kind,
                  keys,
                  keys,
                  t.residualPredicate());
          assertEquals(counts(expected(t, kind)), counts(drain(join)));
        });
  }

  @ParameterizedTest
  @EnumSource(JoinKind.class)
  void hashJoinOnUniqueKeysAgreesWithBruteForce(JoinKind kind) throws Exception {
    rounds(
        5,
        random -> {
          List<LogicalType> types = List.of(SqlType.INTEGER, SqlType.INTEGER, SqlType.TEXT);
          List<List<Object>> right = new ArrayList<>();
          int size = randomSize(random, 3000);
          for (int i = 0; i < size; i++) {
            right.add(Arrays.asList(i * 2, i, "row " + i));
          }
          Tables t =
              new Tables(
                  types,
                  randomRows(random, types, randomSize(random, 1500), 3000),
                  right,
                  1,
                  false);
          Operator join =
              new HashJoin(
                  source(types, t.left, random),
                  source(types, right, random),
                  kind,
                  new int[] {0},
                  new int[] {0},
                  null);
          assertEquals(counts(expected(t, kind)), counts(drain(join)));
        });
  }

  @ParameterizedTest
  @EnumSource(value = JoinKind.class, mode = EnumSource.Mode.EXCLUDE, names = "NULL_AWARE_ANTI")
  void nestedLoopAgreesWithBruteForce(JoinKind kind) throws Exception {
    rounds(
        15,
        random -> {
          Tables t = Tables.random(random, 300);
          int width = t.types.size();
          VectorPredicate residual = t.residualPredicate();
          VectorPredicate condition =
              where(
                  (batch, row) -> {
                    List<Object> a = new ArrayList<>();
                    List<Object> b = new ArrayList<>();
                    for (int i = 0; i < width; i++) {
                      a.add(batch.column(i).valueAt(row));
                      b.add(batch.column(width + i).valueAt(row));
                    }
                    return Boolean.TRUE.equals(t.keysEqual(a, b)) && t.residualTrue(a, b);
                  });
          assertEquals(residual != null, t.residual);
          Operator join =
              new NestedLoopJoin(
                  source(t.types, t.left, random),
                  source(t.types, t.right, random),
                  kind,
                  condition);
          assertEquals(counts(expected(t, kind)), counts(drain(join)));
        });
  }

  @Test
  void crossJoinPairsEverything() throws Exception {
    rounds(
        5,
        random -> {
          List<LogicalType> types = List.of(SqlType.INTEGER);
          List<List<Object>> left = randomRows(random, types, randomSize(random, 300), 20);
          List<List<Object>> right = randomRows(random, types, randomSize(random, 2100), 20);
          List<List<Object>> rows =
              drain(
                  new NestedLoopJoin(
                      source(types, left, random),
                      source(types, right, random),
                      JoinKind.INNER,
                      null));
          List<List<Object>> all = new ArrayList<>();
          left.forEach(a -> right.forEach(b -> all.add(joined(a, b))));
          assertEquals(counts(all), counts(rows));
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"INNER", "LEFT", "SEMI", "ANTI"})
  void correlateRunsTheInnerSideForEachOuterRow(JoinKind kind) throws Exception {
    rounds(
        10,
        random -> {
          Tables random3 = Tables.random(random, 200);
          Tables t = new Tables(random3.types, random3.left, random3.right, random3.keys, false);
          int width = t.types.size();
          ExecutionContext context = OperatorFixture.context();
          Operator join =
              new Correlate(
                  source(t.types, t.left, random),
                  () ->
                      new Filter(
                          source(t.types, t.right, random),
                          (batch, running, out) -> {
                            int count = 0;
                            for (int k = 0; k < batch.selectedCount(); k++) {
                              boolean equal = true;
                              for (int i = 0; i < t.keys; i++) {
                                Object outer = running.correlationValue(7, i);
                                Object inner = batch.column(i).valueAt(batch.row(k));
                                equal &=
                                    outer != null
                                        && inner != null
                                        && normal(outer).equals(normal(inner));
                              }
                              if (equal) {
                                out[count++] = batch.row(k);
                              }
                            }
                            return count;
                          }),
                  t.types,
                  7,
                  java.util.stream.IntStream.range(0, width).toArray(),
                  kind);
          assertEquals(counts(expected(t, kind)), counts(drain(join, context)));
        });
  }
}
