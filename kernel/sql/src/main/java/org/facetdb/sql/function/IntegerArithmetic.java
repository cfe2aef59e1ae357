package org.facetdb.sql.function;

import org.facetdb.spi.function.ScalarKernel;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.IntVector;
import org.facetdb.spi.type.LongVector;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.type.TypeErrors;

/**
 * Checked arithmetic on the integer lanes. Stateless. Loops over all rows of a batch collect
 * overflow in one word and test it once, so that they vectorise.
 */
final class IntegerArithmetic {
  /** The operators with loops of their own. */
  enum Operation {
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE,
    MODULO
  }

  private IntegerArithmetic() {}

  /**
   * How many leading rows to compute without looking at the list, 0 where too few of them are
   * wanted. What the others hold may overflow; the caller then goes by the list.
   */
  static int denseSpan(int[] rows, int count) {
    if (rows == Batch.allRows() || count == 0) {
      return count;
    }
    int span = rows[count - 1] + 1;
    return count * 4L >= span * 3L ? span : 0;
  }

  static ScalarKernel ints(Operation operation) {
    return (arguments, rows, count, result, _) -> {
      int[] a = ((IntVector) arguments[0]).values();
      int[] b = ((IntVector) arguments[1]).values();
      int[] r = ((IntVector) result).values();
      boolean overflow =
          switch (operation) {
            case ADD -> addInts(a, b, r, rows, count);
            case SUBTRACT -> subtractInts(a, b, r, rows, count);
            case MULTIPLY -> multiplyInts(a, b, r, rows, count);
            case DIVIDE -> divideInts(a, b, r, rows, count);
            case MODULO -> moduloInts(a, b, r, rows, count);
          };
      if (overflow) {
        throw TypeErrors.outOfRange("integer");
      }
    };
  }

  private static boolean addInts(int[] a, int[] b, int[] r, int[] rows, int count) {
    int bad = 0;
    int span = denseSpan(rows, count);
    if (span > 0) {
      for (int i = 0; i < span; i++) {
        int sum = a[i] + b[i];
        bad |= (a[i] ^ sum) & (b[i] ^ sum);
        r[i] = sum;
      }
      if (bad >= 0 || rows == Batch.allRows()) {
        return bad < 0;
      }
      bad = 0;
    }
    for (int k = 0; k < count; k++) {
      int i = rows[k];
      int sum = a[i] + b[i];
      bad |= (a[i] ^ sum) & (b[i] ^ sum);
      r[i] = sum;
    }
    return bad < 0;
  }

  private static boolean subtractInts(int[] a, int[] b, int[] r, int[] rows, int count) {
    int bad = 0;
    int span = denseSpan(rows, count);
    if (span > 0) {
      for (int i = 0; i < span; i++) {
        int difference = a[i] - b[i];
        bad |= (a[i] ^ b[i]) & (a[i] ^ difference);
        r[i] = difference;
      }
      if (bad >= 0 || rows == Batch.allRows()) {
        return bad < 0;
      }
      bad = 0;
    }
    for (int k = 0; k < count; k++) {
      int i = rows[k];
      int difference = a[i] - b[i];
      bad |= (a[i] ^ b[i]) & (a[i] ^ difference);
      r[i] = difference;
    }
    return bad < 0;
  }

  private static boolean multiplyInts(int[] a, int[] b, int[] r, int[] rows, int count) {
    boolean bad = false;
    for (int k = 0; k < count; k++) {
      int i = rows[k];
      long product = (long) a[i] * b[i];
      bad |= product != (int) product;
      r[i] = (int) product;
    }
    return bad;
  }

  private static boolean divideInts(int[] a, int[] b, int[] r, int[] rows, int count) {
    boolean bad = false;
    for (int k = 0; k < count; k++) {
      int i = rows[k];
      if (b[i] == 0) {
        throw TypeErrors.divisionByZero();
      }
      bad |= a[i] == Integer.MIN_VALUE && b[i] == -1;
      r[i] = a[i] / b[i];
    }
    return bad;
  }

  private static boolean moduloInts(int[] a, int[] b, int[] r, int[] rows, int count) {
    for (int k = 0; k < count; k++) {
      int i = rows[k];
      if (b[i] == 0) {
        throw TypeErrors.divisionByZero();
      }
      r[i] = a[i] % b[i];
    }
    return false;
  }

