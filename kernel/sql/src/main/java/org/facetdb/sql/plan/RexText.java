package org.facetdb.sql.plan;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexDynamicParam;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlSyntax;
import org.facetdb.sql.type.TypeMapping;

/** Expressions as EXPLAIN prints them; {@code $0} is the input's first column. Stateless. */
final class RexText {
  private RexText() {}

  static String of(List<? extends RexNode> nodes) {
    return nodes.stream().map(RexText::of).collect(Collectors.joining(", "));
  }

  static String of(RexNode node) {
    return switch (node) {
      case RexInputRef reference -> "$" + reference.getIndex();
      case RexDynamicParam parameter -> "?" + (parameter.getIndex() + 1);
      case RexLiteral literal -> literal(literal);
      case RexCall call -> call(call);
      default -> node.toString();
    };
  }

  private static String literal(RexLiteral literal) {
    if (literal.isNull()) {
      return "NULL";
    }
    return switch (literal.getTypeName()) {
      case CHAR, VARCHAR -> "'" + literal.getValueAs(String.class) + "'";
      case DECIMAL, DOUBLE, BOOLEAN -> String.valueOf(literal.getValue());
      default -> literal.toString();
    };
  }

  private static String call(RexCall call) {
    List<RexNode> operands = call.getOperands();
    if (call.getKind() == SqlKind.CAST) {
      return of(operands.getFirst()) + "::" + TypeMapping.toLogical(call.getType()).name();
    }
    String name = call.getOperator().getName();
    SqlSyntax syntax = call.getOperator().getSyntax();
    boolean symbol = !name.isEmpty() && !Character.isLetter(name.charAt(0));
    if (operands.size() == 2 && (syntax == SqlSyntax.BINARY || symbol)
        || call.getKind() == SqlKind.AND
        || call.getKind() == SqlKind.OR) {
      return operands.stream()
          .map(RexText::of)
          .collect(Collectors.joining(" " + name + " ", "(", ")"));
    }
    if (syntax == SqlSyntax.POSTFIX) {
      return "(" + of(operands.getFirst()) + " " + name + ")";
    }
    return name + "(" + of(operands) + ")";
  }
}
