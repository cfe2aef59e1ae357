package org.facetdb.sql.exec;

import java.math.BigDecimal;
import org.facetdb.spi.type.BooleanVector;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.DecimalVector;
import org.facetdb.spi.type.DoubleVector;
import org.facetdb.spi.type.FloatVector;
import org.facetdb.spi.type.IntVector;
import org.facetdb.spi.type.IntervalVector;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.LongVector;
import org.facetdb.spi.type.UuidVector;
import org.facetdb.spi.type.Vector;

/** Bulk moves between vectors of the same lane, one typed loop per lane. Stateless. */
final class Vectors {
  private Vectors() {}

  /** Empty vectors of the types, each with room for {@code capacity} rows. */
  static Vector[] create(java.util.List<LogicalType> types, int capacity) {
    Vector[] vectors = new Vector[types.size()];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = Vector.create(types.get(i), capacity);
    }
    return vectors;
  }

  /**
   * Copies rows {@code rows[0..count)} of the source to positions {@code at, at + 1, ...} of the
   * target, which must not have been set before.
   */
  static void append(Vector target, int at, Vector source, int[] rows, int count) {
    target.ensureCapacity(at + count);
    switch (target) {
      case IntVector t -> {
        int[] to = t.values();
        int[] from = ((IntVector) source).values();
        for (int k = 0; k < count; k++) {
          to[at + k] = from[rows[k]];
        }
        appendNulls(target, at, source, rows, count);
      }
      case LongVector t -> {
        long[] to = t.values();
        long[] from = ((LongVector) source).values();
        for (int k = 0; k < count; k++) {
          to[at + k] = from[rows[k]];
        }
        appendNulls(target, at, source, rows, count);
      }
      case DoubleVector t -> {
        double[] to = t.values();
        double[] from = ((DoubleVector) source).values();
        for (int k = 0; k < count; k++) {
          to[at + k] = from[rows[k]];
        }
        appendNulls(target, at, source, rows, count);
      }
      case BytesVector t -> appendBytes(t, at, (BytesVector) source, rows, count);
      case DecimalVector t -> appendDecimals(t, at, (DecimalVector) source, rows, count);
      case BooleanVector _, FloatVector _, IntervalVector _, UuidVector _ ->
          appendRows(target, at, source, rows, count);
    }
  }

  private static void appendRows(Vector target, int at, Vector source, int[] rows, int count) {
    for (int k = 0; k < count; k++) {
      target.copyFrom(source, rows[k], at + k);
    }
  }

  private static void appendNulls(Vector target, int at, Vector source, int[] rows, int count) {
    if (!source.hasNulls()) {
      return;
    }
    boolean[] nulls = source.nulls();
    for (int k = 0; k < count; k++) {
      if (nulls[rows[k]]) {
        target.setNull(at + k);
      }
    }
  }

  private static void appendBytes(
      BytesVector target, int at, BytesVector source, int[] rows, int count) {
    int[] lengths = source.lengths();
    int[] offsets = source.offsets();
    byte[] data = source.data();
    boolean hasNulls = source.hasNulls();
    for (int k = 0; k < count; k++) {
      int row = rows[k];
      if (hasNulls && source.isNull(row)) {
        target.setNull(at + k);
      } else {
        target.set(at + k, data, offsets[row], lengths[row]);
      }
    }
  }

  private static void appendDecimals(
      DecimalVector target, int at, DecimalVector source, int[] rows, int count) {
    if (source.isFast() && at == 0 && !target.hasNulls()) {
      target.startFast(source.scale());
    }
    if (!source.isFast() || !target.isFast() || target.scale() != source.scale()) {
      appendRows(target, at, source, rows, count);
      return;
    }
    long[] to = target.unscaled();
    long[] from = source.unscaled();
    for (int k = 0; k < count; k++) {
      to[at + k] = from[rows[k]];
    }
    appendNulls(target, at, source, rows, count);
  }

  /**
   * Makes {@code out} rows {@code rows[0..count)} of the source; a negative row gives a null. Byte
   * strings are not copied: {@code out} points into the source's data.
   */
  static void gather(Vector out, Vector source, int[] rows, int count) {
    out.reset();
    out.ensureCapacity(count);
    switch (out) {
      case IntVector o -> {
        int[] to = o.values();
        int[] from = ((IntVector) source).values();
        for (int k = 0; k < count; k++) {
          int row = rows[k];
          to[k] = row < 0 ? 0 : from[row];
        }
        gatherNulls(out, source, rows, count);
      }
      case LongVector o -> {
        long[] to = o.values();
        long[] from = ((LongVector) source).values();
        for (int k = 0; k < count; k++) {
          int row = rows[k];
          to[k] = row < 0 ? 0 : from[row];
        }
        gatherNulls(out, source, rows, count);
      }
      case DoubleVector o -> {
        double[] to = o.values();
        double[] from = ((DoubleVector) source).values();
        for (int k = 0; k < count; k++) {
          int row = rows[k];
          to[k] = row < 0 ? 0 : from[row];
        }
        gatherNulls(out, source, rows, count);
      }
      case BytesVector o -> gatherBytes(o, (BytesVector) source, rows, count);
      case DecimalVector o -> gatherDecimals(o, (DecimalVector) source, rows, count);
      case BooleanVector _, FloatVector _, IntervalVector _, UuidVector _ ->
          out.gather(source, rows, count);
    }
  }

  private static void gatherNulls(Vector out, Vector source, int[] rows, int count) {
    boolean hasNulls = source.hasNulls();
    for (int k = 0; k < count; k++) {
      int row = rows[k];
      if (row < 0 || (hasNulls && source.isNull(row))) {
        out.setNull(k);
      }
    }
  }

  private static void gatherBytes(BytesVector out, BytesVector source, int[] rows, int count) {
    out.share(source.data());
    int[] offsets = source.offsets();
    int[] lengths = source.lengths();
    int[] outOffsets = out.offsets();
    int[] outLengths = out.lengths();
    for (int k = 0; k < count; k++) {
      int row = rows[k];
      if (row >= 0) {
        outOffsets[k] = offsets[row];
        outLengths[k] = lengths[row];
      }
    }
    gatherNulls(out, source, rows, count);
  }

  private static void gatherDecimals(
      DecimalVector out, DecimalVector source, int[] rows, int count) {
    if (source.isFast()) {
      out.startFast(source.scale());
      long[] to = out.unscaled();
      long[] from = source.unscaled();
      for (int k = 0; k < count; k++) {
        int row = rows[k];
        to[k] = row < 0 ? 0 : from[row];
      }
    } else {
      out.startGeneral();
      BigDecimal[] to = out.general();
      BigDecimal[] from = source.general();
      for (int k = 0; k < count; k++) {
        if (rows[k] >= 0) {
          to[k] = from[rows[k]];
        }
      }
    }
    gatherNulls(out, source, rows, count);
  }

  /** Makes {@code out} null in each of {@code count} rows. */
  static void fillNulls(Vector out, int count) {
    out.reset();
    out.ensureCapacity(count);
    for (int k = 0; k < count; k++) {
      out.setNull(k);
    }
  }

  /** An estimate of the bytes that a vector's arrays take. */
  static long bytes(Vector vector) {
    long capacity = vector.capacity();
    long values =
        switch (vector) {
          case BooleanVector _ -> capacity;
          case IntVector _, FloatVector _ -> 4 * capacity;
          case LongVector _, DoubleVector _ -> 8 * capacity;
          case DecimalVector d -> d.isFast() ? 8 * capacity : 64 * capacity;
          case BytesVector b -> 8 * capacity + b.data().length;
          case IntervalVector _, UuidVector _ -> 16 * capacity;
        };
    return values + (vector.hasNulls() ? capacity : 0);
  }

  static long bytes(Vector[] vectors) {
    long sum = 0;
    for (Vector vector : vectors) {
      sum += bytes(vector);
    }
    return sum;
  }
}
