package org.facetdb.sql.exec;

import java.util.List;
import org.facetdb.spi.type.BooleanVector;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.DecimalVector;
import org.facetdb.spi.type.DoubleVector;
import org.facetdb.spi.type.FloatVector;
import org.facetdb.spi.type.IntVector;
import org.facetdb.spi.type.IntervalVector;
import org.facetdb.spi.type.LongVector;
import org.facetdb.spi.type.UuidVector;
import org.facetdb.spi.type.Vector;

/**
 * Sorts row indexes by columns: a stable merge sort over (64-bit prefix of the first key, row)
 * pairs, in which equal prefixes are told apart by comparing the columns.
 *
 * <p>Not thread-safe; one use. Invariant: the prefix is weakly monotone in the order of the first
 * key. Polls for cancellation every 65,536 steps.
 */
final class RowOrder {
  private static final int RUN = 16;
  private static final int POLL_MASK = 0xFFFF;

  private final Vector[] columns;
  private final List<SortKey> keys;
  private final ExecutionContext context;
  private final boolean prefixDecides;
  private long[] prefixes;
  private int[] rows;

  private RowOrder(Vector[] columns, int size, List<SortKey> keys, ExecutionContext context) {
    this.columns = columns;
    this.keys = keys;
    this.context = context;
    this.prefixes = new long[size];
    this.rows = new int[size];
    boolean exact = false;
    if (!keys.isEmpty()) {
      Vector first = columns[keys.getFirst().column()];
      exact = fillPrefixes(first, size) && keys.size() == 1 && !first.hasNulls();
      applyDirection(first, keys.getFirst(), size);
    }
    this.prefixDecides = exact;
    for (int i = 0; i < size; i++) {
      rows[i] = i;
    }
  }

  /** The indexes 0 to {@code size - 1} in the order of the keys; equal rows keep their order. */
  static int[] sort(
      Vector[] columns,
      int size,
      List<SortKey> keys,
      ExecutionContext context,
      MemoryAccount memory) {
    long bytes = 24L * size;
    memory.reserve(bytes);
    RowOrder order = new RowOrder(columns, size, keys, context);
    if (!keys.isEmpty()) {
      order.sortAll(size);
    }
    memory.release(bytes);
    return order.rows;
  }

  /** Orders two rows, of the same or of different vectors with the same types. */
  static int compare(Vector[] a, int rowA, Vector[] b, int rowB, List<SortKey> keys) {
    for (int i = 0; i < keys.size(); i++) {
      SortKey key = keys.get(i);
      Vector left = a[key.column()];
      Vector right = b[key.column()];
      boolean leftNull = left.isNull(rowA);
      boolean rightNull = right.isNull(rowB);
      if (leftNull || rightNull) {
        if (leftNull != rightNull) {
          return leftNull == key.nullsFirst() ? -1 : 1;
        }
        continue;
      }
      int result = left.compare(rowA, right, rowB);
      if (result != 0) {
        return key.descending() ? -Integer.signum(result) : result;
      }
    }
    return 0;
  }

  /** Fills the ascending prefixes; returns whether different values always have different ones. */
  private boolean fillPrefixes(Vector column, int size) {
    return switch (column) {
      case IntVector v -> {
        for (int i = 0; i < size; i++) {
          prefixes[i] = v.values()[i];
        }
        yield true;
      }
      case LongVector v -> {
        System.arraycopy(v.values(), 0, prefixes, 0, size);
        yield true;
      }
      case BooleanVector v -> {
        for (int i = 0; i < size; i++) {
          prefixes[i] = v.values()[i] ? 1 : 0;
        }
        yield true;
      }
      case DoubleVector v -> {
        for (int i = 0; i < size; i++) {
          prefixes[i] = sortable(v.values()[i]);
        }
        yield false;
      }
      case FloatVector v -> {
        for (int i = 0; i < size; i++) {
          prefixes[i] = sortable(v.get(i));
        }
        yield false;
      }
      case DecimalVector v -> {
        if (v.isFast()) {
          System.arraycopy(v.unscaled(), 0, prefixes, 0, size);
        } else {
          for (int i = 0; i < size; i++) {
            prefixes[i] = v.isNull(i) ? 0 : sortable(v.get(i).doubleValue());
          }
        }
        yield v.isFast();
      }
      case BytesVector v -> {
        fillBytes(v, size);
        yield false;
      }
      case IntervalVector _, UuidVector _ -> false;
    };
  }

