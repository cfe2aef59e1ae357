package org.facetdb.sql.expr;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.BooleanVector;
import org.facetdb.spi.type.IntVector;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.type.SqlType;
import org.facetdb.sql.type.TypeMapping;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Guards, three-valued logic, choices and selections. */
class ExpressionCompilerTest {
  private final CallReader reader = new CallReader();
  private final RexBuilder rex = reader.rex;
  private final RelDataType integer =
      TypeMapping.toRel(rex.getTypeFactory(), SqlType.INTEGER, true);
  private final RelDataType bool = TypeMapping.toRel(rex.getTypeFactory(), SqlType.BOOLEAN, true);
  private final ExecutionContext context =
      ExecutionContext.builder().parameters(Arrays.asList(7, null)).build();
  private final List<SqlType> inputs = List.of(SqlType.INTEGER, SqlType.INTEGER);

  private RexNode column(int index) {
    return rex.makeInputRef(integer, index);
  }

  private RexNode number(int value) {
    return rex.makeExactLiteral(BigDecimal.valueOf(value), integer);
  }

  private RexNode call(SqlOperator operator, RexNode... operands) {
    return rex.makeCall(bool, operator, List.of(operands));
  }

  private RexNode quotient() {
    return rex.makeCall(integer, SqlStdOperatorTable.DIVIDE, List.of(number(100), column(0)));
  }

  private static IntVector ints(Integer... values) {
    IntVector vector = new IntVector(SqlType.INTEGER, Batch.CAPACITY);
    for (int i = 0; i < values.length; i++) {
      vector.set(i, (Object) values[i]);
    }
    return vector;
  }

  private static Batch batch(Integer... values) {
    return new Batch(new Vector[] {ints(values), ints(values)}, values.length);
  }

  private Object[] values(RexNode node, Batch batch) {
    Vector result = reader.compiler.compile(node, inputs).evaluate(batch, context);
    Object[] values = new Object[batch.selectedCount()];
    for (int k = 0; k < values.length; k++) {
      values[k] = result.valueAt(batch.row(k));
    }
    return values;
  }

  @Test
  void caseEvaluatesABranchOnlyForItsRows() {
    RexNode guarded =
        rex.makeCall(
            integer,
            SqlStdOperatorTable.CASE,
            List.of(
                call(SqlStdOperatorTable.EQUALS, column(0), number(0)), number(-1), quotient()));
    assertArrayEquals(new Object[] {-1, 20, null, 50}, values(guarded, batch(0, 5, null, 2)));
  }

  @Test
  void conjunctionGuardsWhatFollows() {
    RexNode guarded =
        call(
            SqlStdOperatorTable.AND,
            call(SqlStdOperatorTable.NOT_EQUALS, column(0), number(0)),
            call(SqlStdOperatorTable.GREATER_THAN, quotient(), number(30)));
    assertArrayEquals(
        new Object[] {false, false, null, true}, values(guarded, batch(0, 5, null, 2)));
    int[] out = new int[Batch.CAPACITY];
    int n =
        reader
            .compiler
            .compilePredicate(guarded, inputs)
            .select(batch(0, 5, null, 2), context, out);
    assertArrayEquals(new int[] {3}, Arrays.copyOf(out, n));
  }

  @Test
  void rowsOutsideTheSelectionRaiseNothing() {
    Batch batch = batch(0, 5, 0, 2);
    batch.setSelection(new int[] {1, 3}, 2);
    assertArrayEquals(new Object[] {20, 50}, values(quotient(), batch));
    assertThrows(DatabaseException.class, () -> values(quotient(), batch(5, 0)));
  }

  @Test
  void aConstantThatFailsFailsOnlyWhenReached() {
    RexNode zero = rex.makeCall(integer, SqlStdOperatorTable.DIVIDE, List.of(number(1), number(0)));
    RexNode guarded =
        rex.makeCall(
            integer,
            SqlStdOperatorTable.CASE,
            List.of(call(SqlStdOperatorTable.IS_NULL, column(0)), zero, column(0)));
    assertArrayEquals(new Object[] {3}, values(guarded, batch(3)));
    DatabaseException error =
        assertThrows(DatabaseException.class, () -> values(guarded, batch((Integer) null)));
    assertEquals("22012", error.sqlState());
  }

  @Test
  void truthTables() {
    Boolean[] states = {true, false, null};
    for (Boolean a : states) {
      for (Boolean b : states) {
        Boolean and =
            Boolean.FALSE.equals(a) || Boolean.FALSE.equals(b)
                ? Boolean.FALSE
                : a == null || b == null ? null : Boolean.TRUE;
        Boolean or =
            Boolean.TRUE.equals(a) || Boolean.TRUE.equals(b)
                ? Boolean.TRUE
                : a == null || b == null ? null : Boolean.FALSE;
        assertEquals(and, logic(SqlStdOperatorTable.AND, a, b));
        assertEquals(or, logic(SqlStdOperatorTable.OR, a, b));
        assertEquals(a == null ? null : !a, logic(SqlStdOperatorTable.NOT, a));
        assertEquals(Boolean.TRUE.equals(a), logic(SqlStdOperatorTable.IS_TRUE, a));
        assertEquals(!Boolean.FALSE.equals(a), logic(SqlStdOperatorTable.IS_NOT_FALSE, a));
      }
    }
  }

