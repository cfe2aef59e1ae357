package org.facetdb.sql.exec;

import java.util.Arrays;
import org.facetdb.spi.type.BooleanVector;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.Interval;
import org.facetdb.spi.type.IntervalVector;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.Vector;

/** Accumulators that keep values: min, max, any, booleans, strings, intervals. */
final class ValueAggregates {
  private ValueAggregates() {}

  /** Which value of a group is kept. */
  enum Keep {
    MIN,
    MAX,
    /** The first that is not null. */
    ANY,
    /** The only row's, null included; 21000 for a second row. */
    SINGLE
  }

  /** min, max, any_value and the value of a scalar subquery. */
  static final class Kept implements Accumulator {
    private static final int COMPACT_BYTES = 1 << 20;

    private final LogicalType type;
    private final Keep keep;
    private Vector values;
    private boolean[] seen = new boolean[16];
    private int groups;
    private int compactAt = COMPACT_BYTES;

    Kept(LogicalType type, Keep keep) {
      this.type = type;
      this.keep = keep;
      this.values = Vector.create(type, 16);
    }

    @Override
    public void ensureGroups(int groupCount) {
      values.ensureCapacity(groupCount);
      for (; groups < groupCount; groups++) {
        values.setNull(groups);
      }
      if (keep == Keep.SINGLE && groupCount > seen.length) {
        seen = Arrays.copyOf(seen, Math.max(groupCount, 2 * seen.length));
      }
    }

    @Override
    public void add(Vector[] arguments, int[] rows, int[] groupIds, int count) {
      Vector argument = arguments[0];
      for (int k = 0; k < count; k++) {
        int row = rows[k];
        int group = groupIds[k];
        if (keep == Keep.SINGLE) {
          if (seen[group]) {
            throw ExecErrors.user(
                "21000", "more than one row returned by a subquery used as an expression");
          }
          seen[group] = true;
        }
        if (!argument.isNull(row) && (values.isNull(group) || better(argument, row, group))) {
          values.copyFrom(argument, row, group);
        }
      }
      compact();
    }

    private boolean better(Vector argument, int row, int group) {
      return switch (keep) {
        case MIN -> argument.compare(row, values, group) < 0;
        case MAX -> argument.compare(row, values, group) > 0;
        case ANY, SINGLE -> false;
      };
    }

    /** Drops replaced strings once they may be most of what is held. */
    private void compact() {
      if (values instanceof BytesVector bytes && bytes.data().length > compactAt) {
        Vector fresh = Vector.create(type, values.capacity());
        for (int group = 0; group < groups; group++) {
          fresh.copyFrom(values, group, group);
        }
        values = fresh;
        compactAt = Math.max(COMPACT_BYTES, 2 * ((BytesVector) fresh).data().length);
      }
    }

    @Override
    public Vector finish(int from, int count) {
      Vector out = Vector.create(type, count);
      for (int i = 0; i < count; i++) {
        out.copyFrom(values, from + i, i);
      }
      return out;
    }

    @Override
    public long memoryBytes() {
      return Vectors.bytes(values) + seen.length;
    }
  }

  /** bool_and, every, bool_or. */
  static final class Bool implements Accumulator {
    private final LogicalType type;
    private final boolean and;
    private byte[] states = new byte[16];

    /** States: 0 no value yet, 1 false, 2 true. */
    Bool(LogicalType type, boolean and) {
      this.type = type;
      this.and = and;
    }

    @Override
    public void ensureGroups(int groupCount) {
      if (groupCount > states.length) {
        states = Arrays.copyOf(states, Math.max(groupCount, 2 * states.length));
      }
    }

    @Override
    public void add(Vector[] arguments, int[] rows, int[] groups, int count) {
      BooleanVector vector = (BooleanVector) arguments[0];
      for (int k = 0; k < count; k++) {
        if (!vector.isNull(rows[k])) {
          int group = groups[k];
          byte state = states[group];
          byte value = (byte) (vector.values()[rows[k]] ? 2 : 1);
          states[group] =
              state == 0 ? value : (byte) (and ? Math.min(state, value) : Math.max(state, value));
        }
      }
    }

    @Override
    public Vector finish(int from, int count) {
      BooleanVector out = new BooleanVector(type, count);
      for (int i = 0; i < count; i++) {
        if (states[from + i] == 0) {
          out.setNull(i);
        } else {
          out.set(i, states[from + i] == 2);
        }
      }
      return out;
    }

    @Override
    public long memoryBytes() {
      return states.length;
    }
  }

  /** string_agg(value, delimiter), for text and bytea. */
  static final class StringAggregate implements Accumulator {
    private static final byte[] NONE = new byte[0];

