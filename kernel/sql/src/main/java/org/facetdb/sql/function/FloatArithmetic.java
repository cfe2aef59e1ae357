package org.facetdb.sql.function;

import org.facetdb.spi.function.ScalarKernel;
import org.facetdb.spi.type.DoubleVector;
import org.facetdb.spi.type.FloatVector;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.function.IntegerArithmetic.Operation;
import org.facetdb.sql.type.TypeErrors;

/**
 * Arithmetic on floating-point lanes: a finite input never gives an infinite result, and a product
 * or quotient of nonzero numbers never gives zero. Stateless.
 */
final class FloatArithmetic {
  private FloatArithmetic() {}

  static ScalarKernel doubles(Operation operation) {
    return (arguments, rows, count, result, _) -> {
      double[] r = ((DoubleVector) result).values();
      if (arguments[0] instanceof DoubleVector x && arguments[1] instanceof DoubleVector y) {
        double[] a = x.values();
        double[] b = y.values();
        for (int k = 0; k < count; k++) {
          int i = rows[k];
          r[i] = apply(operation, a[i], b[i]);
        }
      } else {
        for (int k = 0; k < count; k++) {
          int i = rows[k];
          r[i] = apply(operation, wide(arguments[0], i), wide(arguments[1], i));
        }
      }
    };
  }

  /** The value of either floating-point lane. */
  static double wide(Vector vector, int row) {
    return vector instanceof FloatVector floats
        ? floats.get(row)
        : ((DoubleVector) vector).get(row);
  }

  static ScalarKernel floats(Operation operation) {
    return (arguments, rows, count, result, _) -> {
      float[] a = ((FloatVector) arguments[0]).values();
      float[] b = ((FloatVector) arguments[1]).values();
      float[] r = ((FloatVector) result).values();
      for (int k = 0; k < count; k++) {
        int i = rows[k];
        double exact = apply(operation, a[i], b[i]);
        float rounded = (float) exact;
        if (Float.isInfinite(rounded) && !Double.isInfinite(exact)) {
          throw TypeErrors.floatOverflow();
        }
        if (rounded == 0 && exact != 0) {
          throw TypeErrors.floatUnderflow();
        }
        r[i] = rounded;
      }
    };
  }

  private static double apply(Operation operation, double a, double b) {
    return switch (operation) {
      case ADD -> checked(a + b, a, b);
      case SUBTRACT -> checked(a - b, a, b);
      case MULTIPLY -> {
        double product = checked(a * b, a, b);
        if (product == 0 && a != 0 && b != 0) {
          throw TypeErrors.floatUnderflow();
        }
        yield product;
      }
      case DIVIDE -> {
        if (b == 0 && !Double.isNaN(a)) {
          throw TypeErrors.divisionByZero();
        }
        double quotient = checked(a / b, a, b);
        if (quotient == 0 && a != 0 && !Double.isInfinite(b)) {
          throw TypeErrors.floatUnderflow();
        }
        yield quotient;
      }
      case MODULO -> throw new IllegalArgumentException("floats have no modulo");
    };
  }

  static double checked(double result, double a, double b) {
    if (Double.isInfinite(result) && !Double.isInfinite(a) && !Double.isInfinite(b)) {
      throw TypeErrors.floatOverflow();
    }
    return result;
  }
}
