package org.facetdb.sql.exec;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.DoubleVector;
import org.facetdb.spi.type.IntVector;
import org.facetdb.spi.type.LongVector;
import org.facetdb.spi.type.Vector;

/**
 * Computes window functions over the rows of one partition after another.
 *
 * <p>Not thread-safe. Rows are addressed by their position in the sorted order; {@code order} leads
 * from there to the store. Frames are [start, end).
 */
final class WindowPartition {
  private final RowStore store;
  private final int[] order;
  private final List<SortKey> orderBy;
  private final ExecutionContext context;
  private final int[] rows = new int[Batch.CAPACITY];
  private final int[] zeros = new int[Batch.CAPACITY];
  private int from;
  private int to;

  /** For each position of the partition, relative to its start: the bounds of its peers. */
  private int[] peerStart = new int[0];

  private int[] peerEnd = new int[0];

  WindowPartition(RowStore store, int[] order, List<SortKey> orderBy, ExecutionContext context) {
    this.store = store;
    this.order = order;
    this.orderBy = orderBy;
    this.context = context;
  }

  /** Moves to the partition in positions [from, to). */
  void start(int newFrom, int newTo) {
    from = newFrom;
    to = newTo;
    int size = to - from;
    if (peerStart.length < size) {
      peerStart = new int[Math.max(size, 2 * peerStart.length)];
      peerEnd = new int[peerStart.length];
    }
    int start = from;
    for (int p = from; p < to; p++) {
      if (p > from && !peers(p - 1, p)) {
        Arrays.fill(peerEnd, start - from, p - from, p);
        start = p;
      }
      peerStart[p - from] = start;
    }
    Arrays.fill(peerEnd, start - from, size, to);
  }

  private boolean peers(int a, int b) {
    Vector[] columns = store.columns();
    return RowOrder.compare(columns, order[a], columns, order[b], orderBy) == 0;
  }

  void compute(WindowCall call, Vector out) {
    switch (call.function()) {
      case AGGREGATE -> aggregate(call, out);
      case ROW_NUMBER, RANK, DENSE_RANK -> rank(call, (LongVector) out);
      case PERCENT_RANK, CUME_DIST -> distribution(call, (DoubleVector) out);
      case NTILE -> ntile(call, (IntVector) out);
      case LAG, LEAD -> shift(call, out);
      case FIRST_VALUE, LAST_VALUE, NTH_VALUE -> frameValue(call, out);
    }
  }

  private void rank(WindowCall call, LongVector out) {
    long dense = 0;
    for (int p = from; p < to; p++) {
      int peer = peerStart[p - from];
      dense += peer == p ? 1 : 0;
      out.set(
          p,
          switch (call.function()) {
            case ROW_NUMBER -> p - from + 1L;
            case RANK -> peer - from + 1L;
            default -> dense;
          });
    }
  }

  private void distribution(WindowCall call, DoubleVector out) {
    double size = to - from;
    for (int p = from; p < to; p++) {
      double value =
          call.function() == WindowCall.Function.CUME_DIST
              ? (peerEnd[p - from] - from) / size
              : size == 1 ? 0 : (peerStart[p - from] - from) / (size - 1);
      out.set(p, value);
    }
  }

  private void ntile(WindowCall call, IntVector out) {
    Object first = store.column(call.arguments().getFirst()).valueAt(order[from]);
    int size = to - from;
    if (first == null) {
      for (int p = from; p < to; p++) {
        out.setNull(p);
      }
      return;
    }
    long buckets = ((Number) first).longValue();
    if (buckets <= 0) {
      throw ExecErrors.user("22014", "argument of ntile must be greater than zero");
    }
    long small = size / buckets;
    long larger = size % buckets;
    long inLarger = larger * (small + 1);
    for (int i = 0; i < size; i++) {
      long bucket = i < inLarger ? i / (small + 1) : larger + (i - inLarger) / Math.max(1, small);
      out.set(from + i, (int) bucket + 1);
    }
  }

  private void shift(WindowCall call, Vector out) {
    Vector values = store.column(call.arguments().getFirst());
    for (int p = from; p < to; p++) {
      Object offset =
          call.arguments().size() < 2
              ? Integer.valueOf(1)
              : store.column(call.arguments().get(1)).valueAt(order[p]);
      if (offset == null) {
        out.setNull(p);
        continue;
      }
      long distance = ((Number) offset).longValue();
      long source = call.function() == WindowCall.Function.LAG ? p - distance : p + distance;
      if (source >= from && source < to) {
        out.copyFrom(values, order[(int) source], p);
      } else if (call.arguments().size() > 2) {
        out.copyFrom(store.column(call.arguments().get(2)), order[p], p);
      } else {
        out.setNull(p);
      }
    }
  }

