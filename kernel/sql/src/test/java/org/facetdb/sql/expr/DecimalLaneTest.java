package org.facetdb.sql.expr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.List;
import java.util.Random;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.DecimalVector;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.type.SqlType;
import org.facetdb.sql.type.TypeMapping;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Numerics on longs against BigDecimal, with values that overflow, nulls and selections. */
class DecimalLaneTest {
  private final CallReader reader = new CallReader();
  private final ExecutionContext context = ExecutionContext.builder().build();
  private final RelDataType numeric =
      TypeMapping.toRel(reader.rex.getTypeFactory(), SqlType.NUMERIC, true);

  private RexNode column(int index) {
    return reader.rex.makeInputRef(numeric, index);
  }

  @RepeatedTest(40)
  void sumsAndProductsEqualBigDecimals() {
    long seed = Long.getLong("facetdb.seed", System.nanoTime());
    Random random = new Random(seed);
    String replay = "replay with -Dfacetdb.seed=" + seed;
    DecimalVector a = random(random);
    DecimalVector b = random(random);
    Batch batch = new Batch(new Vector[] {a, b}, Batch.CAPACITY);
    if (random.nextBoolean()) {
      int[] rows = random.ints(Batch.CAPACITY / 3, 0, Batch.CAPACITY).sorted().distinct().toArray();
      batch.setSelection(rows, rows.length);
    }
    var operators =
        List.of(SqlStdOperatorTable.PLUS, SqlStdOperatorTable.MINUS, SqlStdOperatorTable.MULTIPLY);
    for (int o = 0; o < operators.size(); o++) {
      RexNode call = reader.rex.makeCall(numeric, operators.get(o), List.of(column(0), column(1)));
      Vector result =
          reader
              .compiler
              .compile(call, List.of(SqlType.NUMERIC, SqlType.NUMERIC))
              .evaluate(batch, context);
      for (int k = 0; k < batch.selectedCount(); k++) {
        int row = batch.row(k);
        BigDecimal expected = a.isNull(row) || b.isNull(row) ? null : apply(o, a, b, row);
        assertEquals(expected, result.valueAt(row), replay);
      }
    }
  }

  private static BigDecimal apply(int operator, DecimalVector a, DecimalVector b, int row) {
    return switch (operator) {
      case 0 -> a.get(row).add(b.get(row));
      case 1 -> a.get(row).subtract(b.get(row));
      default -> a.get(row).multiply(b.get(row));
    };
  }

  private static DecimalVector random(Random random) {
    DecimalVector vector = new DecimalVector(SqlType.NUMERIC, Batch.CAPACITY);
    int scale = random.nextInt(10);
    boolean mixed = random.nextInt(4) == 0;
    int bits = 1 + random.nextInt(63);
    boolean nulls = random.nextBoolean();
    for (int i = 0; i < Batch.CAPACITY; i++) {
      if (nulls && random.nextInt(10) == 0) {
        vector.setNull(i);
      } else {
        vector.set(i, random.nextLong() >> 64 - bits, mixed ? random.nextInt(12) : scale);
      }
    }
    return vector;
  }

  @Test
  void chargesOfLineItemsStayOnLongs() {
    DecimalVector price = new DecimalVector(SqlType.NUMERIC, Batch.CAPACITY);
    DecimalVector discount = new DecimalVector(SqlType.NUMERIC, Batch.CAPACITY);
    DecimalVector tax = new DecimalVector(SqlType.NUMERIC, Batch.CAPACITY);
    Random random = new Random(7);
    for (int i = 0; i < Batch.CAPACITY; i++) {
      price.set(i, random.nextInt(10_000_000), 2);
      discount.set(i, random.nextInt(11), 2);
      tax.set(i, random.nextInt(9), 2);
    }
    Batch batch = new Batch(new Vector[] {price, discount, tax}, Batch.CAPACITY);
    DecimalVector charge = (DecimalVector) charge().evaluate(batch, context);
    assertTrue(charge.isFast());
    assertEquals(6, charge.scale());
    for (int i = 0; i < Batch.CAPACITY; i++) {
      BigDecimal expected =
          price
              .get(i)
              .multiply(BigDecimal.ONE.subtract(discount.get(i)))
              .multiply(BigDecimal.ONE.add(tax.get(i)));
      assertEquals(expected, charge.get(i));
    }
  }

  /** price * (1 - discount) * (1 + tax) over columns 0, 1 and 2. */
  CompiledExpression charge() {
    RexNode one = reader.rex.makeExactLiteral(BigDecimal.ONE, numeric);
    RexNode less = reader.rex.makeCall(numeric, SqlStdOperatorTable.MINUS, List.of(one, column(1)));
    RexNode more = reader.rex.makeCall(numeric, SqlStdOperatorTable.PLUS, List.of(one, column(2)));
    RexNode net =
        reader.rex.makeCall(numeric, SqlStdOperatorTable.MULTIPLY, List.of(column(0), less));
    RexNode gross = reader.rex.makeCall(numeric, SqlStdOperatorTable.MULTIPLY, List.of(net, more));
    return reader.compiler.compile(
        gross, List.of(SqlType.NUMERIC, SqlType.NUMERIC, SqlType.NUMERIC));
  }
}
