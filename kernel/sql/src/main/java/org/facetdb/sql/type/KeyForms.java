package org.facetdb.sql.type;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.BooleanVector;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.DecimalVector;
import org.facetdb.spi.type.DoubleVector;
import org.facetdb.spi.type.FloatVector;
import org.facetdb.spi.type.IntVector;
import org.facetdb.spi.type.Interval;
import org.facetdb.spi.type.IntervalVector;
import org.facetdb.spi.type.KeyReader;
import org.facetdb.spi.type.KeyWriter;
import org.facetdb.spi.type.LongVector;
import org.facetdb.spi.type.UuidVector;
import org.facetdb.spi.type.Vector;

/**
 * Memcomparable forms of built-in values: comparing bytes as unsigned compares values, equal values
 * have equal bytes, no form is a prefix of another. Stateless. Big-endian throughout:
 *
 * <pre>
 * boolean            1 byte, 0 or 1
 * smallint           2 bytes, sign bit flipped
 * integer, date      4 bytes, sign bit flipped
 * bigint, time(s)    8 bytes, sign bit flipped
 * real, double       IEEE bits; negative ones complemented, others with the sign bit flipped;
 *                    -0 as 0, every NaN as the one above infinity
 * text, bytea        bytes, 00 as 00 FF, then 00 01;          "a" = 61 00 01
 * numeric            sign (01 negative, 02 zero, 03 positive), then for 0.d1d2.. x 10^e:
 *                    e in 4 bytes with the sign bit flipped, pairs of digits plus one, 00;
 *                    after the sign a negative one is complemented
 *                    12.5 = 03 80000002 0D 33 00   (0.125 x 10^2: 12 50)
 * interval           whole days (8 bytes), microseconds beyond them (8 bytes), sign bits flipped
 * uuid               16 bytes
 * </pre>
 */
public final class KeyForms {
  private static final int NEGATIVE = 1;
  private static final int ZERO = 2;
  private static final int POSITIVE = 3;

  /** Before a value in an ascending key whose nulls come last. */
  public static final int PRESENT = 1;

  /** Stands for a null that comes last. */
  public static final int NULL_LAST = 2;

  /** Stands for a null that comes first. */
  public static final int NULL_FIRST = 0;

  private KeyForms() {}

  /**
   * Appends a column of a key, which may be null.
   *
   * @param descending complements the value's bytes; where nulls go is told apart from it
   */
  public static void encodeColumn(
      Vector vector, int row, boolean descending, boolean nullsFirst, KeyWriter out) {
    if (vector.isNull(row)) {
      out.writeByte(nullsFirst ? NULL_FIRST : NULL_LAST);
      return;
    }
    out.writeByte(PRESENT);
    int start = out.length();
    vector.type().encodeKey(vector, row, out);
    if (descending) {
      out.invertFrom(start);
    }
  }

  /** Reads what {@link #encodeColumn} wrote. */
  public static void decodeColumn(KeyReader in, boolean descending, Vector vector, int row) {
    if (in.readByte() != PRESENT) {
      vector.setNull(row);
      return;
    }
    in.setInverted(descending);
    vector.type().decodeKey(in, vector, row);
    in.setInverted(false);
  }

  static void encode(TypeKind kind, Vector vector, int row, KeyWriter out) {
    switch (kind) {
      case BOOLEAN -> out.writeByte(((BooleanVector) vector).get(row) ? 1 : 0);
      case SMALLINT -> out.writeShort(((IntVector) vector).get(row) ^ 0x8000);
      case INTEGER, DATE -> out.writeInt(((IntVector) vector).get(row) ^ Integer.MIN_VALUE);
      case BIGINT, TIME, TIMESTAMP, TIMESTAMPTZ ->
          out.writeLong(((LongVector) vector).get(row) ^ Long.MIN_VALUE);
      case REAL -> out.writeInt(floatBits(((FloatVector) vector).get(row)));
      case DOUBLE -> out.writeLong(doubleBits(((DoubleVector) vector).get(row)));
      case NUMERIC -> encodeNumeric((DecimalVector) vector, row, out);
      case UNKNOWN, TEXT, VARCHAR, CHAR, BYTEA -> encodeBytes((BytesVector) vector, row, out);
      case INTERVAL -> encodeInterval((IntervalVector) vector, row, out);
      case UUID -> {
        out.writeLong(((UuidVector) vector).high()[row]);
        out.writeLong(((UuidVector) vector).low()[row]);
      }
      case JSON ->
          throw DatabaseException.user(
              "42704", "data type json has no default operator class for access method \"btree\"");
    }
  }

  static void decode(SqlType type, KeyReader in, Vector vector, int row) {
    switch (type.kind()) {
      case BOOLEAN -> ((BooleanVector) vector).set(row, in.readByte() != 0);
      case SMALLINT -> ((IntVector) vector).set(row, (short) (in.readShort() ^ 0x8000));
      case INTEGER, DATE -> ((IntVector) vector).set(row, in.readInt() ^ Integer.MIN_VALUE);
      case BIGINT, TIME, TIMESTAMP, TIMESTAMPTZ ->
          ((LongVector) vector).set(row, in.readLong() ^ Long.MIN_VALUE);
      case REAL -> ((FloatVector) vector).set(row, floatOf(in.readInt()));
      case DOUBLE -> ((DoubleVector) vector).set(row, doubleOf(in.readLong()));
      case NUMERIC -> ((DecimalVector) vector).set(row, decodeNumeric(type, in));
      case UNKNOWN, TEXT, VARCHAR, CHAR, BYTEA -> decodeBytes(in, (BytesVector) vector, row);
      case INTERVAL -> decodeInterval(in, (IntervalVector) vector, row);
      case UUID -> ((UuidVector) vector).set(row, in.readLong(), in.readLong());
      case JSON -> throw DatabaseException.internal("json has no key", null);
    }
  }