    private final LogicalType type;
    private byte[][] buffers = new byte[0][];
    private int[] lengths = new int[0];
    private long heldBytes;

    StringAggregate(LogicalType type) {
      this.type = type;
    }

    @Override
    public void ensureGroups(int groupCount) {
      int old = lengths.length;
      if (groupCount > old) {
        int size = Math.max(groupCount, 2 * old);
        buffers = Arrays.copyOf(buffers, size);
        lengths = Arrays.copyOf(lengths, size);
        Arrays.fill(buffers, old, size, NONE);
        Arrays.fill(lengths, old, size, -1);
      }
    }

    @Override
    public void add(Vector[] arguments, int[] rows, int[] groups, int count) {
      BytesVector values = (BytesVector) arguments[0];
      BytesVector delimiters = (BytesVector) arguments[1];
      for (int k = 0; k < count; k++) {
        int row = rows[k];
        if (values.isNull(row)) {
          continue;
        }
        int group = groups[k];
        if (lengths[group] < 0) {
          lengths[group] = 0;
        } else if (!delimiters.isNull(row)) {
          append(group, delimiters, row);
        }
        append(group, values, row);
      }
    }

    private void append(int group, BytesVector source, int row) {
      int length = source.length(row);
      int at = lengths[group];
      int needed = Math.addExact(at, length);
      byte[] buffer = buffers[group];
      if (needed > buffer.length) {
        int size = Math.max(Math.max(32, needed), (int) Math.min(1L << 30, 2L * buffer.length));
        heldBytes += size - buffer.length;
        buffer = Arrays.copyOf(buffer, size);
        buffers[group] = buffer;
      }
      System.arraycopy(source.data(), source.offset(row), buffer, at, length);
      lengths[group] = needed;
    }

    @Override
    public Vector finish(int from, int count) {
      BytesVector out = new BytesVector(type, count);
      for (int i = 0; i < count; i++) {
        int length = lengths[from + i];
        if (length < 0) {
          out.setNull(i);
        } else {
          out.set(i, buffers[from + i], 0, length);
        }
      }
      return out;
    }

    @Override
    public long memoryBytes() {
      return heldBytes + 12L * lengths.length;
    }
  }

  /** sum and avg of intervals. */
  static final class IntervalSum implements Accumulator {
    private final LogicalType type;
    private final boolean average;
    private long[] fields = new long[4 * 16];

    /** State of group g: months, days, micros, count from {@code 4 * g}. */
    IntervalSum(LogicalType type, boolean average) {
      this.type = type;
      this.average = average;
    }

    @Override
    public void ensureGroups(int groupCount) {
      if (4 * groupCount > fields.length) {
        fields = Arrays.copyOf(fields, Math.max(4 * groupCount, 2 * fields.length));
      }
    }

    @Override
    public void add(Vector[] arguments, int[] rows, int[] groups, int count) {
      IntervalVector vector = (IntervalVector) arguments[0];
      for (int k = 0; k < count; k++) {
        int row = rows[k];
        if (!vector.isNull(row)) {
          int at = 4 * groups[k];
          fields[at] += vector.months()[row];
          fields[at + 1] += vector.days()[row];
          try {
            fields[at + 2] = Math.addExact(fields[at + 2], vector.micros()[row]);
          } catch (ArithmeticException e) {
            throw ExecErrors.user("22008", "interval out of range");
          }
          fields[at + 3]++;
        }
      }
    }

    @Override
    public Vector finish(int from, int count) {
      IntervalVector out = new IntervalVector(type, count);
      for (int i = 0; i < count; i++) {
        int at = 4 * (from + i);
        if (fields[at + 3] == 0) {
          out.setNull(i);
        } else if (average) {
          divide(out, i, fields[at], fields[at + 1], fields[at + 2], fields[at + 3]);
        } else {
          out.set(i, field(fields[at]), field(fields[at + 1]), fields[at + 2]);
        }
      }
      return out;
    }

    private static int field(long value) {
      if (value != (int) value) {
        throw ExecErrors.user("22008", "interval out of range");
      }
      return (int) value;
    }

    /**
     * Cascades the remainder of months into days and of days into time, as interval division does.
     */
    private static void divide(
        IntervalVector out, int row, long months, long days, long micros, long n) {
      long month = months / n;
      long day = days / n;
      double monthDays = (months % n) * 30.0 / n;
      long wholeDays = (long) monthDays;
      double restDays = (days % n) / (double) n + monthDays - wholeDays;
      double time = micros / (double) n + restDays * Interval.MICROS_PER_DAY;
      out.set(row, field(month), field(day + wholeDays), Math.round(time));
    }

    @Override
    public long memoryBytes() {
      return 8L * fields.length;
    }
  }
}
