package org.facetdb.sql.bind;

import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.util.Optionality;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.type.TypeMapping;

/**
 * Calcite's operators for aggregates: its own where its rules know them, a generic one otherwise.
 * Stateless.
 */
public final class Operators {
  private Operators() {}

  /** An aggregate or window function that Calcite knows nothing of. */
  public static final class KernelAggregate extends SqlAggFunction {
    KernelAggregate(String name, LogicalType result) {
      super(
          name,
          null,
          SqlKind.OTHER_FUNCTION,
          binding -> TypeMapping.toRel(binding.getTypeFactory(), result, true),
          null,
          OperandTypes.VARIADIC,
          SqlFunctionCategory.USER_DEFINED_FUNCTION,
          false,
          false,
          Optionality.OPTIONAL);
    }
  }

  static SqlAggFunction aggregate(String name, LogicalType result) {
    return switch (name) {
      case "count" -> SqlStdOperatorTable.COUNT;
      case "sum" -> SqlStdOperatorTable.SUM;
      case "avg" -> SqlStdOperatorTable.AVG;
      case "min" -> SqlStdOperatorTable.MIN;
      case "max" -> SqlStdOperatorTable.MAX;
      default -> new KernelAggregate(name, result);
    };
  }

  /** True if an expression has no inputs and is the same for ever. */
  public static boolean isConstant(RexNode node) {
    return switch (node) {
      case RexLiteral literal -> true;
      case org.apache.calcite.rex.RexSubQuery subquery -> false;
      case org.apache.calcite.rex.RexOver over -> false;
      case RexCall call ->
          call.getOperator().isDeterministic()
              && !call.getOperator().isDynamicFunction()
              && call.getOperands().stream().allMatch(Operators::isConstant);
      default -> false;
    };
  }
}
