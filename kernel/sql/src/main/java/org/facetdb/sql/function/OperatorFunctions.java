package org.facetdb.sql.function;

import java.util.Map;
import org.facetdb.spi.type.DecimalVector;
import org.facetdb.spi.type.DoubleVector;
import org.facetdb.spi.type.FloatVector;
import org.facetdb.spi.type.IntVector;
import org.facetdb.spi.type.LongVector;
import org.facetdb.sql.function.IntegerArithmetic.Operation;
import org.facetdb.sql.type.SqlType;
import org.facetdb.sql.type.TypeErrors;

/** Arithmetic and bit operators on numbers. Stateless. */
final class OperatorFunctions {
  private static final Map<String, Operation> OPERATIONS =
      Map.of(
          "+", Operation.ADD,
          "-", Operation.SUBTRACT,
          "*", Operation.MULTIPLY,
          "/", Operation.DIVIDE,
          "%", Operation.MODULO);

  private OperatorFunctions() {}

  static void define(FunctionList list) {
    OPERATIONS.forEach((symbol, operation) -> binary(list, symbol, operation));
    binaryModulo(list, "mod");
    negation(list);
    plus(list);
    absolute(list, "abs");
    absolute(list, "@");
    bits(list);
  }

  private static void binary(FunctionList list, String symbol, Operation operation) {
    list.add(
        symbol,
        SqlType.SMALLINT,
        IntegerArithmetic.shorts(operation),
        SqlType.SMALLINT,
        SqlType.SMALLINT);
    list.add(
        symbol,
        SqlType.INTEGER,
        IntegerArithmetic.ints(operation),
        SqlType.INTEGER,
        SqlType.INTEGER);
    list.add(
        symbol, SqlType.BIGINT, IntegerArithmetic.longs(operation), SqlType.BIGINT, SqlType.BIGINT);
    list.add(
        symbol,
        SqlType.NUMERIC,
        DecimalArithmetic.kernel(operation),
        SqlType.NUMERIC,
        SqlType.NUMERIC);
    if (operation == Operation.MODULO) {
      return;
    }
    list.add(symbol, SqlType.REAL, FloatArithmetic.floats(operation), SqlType.REAL, SqlType.REAL);
    list.add(
        symbol, SqlType.DOUBLE, FloatArithmetic.doubles(operation), SqlType.DOUBLE, SqlType.DOUBLE);
    list.add(
        symbol, SqlType.DOUBLE, FloatArithmetic.doubles(operation), SqlType.REAL, SqlType.DOUBLE);
    list.add(
        symbol, SqlType.DOUBLE, FloatArithmetic.doubles(operation), SqlType.DOUBLE, SqlType.REAL);
  }

  private static void binaryModulo(FunctionList list, String name) {
    list.add(
        name,
        SqlType.SMALLINT,
        IntegerArithmetic.shorts(Operation.MODULO),
        SqlType.SMALLINT,
        SqlType.SMALLINT);
    list.add(
        name,
        SqlType.INTEGER,
        IntegerArithmetic.ints(Operation.MODULO),
        SqlType.INTEGER,
        SqlType.INTEGER);
    list.add(
        name,
        SqlType.BIGINT,
        IntegerArithmetic.longs(Operation.MODULO),
        SqlType.BIGINT,
        SqlType.BIGINT);
    list.add(
        name,
        SqlType.NUMERIC,
        DecimalArithmetic.kernel(Operation.MODULO),
        SqlType.NUMERIC,
        SqlType.NUMERIC);
  }

  private static int negated(int value) {
    if (value == Integer.MIN_VALUE) {
      throw TypeErrors.outOfRange("integer");
    }
    return -value;
  }

  private static int negatedShort(int value) {
    if (value == Short.MIN_VALUE) {
      throw TypeErrors.outOfRange("smallint");
    }
    return -value;
  }

  private static long negated(long value) {
    if (value == Long.MIN_VALUE) {
      throw TypeErrors.outOfRange("bigint");
    }
    return -value;
  }

  private static void negation(FunctionList list) {
    list.row(
        "-",
        SqlType.SMALLINT,
        (a, i, r, _) -> ((IntVector) r).set(i, negatedShort(((IntVector) a[0]).get(i))),
        SqlType.SMALLINT);
    list.row(
        "-",
        SqlType.INTEGER,
        (a, i, r, _) -> ((IntVector) r).set(i, negated(((IntVector) a[0]).get(i))),
        SqlType.INTEGER);
    list.row(
        "-",
        SqlType.BIGINT,
        (a, i, r, _) -> ((LongVector) r).set(i, negated(((LongVector) a[0]).get(i))),
        SqlType.BIGINT);
    list.row(
        "-",
        SqlType.NUMERIC,
        (a, i, r, _) -> ((DecimalVector) r).set(i, ((DecimalVector) a[0]).get(i).negate()),
        SqlType.NUMERIC);
    list.row(
        "-",
        SqlType.REAL,
        (a, i, r, _) -> ((FloatVector) r).set(i, -((FloatVector) a[0]).get(i)),
        SqlType.REAL);
    list.row(
        "-",
        SqlType.DOUBLE,
        (a, i, r, _) -> ((DoubleVector) r).set(i, -((DoubleVector) a[0]).get(i)),
        SqlType.DOUBLE);
  }

