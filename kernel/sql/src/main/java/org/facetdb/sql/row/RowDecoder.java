package org.facetdb.sql.row;

import static org.facetdb.sql.row.RowEncoder.INT;
import static org.facetdb.sql.row.RowEncoder.LONG;
import static org.facetdb.sql.row.RowEncoder.SHORT;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.facetdb.spi.DatabaseException;
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
 * Reads single columns of many rows into vectors, a column at a time; nothing is allocated per row
 * but for numerics that no long holds. Immutable, for any number of threads.
 */
final class RowDecoder {
  private final RowLayout layout;

  RowDecoder(RowLayout layout) {
    this.layout = layout;
  }

  /** Refuses rows of a schema version other than the layout's, and rows cut short. */
  void check(RowBatch rows) {
    int least = layout.endsOffset() + layout.variableCount() * Short.BYTES;
    for (int i = 0; i < rows.count(); i++) {
      int length = rows.lengths()[i];
      int version =
          length < RowLayout.HEADER_BYTES
              ? -1
              : (short) SHORT.get(rows.arrays()[i], rows.offsets()[i]) & (RowLayout.WIDE - 1);
      if (length < least || version != layout.schemaVersion()) {
        throw new DatabaseException(
            "XX001",
            DatabaseException.Category.CORRUPTION,
            "row does not fit its table: expected version="
                + layout.schemaVersion()
                + " and at least "
                + least
                + " bytes, found version="
                + version
                + " and "
                + length
                + " bytes");
      }
    }
  }

  /** The values of a column in all rows. */
  Vector decode(int column, RowBatch rows) {
    Vector out = Vector.create(layout.columns().get(column).type(), Math.max(1, rows.count()));
    int place = layout.place(column);
    if (out instanceof DecimalVector decimals) {
      if (layout.lane(column) == RowLayout.Lane.SCALED_LONG) {
        decimals.startFast(layout.columns().get(column).scale());
        decodeLongs(rows, place, decimals.unscaled());
      }
    }
    markNulls(column, rows, out);
    switch (layout.lane(column)) {
      case BOOLEAN -> decodeBooleans(rows, place, ((BooleanVector) out).values());
      case INT -> decodeInts(rows, place, ((IntVector) out).values());
      case LONG -> decodeLongs(rows, place, ((LongVector) out).values());
      case FLOAT -> decodeFloats(rows, place, ((FloatVector) out).values());
      case DOUBLE -> decodeDoubles(rows, place, ((DoubleVector) out).values());
      case SCALED_LONG -> {}
      case INTERVAL -> decodeIntervals(rows, place, (IntervalVector) out);
      case UUID -> decodeUuids(rows, place, (UuidVector) out);
      case DECIMAL -> decodeDecimals(rows, place, (DecimalVector) out);
      case BYTES -> decodeBytes(rows, place, (BytesVector) out);
    }
    return out;
  }

  private static void markNulls(int column, RowBatch rows, Vector out) {
    int place = RowLayout.HEADER_BYTES + (column >> 3);
    int mask = 1 << (column & 7);
    byte[][] arrays = rows.arrays();
    int[] offsets = rows.offsets();
    for (int i = 0, n = rows.count(); i < n; i++) {
      if ((arrays[i][offsets[i] + place] & mask) != 0) {
        out.setNull(i);
      }
    }
  }

  private static void decodeBooleans(RowBatch rows, int place, boolean[] out) {
    for (int i = 0, n = rows.count(); i < n; i++) {
      out[i] = rows.arrays()[i][rows.offsets()[i] + place] != 0;
    }
  }

  private static void decodeInts(RowBatch rows, int place, int[] out) {
    byte[][] arrays = rows.arrays();
    int[] offsets = rows.offsets();
    for (int i = 0, n = rows.count(); i < n; i++) {
      out[i] = (int) INT.get(arrays[i], offsets[i] + place);
    }
  }

  private static void decodeLongs(RowBatch rows, int place, long[] out) {
    byte[][] arrays = rows.arrays();
    int[] offsets = rows.offsets();
    for (int i = 0, n = rows.count(); i < n; i++) {
      out[i] = (long) LONG.get(arrays[i], offsets[i] + place);
    }
  }

