package org.facetdb.sql.exec;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiPredicate;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.Interval;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.expr.VectorExpression;
import org.facetdb.sql.expr.VectorPredicate;
import org.facetdb.sql.type.SqlType;

/** Random tables, sources that give them out in awkward batches, and rows in comparable form. */
final class OperatorFixture {
  private OperatorFixture() {}

  interface Round {
    void run(Random random) throws Exception;
  }

  /** Runs rounds with fresh seeds; a failure names the seed that replays it. */
  static void rounds(int count, Round round) throws Exception {
    String fixed = System.getProperty("facetdb.seed");
    for (int i = 0; i < (fixed == null ? count : 1); i++) {
      long seed = fixed == null ? System.nanoTime() * 31 + i : Long.parseLong(fixed);
      try {
        round.run(new Random(seed));
      } catch (Throwable e) {
        throw new AssertionError("replay with -Dfacetdb.seed=" + seed, e);
      }
    }
  }

  static final List<SqlType> TYPES =
      List.of(
          SqlType.INTEGER,
          SqlType.BIGINT,
          SqlType.NUMERIC,
          SqlType.TEXT,
          SqlType.DOUBLE,
          SqlType.BOOLEAN,
          SqlType.DATE,
          SqlType.UUID,
          SqlType.INTERVAL,
          SqlType.SMALLINT,
          SqlType.REAL);

