package org.facetdb.sql.exec;

import java.util.List;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.BooleanVector;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.IntVector;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.LongVector;
import org.facetdb.spi.type.PhysicalKind;
import org.facetdb.spi.type.Vector;
import org.jspecify.annotations.Nullable;

/**
 * Packs the key columns of a row into one 64-bit number where they fit: each column has a fixed
 * share of the bits, and a row fits if no key is null and each lies within its share. Whether a key
 * fits depends on its value alone, so equal keys either all fit or none does.
 *
 * <p>Not thread-safe (scratch arrays). A string takes 3 bits for its length and 8 per byte.
 */
final class KeyPacking {
  private static final int LENGTH_BITS = 3;
  private static final int MIN_SHARE = 8 + LENGTH_BITS;

  private final int[] bits;
  private final boolean[] misfit = new boolean[Batch.CAPACITY];
  final long[] packed = new long[Batch.CAPACITY];
  final int[] misfits = new int[Batch.CAPACITY];

  private KeyPacking(int[] bits) {
    this.bits = bits;
  }

  /** The shares for the types, null where a type cannot be packed or there are too many. */
  static @Nullable KeyPacking of(List<LogicalType> types) {
    int flexible = 0;
    int wide = 0;
    int ints = 0;
    int left = 64;
    for (LogicalType type : types) {
      switch (type.physicalKind()) {
        case PhysicalKind.Fixed.BOOLEAN -> left--;
        case PhysicalKind.Fixed.INT -> ints++;
        case PhysicalKind.Fixed.LONG -> wide++;
        case PhysicalKind.VariableBytes _ -> flexible++;
        default -> {
          return null;
        }
      }
    }
    flexible += wide;
    if (types.isEmpty() || left < 0) {
      return null;
    }
    int intShare = ints == 0 ? 0 : Math.min(32, left / (flexible == 0 ? ints : ints + flexible));
    if (ints > 0 && 32 * ints + MIN_SHARE * flexible <= left) {
      intShare = 32;
    }
    int share = flexible == 0 ? 0 : (left - ints * intShare) / flexible;
    if ((ints > 0 && intShare < MIN_SHARE) || (flexible > 0 && share < MIN_SHARE)) {
      return null;
    }
    int[] bits = new int[types.size()];
    for (int i = 0; i < bits.length; i++) {
      PhysicalKind kind = types.get(i).physicalKind();
      bits[i] =
          kind == PhysicalKind.Fixed.BOOLEAN
              ? 1
              : kind == PhysicalKind.Fixed.INT ? intShare : share;
    }
    return new KeyPacking(bits);
  }

  /**
   * Fills {@link #packed} for each k where the row fits, and {@link #misfits} with the other k.
   *
   * @return the number of misfits
   */
  int pack(Vector[] columns, int[] rows, int count) {
    boolean[] bad = misfit;
    java.util.Arrays.fill(bad, 0, count, false);
    java.util.Arrays.fill(packed, 0, count, 0L);
    for (int c = 0; c < bits.length; c++) {
      Vector column = columns[c];
      if (column.hasNulls()) {
        boolean[] nulls = column.nulls();
        for (int k = 0; k < count; k++) {
          bad[k] |= nulls[rows[k]];
        }
      }
      switch (column) {
        case IntVector v -> packInts(v.values(), bits[c], rows, count);
        case LongVector v -> packLongs(v.values(), bits[c], rows, count);
        case BytesVector v -> packBytes(v, bits[c], rows, count);
        case BooleanVector v -> packBooleans(v.values(), rows, count);
        default -> throw new IllegalStateException("no packed form: " + column.type().name());
      }
    }
    int n = 0;
    for (int k = 0; k < count; k++) {
      misfits[n] = k;
      n += bad[k] ? 1 : 0;
    }
    return n;
  }

  private void packInts(int[] values, int share, int[] rows, int count) {
    if (share == 32) {
      for (int k = 0; k < count; k++) {
        packed[k] = packed[k] << 32 | (values[rows[k]] & 0xFFFFFFFFL);
      }
      return;
    }
    int unused = 32 - share;
    for (int k = 0; k < count; k++) {
      int value = values[rows[k]];
      misfit[k] |= value << unused >> unused != value;
      packed[k] = packed[k] << share | (value & (1L << share) - 1);
    }
  }

  private void packLongs(long[] values, int share, int[] rows, int count) {
    if (share == 64) {
      for (int k = 0; k < count; k++) {
        packed[k] = values[rows[k]];
      }
      return;
    }
    int unused = 64 - share;
    for (int k = 0; k < count; k++) {
      long value = values[rows[k]];
      misfit[k] |= value << unused >> unused != value;
      packed[k] = packed[k] << share | (value & (1L << share) - 1);
    }
  }

  private void packBytes(BytesVector column, int share, int[] rows, int count) {
    byte[] data = column.data();
    int[] offsets = column.offsets();
    int[] lengths = column.lengths();
    int maxLength = Math.min(7, (share - LENGTH_BITS) / 8);
    for (int k = 0; k < count; k++) {
      if (misfit[k]) {
        continue;
      }
      int row = rows[k];
      int length = lengths[row];
      if (length > maxLength) {
        misfit[k] = true;
        continue;
      }
      long code = length;
      int offset = offsets[row];
      for (int i = 0; i < length; i++) {
        code |= (data[offset + i] & 0xFFL) << (LENGTH_BITS + 8 * i);
      }
      packed[k] = (share == 64 ? 0 : packed[k] << share) | code;
    }
  }

  private void packBooleans(boolean[] values, int[] rows, int count) {
    for (int k = 0; k < count; k++) {
      packed[k] = packed[k] << 1 | (values[rows[k]] ? 1 : 0);
    }
  }
}
