package org.facetdb.sql.bind;

import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.util.DateString;
import org.apache.calcite.util.TimestampString;
import org.facetdb.sql.type.TypeKind;
import org.jspecify.annotations.Nullable;

/**
 * Binds comparisons: brings the operands to a common type, changing constants rather than columns,
 * so that keys and scans can use the condition. Used by the binding thread.
 */
final class ComparisonBinder {
  private final Binder binder;
  private final FunctionBinder functions;

  ComparisonBinder(Binder binder, FunctionBinder functions) {
    this.binder = binder;
    this.functions = functions;
  }

  /** A comparison; the operands meet in a common type. */
  RexNode comparison(SqlOperator operator, RexNode left, RexNode right, SqlNode at) {
    Coercion coercion = binder.coercion();
    RexNode narrowed = narrow(right, left);
    RexNode l = narrow(left, right);
    RexNode asDates = dates(operator, l, narrowed);
    if (asDates != null) {
      return asDates;
    }
    RelDataType type = comparisonType(operator, l, narrowed, at);
    return binder.rex().makeCall(operator, operand(l, type, at), operand(narrowed, type, at));
  }

  /** A date against a constant timestamp at midnight compares as dates do. */
  private @Nullable RexNode dates(SqlOperator operator, RexNode left, RexNode right) {
    RexNode l = atMidnight(left, right);
    RexNode r = atMidnight(right, left);
    return l == left && r == right ? null : binder.rex().makeCall(operator, l, r);
  }

  private RexNode atMidnight(RexNode node, RexNode other) {
    Coercion coercion = binder.coercion();
    if (node instanceof RexLiteral literal
        && !literal.isNull()
        && coercion.kind(node) == TypeKind.TIMESTAMP
        && coercion.kind(other) == TypeKind.DATE) {
      String text = String.valueOf(literal.getValueAs(TimestampString.class));
      if (text.endsWith("00:00:00")) {
        return binder.rex().makeDateLiteral(new DateString(text.substring(0, 10)));
      }
    }
    return node;
  }

  /** An integer literal beside a smaller integer column takes the column's type if it fits. */
  private RexNode narrow(RexNode node, RexNode other) {
    Coercion coercion = binder.coercion();
    if (node instanceof RexLiteral literal
        && !coercion.isUnknown(node)
        && coercion.kind(node).isInteger()
        && coercion.kind(other) == TypeKind.SMALLINT) {
      Long value = literal.getValueAs(Long.class);
      if (value != null && value == value.shortValue()) {
        return binder.constants().literal(value.shortValue(), coercion.logical(other.getType()));
      }
    }
    return node;
  }

  private RexNode operand(RexNode node, RelDataType type, SqlNode at) {
    Coercion coercion = binder.coercion();
    TypeKind want = coercion.kind(type);
    TypeKind have = coercion.kind(node);
    if (!coercion.isUnknown(node) && (have == want || have.isString() && want.isString())) {
      return coercion.assign(node, coercion.typeOf(node), at);
    }
    return functions.fold(coercion.assign(node, type, at));
  }

  private RelDataType comparisonType(
      SqlOperator operator, RexNode left, RexNode right, SqlNode at) {
    Coercion coercion = binder.coercion();
    TypeKind l = coercion.kind(left);
    TypeKind r = coercion.kind(right);
    TypeKind common = Casts.common(l, r);
    if (common == TypeKind.JSON) {
      common = null;
    }
    if (common == null) {
      throw functions.noSuch(
          operator.getName(),
          List.of(
              coercion.logical(coercion.typeOf(left)), coercion.logical(coercion.typeOf(right))),
          at,
          true);
    }
    return coercion.of(common == TypeKind.UNKNOWN ? TypeKind.TEXT : common, true);
  }

  /** The type in which an operand and a subquery's column meet. */
  RelDataType comparisonType(RexNode operand, RelDataType column, SqlNode at) {
    return comparisonType(
        SqlStdOperatorTable.EQUALS, operand, binder.rex().makeInputRef(column, 0), at);
  }
}
