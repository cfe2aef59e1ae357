package org.facetdb.sql.row;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteOrder;
import java.util.Arrays;
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
 * Writes rows in the form of {@link RowLayout}. Not thread-safe: it keeps a buffer from row to row.
 */
public final class RowEncoder {
  static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final RowLayout layout;
  private final int columnCount;
  private final int[] ends;
  private final byte[] head;
  private byte[] variable = new byte[256];
  private int used;

  public RowEncoder(RowLayout layout) {
    this.layout = layout;
    this.columnCount = layout.columns().size();
    this.ends = new int[layout.variableCount()];
    this.head = new byte[layout.endsOffset()];
  }

  /** The value of a row given by all of the table's columns in order. */
  public byte[] encode(Vector[] row, int position) {
    Arrays.fill(head, (byte) 0);
    used = 0;
    for (int column = 0; column < columnCount; column++) {
      Vector values = row[column];
      boolean fixed = layout.lane(column).isFixed();
      if (values.isNull(position)) {
        head[RowLayout.HEADER_BYTES + (column >> 3)] |= (byte) (1 << (column & 7));
      } else if (fixed) {
        writeFixed(column, values, position, layout.place(column));
      } else {
        writeVariable(layout.lane(column), values, position);
      }
      if (!fixed) {
        ends[layout.place(column)] = used;
      }
    }
    return assemble();
  }

  private byte[] assemble() {
    boolean wide = used > 0xffff;
    int width = wide ? Integer.BYTES : Short.BYTES;
    int start = head.length + ends.length * width;
    byte[] value = new byte[start + used];
    System.arraycopy(head, 0, value, 0, head.length);
    SHORT.set(value, 0, (short) (layout.schemaVersion() | (wide ? RowLayout.WIDE : 0)));
    for (int i = 0; i < ends.length; i++) {
      if (wide) {
        INT.set(value, head.length + i * width, ends[i]);
      } else {
        SHORT.set(value, head.length + i * width, (short) ends[i]);
      }
    }
    System.arraycopy(variable, 0, value, start, used);
    return value;
  }

  private void writeFixed(int column, Vector values, int position, int offset) {
    switch (values) {
      case BooleanVector v -> head[offset] = (byte) (v.get(position) ? 1 : 0);
      case IntVector v -> INT.set(head, offset, v.get(position));
      case LongVector v -> LONG.set(head, offset, v.get(position));
      case FloatVector v -> INT.set(head, offset, Float.floatToRawIntBits(v.get(position)));
      case DoubleVector v -> LONG.set(head, offset, Double.doubleToRawLongBits(v.get(position)));
      case DecimalVector v -> LONG.set(head, offset, scaled(column, v, position));
      case IntervalVector v -> {
        INT.set(head, offset, v.months()[position]);
        INT.set(head, offset + 4, v.days()[position]);
        LONG.set(head, offset + 8, v.micros()[position]);
      }
      case UuidVector v -> {
        LONG.set(head, offset, v.high()[position]);
        LONG.set(head, offset + 8, v.low()[position]);
      }
      case BytesVector v -> throw new IllegalStateException("bytes are variable: " + v.type());
    }
  }

  private long scaled(int column, DecimalVector values, int position) {
    int scale = layout.columns().get(column).scale();
    if (values.isFast() && values.scale() == scale) {
      return values.unscaled()[position];
    }
    return values
        .get(position)
        .setScale(scale, RoundingMode.HALF_UP)
        .unscaledValue()
        .longValueExact();
  }

  private void writeVariable(RowLayout.Lane lane, Vector values, int position) {
    if (lane == RowLayout.Lane.BYTES) {
      BytesVector bytes = (BytesVector) values;
      append(bytes.data(), bytes.offset(position), bytes.length(position));
      return;
    }
    BigDecimal decimal = ((DecimalVector) values).get(position);
    byte[] digits = decimal.unscaledValue().toByteArray();
    reserve(Short.BYTES + digits.length);
    SHORT.set(variable, used, (short) decimal.scale());
    used += Short.BYTES;
    append(digits, 0, digits.length);
  }

  private void append(byte[] source, int offset, int length) {
    reserve(length);
    System.arraycopy(source, offset, variable, used, length);
    used += length;
  }

  private void reserve(int count) {
    int needed = Math.addExact(used, count);
    if (needed > variable.length) {
      variable = Arrays.copyOf(variable, Math.max(needed, variable.length * 2));
    }
  }
}
