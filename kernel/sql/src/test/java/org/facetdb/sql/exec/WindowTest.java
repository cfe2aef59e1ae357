package org.facetdb.sql.exec;

import static org.facetdb.sql.exec.OperatorFixture.constant;
import static org.facetdb.sql.exec.OperatorFixture.counts;
import static org.facetdb.sql.exec.OperatorFixture.drain;
import static org.facetdb.sql.exec.OperatorFixture.randomRows;
import static org.facetdb.sql.exec.OperatorFixture.randomSize;
import static org.facetdb.sql.exec.OperatorFixture.rounds;
import static org.facetdb.sql.exec.OperatorFixture.source;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.exec.WindowCall.Function;
import org.facetdb.sql.exec.WindowFrame.Bound;
import org.facetdb.sql.exec.WindowFrame.BoundKind;
import org.facetdb.sql.type.SqlType;
import org.junit.jupiter.api.Test;

/** Window functions against loops over sorted lists. Columns: partition, order, row number. */
class WindowTest {
  private static final List<LogicalType> TYPES =
      List.of(SqlType.TEXT, SqlType.INTEGER, SqlType.INTEGER);
  private static final List<SortKey> ORDER = List.of(SortKey.ascending(1));

  private static WindowCall call(Function function, SqlType type, Integer... arguments) {
    return new WindowCall(function, null, List.of(arguments), type, WindowFrame.DEFAULT);
  }

  private static WindowCall sum(WindowFrame frame) {
    AggregateFunction sum = Aggregates.resolve("sum", List.of(SqlType.INTEGER));
    return new WindowCall(Function.AGGREGATE, sum, List.of(2), SqlType.BIGINT, frame);
  }

  private static Bound bound(BoundKind kind, int offset) {
    boolean counted = kind == BoundKind.PRECEDING || kind == BoundKind.FOLLOWING;
    return new Bound(kind, counted ? constant(SqlType.INTEGER, offset) : null);
  }

  private static Map<Object, List<List<Object>>> partitions(List<List<Object>> rows) {
    Map<Object, List<List<Object>>> partitions = new LinkedHashMap<>();
    rows.forEach(
        row ->
            partitions
                .computeIfAbsent(Objects.toString(row.get(0)), _ -> new ArrayList<>())
                .add(row));
    Comparator<List<Object>> order =
        Comparator.comparing(
            row -> (Integer) row.get(1), Comparator.nullsLast(Comparator.naturalOrder()));
    partitions.values().forEach(partition -> partition.sort(order));
    return partitions;
  }

  private static List<List<Object>> randomTable(Random random) {
    List<List<Object>> rows =
        randomRows(random, TYPES, randomSize(random, 2049), 1 + random.nextInt(30));
    for (int i = 0; i < rows.size(); i++) {
      rows.get(i).set(2, i);
    }
    return rows;
  }

  @Test
  void ranksCountRowsAndPeers() throws Exception {
    rounds(
        8,
        random -> {
          List<List<Object>> rows = randomTable(random);
          List<List<Object>> expected = new ArrayList<>();
          for (List<List<Object>> partition : partitions(rows).values()) {
            long rank = 0;
            long dense = 0;
            for (int i = 0; i < partition.size(); i++) {
              List<Object> row = new ArrayList<>(partition.get(i));
              Object order = row.get(1);
              if (i == 0 || !Objects.equals(order, partition.get(i - 1).get(1))) {
                rank = i + 1;
                dense++;
              }
              row.addAll(List.of(i + 1L, rank, dense));
              row.add(i < 2 ? -1 : partition.get(i - 2).get(2));
              row.add(i + 1 < partition.size() ? partition.get(i + 1).get(2) : null);
              expected.add(row);
            }
          }
          Operator numbered =
              new Project(
                  source(TYPES, rows, random),
                  List.of(
                      (b, _) -> b.column(0),
                      (b, _) -> b.column(1),
                      (b, _) -> b.column(2),
                      constant(SqlType.INTEGER, 2),
                      constant(SqlType.INTEGER, -1)),
                  List.of(
                      SqlType.TEXT,
                      SqlType.INTEGER,
                      SqlType.INTEGER,
                      SqlType.INTEGER,
                      SqlType.INTEGER));
          Operator window =
              new Window(
                  numbered,
                  new int[] {0},
                  ORDER,
                  List.of(
                      call(Function.ROW_NUMBER, SqlType.BIGINT),
                      call(Function.RANK, SqlType.BIGINT),
                      call(Function.DENSE_RANK, SqlType.BIGINT),
                      call(Function.LAG, SqlType.INTEGER, 2, 3, 4),
                      call(Function.LEAD, SqlType.INTEGER, 2)));
          List<List<Object>> actual = drain(window);
          actual.forEach(row -> row.subList(3, 5).clear());
          assertEquals(counts(expected), counts(actual));
        });
  }

