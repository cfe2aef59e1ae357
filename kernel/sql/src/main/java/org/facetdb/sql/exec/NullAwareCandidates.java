package org.facetdb.sql.exec;

import java.util.Arrays;
import java.util.Objects;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.Vector;
import org.jspecify.annotations.Nullable;

/**
 * The pairs of a NOT IN whose comparison is unknown: keys that differ in no component but have a
 * null in one. A right row with a null meets every left row; a left row with a null meets every
 * right row.
 *
 * <p>Not thread-safe. Part of one {@link HashJoin}.
 */
final class NullAwareCandidates {
  private final int[] leftKeys;
  private final int[] rightKeys;
  private int[] rightNulls = new int[16];
  private int rightNullCount;
  private @Nullable Batch batch;
  private @Nullable RowStore store;
  private int position;

  NullAwareCandidates(int[] leftKeys, int[] rightKeys) {
    this.leftKeys = leftKeys;
    this.rightKeys = rightKeys;
  }

  /** Remembers the right rows without an id, which are those with a null key. */
  void noteRows(int[] ids, int base, int count) {
    for (int k = 0; k < count; k++) {
      if (ids[k] < 0) {
        if (rightNullCount == rightNulls.length) {
          rightNulls = Arrays.copyOf(rightNulls, 2 * rightNullCount);
        }
        rightNulls[rightNullCount++] = base + k;
      }
    }
  }

  boolean anyNull() {
    return rightNullCount > 0;
  }

  void startProbe(Batch left, RowStore right) {
    batch = left;
    store = right;
    position = 0;
  }

  void startRow() {
    position = 0;
  }

  /** Appends pairs of the left row from where it stopped; returns the new count. */
  int append(int row, int[] leftRows, int[] rightRows, int count) {
    Batch left = Objects.requireNonNull(batch);
    RowStore right = Objects.requireNonNull(store);
    boolean leftNull = false;
    for (int key : leftKeys) {
      leftNull |= left.column(key).isNull(row);
    }
    int end = leftNull ? right.size() : rightNullCount;
    int n = count;
    while (position < end && n < Batch.CAPACITY) {
      int rightRow = leftNull ? position : rightNulls[position];
      position++;
      if (notDifferent(left, row, right, rightRow)) {
        leftRows[n] = row;
        rightRows[n++] = rightRow;
      }
    }
    return n;
  }

  private boolean notDifferent(Batch left, int row, RowStore right, int rightRow) {
    for (int i = 0; i < leftKeys.length; i++) {
      Vector a = left.column(leftKeys[i]);
      Vector b = right.column(rightKeys[i]);
      if (!a.isNull(row) && !b.isNull(rightRow) && !a.equalAt(row, b, rightRow)) {
        return false;
      }
    }
    return true;
  }
}
