package org.facetdb.sql.bind;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelectKeyword;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.jspecify.annotations.Nullable;

/**
 * Takes the aggregates and window functions of one SELECT. An aggregate stands in expressions as a
 * reference to a field behind those of the FROM clause, until the aggregate node exists. Used by
 * one thread.
 */
final class AggregateCollector {
  private final Binder binder;
  private final Scope scope;
  private final WindowBinder windows;
  private final List<Call> calls = new ArrayList<>();
  private boolean windowsAllowed = true;

  AggregateCollector(Binder binder, Scope scope, SqlNodeList namedWindows, Env env) {
    this.binder = binder;
    this.scope = scope;
    this.windows = new WindowBinder(binder, namedWindows);
  }

  /**
   * An aggregate over expressions of the FROM clause's row.
   *
   * @param order the order of the rows inside it; the fields count the entries themselves
   */
  record Call(
      SqlAggFunction function,
      List<RexNode> arguments,
      boolean distinct,
      @Nullable RexNode filter,
      List<RexNode> orderBy,
      List<RelFieldCollation> order,
      RelDataType type) {}

  List<Call> calls() {
    return calls;
  }

  void allowWindows(boolean allowed) {
    windowsAllowed = allowed;
  }

  /** The call number that a placeholder stands for, -1 for any other reference. */
  int callOf(RexInputRef reference) {
    return reference.getIndex() - scope.input().getRowType().getFieldCount();
  }

  RexNode window(ExpressionBinder expressions, SqlCall over) {
    if (!windowsAllowed) {
      throw binder
          .text()
          .error(over, "42P20", "window functions are not allowed in " + expressions.clause());
    }
    return windows.bind(expressions, over);
  }

  RexNode aggregate(ExpressionBinder expressions, SqlCall node) {
    SqlCall call = node;
    RexNode filter = null;
    List<OrderItem> items = new ArrayList<>();
    ExpressionBinder inner = expressions.within("aggregate function calls");
    while (call.getKind() == SqlKind.FILTER || call.getKind() == SqlKind.WITHIN_GROUP) {
      if (call.getKind() == SqlKind.FILTER) {
        RexNode condition = expressions.within("FILTER").bindCondition(call.operand(1), "FILTER");
        filter = binder.rex().makeCall(SqlStdOperatorTable.IS_TRUE, condition);
      } else {
        ((SqlNodeList) call.operand(1)).forEach(n -> items.add(OrderItem.of(n)));
      }
      call = call.operand(0);
    }
    List<RexNode> arguments = new ArrayList<>();
    for (SqlNode operand : call.getOperandList()) {
      if (operand instanceof SqlIdentifier star && star.isStar()) {
        continue;
      }
      if (operand instanceof SqlNodeList order) {
        order.forEach(n -> items.add(OrderItem.of(n)));
        continue;
      }
      arguments.add(nested(inner, operand));
    }
    List<RexNode> orderBy = new ArrayList<>();
    List<RelFieldCollation> order = new ArrayList<>();
    for (OrderItem item : items) {
      order.add(item.collation(orderBy.size()));
      orderBy.add(known(nested(inner, item.expression())));
    }
    return add(call, arguments, filter, orderBy, order);
  }

  private RexNode nested(ExpressionBinder inner, SqlNode operand) {
    try {
      return inner.bind(operand);
    } catch (org.facetdb.spi.DatabaseException e) {
      if (e.sqlState().equals("42803") && String.valueOf(e.getMessage()).startsWith("aggregate")) {
        throw binder.text().error(operand, "42803", "aggregate function calls cannot be nested");
      }
      throw e;
    }
  }

  private RexNode known(RexNode node) {
    return binder.coercion().isUnknown(node) ? binder.coercion().asText(node) : node;
  }

  private RexNode add(
      SqlCall call,
      List<RexNode> arguments,
      @Nullable RexNode filter,
      List<RexNode> orderBy,
      List<RelFieldCollation> order) {
    SqlLiteral quantifier = call.getFunctionQuantifier();
    boolean distinct = quantifier != null && quantifier.getValue() == SqlSelectKeyword.DISTINCT;
    FunctionBinder.Aggregate resolved = binder.functions().aggregate(call, arguments);
    boolean once =
        switch (call.getOperator().getName().toLowerCase(Locale.ROOT)) {
          case "min", "max", "bool_and", "bool_or", "every" -> true;
          default -> false;
        };
    Call found =
        new Call(
            resolved.function(),
            resolved.arguments(),
            distinct && !once,
            filter,
            orderBy,
            order,
            resolved.type());
    int index = calls.indexOf(found);
    if (index < 0) {
      index = calls.size();
      calls.add(found);
    }
    RexNode reference =
        new RexInputRef(scope.input().getRowType().getFieldCount() + index, found.type());
    binder.notePosition(reference, call.getParserPosition());
    return reference;
  }
}
