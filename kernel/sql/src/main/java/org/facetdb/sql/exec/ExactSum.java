package org.facetdb.sql.exec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import org.facetdb.spi.type.DecimalVector;
import org.facetdb.spi.type.IntVector;
import org.facetdb.spi.type.LongVector;
import org.facetdb.spi.type.Vector;
import org.jspecify.annotations.Nullable;

/**
 * Exact sums and counts of integers and decimals by group.
 *
 * <p>Not thread-safe. Integers, and decimals in the fast form at the scale of the first, go to a
 * 128-bit sum {@code high * 2^64 + low}, low signed; whatever differs goes to a {@link BigDecimal}
 * beside it. State of group g: {@code low, high, count} from {@code 3 * g}.
 */
final class ExactSum {
  private static final int WIDTH = 3;
  private static final int UNSET = -1;

  private long[] state = new long[WIDTH * 16];
  private int scale = UNSET;
  private @Nullable BigDecimal @Nullable [] rest;
  private long @Nullable [] restCounts;
  private int groups;

  void ensureGroups(int count) {
    groups = Math.max(groups, count);
    if (count * WIDTH > state.length) {
      state = Arrays.copyOf(state, Math.max(count * WIDTH, 2 * state.length));
    }
    if (rest != null && restCounts != null && rest.length * WIDTH < state.length) {
      rest = Arrays.copyOf(rest, state.length / WIDTH + 1);
      restCounts = Arrays.copyOf(restCounts, rest.length);
    }
  }

  long memoryBytes() {
    return 8L * state.length + (rest == null ? 0 : 72L * rest.length);
  }

  void add(Vector values, int[] rows, int[] groupIds, int count) {
    switch (values) {
      case IntVector v -> {
        scale = 0;
        addInts(v, rows, groupIds, count);
      }
      case LongVector v -> {
        scale = 0;
        addLongs(v.values(), v, rows, groupIds, count);
      }
      case DecimalVector v -> {
        if (v.isFast() && scale == UNSET) {
          scale = v.scale();
        }
        if (v.isFast() && scale == v.scale()) {
          addLongs(v.unscaled(), v, rows, groupIds, count);
        } else {
          addRest(v, rows, groupIds, count);
        }
      }
      default -> throw new IllegalStateException("no exact sum of " + values.type().name());
    }
  }

  private void addInts(IntVector vector, int[] rows, int[] groupIds, int count) {
    int[] values = vector.values();
    boolean hasNulls = vector.hasNulls();
    boolean[] nulls = vector.nulls();
    long[] s = state;
    for (int k = 0; k < count; k++) {
      int row = rows[k];
      if (hasNulls && nulls[row]) {
        continue;
      }
      int at = WIDTH * groupIds[k];
      long sum = s[at];
      long value = values[row];
      long result = sum + value;
      if (((sum ^ result) & (value ^ result)) < 0) {
        s[at + 1] += value < 0 ? -1 : 1;
      }
      s[at] = result;
      s[at + 2]++;
    }
  }

  private void addLongs(long[] values, Vector vector, int[] rows, int[] groupIds, int count) {
    boolean hasNulls = vector.hasNulls();
    boolean[] nulls = vector.nulls();
    long[] s = state;
    for (int k = 0; k < count; k++) {
      int row = rows[k];
      if (hasNulls && nulls[row]) {
        continue;
      }
      int at = WIDTH * groupIds[k];
      long sum = s[at];
      long value = values[row];
      long result = sum + value;
      if (((sum ^ result) & (value ^ result)) < 0) {
        s[at + 1] += value < 0 ? -1 : 1;
      }
      s[at] = result;
      s[at + 2]++;
    }
  }

  private void addRest(DecimalVector vector, int[] rows, int[] groupIds, int count) {
    @Nullable BigDecimal[] sums = rest;
    long[] counts = restCounts;
    if (sums == null || counts == null) {
      sums = new BigDecimal[state.length / WIDTH + 1];
      counts = new long[sums.length];
      rest = sums;
      restCounts = counts;
    }
    for (int k = 0; k < count; k++) {
      int row = rows[k];
      if (!vector.isNull(row)) {
        int group = groupIds[k];
        BigDecimal sum = sums[group];
        sums[group] = sum == null ? vector.get(row) : sum.add(vector.get(row));
        counts[group]++;
      }
    }
  }

  /** How many values were added to a group. */
  long count(int group) {
    return state[WIDTH * group + 2] + (restCounts == null ? 0 : restCounts[group]);
  }

  /** Whether the sum of a group is {@link #low} with scale {@link #scale}. */
  boolean fitsLong(int group) {
    return state[WIDTH * group + 1] == 0 && (restCounts == null || restCounts[group] == 0);
  }

  long low(int group) {
    return state[WIDTH * group];
  }

  int scale() {
    return Math.max(scale, 0);
  }

  /** The sum of a group; its scale is the largest of the values added. */
  BigDecimal sum(int group) {
    int at = WIDTH * group;
    BigDecimal fast;
    if (state[at + 1] == 0) {
      fast = BigDecimal.valueOf(state[at], scale());
    } else {
      BigInteger whole =
          BigInteger.valueOf(state[at + 1]).shiftLeft(64).add(BigInteger.valueOf(state[at]));
      fast = new BigDecimal(whole, scale());
    }
    BigDecimal other = rest == null ? null : rest[group];
    if (other == null) {
      return fast;
    }
    return state[at + 2] == 0 ? other : fast.add(other);
  }
}
