package org.facetdb.sql.plan;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.facetdb.sql.catalog.ColumnDefinition;
import org.facetdb.sql.row.KeyRange;
import org.facetdb.sql.row.KeyValue;
import org.facetdb.sql.type.SqlType;
import org.facetdb.sql.type.TypeKind;
import org.facetdb.sql.type.TypeMapping;
import org.jspecify.annotations.Nullable;

/**
 * How far conditions pin the columns of a key: values of its first columns, then bounds of the next
 * one.
 *
 * @param width columns of the key
 * @param used the conditions that the match stands for entirely
 */
record KeyMatch(
    int width,
    List<KeyValue> equal,
    KeyRange.@Nullable Bound lower,
    KeyRange.@Nullable Bound upper,
    List<RexNode> used) {

  /** A condition on one column. */
  private record Pin(SqlKind kind, RexNode value, RexNode condition) {}

  static KeyMatch of(
      List<Integer> columns,
      AccessPaths.Source source,
      List<RexNode> conjuncts,
      Expressions expressions) {
    List<KeyValue> equal = new ArrayList<>();
    List<RexNode> used = new ArrayList<>();
    KeyRange.Bound lower = null;
    KeyRange.Bound upper = null;
    for (int column : columns) {
      ColumnDefinition definition = source.table().relation().columns().get(column);
      Pin same = find(column, source, conjuncts, SqlKind.EQUALS, null);
      if (same != null) {
        equal.add(expressions.keyValue(same.value(), definition.type()));
        used.add(same.condition());
        continue;
      }
      Pin low =
          find(column, source, conjuncts, SqlKind.GREATER_THAN, SqlKind.GREATER_THAN_OR_EQUAL);
      Pin high = find(column, source, conjuncts, SqlKind.LESS_THAN, SqlKind.LESS_THAN_OR_EQUAL);
      lower = bound(low, SqlKind.GREATER_THAN_OR_EQUAL, definition, expressions, used);
      upper = bound(high, SqlKind.LESS_THAN_OR_EQUAL, definition, expressions, used);
      break;
    }
    return new KeyMatch(columns.size(), equal, lower, upper, used);
  }

  private static KeyRange.@Nullable Bound bound(
      @Nullable Pin pin,
      SqlKind inclusive,
      ColumnDefinition column,
      Expressions expressions,
      List<RexNode> used) {
    if (pin == null) {
      return null;
    }
    used.add(pin.condition());
    return new KeyRange.Bound(
        expressions.keyValue(pin.value(), column.type()), pin.kind() == inclusive);
  }

  private static @Nullable Pin find(
      int column,
      AccessPaths.Source source,
      List<RexNode> conjuncts,
      SqlKind kind,
      @Nullable SqlKind other) {
    for (RexNode conjunct : conjuncts) {
      if (conjunct instanceof RexCall call && call.getOperands().size() == 2) {
        RexNode left = call.getOperands().get(0);
        RexNode right = call.getOperands().get(1);
        Pin pin = pin(column, source, call, call.getKind(), left, right);
        if (pin == null) {
          pin = pin(column, source, call, call.getKind().reverse(), right, left);
        }
        if (pin != null && (pin.kind() == kind || pin.kind() == other)) {
          return pin;
        }
      }
    }
    return null;
  }

  private static @Nullable Pin pin(
      int column,
      AccessPaths.Source source,
      RexNode condition,
      SqlKind kind,
      RexNode left,
      RexNode right) {
    boolean onColumn =
        left instanceof RexInputRef reference
            && source.projection()[reference.getIndex()] == column;
    boolean free = onColumn && RelOptUtil.InputFinder.bits(right).isEmpty();
    return free && sameForm(left, right) && org.apache.calcite.rex.RexUtil.isDeterministic(right)
        ? new Pin(kind, right, condition)
        : null;
  }

  /** A key holds values of the column's type; a value of another lane would miss it. */
  private static boolean sameForm(RexNode column, RexNode value) {
    SqlType a = TypeMapping.toLogical(column.getType());
    SqlType b = TypeMapping.toLogical(value.getType());
    boolean exactOrder = a.kind() != TypeKind.JSON;
    return exactOrder && (a.kind() == b.kind() || a.kind().isString() && b.kind().isString());
  }

  int equalCount() {
    return equal.size();
  }

  boolean isWhole() {
    return equal.size() == width;
  }

  boolean isBounded() {
    return lower != null || upper != null;
  }

  boolean isEmpty() {
    return equal.isEmpty() && !isBounded();
  }

  KeyRange range() {
    return new KeyRange(equal, lower, upper);
  }

  String text(RexText text) {
    return text.allOf(used);
  }

  /** True if a secondary index pins more than the best path so far. */
  boolean betterThan(@Nullable KeyMatch best, boolean unique) {
    if (isEmpty()) {
      return false;
    }
    if (best == null || best.isEmpty()) {
      return true;
    }
    if (unique && isWhole()) {
      return !best.isWhole();
    }
    return equalCount() > best.equalCount();
  }
}