  /** Bits of a double in numeric order; zeros of both signs are equal, NaN is the largest. */
  private static long sortable(double value) {
    long bits = Double.doubleToLongBits(value + 0.0);
    return bits ^ (bits >> 63 & Long.MAX_VALUE);
  }

  private void fillBytes(BytesVector column, int size) {
    byte[] data = column.data();
    for (int i = 0; i < size; i++) {
      if (column.isNull(i)) {
        continue;
      }
      int offset = column.offset(i);
      int length = Math.min(8, column.length(i));
      long prefix = 0;
      for (int b = 0; b < length; b++) {
        prefix |= (data[offset + b] & 0xFFL) << (56 - 8 * b);
      }
      prefixes[i] = prefix ^ Long.MIN_VALUE;
    }
  }

  private void applyDirection(Vector column, SortKey key, int size) {
    if (key.descending()) {
      for (int i = 0; i < size; i++) {
        prefixes[i] = ~prefixes[i];
      }
    }
    if (column.hasNulls()) {
      long nullPrefix = key.nullsFirst() ? Long.MIN_VALUE : Long.MAX_VALUE;
      for (int i = 0; i < size; i++) {
        if (column.isNull(i)) {
          prefixes[i] = nullPrefix;
        }
      }
    }
  }

  private boolean inOrder(long prefixA, int rowA, long prefixB, int rowB) {
    if (prefixA != prefixB) {
      return prefixA < prefixB;
    }
    return prefixDecides || compare(columns, rowA, columns, rowB, keys) <= 0;
  }

  private void sortAll(int size) {
    for (int from = 0; from < size; from += RUN) {
      insertionSort(from, Math.min(size, from + RUN));
      if ((from & POLL_MASK) == 0) {
        context.checkCancelled();
      }
    }
    long[] otherPrefixes = new long[size];
    int[] otherRows = new int[size];
    for (long width = RUN; width < size; width *= 2) {
      for (long from = 0; from < size; from += 2 * width) {
        int middle = (int) Math.min(size, from + width);
        int to = (int) Math.min(size, from + 2 * width);
        merge((int) from, middle, to, otherPrefixes, otherRows);
      }
      long[] p = prefixes;
      prefixes = otherPrefixes;
      otherPrefixes = p;
      int[] r = rows;
      rows = otherRows;
      otherRows = r;
    }
  }

  private void insertionSort(int from, int to) {
    for (int i = from + 1; i < to; i++) {
      long prefix = prefixes[i];
      int row = rows[i];
      int j = i - 1;
      while (j >= from && !inOrder(prefixes[j], rows[j], prefix, row)) {
        prefixes[j + 1] = prefixes[j];
        rows[j + 1] = rows[j];
        j--;
      }
      prefixes[j + 1] = prefix;
      rows[j + 1] = row;
    }
  }

  private void merge(int from, int middle, int to, long[] toPrefixes, int[] toRows) {
    int a = from;
    int b = middle;
    for (int out = from; out < to; out++) {
      if ((out & POLL_MASK) == 0) {
        context.checkCancelled();
      }
      boolean takeA =
          b >= to || (a < middle && inOrder(prefixes[a], rows[a], prefixes[b], rows[b]));
      int source = takeA ? a++ : b++;
      toPrefixes[out] = prefixes[source];
      toRows[out] = rows[source];
    }
  }
}
