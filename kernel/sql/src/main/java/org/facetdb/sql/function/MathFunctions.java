package org.facetdb.sql.function;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.function.Volatility;
import org.facetdb.sql.type.SqlType;
import org.facetdb.sql.type.TypeErrors;

/** Mathematical functions on doubles and numerics. Stateless. */
final class MathFunctions {
  private MathFunctions() {}

  static void define(FunctionList list) {
    rounding(list);
    real(list, "sqrt", MathFunctions::squareRoot);
    real(list, "cbrt", Math::cbrt);
    real(list, "exp", x -> FloatArithmetic.checked(Math.exp(x), x, 0));
    real(list, "ln", x -> Math.log(positive(x)));
    real(list, "log", x -> Math.log10(positive(x)));
    real(list, "log10", x -> Math.log10(positive(x)));
    real(list, "degrees", Math::toDegrees);
    real(list, "radians", Math::toRadians);
    real(list, "sin", MathFunctions::finiteSine);
    real(list, "cos", Math::cos);
    real(list, "tan", Math::tan);
    real(list, "asin", x -> Math.asin(unit(x)));
    real(list, "acos", x -> Math.acos(unit(x)));
    real(list, "atan", Math::atan);
    real(list, "sinh", Math::sinh);
    real(list, "cosh", Math::cosh);
    real(list, "tanh", Math::tanh);
    exact(list, "sqrt", DecimalFunctions::sqrt);
    exact(list, "exp", DecimalFunctions::exp);
    exact(list, "ln", DecimalFunctions::ln);
    exact(list, "log", x -> DecimalFunctions.log(BigDecimal.TEN, x));
    exact(list, "log10", x -> DecimalFunctions.log(BigDecimal.TEN, x));
    real(list, "sign", Math::signum);
    exact(list, "sign", x -> BigDecimal.valueOf(x.signum()));
    twoSided(list);
    powers(list);
    divisors(list);
    list.full(
        "pi",
        SqlType.DOUBLE,
        false,
        true,
        Volatility.IMMUTABLE,
        (_, i, r, _) -> FunctionList.set(r, i, Math.PI));
    list.full(
        "random",
        SqlType.DOUBLE,
        false,
        true,
        Volatility.VOLATILE,
        (_, i, r, context) -> FunctionList.set(r, i, context.random().nextDouble()));
  }

  private static void real(FunctionList list, String name, DoubleUnaryOperator operator) {
    list.row(
        name,
        SqlType.DOUBLE,
        (a, i, r, _) ->
            FunctionList.set(r, i, operator.applyAsDouble(FunctionList.number(a[0], i))),
        SqlType.DOUBLE);
  }

  private static void exact(FunctionList list, String name, UnaryOperator<BigDecimal> operator) {
    list.row(
        name,
        SqlType.NUMERIC,
        (a, i, r, _) -> FunctionList.set(r, i, operator.apply(FunctionList.decimal(a[0], i))),
        SqlType.NUMERIC);
  }

  private static double squareRoot(double x) {
    if (x < 0) {
      throw DatabaseException.user("2201F", "cannot take square root of a negative number");
    }
    return Math.sqrt(x);
  }

  private static double positive(double x) {
    if (x == 0) {
      throw DatabaseException.user("2201E", "cannot take logarithm of zero");
    }
    if (x < 0) {
      throw DatabaseException.user("2201E", "cannot take logarithm of a negative number");
    }
    return x;
  }

  private static double finiteSine(double x) {
    if (Double.isInfinite(x)) {
      throw DatabaseException.user("22003", "input is out of range");
    }
    return Math.sin(x);
  }

  private static double unit(double x) {
    if (x < -1 || x > 1) {
      throw DatabaseException.user("22003", "input is out of range");
    }
    return x;
  }

  private static void rounding(FunctionList list) {
    for (String name : new String[] {"ceil", "ceiling"}) {
      real(list, name, Math::ceil);
      exact(list, name, x -> x.setScale(0, RoundingMode.CEILING));
    }
    real(list, "floor", Math::floor);
    exact(list, "floor", x -> x.setScale(0, RoundingMode.FLOOR));
    real(list, "round", Math::rint);
    exact(list, "round", x -> x.setScale(0, RoundingMode.HALF_UP));
    real(list, "trunc", x -> x < 0 ? Math.ceil(x) : Math.floor(x));
    exact(list, "trunc", x -> x.setScale(0, RoundingMode.DOWN));
    scaled(list, "round", RoundingMode.HALF_UP);
    scaled(list, "trunc", RoundingMode.DOWN);
  }