  private static void plus(FunctionList list) {
    for (SqlType type : NUMBERS) {
      list.row("+", type, (a, i, r, _) -> r.copyFrom(a[0], i, i), type);
    }
  }

  private static final SqlType[] NUMBERS = {
    SqlType.SMALLINT, SqlType.INTEGER, SqlType.BIGINT, SqlType.NUMERIC, SqlType.REAL, SqlType.DOUBLE
  };

  private static void absolute(FunctionList list, String name) {
    list.row(
        name,
        SqlType.SMALLINT,
        (a, i, r, _) -> {
          int value = ((IntVector) a[0]).get(i);
          ((IntVector) r).set(i, value < 0 ? negatedShort(value) : value);
        },
        SqlType.SMALLINT);
    list.row(
        name,
        SqlType.INTEGER,
        (a, i, r, _) -> {
          int value = ((IntVector) a[0]).get(i);
          ((IntVector) r).set(i, value < 0 ? negated(value) : value);
        },
        SqlType.INTEGER);
    list.row(
        name,
        SqlType.BIGINT,
        (a, i, r, _) -> {
          long value = ((LongVector) a[0]).get(i);
          ((LongVector) r).set(i, value < 0 ? negated(value) : value);
        },
        SqlType.BIGINT);
    list.row(
        name,
        SqlType.NUMERIC,
        (a, i, r, _) -> ((DecimalVector) r).set(i, ((DecimalVector) a[0]).get(i).abs()),
        SqlType.NUMERIC);
    list.row(
        name,
        SqlType.REAL,
        (a, i, r, _) -> ((FloatVector) r).set(i, Math.abs(((FloatVector) a[0]).get(i))),
        SqlType.REAL);
    list.row(
        name,
        SqlType.DOUBLE,
        (a, i, r, _) -> ((DoubleVector) r).set(i, Math.abs(((DoubleVector) a[0]).get(i))),
        SqlType.DOUBLE);
  }

  /** Two numbers to one, for the bit operators. */
  @FunctionalInterface
  private interface LongOperator {
    long apply(long a, long b);
  }

  private static void bits(FunctionList list) {
    bit(list, "&", (a, b) -> a & b);
    bit(list, "|", (a, b) -> a | b);
    bit(list, "#", (a, b) -> a ^ b);
    list.row(
        "~",
        SqlType.INTEGER,
        (a, i, r, _) -> ((IntVector) r).set(i, ~((IntVector) a[0]).get(i)),
        SqlType.INTEGER);
    list.row(
        "~",
        SqlType.BIGINT,
        (a, i, r, _) -> ((LongVector) r).set(i, ~((LongVector) a[0]).get(i)),
        SqlType.BIGINT);
    shift(list, "<<", (a, b) -> a << b, (a, b) -> (int) a << (int) b);
    shift(list, ">>", (a, b) -> a >> b, (a, b) -> (int) a >> (int) b);
  }

  private static void bit(FunctionList list, String symbol, LongOperator operator) {
    for (SqlType type : new SqlType[] {SqlType.SMALLINT, SqlType.INTEGER}) {
      list.row(
          symbol,
          type,
          (a, i, r, _) -> {
            int x = ((IntVector) a[0]).get(i);
            ((IntVector) r).set(i, (int) operator.apply(x, ((IntVector) a[1]).get(i)));
          },
          type,
          type);
    }
    list.row(
        symbol,
        SqlType.BIGINT,
        (a, i, r, _) -> {
          long x = ((LongVector) a[0]).get(i);
          ((LongVector) r).set(i, operator.apply(x, ((LongVector) a[1]).get(i)));
        },
        SqlType.BIGINT,
        SqlType.BIGINT);
  }

  private static void shift(
      FunctionList list, String symbol, LongOperator wide, LongOperator narrow) {
    list.row(
        symbol,
        SqlType.SMALLINT,
        (a, i, r, _) -> {
          int x = ((IntVector) a[0]).get(i);
          ((IntVector) r).set(i, (short) narrow.apply(x, ((IntVector) a[1]).get(i)));
        },
        SqlType.SMALLINT,
        SqlType.INTEGER);
    list.row(
        symbol,
        SqlType.INTEGER,
        (a, i, r, _) -> {
          int x = ((IntVector) a[0]).get(i);
          ((IntVector) r).set(i, (int) narrow.apply(x, ((IntVector) a[1]).get(i)));
        },
        SqlType.INTEGER,
        SqlType.INTEGER);
    list.row(
        symbol,
        SqlType.BIGINT,
        (a, i, r, _) -> {
          long x = ((LongVector) a[0]).get(i);
          ((LongVector) r).set(i, wide.apply(x, ((IntVector) a[1]).get(i)));
        },
        SqlType.BIGINT,
        SqlType.INTEGER);
  }
}
