package org.facetdb.sql.function;

import java.util.ArrayList;
import java.util.List;
import org.facetdb.spi.function.FunctionContext;
import org.facetdb.spi.function.ScalarFunction;
import org.facetdb.spi.function.ScalarKernel;
import org.facetdb.spi.function.Volatility;
import org.facetdb.spi.type.BooleanVector;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.DecimalVector;
import org.facetdb.spi.type.DoubleVector;
import org.facetdb.spi.type.FloatVector;
import org.facetdb.spi.type.IntVector;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.LongVector;
import org.facetdb.spi.type.Vector;

/** Collects function definitions while the registry is built. Confined to that thread. */
final class FunctionList {
  /** The body of a function for one row; for functions whose own work outweighs the call. */
  @FunctionalInterface
  interface RowBody {
    void set(Vector[] arguments, int row, Vector result, FunctionContext context);
  }

  private final List<ScalarFunction> functions = new ArrayList<>();

  List<ScalarFunction> functions() {
    return functions;
  }

  /** Adds a strict immutable function. */
  void add(String name, LogicalType returns, ScalarKernel kernel, LogicalType... parameters) {
    functions.add(ScalarFunction.of(name, returns, kernel, parameters));
  }

  /** Adds a strict immutable function by row. */
  void row(String name, LogicalType returns, RowBody body, LogicalType... parameters) {
    add(name, returns, rows(body), parameters);
  }

  /** Adds a function with everything said. */
  void full(
      String name,
      LogicalType returns,
      boolean variadic,
      boolean strict,
      Volatility volatility,
      RowBody body,
      LogicalType... parameters) {
    functions.add(
        new ScalarFunction(
            name, List.of(parameters), variadic, returns, strict, volatility, rows(body)));
  }

  static ScalarKernel rows(RowBody body) {
    return (arguments, rows, count, result, context) -> {
      for (int k = 0; k < count; k++) {
        body.set(arguments, rows[k], result, context);
      }
    };
  }

  static String text(Vector vector, int row) {
    return ((BytesVector) vector).getString(row);
  }

  static int integer(Vector vector, int row) {
    return ((IntVector) vector).get(row);
  }

  static long bigint(Vector vector, int row) {
    return ((LongVector) vector).get(row);
  }

  static double number(Vector vector, int row) {
    return ((DoubleVector) vector).get(row);
  }

  static java.math.BigDecimal decimal(Vector vector, int row) {
    return ((DecimalVector) vector).get(row);
  }

  static void set(Vector vector, int row, boolean value) {
    ((BooleanVector) vector).set(row, value);
  }

  static void set(Vector vector, int row, int value) {
    ((IntVector) vector).set(row, value);
  }

  static void set(Vector vector, int row, long value) {
    ((LongVector) vector).set(row, value);
  }

  static void set(Vector vector, int row, float value) {
    ((FloatVector) vector).set(row, value);
  }

  static void set(Vector vector, int row, double value) {
    ((DoubleVector) vector).set(row, value);
  }

  static void set(Vector vector, int row, java.math.BigDecimal value) {
    ((DecimalVector) vector).set(row, value);
  }

  static void set(Vector vector, int row, String value) {
    ((BytesVector) vector).setString(row, value);
  }
}