  private static void scaled(FunctionList list, String name, RoundingMode mode) {
    list.row(
        name,
        SqlType.NUMERIC,
        (a, i, r, _) -> {
          int places = Math.max(-2000, Math.min(2000, FunctionList.integer(a[1], i)));
          BigDecimal rounded = FunctionList.decimal(a[0], i).setScale(places, mode);
          FunctionList.set(r, i, places < 0 ? rounded.setScale(0) : rounded);
        },
        SqlType.NUMERIC,
        SqlType.INTEGER);
  }

  private static void twoSided(FunctionList list) {
    list.row(
        "atan2",
        SqlType.DOUBLE,
        (a, i, r, _) ->
            FunctionList.set(
                r, i, Math.atan2(FunctionList.number(a[0], i), FunctionList.number(a[1], i))),
        SqlType.DOUBLE,
        SqlType.DOUBLE);
    list.row(
        "log",
        SqlType.NUMERIC,
        (a, i, r, _) ->
            FunctionList.set(
                r,
                i,
                DecimalFunctions.log(FunctionList.decimal(a[0], i), FunctionList.decimal(a[1], i))),
        SqlType.NUMERIC,
        SqlType.NUMERIC);
    list.row(
        "div",
        SqlType.NUMERIC,
        (a, i, r, _) -> {
          BigDecimal divisor = FunctionList.decimal(a[1], i);
          if (divisor.signum() == 0) {
            throw TypeErrors.divisionByZero();
          }
          BigDecimal quotient = FunctionList.decimal(a[0], i).divideToIntegralValue(divisor);
          FunctionList.set(r, i, quotient.setScale(0, RoundingMode.DOWN));
        },
        SqlType.NUMERIC,
        SqlType.NUMERIC);
  }

  private static void powers(FunctionList list) {
    for (String name : new String[] {"power", "pow", "^"}) {
      list.row(
          name,
          SqlType.DOUBLE,
          (a, i, r, _) ->
              FunctionList.set(
                  r, i, power(FunctionList.number(a[0], i), FunctionList.number(a[1], i))),
          SqlType.DOUBLE,
          SqlType.DOUBLE);
      list.row(
          name,
          SqlType.NUMERIC,
          (a, i, r, _) ->
              FunctionList.set(
                  r,
                  i,
                  DecimalFunctions.power(
                      FunctionList.decimal(a[0], i), FunctionList.decimal(a[1], i))),
          SqlType.NUMERIC,
          SqlType.NUMERIC);
    }
  }

  private static double power(double base, double exponent) {
    if (base == 0 && exponent < 0) {
      throw DatabaseException.user("2201F", "zero raised to a negative power is undefined");
    }
    if (base < 0 && exponent != Math.rint(exponent)) {
      throw DatabaseException.user(
          "2201F", "a negative number raised to a non-integer power yields a complex result");
    }
    double result = FloatArithmetic.checked(Math.pow(base, exponent), base, exponent);
    if (result == 0 && base != 0 && !Double.isInfinite(base) && !Double.isInfinite(exponent)) {
      throw TypeErrors.floatUnderflow();
    }
    return result;
  }

  private static void divisors(FunctionList list) {
    integers(list, "gcd", MathFunctions::gcd);
    integers(list, "lcm", MathFunctions::lcm);
  }

  /** A function of two integers, checked against the range of either type. */
  private static void integers(
      FunctionList list, String name, java.util.function.LongBinaryOperator operator) {
    list.row(
        name,
        SqlType.INTEGER,
        (a, i, r, _) -> {
          long value =
              operator.applyAsLong(FunctionList.integer(a[0], i), FunctionList.integer(a[1], i));
          if (value != (int) value) {
            throw TypeErrors.outOfRange("integer");
          }
          FunctionList.set(r, i, (int) value);
        },
        SqlType.INTEGER,
        SqlType.INTEGER);
    list.row(
        name,
        SqlType.BIGINT,
        (a, i, r, _) -> {
          try {
            FunctionList.set(
                r,
                i,
                operator.applyAsLong(FunctionList.bigint(a[0], i), FunctionList.bigint(a[1], i)));
          } catch (ArithmeticException e) {
            throw TypeErrors.outOfRange("bigint");
          }
        },
        SqlType.BIGINT,
        SqlType.BIGINT);
  }

  private static long gcd(long a, long b) {
    long x = a;
    long y = b;
    while (y != 0) {
      long rest = x % y;
      x = y;
      y = rest;
    }
    return Math.absExact(x);
  }

  private static long lcm(long a, long b) {
    return a == 0 || b == 0 ? 0 : Math.absExact(Math.multiplyExact(a / gcd(a, b), b));
  }
}