  private static void decodeFloats(RowBatch rows, int place, float[] out) {
    for (int i = 0, n = rows.count(); i < n; i++) {
      out[i] = Float.intBitsToFloat((int) INT.get(rows.arrays()[i], rows.offsets()[i] + place));
    }
  }

  private static void decodeDoubles(RowBatch rows, int place, double[] out) {
    byte[][] arrays = rows.arrays();
    int[] offsets = rows.offsets();
    for (int i = 0, n = rows.count(); i < n; i++) {
      out[i] = Double.longBitsToDouble((long) LONG.get(arrays[i], offsets[i] + place));
    }
  }

  private static void decodeIntervals(RowBatch rows, int place, IntervalVector out) {
    for (int i = 0, n = rows.count(); i < n; i++) {
      byte[] array = rows.arrays()[i];
      int offset = rows.offsets()[i] + place;
      out.months()[i] = (int) INT.get(array, offset);
      out.days()[i] = (int) INT.get(array, offset + 4);
      out.micros()[i] = (long) LONG.get(array, offset + 8);
    }
  }

  private static void decodeUuids(RowBatch rows, int place, UuidVector out) {
    for (int i = 0, n = rows.count(); i < n; i++) {
      byte[] array = rows.arrays()[i];
      int offset = rows.offsets()[i] + place;
      out.high()[i] = (long) LONG.get(array, offset);
      out.low()[i] = (long) LONG.get(array, offset + 8);
    }
  }

  private void decodeDecimals(RowBatch rows, int rank, DecimalVector out) {
    for (int i = 0, n = rows.count(); i < n; i++) {
      if (out.isNull(i)) {
        continue;
      }
      byte[] array = rows.arrays()[i];
      int start = start(array, rows.offsets()[i], rank);
      int length = end(array, rows.offsets()[i], rank) - start - Short.BYTES;
      int scale = (short) SHORT.get(array, start);
      int digits = start + Short.BYTES;
      if (length <= Long.BYTES && scale >= 0 && scale <= DecimalVector.MAX_FAST_SCALE) {
        long value = array[digits];
        for (int k = 1; k < length; k++) {
          value = value << 8 | (array[digits + k] & 0xff);
        }
        out.set(i, value, scale);
      } else {
        out.set(i, new BigDecimal(new BigInteger(array, digits, length), scale));
      }
    }
  }

  private void decodeBytes(RowBatch rows, int rank, BytesVector out) {
    int[] offsets = out.offsets();
    int[] lengths = out.lengths();
    int total = 0;
    for (int i = 0, n = rows.count(); i < n; i++) {
      byte[] array = rows.arrays()[i];
      int start = start(array, rows.offsets()[i], rank);
      offsets[i] = start;
      lengths[i] = end(array, rows.offsets()[i], rank) - start;
      total = Math.addExact(total, lengths[i]);
    }
    int target = out.allocate(total);
    byte[] data = out.data();
    for (int i = 0, n = rows.count(); i < n; i++) {
      System.arraycopy(rows.arrays()[i], offsets[i], data, target, lengths[i]);
      offsets[i] = target;
      target += lengths[i];
    }
  }

  private int start(byte[] array, int offset, int rank) {
    return rank == 0 ? variableStart(array, offset) : end(array, offset, rank - 1);
  }

  private int end(byte[] array, int offset, int rank) {
    int ends = offset + layout.endsOffset();
    int relative =
        isWide(array, offset)
            ? (int) INT.get(array, ends + rank * Integer.BYTES)
            : (short) SHORT.get(array, ends + rank * Short.BYTES) & 0xffff;
    return variableStart(array, offset) + relative;
  }

  private int variableStart(byte[] array, int offset) {
    int width = isWide(array, offset) ? Integer.BYTES : Short.BYTES;
    return offset + layout.endsOffset() + layout.variableCount() * width;
  }

  private static boolean isWide(byte[] array, int offset) {
    return array[offset + 1] < 0;
  }
}