  private Object logic(SqlOperator operator, Boolean... operands) {
    RexNode[] nodes = new RexNode[operands.length];
    Vector[] columns = new Vector[operands.length];
    for (int i = 0; i < operands.length; i++) {
      nodes[i] = rex.makeInputRef(bool, i);
      BooleanVector vector = new BooleanVector(SqlType.BOOLEAN, 1);
      vector.set(0, (Object) operands[i]);
      columns[i] = vector;
    }
    return reader
        .compiler
        .compile(call(operator, nodes), List.of(SqlType.BOOLEAN, SqlType.BOOLEAN))
        .evaluate(new Batch(columns, 1), context)
        .valueAt(0);
  }

  @Test
  void parametersAndNulls() {
    RexNode sum =
        rex.makeCall(
            integer,
            SqlStdOperatorTable.PLUS,
            List.of(column(0), rex.makeDynamicParam(integer, 0)));
    assertArrayEquals(new Object[] {8, null}, values(sum, batch(1, null)));
    RexNode none = rex.makeDynamicParam(integer, 1);
    assertNull(values(none, batch(1))[0]);
  }

  @Test
  void inListsKnowNull() {
    RexNode list =
        call(
            SqlStdOperatorTable.OR,
            call(SqlStdOperatorTable.EQUALS, column(0), number(1)),
            call(SqlStdOperatorTable.EQUALS, column(0), number(2)),
            call(SqlStdOperatorTable.EQUALS, column(0), number(3)),
            call(SqlStdOperatorTable.EQUALS, column(0), rex.makeNullLiteral(integer)));
    assertArrayEquals(new Object[] {true, null, null}, values(list, batch(2, 9, null)));
  }

  @RepeatedTest(30)
  void predicatesSelectWhatExpressionsSay() {
    long seed = Long.getLong("facetdb.seed", System.nanoTime());
    Random random = new Random(seed);
    Batch batch = new Batch(new Vector[] {random(random), random(random)}, Batch.CAPACITY);
    if (random.nextBoolean()) {
      int[] rows = random.ints(500, 0, Batch.CAPACITY).sorted().distinct().toArray();
      batch.setSelection(rows, rows.length);
    }
    RexNode condition = condition(random, 3);
    Vector truth = reader.compiler.compile(condition, inputs).evaluate(batch, context);
    int[] expected =
        Arrays.stream(batch.rows(), 0, batch.selectedCount())
            .filter(row -> Boolean.TRUE.equals(truth.valueAt(row)))
            .toArray();
    CompiledPredicate predicate = reader.compiler.compilePredicate(condition, inputs);
    int[] out = new int[Batch.CAPACITY];
    int n = predicate.copy().select(batch, context, out);
    assertArrayEquals(
        expected, Arrays.copyOf(out, n), condition + " replay with -Dfacetdb.seed=" + seed);
  }

  private static IntVector random(Random random) {
    IntVector vector = new IntVector(SqlType.INTEGER, Batch.CAPACITY);
    for (int i = 0; i < Batch.CAPACITY; i++) {
      vector.set(i, random.nextInt(10) == 0 ? null : (Object) random.nextInt(8));
    }
    return vector;
  }

  private RexNode condition(Random random, int depth) {
    SqlOperator[] comparisons = {
      SqlStdOperatorTable.EQUALS,
      SqlStdOperatorTable.NOT_EQUALS,
      SqlStdOperatorTable.LESS_THAN,
      SqlStdOperatorTable.LESS_THAN_OR_EQUAL,
      SqlStdOperatorTable.GREATER_THAN,
      SqlStdOperatorTable.GREATER_THAN_OR_EQUAL
    };
    return switch (depth == 0 ? 3 : random.nextInt(4)) {
      case 0 ->
          call(SqlStdOperatorTable.AND, condition(random, depth - 1), condition(random, depth - 1));
      case 1 ->
          call(SqlStdOperatorTable.OR, condition(random, depth - 1), condition(random, depth - 1));
      case 2 -> call(SqlStdOperatorTable.NOT, condition(random, depth - 1));
      default -> {
        RexNode left = column(random.nextInt(2));
        RexNode right =
            random.nextBoolean() ? column(random.nextInt(2)) : number(random.nextInt(9));
        SqlOperator operator = comparisons[random.nextInt(comparisons.length)];
        yield random.nextBoolean() ? call(operator, left, right) : call(operator, right, left);
      }
    };
  }
}
