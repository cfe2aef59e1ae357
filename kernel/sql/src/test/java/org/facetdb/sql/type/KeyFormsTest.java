package org.facetdb.sql.type;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Random;
import org.facetdb.spi.type.BooleanVector;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.DecimalVector;
import org.facetdb.spi.type.DoubleVector;
import org.facetdb.spi.type.FloatVector;
import org.facetdb.spi.type.IntVector;
import org.facetdb.spi.type.IntervalVector;
import org.facetdb.spi.type.KeyReader;
import org.facetdb.spi.type.KeyWriter;
import org.facetdb.spi.type.LongVector;
import org.facetdb.spi.type.UuidVector;
import org.facetdb.spi.type.Vector;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Order, equality and decoding of memcomparable keys on random values of every type. */
class KeyFormsTest {
  private static final int ROWS = 300;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "boolean",
        "smallint",
        "integer",
        "bigint",
        "real",
        "double precision",
        "numeric",
        "numeric(12,3)",
        "text",
        "bpchar",
        "bytea",
        "date",
        "time",
        "timestamp",
        "timestamptz",
        "interval",
        "uuid"
      })
  void bytesOrderAsValuesDo(String name) {
    long seed = Long.getLong("facetdb.seed", System.nanoTime());
    String replay = name + ", replay with -Dfacetdb.seed=" + seed;
    SqlType type = java.util.Objects.requireNonNull(TypeNames.parse(name));
    Vector vector = Vector.create(type, ROWS);
    Random random = new Random(seed);
    for (int i = 0; i < ROWS; i++) {
      if (random.nextInt(20) == 0) {
        vector.setNull(i);
      } else {
        fill(type, vector, i, random);
      }
    }
    byte[][] ascending = keys(vector, false);
    byte[][] descending = keys(vector, true);
    for (int i = 0; i < ROWS; i++) {
      for (int j = 0; j < ROWS; j++) {
        int expected = order(vector, i, j);
        assertEquals(expected, compare(ascending[i], ascending[j]), replay);
        boolean nulls = vector.isNull(i) || vector.isNull(j);
        assertEquals(nulls ? expected : -expected, compare(descending[i], descending[j]), replay);
        boolean prefix =
            ascending[i].length < ascending[j].length
                && Arrays.equals(ascending[i], Arrays.copyOf(ascending[j], ascending[i].length));
        assertFalse(prefix, replay);
      }
    }
    decodes(type, vector, ascending, false, replay);
    decodes(type, vector, descending, true, replay);
  }

  /** Nulls come last. */
  private static int order(Vector vector, int i, int j) {
    if (vector.isNull(i) || vector.isNull(j)) {
      return Boolean.compare(vector.isNull(i), vector.isNull(j));
    }
    return Integer.signum(vector.compare(i, vector, j));
  }

  private static int compare(byte[] a, byte[] b) {
    return Integer.signum(Arrays.compareUnsigned(a, b));
  }

  private static byte[][] keys(Vector vector, boolean descending) {
    byte[][] keys = new byte[ROWS][];
    KeyWriter out = new KeyWriter();
    for (int i = 0; i < ROWS; i++) {
      out.reset();
      KeyForms.encodeColumn(vector, i, descending, false, out);
      keys[i] = out.toByteArray();
    }
    return keys;
  }

  private static void decodes(
      SqlType type, Vector vector, byte[][] keys, boolean descending, String replay) {
    Vector copy = Vector.create(type, ROWS);
    KeyReader reader = new KeyReader();
    for (int i = 0; i < ROWS; i++) {
      reader.reset(keys[i], 0, keys[i].length);
      KeyForms.decodeColumn(reader, descending, copy, i);
      assertEquals(0, reader.remaining(), replay);
      assertEquals(vector.isNull(i), copy.isNull(i), replay);
      if (!vector.isNull(i)) {
        assertEquals(0, vector.compare(i, copy, i), replay);
        assertEquals(vector.hash(i), copy.hash(i), replay);
        if (type.keyIsExact()) {
          assertEquals(type.formatAt(vector, i), type.formatAt(copy, i), replay);
        }
      }
    }
  }

  private static long edge(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(5) - 2;
      case 1 -> random.nextBoolean() ? Long.MAX_VALUE : Long.MIN_VALUE;
      default -> random.nextLong() >> random.nextInt(63);
    };
  }

  private static void fill(SqlType type, Vector vector, int i, Random random) {
    switch (vector) {
      case BooleanVector v -> v.set(i, random.nextBoolean());
      case IntVector v ->
          v.set(i, type.kind() == TypeKind.SMALLINT ? (short) edge(random) : dayOr(type, random));
      case LongVector v -> v.set(i, microsOr(type, random));
      case FloatVector v -> v.set(i, real(random).floatValue());
      case DoubleVector v -> v.set(i, real(random).doubleValue());
      case DecimalVector v -> v.set(i, decimal(type, random));
      case BytesVector v -> v.set(i, bytes(type, random));
      case IntervalVector v ->
          v.set(i, random.nextInt(50) - 25, random.nextInt(100) - 50, edge(random) % (1L << 50));
      case UuidVector v -> v.set(i, edge(random), edge(random));
    }
  }

  private static int dayOr(SqlType type, Random random) {
    return type.kind() == TypeKind.DATE ? random.nextInt(200_000) - 50_000 : (int) edge(random);
  }

  private static long microsOr(SqlType type, Random random) {
    return switch (type.kind()) {
      case TIME -> random.nextLong(86_400_000_000L);
      case BIGINT -> edge(random);
      default -> edge(random) % 100_000_000_000_000_000L;
    };
  }

  private static Number real(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> Double.NaN;
      case 1 -> random.nextBoolean() ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
      case 2 -> random.nextBoolean() ? 0d : -0d;
      default -> (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(20) - 10);
    };
  }

  private static BigDecimal decimal(SqlType type, Random random) {
    if (type.precision() >= 0) {
      return BigDecimal.valueOf(random.nextLong() % 1_000_000_000_000L, 3);
    }
    BigInteger digits =
        random.nextInt(3) == 0
            ? new BigInteger(1 + random.nextInt(120), random)
            : BigInteger.valueOf(random.nextInt(2000) - 1000);
    BigDecimal value = new BigDecimal(digits, random.nextInt(12));
    return random.nextBoolean() ? value : value.negate();
  }

  private static byte[] bytes(SqlType type, Random random) {
    byte[] bytes = new byte[random.nextInt(6)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (type.kind() == TypeKind.BYTEA ? random.nextInt(3) - 1 : random.nextInt(3));
    }
    return bytes;
  }
}
