package org.facetdb.spi.function;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.ref.WeakReference;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.DecimalVector;
import org.facetdb.spi.type.IntVector;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.LongVector;
import org.facetdb.spi.type.Vector;
import org.junit.jupiter.api.Test;

class ScalarFunctionsTest {
  private static final FakeContext CONTEXT = new FakeContext();

  /** One function per kind of value, and what is special about nulls. */
  static final class Functions {
    static final IOException FAULT = new IOException("from the method");

    static MethodHandles.Lookup lookup() {
      return MethodHandles.lookup();
    }

    @SqlFunction
    static boolean invert(boolean value) {
      return !value;
    }

    @SqlFunction
    private static long addAll(int a, long b) {
      return a + b;
    }

    @SqlFunction
    static double timesReal(float a, double b) {
      return a * b;
    }

    @SqlFunction("narrow")
    static float toFloat(double value) {
      return (float) value;
    }

    @SqlFunction(volatility = Volatility.STABLE)
    static String shout(String text) {
      return text.toUpperCase(java.util.Locale.ROOT) + "!";
    }

    @SqlFunction
    static byte[] reversed(byte[] value) {
      byte[] result = new byte[value.length];
      for (int i = 0; i < value.length; i++) {
        result[i] = value[value.length - 1 - i];
      }
      return result;
    }

    @SqlFunction
    static BigDecimal half(BigDecimal value) {
      return value.divide(BigDecimal.TWO);
    }

    @SqlFunction
    static Integer firstOf(Integer a, Integer b) {
      return a != null ? a : b;
    }

    @SqlFunction
    static Boolean mixed(Long a, double b, String c) {
      Objects.requireNonNull(c);
      return a == null ? null : a > b;
    }

    @SqlFunction
    static String nothing(int ignored) {
      return null;
    }

    @SqlFunction
    static int answer() {
      return 42;
    }

    @SqlFunction
    static int fails(int value) throws IOException {
      if (value == 0) {
        throw FAULT;
      }
      return value;
    }

    static char unmarked(char value) {
      return value;
    }
  }

  static final class NotStatic {
    @SqlFunction
    int bad() {
      return 0;
    }
  }

  static final class OtherParameter {
    @SqlFunction
    static int bad(char value) {
      return value;
    }
  }

  static final class UpperCase {
    @SqlFunction("Bad")
    static int bad(int value) {
      return value;
    }
  }

  static final class NoResult {
    @SqlFunction
    static void bad(int value) {}
  }

