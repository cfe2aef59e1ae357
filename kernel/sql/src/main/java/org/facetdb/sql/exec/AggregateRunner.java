package org.facetdb.sql.exec;

import java.util.ArrayList;
import java.util.List;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.BooleanVector;
import org.facetdb.spi.type.IntVector;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.Vector;
import org.jspecify.annotations.Nullable;

/**
 * One aggregate call over all groups: applies FILTER, DISTINCT and ORDER BY before the accumulator.
 *
 * <p>Not thread-safe. Owned by one operator, whose account pays.
 */
final class AggregateRunner {
  private final AggregateCall call;
  private final Accumulator accumulator;
  private final MemoryAccount memory;
  private final Vector[] arguments;
  private final @Nullable KeyTable distinct;
  private final @Nullable RowStore ordered;
  private final int[] rowBuffer;
  private final int[] groupBuffer;
  private int[] ids = new int[0];
  private long accountedBytes;

  AggregateRunner(AggregateCall call, List<LogicalType> inputTypes, MemoryAccount memory) {
    this.call = call;
    this.accumulator = call.function().newAccumulator();
    this.memory = memory;
    this.arguments = new Vector[call.arguments().size()];
    boolean buffers = call.filter() >= 0 || call.distinct();
    this.rowBuffer = new int[buffers ? Batch.CAPACITY : 0];
    this.groupBuffer = new int[buffers ? Batch.CAPACITY : 0];
    if (call.distinct()) {
      List<LogicalType> types = new ArrayList<>();
      types.add(GroupIdType.INSTANCE);
      call.arguments().forEach(column -> types.add(inputTypes.get(column)));
      this.distinct = new KeyTable(types, true, memory);
      this.ids = new int[Batch.CAPACITY];
    } else {
      this.distinct = null;
    }
    if (call.orderBy().isEmpty()) {
      this.ordered = null;
    } else {
      List<LogicalType> types = new ArrayList<>(inputTypes);
      types.add(GroupIdType.INSTANCE);
      this.ordered = new RowStore(types, memory);
    }
  }

  void ensureGroups(int count) {
    accumulator.ensureGroups(count);
  }

  /**
   * Adds rows of a batch.
   *
   * @param groups the group of {@code rows[k]} at k
   */
  void add(Vector[] columns, int[] rows, int[] groups, int count) {
    int[] r = rows;
    int[] g = groups;
    int n = count;
    if (call.filter() >= 0) {
      n = filter((BooleanVector) columns[call.filter()], r, g, n);
      r = rowBuffer;
      g = groupBuffer;
    }
    if (distinct != null && n > 0) {
      n = onlyNew(distinct, columns, r, g, n);
      r = rowBuffer;
      g = groupBuffer;
    }
    if (n > 0) {
      if (ordered != null) {
        keep(ordered, columns, r, g, n);
      } else {
        accumulate(columns, r, g, n);
      }
    }
  }

  private void accumulate(Vector[] columns, int[] rows, int[] groups, int count) {
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = columns[call.arguments().get(i)];
    }
    accumulator.add(arguments, rows, groups, count);
  }

  private int filter(BooleanVector condition, int[] rows, int[] groups, int count) {
    int n = 0;
    for (int k = 0; k < count; k++) {
      if (!condition.isNull(rows[k]) && condition.values()[rows[k]]) {
        rowBuffer[n] = rows[k];
        groupBuffer[n++] = groups[k];
      }
    }
    return n;
  }

  private static Vector groupColumn(int[] rows, int[] groups, int count) {
    IntVector column = new IntVector(GroupIdType.INSTANCE, Batch.CAPACITY);
    for (int k = 0; k < count; k++) {
      column.values()[rows[k]] = groups[k];
    }
    return column;
  }

  private int onlyNew(KeyTable seen, Vector[] columns, int[] rows, int[] groups, int count) {
    Vector[] key = new Vector[arguments.length + 1];
    key[0] = groupColumn(rows, groups, count);
    for (int i = 0; i < arguments.length; i++) {
      key[i + 1] = columns[call.arguments().get(i)];
    }
    int known = seen.size();
    seen.assign(key, rows, count, ids);
    boolean[] taken = new boolean[seen.size() - known];
    int n = 0;
    for (int k = 0; k < count; k++) {
      int id = ids[k] - known;
      if (id >= 0 && !taken[id]) {
        taken[id] = true;
        rowBuffer[n] = rows[k];
        groupBuffer[n++] = groups[k];
      }
    }
    return n;
  }

  private static void keep(RowStore store, Vector[] columns, int[] rows, int[] groups, int count) {
    Vector[] all = new Vector[columns.length + 1];
    System.arraycopy(columns, 0, all, 0, columns.length);
    all[columns.length] = groupColumn(rows, groups, count);
    store.append(all, rows, count);
  }

  /** Ends the input: feeds kept rows in their order. */
  void complete(ExecutionContext context) {
    RowStore store = ordered;
    if (store == null) {
      return;
    }
    int size = store.size();
    int[] order = RowOrder.sort(store.columns(), size, call.orderBy(), context, memory);
    IntVector groupIds = (IntVector) store.column(store.types().size() - 1);
    int[] rows = new int[Batch.CAPACITY];
    int[] groups = new int[Batch.CAPACITY];
    for (int from = 0; from < size; from += Batch.CAPACITY) {
      context.checkCancelled();
      int count = Math.min(Batch.CAPACITY, size - from);
      for (int k = 0; k < count; k++) {
        rows[k] = order[from + k];
        groups[k] = groupIds.values()[rows[k]];
      }
      accumulate(store.columns(), rows, groups, count);
    }
    store.clear();
  }

  /** Pays for what the accumulator has come to hold. */
  void account() {
    long bytes = accumulator.memoryBytes();
    if (bytes > accountedBytes) {
      memory.reserve(bytes - accountedBytes);
      accountedBytes = bytes;
    }
  }

  Vector finish(int from, int count) {
    return accumulator.finish(from, count);
  }
}
