package org.facetdb.spi.type;

import java.util.Arrays;
import org.facetdb.spi.DatabaseException;
import org.jspecify.annotations.Nullable;

/**
 * A column of values over Java arrays with a null mask. Not thread-safe. Whoever created a vector
 * owns it and alone writes to it; between {@link #reset} and reading each row is set at most by its
 * owner, in any order. A row that was never set since {@link #reset} holds an unspecified value.
 */
public abstract sealed class Vector
    permits BooleanVector,
        IntVector,
        LongVector,
        FloatVector,
        DoubleVector,
        DecimalVector,
        BytesVector,
        IntervalVector,
        UuidVector {
  private final LogicalType type;
  private boolean[] nulls = new boolean[0];
  private boolean hasNulls;
  private boolean nullsDirty;

  Vector(LogicalType type) {
    this.type = type;
  }

  /** An empty vector for {@code type} with room for {@code capacity} rows. */
  public static Vector create(LogicalType type, int capacity) {
    return switch (type.physicalKind()) {
      case PhysicalKind.Fixed lane -> createFixed(type, lane, capacity);
      case PhysicalKind.VariableBytes _ -> new BytesVector(type, capacity);
      case PhysicalKind.Dictionary _,
          PhysicalKind.ListOf _,
          PhysicalKind.FixedSizeList _,
          PhysicalKind.Struct _ ->
          throw DatabaseException.unsupported(
              "columns of this physical kind have no vector: " + type.physicalKind());
    };
  }

  /** An empty vector for {@code type} with room for a batch. */
  public static Vector create(LogicalType type) {
    return create(type, Batch.CAPACITY);
  }

  private static Vector createFixed(LogicalType type, PhysicalKind.Fixed lane, int capacity) {
    return switch (lane) {
      case BOOLEAN -> new BooleanVector(type, capacity);
      case INT -> new IntVector(type, capacity);
      case LONG -> new LongVector(type, capacity);
      case FLOAT -> new FloatVector(type, capacity);
      case DOUBLE -> new DoubleVector(type, capacity);
      case DECIMAL -> new DecimalVector(type, capacity);
      case INTERVAL -> new IntervalVector(type, capacity);
      case UUID -> new UuidVector(type, capacity);
    };
  }

  public final LogicalType type() {
    return type;
  }

  /** Rows that fit without growing. */
  public abstract int capacity();

  /** Makes room for at least {@code rows}, at least doubling, and keeps what is there. */
  public abstract void ensureCapacity(int rows);

  static int grown(int capacity, int rows) {
    return Math.max(rows, (int) Math.min(Integer.MAX_VALUE - 8L, capacity * 2L));
  }

  public final boolean isNull(int row) {
    return hasNulls && nulls[row];
  }

  /** Whether any row may be null. */
  public final boolean hasNulls() {
    return hasNulls;
  }

  /** The mask, at least as long as the capacity when {@link #hasNulls}. Read only. */
  public final boolean[] nulls() {
    return nulls;
  }

  public final void setNull(int row) {
    if (!hasNulls) {
      startNulls();
    } else if (row >= nulls.length) {
      nulls = Arrays.copyOf(nulls, capacity());
    }
    nulls[row] = true;
  }

  private void startNulls() {
    if (nulls.length < capacity()) {
      nulls = new boolean[capacity()];
    } else if (nullsDirty) {
      Arrays.fill(nulls, false);
    }
    hasNulls = true;
    nullsDirty = true;
  }

  /** Called by every setter of a value. */
  final void setNotNull(int row) {
    if (hasNulls) {
      nulls[row] = false;
    }
  }

  final void growNulls() {
    if (hasNulls && nulls.length < capacity()) {
      nulls = Arrays.copyOf(nulls, capacity());
    }
  }

  /**
   * Marks the rows null that are null in {@code other}: the first step of a strict function. Rows
   * that were null stay so.
   */
  public final void addNulls(Vector other, int[] rows, int count) {
    if (!other.hasNulls) {
      return;
    }
    boolean[] source = other.nulls;
    for (int k = 0; k < count; k++) {
      if (source[rows[k]]) {
        setNull(rows[k]);
      }
    }
  }

  /** Forgets all rows; arrays are kept. */
  public void reset() {
    hasNulls = false;
  }

  /** The boxed canonical value, null for a null. */
  public final @Nullable Object valueAt(int row) {
    return isNull(row) ? null : type.box(this, row);
  }

  /** Stores a boxed canonical value or null. */
  public final void set(int row, @Nullable Object value) {
    if (value == null) {
      setNull(row);
    } else {
      type.unbox(value, this, row);
    }
  }

  /** The lane's own boxed value of a row that is not null. */
  public abstract Object rawAt(int row);

  /** Stores the lane's own boxed value. */
  public abstract void setRaw(int row, Object value);

  /** Sets a row to a row, null included, of a vector of the same lane. */
  public final void copyFrom(Vector source, int sourceRow, int row) {
    if (source.isNull(sourceRow)) {
      setNull(row);
    } else {
      copyValue(source, sourceRow, row);
    }
  }

  abstract void copyValue(Vector source, int sourceRow, int row);

  /** Sets row k to row {@code rows[k]} of {@code source}; a negative index gives a null. */
  public void gather(Vector source, int[] rows, int count) {
    for (int k = 0; k < count; k++) {
      if (rows[k] < 0) {
        setNull(k);
      } else {
        copyFrom(source, rows[k], k);
      }
    }
  }

  /** Sets each listed row to the same row of {@code source}. */
  public void copyRows(Vector source, int[] rows, int count) {
    for (int k = 0; k < count; k++) {
      copyFrom(source, rows[k], rows[k]);
    }
  }

  /** Orders two rows, neither null, of the same lane. */
  public abstract int compare(int row, Vector other, int otherRow);

  /** Whether two rows, neither null, of the same lane are equal in the order. */
  public boolean equalAt(int row, Vector other, int otherRow) {
    return compare(row, other, otherRow) == 0;
  }

  /** A hash that agrees with {@link #equalAt}; 0 for a null. */
  public final long hash(int row) {
    return isNull(row) ? 0 : hashValue(row);
  }

  abstract long hashValue(int row);

  static long mix(long value) {
    long h = value * 0x9E3779B97F4A7C15L;
    h ^= h >>> 32;
    h *= 0xD6E8FEB86659FD93L;
    return h ^ (h >>> 29);
  }
}