  private static ScalarFunction function(String name) {
    return ScalarFunctions.annotated(CONTEXT, Functions.lookup()).stream()
        .filter(f -> f.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** Evaluates every row; columns are given as values by row. */
  private static Object[] call(String name, Object[]... columns) {
    ScalarFunction function = function(name);
    int rows = columns.length == 0 ? 3 : columns[0].length;
    Vector[] arguments = new Vector[columns.length];
    for (int c = 0; c < columns.length; c++) {
      arguments[c] = Vector.create(function.parameterTypes().get(c), rows);
      for (int row = 0; row < rows; row++) {
        if (columns[c][row] == null) {
          arguments[c].setNull(row);
        } else if (columns[c][row] instanceof String text) {
          ((BytesVector) arguments[c]).setString(row, text);
        } else {
          arguments[c].setRaw(row, columns[c][row]);
        }
      }
    }
    Vector result = Vector.create(function.returnType(), rows);
    function.kernel().evaluate(arguments, IntStream.range(0, rows).toArray(), rows, result, null);
    return IntStream.range(0, rows)
        .mapToObj(row -> result.isNull(row) ? null : result.rawAt(row))
        .toArray();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void signaturesFollowTheMethods() {
    List<ScalarFunction> all = ScalarFunctions.annotated(CONTEXT, Functions.lookup());
    assertEquals(12, all.size());
    ScalarFunction addAll = function("add_all");
    assertEquals(
        List.of("integer", "bigint"),
        addAll.parameterTypes().stream().map(LogicalType::name).toList());
    assertEquals("bigint", addAll.returnType().name());
    assertTrue(addAll.strict());
    assertEquals(Volatility.IMMUTABLE, addAll.volatility());
    assertEquals(Volatility.STABLE, function("shout").volatility());
    assertFalse(function("mixed").strict());
    assertEquals("real", function("narrow").returnType().name());
  }

  @Test
  void snakeCaseSplitsWords() {
    assertEquals("haversine_km", ScalarFunctions.snakeCase("haversineKm"));
    assertEquals("parse_url_path", ScalarFunctions.snakeCase("parseURLPath"));
    assertEquals("md5", ScalarFunctions.snakeCase("md5"));
  }

  @Test
  void everyTypeGoesInAndComesOut() {
    assertArrayEquals(new Object[] {false, true}, call("invert", new Object[] {true, false}));
    assertArrayEquals(
        new Object[] {11L, -1L}, call("add_all", new Object[] {1, -3}, new Object[] {10L, 2L}));
    assertArrayEquals(
        new Object[] {3.0}, call("times_real", new Object[] {1.5f}, new Object[] {2.0}));
    assertArrayEquals(new Object[] {0.25f}, call("narrow", new Object[] {0.25}));
    assertArrayEquals(
        new Object[] {utf8("ÄÖ!"), utf8("!")}, call("shout", new Object[] {"äö", ""}));
    assertArrayEquals(
        new Object[] {new byte[] {3, 2, 1}, new byte[0]},
        call("reversed", new Object[] {new byte[] {1, 2, 3}, new byte[0]}));
    assertArrayEquals(
        new Object[] {new BigDecimal("1.25"), new BigDecimal("2")},
        call("half", new Object[] {new BigDecimal("2.5"), new BigDecimal("4")}));
    assertArrayEquals(new Object[] {42, 42, 42}, call("answer"));
  }

  @Test
  void onlyBoxedParametersSeeNulls() {
    assertArrayEquals(
        new Object[] {1, 2, null},
        call("first_of", new Object[] {1, null, null}, new Object[] {5, 2, null}));
    assertArrayEquals(
        new Object[] {true, null, null, null},
        call(
            "mixed",
            new Object[] {3L, null, 3L, 3L},
            new Object[] {2.0, 2.0, null, 2.0},
            new Object[] {"", "", "", null}));
  }

  @Test
  void nullsThatAMethodReturnsBecomeNulls() {
    assertNull(call("nothing", new Object[] {1})[0]);
  }

  @Test
  void onlyTheListedRowsAreCalled() {
    ScalarFunction fails = function("fails");
    IntVector argument = new IntVector(CONTEXT.type("integer"), 4);
    argument.set(1, 7);
    argument.set(3, 8);
    IntVector result = new IntVector(CONTEXT.type("integer"), 4);
    fails.kernel().evaluate(new Vector[] {argument}, new int[] {1, 3, 0}, 2, result, null);
    assertArrayEquals(new int[] {0, 7, 0, 8}, result.values());
  }

  @Test
  void generalDecimalsAreRead() {
    ScalarFunction half = function("half");
    DecimalVector argument = new DecimalVector(CONTEXT.type("numeric"), 1);
    argument.set(0, new BigDecimal("123456789012345678901234567890"));
    DecimalVector result = new DecimalVector(CONTEXT.type("numeric"), 1);
    half.kernel().evaluate(new Vector[] {argument}, new int[] {0}, 1, result, null);
    assertEquals(new BigDecimal("61728394506172839450617283945"), result.get(0));
  }

  @Test
  void exceptionsPassThroughUnwrapped() {
    assertSame(
        Functions.FAULT, assertThrows(IOException.class, () -> call("fails", new Object[] {0})));
  }

  @Test
  void methodsOfAnotherFormAreRefused() throws IllegalAccessException {
    assertRefused(NotStatic.class, "bad()");
    assertRefused(OtherParameter.class, "type=char");
    assertRefused(NoResult.class, "type=void");
    assertRefused(UpperCase.class, "name=Bad");
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                ScalarFunctions.annotated(
                    CONTEXT, MethodHandles.publicLookup().in(Functions.class)));
    assertTrue(refused.getMessage().contains("lookup="), refused.getMessage());
  }

  private static void assertRefused(Class<?> type, String fact) throws IllegalAccessException {
    MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> ScalarFunctions.annotated(CONTEXT, lookup))
            .getMessage();
    assertTrue(message.contains(fact) && message.contains("bad("), message);
  }

  @Test
  void kernelsAreUnloadedWithTheirFunctions() {
    WeakReference<Class<?>> kernel = new WeakReference<>(function("answer").kernel().getClass());
    assertTrue(Objects.requireNonNull(kernel.get()).isHidden());
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (kernel.get() != null && System.nanoTime() < deadline) {
      System.gc();
    }
    assertNull(kernel.get());
  }

  @Test
  void aRowCostsAboutWhatTheMethodCosts() {
    ScalarFunction addAll = function("add_all");
    int rows = Batch.CAPACITY;
    IntVector a = new IntVector(CONTEXT.type("integer"), rows);
    LongVector b = new LongVector(CONTEXT.type("bigint"), rows);
    BytesVector text = new BytesVector(CONTEXT.type("text"), rows);
    for (int row = 0; row < rows; row++) {
      a.set(row, row);
      b.set(row, row * 3L);
      text.setString(row, "row number " + row);
    }
    LongVector sum = new LongVector(CONTEXT.type("bigint"), rows);
    double primitive = nanosPerRow(addAll, new Vector[] {a, b}, sum);
    assertEquals(4 * 2047, sum.get(2047));
    BytesVector shouted = new BytesVector(CONTEXT.type("text"), rows);
    double string = nanosPerRow(function("shout"), new Vector[] {text}, shouted);
    assertEquals("ROW NUMBER 2047!", shouted.getString(2047));
    System.out.printf("ns per row: add_all=%.2f shout=%.1f%n", primitive, string);
  }

  private static double nanosPerRow(ScalarFunction function, Vector[] arguments, Vector result) {
    int[] rows = Batch.allRows();
    double best = Double.MAX_VALUE;
    for (int round = 0; round < 60; round++) {
      long start = System.nanoTime();
      for (int i = 0; i < 50; i++) {
        result.reset();
        function.kernel().evaluate(arguments, rows, Batch.CAPACITY, result, null);
      }
      best = Math.min(best, (System.nanoTime() - start) / (50.0 * Batch.CAPACITY));
    }
    return best;
  }
}