  private void frameValue(WindowCall call, Vector out) {
    Vector values = store.column(call.arguments().getFirst());
    Frames frames = new Frames(call.frame());
    for (int p = from; p < to; p++) {
      long start = frames.start(p);
      long end = frames.end(p);
      long source =
          switch (call.function()) {
            case FIRST_VALUE -> start;
            case LAST_VALUE -> end - 1;
            default -> nth(call, p, start);
          };
      if (source >= start && source < end) {
        out.copyFrom(values, order[(int) source], p);
      } else {
        out.setNull(p);
      }
    }
  }

  private long nth(WindowCall call, int position, long start) {
    Object n = store.column(call.arguments().get(1)).valueAt(order[position]);
    if (n == null) {
      return -1;
    }
    long number = ((Number) n).longValue();
    if (number <= 0) {
      throw ExecErrors.user("22016", "argument of nth_value must be greater than zero");
    }
    return start + number - 1;
  }

  /** Extends one state while frames only grow at their end, and starts anew where they don't. */
  private void aggregate(WindowCall call, Vector out) {
    AggregateFunction function = Objects.requireNonNull(call.aggregate());
    Vector[] arguments = call.arguments().stream().map(store::column).toArray(Vector[]::new);
    Frames frames = new Frames(call.frame());
    Accumulator state = null;
    Vector result = null;
    int stateStart = from;
    int stateEnd = from;
    for (int p = from; p < to; p++) {
      int start = (int) frames.start(p);
      int end = (int) Math.max(start, frames.end(p));
      if (state == null || start != stateStart || end < stateEnd) {
        state = function.newAccumulator();
        state.ensureGroups(1);
        stateStart = start;
        stateEnd = start;
        result = null;
      }
      if (end > stateEnd || result == null) {
        addRows(state, arguments, stateEnd, end);
        stateEnd = end;
        result = state.finish(0, 1);
      }
      out.copyFrom(result, 0, p);
    }
  }

  private void addRows(Accumulator state, Vector[] arguments, int start, int end) {
    for (int at = start; at < end; at += Batch.CAPACITY) {
      context.checkCancelled();
      int count = Math.min(Batch.CAPACITY, end - at);
      System.arraycopy(order, at, rows, 0, count);
      state.add(arguments, rows, zeros, count);
    }
  }

  /** The frames of a call within the current partition, clipped to it. */
  private final class Frames {
    private final WindowFrame frame;
    private final long startOffset;
    private final long endOffset;

    Frames(WindowFrame frame) {
      this.frame = frame;
      this.startOffset = offset(frame.start(), "starting");
      this.endOffset = offset(frame.end(), "ending");
    }

    private long offset(WindowFrame.Bound bound, String which) {
      if (bound.offset() == null) {
        return 0;
      }
      Object value = bound.offset().evaluate(new Batch(new Vector[0], 1), context).valueAt(0);
      if (value == null) {
        throw ExecErrors.user("22004", "frame " + which + " offset must not be null");
      }
      long number = ((Number) value).longValue();
      if (number < 0) {
        throw ExecErrors.user("22013", "frame " + which + " offset must not be negative");
      }
      return Math.min(number, Integer.MAX_VALUE);
    }

    long start(int position) {
      long start =
          switch (frame.start().kind()) {
            case UNBOUNDED_PRECEDING, UNBOUNDED_FOLLOWING -> from;
            case PRECEDING -> position - startOffset;
            case FOLLOWING -> position + startOffset;
            case CURRENT_ROW -> frame.rows() ? position : peerStart[position - from];
          };
      return Math.clamp(start, from, to);
    }

    long end(int position) {
      long end =
          switch (frame.end().kind()) {
            case UNBOUNDED_PRECEDING, UNBOUNDED_FOLLOWING -> to;
            case PRECEDING -> position - endOffset + 1;
            case FOLLOWING -> position + endOffset + 1;
            case CURRENT_ROW -> frame.rows() ? position + 1 : peerEnd[position - from];
          };
      return Math.clamp(end, from, to);
    }
  }
}