  static List<LogicalType> randomTypes(Random random, int count) {
    List<LogicalType> types = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      types.add(TYPES.get(random.nextInt(TYPES.size())));
    }
    return types;
  }

  /** A value among about {@code domain} many, null in one of eight. */
  static Object randomValue(Random random, LogicalType type, int domain) {
    if (random.nextInt(8) == 0) {
      return null;
    }
    int n = random.nextInt(domain);
    return switch (SqlType.require(type).kind()) {
      case INTEGER -> n % 3 == 0 ? -n * 1_000_003 : n;
      case SMALLINT -> (short) (n - domain / 2);
      case BIGINT -> n % 4 == 0 ? Long.MAX_VALUE - n : (long) n - domain / 2;
      case NUMERIC ->
          n % 5 == 0
              ? new BigDecimal("12345678901234567890123").add(BigDecimal.valueOf(n))
              : BigDecimal.valueOf(n * (n % 2 == 0 ? 10L : 1L), n % 2 == 0 ? 3 : 2);
      case TEXT -> n % 3 == 0 ? "a long string with number " + n : "s" + n;
      case DOUBLE -> n % 7 == 0 ? -0.0 : n / 4.0 - 3;
      case REAL -> n / 4.0f - 3;
      case BOOLEAN -> n % 2 == 0;
      case DATE -> LocalDate.of(1969, 12, 1).plusDays(n);
      case UUID -> new UUID(n % 2 == 0 ? -n : n, n);
      case INTERVAL -> new Interval(n % 3, n, n * 1000L);
      default -> throw new IllegalStateException(type.name());
    };
  }

  static List<List<Object>> randomRows(
      Random random, List<LogicalType> types, int count, int domain) {
    List<List<Object>> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Object> row = new ArrayList<>();
      for (LogicalType type : types) {
        row.add(randomValue(random, type, domain));
      }
      rows.add(row);
    }
    return rows;
  }

  /** Sizes around the batch boundaries and small ones. */
  static int randomSize(Random random, int most) {
    int[] sizes = {0, 1, 2, 17, 100, 300, 2047, 2048, 2049, 5000};
    return Math.min(most, sizes[random.nextInt(sizes.length)]);
  }

  /**
   * A source that reuses its vectors, so that an operator which keeps them is caught, and hides the
   * rows behind selections now and then.
   */
  static Operator source(List<LogicalType> types, List<List<Object>> rows, Random random) {
    return new AbstractOperator(types) {
      private final Batch batch = new Batch(Vectors.create(types, Batch.CAPACITY));
      private final int[] selection = new int[Batch.CAPACITY];
      private int position;

      @Override
      protected Batch produce() {
        if (position == rows.size()) {
          return null;
        }
        for (Vector column : batch.columns()) {
          column.reset();
        }
        boolean gaps = random.nextInt(3) == 0;
        int most = random.nextBoolean() ? Batch.CAPACITY : 1 + random.nextInt(Batch.CAPACITY);
        int physical = 0;
        int selected = 0;
        while (physical < most && position < rows.size()) {
          boolean hidden = gaps && random.nextInt(3) == 0;
          List<Object> row = hidden ? rows.get(0) : rows.get(position++);
          for (int c = 0; c < types.size(); c++) {
            batch.column(c).set(physical, row.get(c));
          }
          if (!hidden) {
            selection[selected++] = physical;
          }
          physical++;
        }
        batch.setRows(physical);
        if (selected < physical) {
          if (selected == 0) {
            return produce();
          }
          batch.setSelection(selection, selected);
        }
        return batch;
      }
    };
  }

  static ExecutionContext context() {
    return ExecutionContext.builder().build();
  }

  static List<List<Object>> drain(Operator operator) {
    return drain(operator, context());
  }

  /** All rows; checks that the operator keeps its promises about batches and memory. */
  static List<List<Object>> drain(Operator operator, ExecutionContext context) {
    List<List<Object>> rows = new ArrayList<>();
    try (operator) {
      operator.open(context);
      Batch batch;
      while ((batch = operator.next()) != null) {
        if (batch.selectedCount() == 0 || batch.columnCount() != operator.types().size()) {
          throw new AssertionError(
              "rows=" + batch.selectedCount() + " columns=" + batch.columnCount());
        }
        for (int k = 0; k < batch.selectedCount(); k++) {
          List<Object> row = new ArrayList<>();
          for (int c = 0; c < batch.columnCount(); c++) {
            row.add(batch.column(c).valueAt(batch.row(k)));
          }
          rows.add(row);
        }
      }
      if (operator.next() != null) {
        throw new AssertionError("rows after the end");
      }
    }
    if (context.memory().reservedBytes() != 0) {
      throw new AssertionError("memory kept: bytes=" + context.memory().reservedBytes());
    }
    return rows;
  }

  /** A value such that equal SQL values are equal objects. */
  static Object normal(Object value) {
    return switch (value) {
      case BigDecimal d -> d.signum() == 0 ? BigDecimal.ZERO : d.stripTrailingZeros();
      case Double d -> d + 0.0;
      case Interval i ->
          List.of(
              Interval.wholeDays(i.months(), i.days(), i.micros()),
              Interval.restMicros(i.micros()));
      case null -> "null";
      default -> value;
    };
  }

  static List<Object> normal(List<Object> row) {
    return row.stream().map(OperatorFixture::normal).toList();
  }

  /** How often each row occurs, in a form that prints and compares well. */
  static Map<String, Integer> counts(List<List<Object>> rows) {
    Map<String, Integer> counts = new TreeMap<>();
    for (List<Object> row : rows) {
      counts.merge(normal(row).toString(), 1, Integer::sum);
    }
    return counts;
  }

  /** A condition over boxed rows. */
  static VectorPredicate where(BiPredicate<Batch, Integer> condition) {
    return (batch, _, out) -> {
      int count = 0;
      for (int k = 0; k < batch.selectedCount(); k++) {
        int row = batch.row(k);
        if (condition.test(batch, row)) {
          out[count++] = row;
        }
      }
      return count;
    };
  }

  static VectorExpression constant(SqlType type, Object value) {
    return (batch, _) -> {
      Vector vector = Vector.create(type);
      for (int i = 0; i < batch.rowCount(); i++) {
        vector.set(i, value);
      }
      return vector;
    };
  }

  static List<Object> joined(List<Object> left, List<Object> right) {
    List<Object> row = new ArrayList<>(left);
    row.addAll(right);
    return row;
  }

  static List<Object> nulls(int count) {
    return new ArrayList<>(Arrays.asList(new Object[count]));
  }
}
