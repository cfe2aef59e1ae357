package org.facetdb.sql.bind;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rex.RexFieldCollation;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexWindowBound;
import org.apache.calcite.rex.RexWindowBounds;
import org.apache.calcite.rex.RexWindowExclusion;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelectKeyword;
import org.apache.calcite.sql.SqlWindow;
import org.jspecify.annotations.Nullable;

/** Binds OVER clauses. Used by one thread. */
final class WindowBinder {
  private final Binder binder;
  private final SqlNodeList named;

  WindowBinder(Binder binder, SqlNodeList named) {
    this.binder = binder;
    this.named = named;
  }

  RexNode bind(ExpressionBinder expressions, SqlCall over) {
    SqlCall call = over.operand(0);
    SqlWindow window = window(over.operand(1));
    List<RexNode> arguments = new ArrayList<>();
    for (SqlNode operand : call.getOperandList()) {
      if (!(operand instanceof SqlIdentifier star && star.isStar())) {
        arguments.add(expressions.bind(operand));
      }
    }
    FunctionBinder.Aggregate resolved = binder.functions().window(call, arguments);
    List<RexNode> partitions = new ArrayList<>();
    window.getPartitionList().forEach(n -> partitions.add(known(expressions.bind(n))));
    List<RexFieldCollation> order = new ArrayList<>();
    for (SqlNode node : window.getOrderList()) {
      OrderItem item = OrderItem.of(node);
      Set<SqlKind> flags = new HashSet<>();
      if (item.descending()) {
        flags.add(SqlKind.DESCENDING);
      }
      flags.add(item.nullsFirst() ? SqlKind.NULLS_FIRST : SqlKind.NULLS_LAST);
      order.add(
          new RexFieldCollation(
              known(expressions.bind(item.expression())), ImmutableSet.copyOf(flags)));
    }
    SqlLiteral quantifier = call.getFunctionQuantifier();
    boolean distinct = quantifier != null && quantifier.getValue() == SqlSelectKeyword.DISTINCT;
    boolean rows = window.isRows();
    RexWindowBound lower = bound(window.getLowerBound(), true, expressions);
    RexWindowBound upper = bound(window.getUpperBound(), false, expressions);
    return binder
        .rex()
        .makeOver(
            over.getParserPosition(),
            resolved.type(),
            resolved.function(),
            resolved.arguments(),
            partitions,
            ImmutableList.copyOf(order),
            lower,
            upper,
            RexWindowExclusion.EXCLUDE_NO_OTHER,
            rows,
            true,
            false,
            distinct,
            false);
  }

  private RexNode known(RexNode node) {
    return binder.coercion().isUnknown(node) ? binder.coercion().asText(node) : node;
  }

  private SqlWindow window(SqlNode node) {
    if (node instanceof SqlIdentifier name) {
      return byName(name);
    }
    SqlWindow window = (SqlWindow) node;
    SqlIdentifier base = window.getRefName();
    if (base == null) {
      return window;
    }
    SqlWindow inherited = byName(base);
    return new SqlWindow(
        window.getParserPosition(),
        null,
        null,
        inherited.getPartitionList(),
        window.getOrderList().isEmpty() ? inherited.getOrderList() : window.getOrderList(),
        SqlLiteral.createBoolean(window.isRows(), window.getParserPosition()),
        window.getLowerBound(),
        window.getUpperBound(),
        null,
        SqlWindow.createExcludeNoOthers(window.getParserPosition()));
  }

  private SqlWindow byName(SqlIdentifier name) {
    for (SqlNode node : named) {
      SqlWindow window = (SqlWindow) node;
      SqlIdentifier declared = window.getDeclName();
      if (declared != null && declared.getSimple().equals(name.getSimple())) {
        return window(window);
      }
    }
    throw binder.text().error(name, "42704", "window \"" + name.getSimple() + "\" does not exist");
  }

  private RexWindowBound bound(
      @Nullable SqlNode node, boolean lower, ExpressionBinder expressions) {
    if (node == null) {
      return lower ? RexWindowBounds.UNBOUNDED_PRECEDING : RexWindowBounds.CURRENT_ROW;
    }
    if (SqlWindow.isCurrentRow(node)) {
      return RexWindowBounds.CURRENT_ROW;
    }
    if (SqlWindow.isUnboundedPreceding(node)) {
      return RexWindowBounds.UNBOUNDED_PRECEDING;
    }
    if (SqlWindow.isUnboundedFollowing(node)) {
      return RexWindowBounds.UNBOUNDED_FOLLOWING;
    }
    SqlCall call = (SqlCall) node;
    RexNode offset = expressions.bind(call.operand(0));
    return call.getKind() == SqlKind.PRECEDING
        ? RexWindowBounds.preceding(offset)
        : RexWindowBounds.following(offset);
  }
}
