package org.facetdb.sql.exec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.DecimalVector;
import org.facetdb.spi.type.IntVector;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.LongVector;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.type.SqlType;

/**
 * Times of the operators alone, over batches that lie ready: a program to run by hand, printing
 * medians. Rows as TPC-H's lineitem at scale 0.1 has them.
 */
final class OperatorTimings {
  private static final int ROWS = 600_000;

  private OperatorTimings() {}

  public static void main(String[] arguments) {
    List<Batch> lineitem = lineitem(new Random(42));
    report("Q1: 2 keys, 8 aggregates", ROWS, () -> q1(lineitem));
    report("Q6: filter, sum", ROWS, () -> q6(lineitem));
    List<Batch> probe = keys(new Random(1), ROWS, 150_000);
    List<Batch> build = keys(null, 150_000, 150_000);
    report(
        "hash join, build 150k unique, probe 600k",
        ROWS,
        () ->
            new HashJoin(
                new Ready(TYPES_KEYS, probe),
                new Ready(TYPES_KEYS, build),
                JoinKind.INNER,
                new int[] {0},
                new int[] {0},
                null));
    report(
        "sort by one bigint",
        ROWS,
        () -> new Sort(new Ready(TYPES_KEYS, probe), List.of(SortKey.ascending(0))));
    report(
        "group by bigint, 150k groups",
        ROWS,
        () ->
            new HashAggregate(
                new Ready(TYPES_KEYS, probe),
                new int[] {0},
                List.of(AggregateCall.of(Aggregates.resolve("sum", List.of(SqlType.BIGINT)), 1))));
  }

  private static final List<LogicalType> TYPES_KEYS = List.of(SqlType.BIGINT, SqlType.BIGINT);

  private static final List<LogicalType> LINEITEM =
      List.of(
          SqlType.TEXT,
          SqlType.TEXT,
          SqlType.NUMERIC,
          SqlType.NUMERIC,
          SqlType.NUMERIC,
          SqlType.NUMERIC,
          SqlType.NUMERIC,
          SqlType.DATE);

  private static final class Ready extends AbstractOperator {
    private final List<Batch> batches;
    private int position;

    Ready(List<LogicalType> types, List<Batch> batches) {
      super(types);
      this.batches = batches;
    }

    @Override
    protected Batch produce() {
      return position == batches.size() ? null : batches.get(position++);
    }
  }

  private static List<Batch> lineitem(Random random) {
    List<Batch> batches = new ArrayList<>();
    byte[] flags = "ANRFO".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    for (int at = 0; at < ROWS; at += Batch.CAPACITY) {
      int count = Math.min(Batch.CAPACITY, ROWS - at);
      Vector[] columns = Vectors.create(LINEITEM, Batch.CAPACITY);
      for (int c = 2; c < 7; c++) {
        ((DecimalVector) columns[c]).startFast(c < 5 ? 2 : c - 1);
      }
      for (int i = 0; i < count; i++) {
        ((BytesVector) columns[0]).set(i, flags, random.nextInt(3), 1);
        ((BytesVector) columns[1]).set(i, flags, 3 + random.nextInt(2), 1);
        long price = 100_000 + random.nextInt(9_000_000);
        long discount = random.nextInt(11);
        ((DecimalVector) columns[2]).unscaled()[i] = 100 * (1 + random.nextInt(50));
        ((DecimalVector) columns[3]).unscaled()[i] = price;
        ((DecimalVector) columns[4]).unscaled()[i] = discount;
        ((DecimalVector) columns[5]).unscaled()[i] = price * (100 - discount);
        ((DecimalVector) columns[6]).unscaled()[i] = price * (100 - discount) * 104;
        ((IntVector) columns[7]).values()[i] = 8000 + random.nextInt(2500);
      }
      batches.add(new Batch(columns, count));
    }
    return batches;
  }

  private static List<Batch> keys(Random random, int rows, int domain) {
    List<Batch> batches = new ArrayList<>();
    for (int at = 0; at < rows; at += Batch.CAPACITY) {
      int count = Math.min(Batch.CAPACITY, rows - at);
      Vector[] columns = Vectors.create(TYPES_KEYS, Batch.CAPACITY);
      for (int i = 0; i < count; i++) {
        ((LongVector) columns[0]).values()[i] = random == null ? at + i : random.nextInt(domain);
        ((LongVector) columns[1]).values()[i] = i;
      }
      batches.add(new Batch(columns, count));
    }
    return batches;
  }

  private static Operator q1(List<Batch> batches) {
    AggregateFunction sum = Aggregates.resolve("sum", List.of(SqlType.NUMERIC));
    AggregateFunction average = Aggregates.resolve("avg", List.of(SqlType.NUMERIC));
    Operator filter =
        new Filter(
            new Ready(LINEITEM, batches),
            (batch, _, out) -> {
              int[] dates = ((IntVector) batch.column(7)).values();
              int n = 0;
              for (int i = 0; i < batch.rowCount(); i++) {
                out[n] = i;
                n += dates[i] <= 10_470 ? 1 : 0;
              }
              return n;
            });
    return new HashAggregate(
        filter,
        new int[] {0, 1},
        List.of(
            AggregateCall.of(sum, 2),
            AggregateCall.of(sum, 3),
            AggregateCall.of(sum, 5),
            AggregateCall.of(sum, 6),
            AggregateCall.of(average, 2),
            AggregateCall.of(average, 3),
            AggregateCall.of(average, 4),
            AggregateCall.of(Aggregates.resolve("count", List.of()))));
  }

  private static Operator q6(List<Batch> batches) {
    Operator filter =
        new Filter(
            new Ready(LINEITEM, batches),
            (batch, _, out) -> {
              int[] dates = ((IntVector) batch.column(7)).values();
              long[] discounts = ((DecimalVector) batch.column(4)).unscaled();
              long[] quantities = ((DecimalVector) batch.column(2)).unscaled();
              int n = 0;
              for (int i = 0; i < batch.rowCount(); i++) {
                out[n] = i;
                n +=
                    dates[i] >= 8766
                            & dates[i] < 9131
                            & discounts[i] >= 5
                            & discounts[i] <= 7
                            & quantities[i] < 2400
                        ? 1
                        : 0;
              }
              return n;
            });
    return new HashAggregate(
        filter,
        new int[0],
        List.of(AggregateCall.of(Aggregates.resolve("sum", List.of(SqlType.NUMERIC)), 5)));
  }

  private static void report(String name, int rows, Supplier<Operator> supplier) {
    double[] millis = new double[15];
    long found = 0;
    for (int round = -10; round < millis.length; round++) {
      long start = System.nanoTime();
      found = 0;
      try (Operator operator = supplier.get()) {
        operator.open(OperatorFixture.context());
        Batch batch;
        while ((batch = operator.next()) != null) {
          found += batch.selectedCount();
        }
      }
      if (round >= 0) {
        millis[round] = (System.nanoTime() - start) / 1e6;
      }
    }
    Arrays.sort(millis);
    double median = millis[millis.length / 2];
    System.out.printf(
        "%-45s %8.2f ms %6.1f ns/row (%d rows out)%n", name, median, median * 1e6 / rows, found);
  }
}