  static ScalarKernel shorts(Operation operation) {
    ScalarKernel wide = ints(operation);
    return (arguments, rows, count, result, context) -> {
      wide.evaluate(arguments, rows, count, result, context);
      checkShorts(result, rows, count);
    };
  }

  static void checkShorts(Vector result, int[] rows, int count) {
    int[] r = ((IntVector) result).values();
    for (int k = 0; k < count; k++) {
      if (r[rows[k]] != (short) r[rows[k]]) {
        throw TypeErrors.outOfRange("smallint");
      }
    }
  }

  static ScalarKernel longs(Operation operation) {
    return (arguments, rows, count, result, _) -> {
      long[] a = ((LongVector) arguments[0]).values();
      long[] b = ((LongVector) arguments[1]).values();
      long[] r = ((LongVector) result).values();
      boolean overflow =
          switch (operation) {
            case ADD -> addLongs(a, b, r, rows, count);
            case SUBTRACT -> subtractLongs(a, b, r, rows, count);
            case MULTIPLY -> multiplyLongs(a, b, r, rows, count);
            case DIVIDE -> divideLongs(a, b, r, rows, count);
            case MODULO -> moduloLongs(a, b, r, rows, count);
          };
      if (overflow) {
        throw TypeErrors.outOfRange("bigint");
      }
    };
  }

  /** Adds row by row; true if any sum overflowed. Shared with the decimal lane. */
  static boolean addLongs(long[] a, long[] b, long[] r, int[] rows, int count) {
    long bad = 0;
    int span = denseSpan(rows, count);
    if (span > 0) {
      for (int i = 0; i < span; i++) {
        long sum = a[i] + b[i];
        bad |= (a[i] ^ sum) & (b[i] ^ sum);
        r[i] = sum;
      }
      if (bad >= 0 || rows == Batch.allRows()) {
        return bad < 0;
      }
      bad = 0;
    }
    for (int k = 0; k < count; k++) {
      int i = rows[k];
      long sum = a[i] + b[i];
      bad |= (a[i] ^ sum) & (b[i] ^ sum);
      r[i] = sum;
    }
    return bad < 0;
  }

  static boolean subtractLongs(long[] a, long[] b, long[] r, int[] rows, int count) {
    long bad = 0;
    int span = denseSpan(rows, count);
    if (span > 0) {
      for (int i = 0; i < span; i++) {
        long difference = a[i] - b[i];
        bad |= (a[i] ^ b[i]) & (a[i] ^ difference);
        r[i] = difference;
      }
      if (bad >= 0 || rows == Batch.allRows()) {
        return bad < 0;
      }
      bad = 0;
    }
    for (int k = 0; k < count; k++) {
      int i = rows[k];
      long difference = a[i] - b[i];
      bad |= (a[i] ^ b[i]) & (a[i] ^ difference);
      r[i] = difference;
    }
    return bad < 0;
  }

  static boolean multiplyLongs(long[] a, long[] b, long[] r, int[] rows, int count) {
    long bad = 0;
    int span = denseSpan(rows, count);
    if (span > 0) {
      for (int i = 0; i < span; i++) {
        long product = a[i] * b[i];
        bad |= Math.multiplyHigh(a[i], b[i]) ^ (product >> 63);
        r[i] = product;
      }
      if (bad == 0 || rows == Batch.allRows()) {
        return bad != 0;
      }
      bad = 0;
    }
    for (int k = 0; k < count; k++) {
      int i = rows[k];
      long product = a[i] * b[i];
      bad |= Math.multiplyHigh(a[i], b[i]) ^ (product >> 63);
      r[i] = product;
    }
    return bad != 0;
  }

  private static boolean divideLongs(long[] a, long[] b, long[] r, int[] rows, int count) {
    boolean bad = false;
    for (int k = 0; k < count; k++) {
      int i = rows[k];
      if (b[i] == 0) {
        throw TypeErrors.divisionByZero();
      }
      bad |= a[i] == Long.MIN_VALUE && b[i] == -1;
      r[i] = a[i] / b[i];
    }
    return bad;
  }

  private static boolean moduloLongs(long[] a, long[] b, long[] r, int[] rows, int count) {
    for (int k = 0; k < count; k++) {
      int i = rows[k];
      if (b[i] == 0) {
        throw TypeErrors.divisionByZero();
      }
      r[i] = a[i] % b[i];
    }
    return false;
  }
}