  @Test
  void framesBoundAggregatesAndValues() throws Exception {
    rounds(
        20,
        random -> {
          List<List<Object>> rows = randomTable(random);
          boolean byRows = random.nextBoolean();
          BoundKind[] starts =
              byRows
                  ? new BoundKind[] {
                    BoundKind.UNBOUNDED_PRECEDING,
                    BoundKind.PRECEDING,
                    BoundKind.CURRENT_ROW,
                    BoundKind.FOLLOWING
                  }
                  : new BoundKind[] {BoundKind.UNBOUNDED_PRECEDING, BoundKind.CURRENT_ROW};
          BoundKind[] ends =
              byRows
                  ? new BoundKind[] {
                    BoundKind.PRECEDING,
                    BoundKind.CURRENT_ROW,
                    BoundKind.FOLLOWING,
                    BoundKind.UNBOUNDED_FOLLOWING
                  }
                  : new BoundKind[] {BoundKind.CURRENT_ROW, BoundKind.UNBOUNDED_FOLLOWING};
          BoundKind start = starts[random.nextInt(starts.length)];
          BoundKind end = ends[random.nextInt(ends.length)];
          int startOffset = random.nextInt(4);
          int endOffset = random.nextInt(4);
          WindowFrame frame =
              new WindowFrame(byRows, bound(start, startOffset), bound(end, endOffset));
          List<List<Object>> expected = new ArrayList<>();
          for (List<List<Object>> partition : partitions(rows).values()) {
            for (int i = 0; i < partition.size(); i++) {
              List<Object> row = new ArrayList<>(partition.get(i));
              int from = startOf(partition, i, start, startOffset, byRows);
              int to = Math.max(from, endOf(partition, i, end, endOffset, byRows));
              Long sum = null;
              for (int j = from; j < to; j++) {
                sum = (sum == null ? 0 : sum) + (Integer) partition.get(j).get(2);
              }
              row.add(sum);
              row.add(from < to ? partition.get(from).get(2) : null);
              row.add(from < to ? partition.get(to - 1).get(2) : null);
              expected.add(row);
            }
          }
          Operator window =
              new Window(
                  source(TYPES, rows, random),
                  new int[] {0},
                  ORDER,
                  List.of(
                      sum(frame),
                      new WindowCall(
                          Function.FIRST_VALUE, null, List.of(2), SqlType.INTEGER, frame),
                      new WindowCall(
                          Function.LAST_VALUE, null, List.of(2), SqlType.INTEGER, frame)));
          assertEquals(counts(expected), counts(drain(window)));
        });
  }

  private static int startOf(
      List<List<Object>> partition, int i, BoundKind kind, int offset, boolean byRows) {
    int start =
        switch (kind) {
          case PRECEDING -> i - offset;
          case FOLLOWING -> i + offset;
          case CURRENT_ROW -> {
            int s = i;
            while (!byRows
                && s > 0
                && Objects.equals(partition.get(s - 1).get(1), partition.get(i).get(1))) {
              s--;
            }
            yield s;
          }
          default -> 0;
        };
    return Math.clamp(start, 0, partition.size());
  }

  private static int endOf(
      List<List<Object>> partition, int i, BoundKind kind, int offset, boolean byRows) {
    int end =
        switch (kind) {
          case PRECEDING -> i - offset + 1;
          case FOLLOWING -> i + offset + 1;
          case CURRENT_ROW -> {
            int e = i + 1;
            while (!byRows
                && e < partition.size()
                && Objects.equals(partition.get(e).get(1), partition.get(i).get(1))) {
              e++;
            }
            yield e;
          }
          default -> partition.size();
        };
    return Math.clamp(end, 0, partition.size());
  }

  @Test
  void ntileSpreadsRowsEvenly() {
    List<LogicalType> types = List.of(SqlType.INTEGER);
    List<List<Object>> rows = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      rows.add(new ArrayList<>(List.of(3)));
    }
    Operator window =
        new Window(
            source(types, rows, new Random(1)),
            new int[0],
            List.of(),
            List.of(call(Function.NTILE, SqlType.INTEGER, 0)));
    assertEquals(
        List.of(1, 1, 1, 2, 2, 3, 3), drain(window).stream().map(row -> row.get(1)).toList());
  }

  @Test
  void negativeOffsetsAreErrors() {
    WindowFrame frame =
        new WindowFrame(true, bound(BoundKind.PRECEDING, -1), bound(BoundKind.CURRENT_ROW, 0));
    List<List<Object>> rows = new ArrayList<>();
    rows.add(new ArrayList<>(List.of("a", 1, 1)));
    Operator window =
        new Window(source(TYPES, rows, new Random(1)), new int[] {0}, ORDER, List.of(sum(frame)));
    assertEquals("22013", assertThrows(DatabaseException.class, () -> drain(window)).sqlState());
  }
}