  private static int floatBits(float value) {
    int bits = Float.floatToIntBits(value + 0f);
    return bits < 0 ? ~bits : bits ^ Integer.MIN_VALUE;
  }

  private static float floatOf(int bits) {
    return Float.intBitsToFloat(bits < 0 ? bits ^ Integer.MIN_VALUE : ~bits);
  }

  private static long doubleBits(double value) {
    long bits = Double.doubleToLongBits(value + 0d);
    return bits < 0 ? ~bits : bits ^ Long.MIN_VALUE;
  }

  private static double doubleOf(long bits) {
    return Double.longBitsToDouble(bits < 0 ? bits ^ Long.MIN_VALUE : ~bits);
  }

  private static void encodeBytes(BytesVector vector, int row, KeyWriter out) {
    byte[] data = vector.data();
    int from = vector.offset(row);
    int end = from + vector.length(row);
    for (int i = from; i < end; i++) {
      if (data[i] == 0) {
        out.writeBytes(data, from, i - from);
        out.writeShort(0x00ff);
        from = i + 1;
      }
    }
    out.writeBytes(data, from, end - from);
    out.writeShort(0x0001);
  }

  private static void decodeBytes(KeyReader in, BytesVector vector, int row) {
    int start = vector.allocate(in.remaining());
    byte[] data = vector.data();
    int at = start;
    while (true) {
      int b = in.readByte();
      if (b == 0 && in.readByte() == 1) {
        break;
      }
      data[at++] = (byte) b;
    }
    vector.trimTo(at);
    vector.setSlice(row, start, at - start);
  }

  private static void encodeInterval(IntervalVector vector, int row, KeyWriter out) {
    long micros = vector.micros()[row];
    long days = Interval.wholeDays(vector.months()[row], vector.days()[row], micros);
    out.writeLong(days ^ Long.MIN_VALUE);
    out.writeLong(Interval.restMicros(micros) ^ Long.MIN_VALUE);
  }

  /** Restores an equal interval, which need not have the same fields. */
  private static void decodeInterval(KeyReader in, IntervalVector vector, int row) {
    long days = in.readLong() ^ Long.MIN_VALUE;
    long micros = in.readLong() ^ Long.MIN_VALUE;
    vector.set(row, (int) (days / 30), (int) (days % 30), micros);
  }

  private static void encodeNumeric(DecimalVector vector, int row, KeyWriter out) {
    if (vector.isFast()) {
      long value = vector.unscaled()[row];
      if (value != Long.MIN_VALUE) {
        encodeDigits(Long.signum(value), Long.toString(Math.abs(value)), vector.scale(), out);
        return;
      }
    }
    BigDecimal value = vector.get(row);
    encodeDigits(value.signum(), value.unscaledValue().abs().toString(), value.scale(), out);
  }

  private static void encodeDigits(int sign, String digits, int scale, KeyWriter out) {
    if (sign == 0) {
      out.writeByte(ZERO);
      return;
    }
    out.writeByte(sign < 0 ? NEGATIVE : POSITIVE);
    int start = out.length();
    int end = digits.length();
    out.writeInt((end - scale) ^ Integer.MIN_VALUE);
    while (digits.charAt(end - 1) == '0') {
      end--;
    }
    for (int i = 0; i < end; i += 2) {
      int high = digits.charAt(i) - '0';
      int low = i + 1 < end ? digits.charAt(i + 1) - '0' : 0;
      out.writeByte(high * 10 + low + 1);
    }
    out.writeByte(0);
    if (sign < 0) {
      out.invertFrom(start);
    }
  }

  private static BigDecimal decodeNumeric(SqlType type, KeyReader in) {
    int sign = in.readByte();
    if (sign == ZERO) {
      return BigDecimal.valueOf(0, Math.max(0, type.scale()));
    }
    int flip = sign == NEGATIVE ? 0xff : 0;
    int exponent = (in.readInt() ^ Integer.MIN_VALUE) ^ (flip == 0 ? 0 : -1);
    StringBuilder digits = new StringBuilder();
    for (int pair = in.readByte() ^ flip; pair != 0; pair = in.readByte() ^ flip) {
      digits.append((char) ('0' + (pair - 1) / 10)).append((char) ('0' + (pair - 1) % 10));
    }
    BigDecimal value =
        new BigDecimal(new BigInteger(digits.toString()), digits.length() - exponent);
    value = value.stripTrailingZeros();
    if (value.scale() < Math.max(0, type.scale())) {
      value = value.setScale(Math.max(0, type.scale()));
    }
    return sign == NEGATIVE ? value.negate() : value;
  }
}
