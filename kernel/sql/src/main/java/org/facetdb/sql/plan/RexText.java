package org.facetdb.sql.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexDynamicParam;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlSyntax;
import org.facetdb.sql.exec.SortKey;
import org.facetdb.sql.expr.CastOperators;
import org.facetdb.sql.type.TypeMapping;

/**
 * Expressions and columns as EXPLAIN prints them. Immutable where its lists are.
 *
 * @param names the input's columns; one without a name is {@code $0}, {@code $1} and so on
 * @param outer columns of the rows that a lateral input is run for, by correlation id
 */
record RexText(List<String> names, Map<Integer, List<String>> outer) {
  /** The text of expressions without columns. */
  static final RexText CONSTANT = new RexText(List.of(), Map.of());

  String of(List<? extends RexNode> nodes) {
    return nodes.stream().map(this::of).collect(Collectors.joining(", "));
  }

  String allOf(List<? extends RexNode> conjuncts) {
    return conjuncts.stream().map(this::of).collect(Collectors.joining(" AND "));
  }

  String column(int index) {
    return name(names, index);
  }

  String columns(Iterable<Integer> indexes) {
    List<String> parts = new ArrayList<>();
    indexes.forEach(index -> parts.add(column(index)));
    return String.join(", ", parts);
  }

  String sortKeys(List<SortKey> keys) {
    List<String> parts = new ArrayList<>();
    for (SortKey key : keys) {
      parts.add(
          column(key.column())
              + (key.descending() ? " DESC" : "")
              + (key.nullsFirst() == key.descending()
                  ? ""
                  : key.nullsFirst() ? " NULLS FIRST" : " NULLS LAST"));
    }
    return String.join(", ", parts);
  }

  private static String name(List<String> names, int index) {
    return index < names.size() ? names.get(index) : "$" + index;
  }

  private String outer(RexFieldAccess access) {
    List<String> columns =
        access.getReferenceExpr() instanceof RexCorrelVariable variable
            ? outer.get(variable.id.getId())
            : null;
    return columns == null ? access.toString() : name(columns, access.getField().getIndex());
  }

  String of(RexNode node) {
    return switch (node) {
      case RexInputRef reference -> column(reference.getIndex());
      case RexFieldAccess access -> outer(access);
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

  private String call(RexCall call) {
    List<RexNode> operands = call.getOperands();
    if (call.getKind() == SqlKind.CAST) {
      return of(operands.getFirst()) + "::" + TypeMapping.toLogical(call.getType()).name();
    }
    if (call.getOperator() == CastOperators.LITERAL) {
      return of(operands.getFirst());
    }
    String name = call.getOperator().getName();
    SqlSyntax syntax = call.getOperator().getSyntax();
    boolean symbol = !name.isEmpty() && !Character.isLetter(name.charAt(0));
    if (operands.size() == 2 && (syntax == SqlSyntax.BINARY || symbol)
        || call.getKind() == SqlKind.AND
        || call.getKind() == SqlKind.OR) {
      return operands.stream()
          .map(this::of)
          .collect(Collectors.joining(" " + name + " ", "(", ")"));
    }
    if (syntax == SqlSyntax.POSTFIX) {
      return "(" + of(operands.getFirst()) + " " + name + ")";
    }
    return name + "(" + of(operands) + ")";
  }
}
