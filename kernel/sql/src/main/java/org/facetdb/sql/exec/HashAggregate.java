package org.facetdb.sql.exec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.Vector;
import org.jspecify.annotations.Nullable;

/**
 * GROUP BY: one row per distinct key, with the keys first and then the aggregates. Without key
 * columns one row always, also over no input. With grouping sets, one such result per set, in which
 * the keys outside the set are null.
 *
 * <p>Bound: groups are kept in memory (53200 beyond the limit; no spilling yet).
 */
public final class HashAggregate extends AbstractOperator {
  private final Operator input;
  private final int[] keyColumns;
  private final List<AggregateCall> calls;
  private final List<int[]> groupingSets;
  private final List<Grouping> groupings = new ArrayList<>();
  private final Batch output;
  private boolean consumed;
  private int current;
  private int position;

  /** A grouping by input columns, which may be none. */
  public HashAggregate(Operator input, int[] keyColumns, List<AggregateCall> calls) {
    this(input, keyColumns, calls, List.of(allOf(keyColumns.length)));
  }

  /**
   * A grouping by several sets of keys.
   *
   * @param groupingSets each a list of indexes into {@code keyColumns}
   */
  public HashAggregate(
      Operator input, int[] keyColumns, List<AggregateCall> calls, List<int[]> groupingSets) {
    super(outputTypes(input, keyColumns, calls), input);
    this.input = input;
    this.keyColumns = keyColumns.clone();
    this.calls = List.copyOf(calls);
    this.groupingSets = List.copyOf(groupingSets);
    this.output = new Batch(new Vector[types().size()]);
  }

  private static int[] allOf(int count) {
    int[] all = new int[count];
    Arrays.setAll(all, i -> i);
    return all;
  }

  private static List<LogicalType> outputTypes(
      Operator input, int[] keyColumns, List<AggregateCall> calls) {
    return Stream.concat(
            Arrays.stream(keyColumns).mapToObj(input.types()::get),
            calls.stream().map(call -> call.function().resultType()))
        .toList();
  }

  /** One grouping set: the ids of its keys and the states of its groups. */
  private final class Grouping {
    final int[] set;
    final @Nullable KeyTable table;
    final List<AggregateRunner> runners = new ArrayList<>();
    final Vector[] keys;
    final int[] ids = new int[Batch.CAPACITY];

    Grouping(int[] set) {
      this.set = set;
      this.keys = new Vector[set.length];
      for (AggregateCall call : calls) {
        runners.add(new AggregateRunner(call, input.types(), memory()));
      }
      if (set.length == 0) {
        table = null;
        runners.forEach(runner -> runner.ensureGroups(1));
      } else {
        List<LogicalType> keyTypes =
            Arrays.stream(set).mapToObj(i -> input.types().get(keyColumns[i])).toList();
        table = new KeyTable(keyTypes, true, memory());
      }
    }

    int size() {
      return table == null ? 1 : table.size();
    }

    void add(Batch batch) {
      int[] rows = batch.rows();
      int count = batch.selectedCount();
      if (table != null) {
        for (int i = 0; i < set.length; i++) {
          keys[i] = batch.column(keyColumns[set[i]]);
        }
        table.assign(keys, rows, count, ids);
      }
      for (AggregateRunner runner : runners) {
        runner.ensureGroups(size());
        runner.add(batch.columns(), rows, ids, count);
        runner.account();
      }
    }

    void write(Vector[] columns, int from, int count) {
      int[] rows = new int[count];
      Arrays.setAll(rows, i -> from + i);
      for (int i = 0; i < keyColumns.length; i++) {
        Vector column = Vector.create(types().get(i), count);
        int k = indexOf(set, i);
        if (k >= 0 && table != null) {
          Vectors.gather(column, table.keys().column(k), rows, count);
        } else {
          Vectors.fillNulls(column, count);
        }
        columns[i] = column;
      }
      for (int i = 0; i < runners.size(); i++) {
        columns[keyColumns.length + i] = runners.get(i).finish(from, count);
      }
    }
  }

  private static int indexOf(int[] set, int value) {
    for (int i = 0; i < set.length; i++) {
      if (set[i] == value) {
        return i;
      }
    }
    return -1;
  }

  private void consume() {
    for (int[] set : groupingSets) {
      groupings.add(new Grouping(set));
    }
    Batch batch;
    while ((batch = input.next()) != null) {
      context().checkCancelled();
      for (Grouping grouping : groupings) {
        grouping.add(batch);
      }
    }
    for (Grouping grouping : groupings) {
      grouping.runners.forEach(runner -> runner.complete(context()));
    }
    consumed = true;
  }

  @Override
  protected @Nullable Batch produce() {
    if (!consumed) {
      consume();
    }
    while (current < groupings.size()) {
      Grouping grouping = groupings.get(current);
      int count = Math.min(Batch.CAPACITY, grouping.size() - position);
      if (count > 0) {
        grouping.write(output.columns(), position, count);
        output.setRows(count);
        position += count;
        return output;
      }
      current++;
      position = 0;
    }
    return null;
  }

  @Override
  protected void released() {
    groupings.clear();
  }
}
