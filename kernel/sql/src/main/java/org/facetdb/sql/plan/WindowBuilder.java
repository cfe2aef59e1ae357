package org.facetdb.sql.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.apache.calcite.rel.core.Window;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexWindowBound;
import org.apache.calcite.sql.SqlKind;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.exec.Aggregates;
import org.facetdb.sql.exec.SortKey;
import org.facetdb.sql.exec.WindowCall;
import org.facetdb.sql.exec.WindowCall.Function;
import org.facetdb.sql.exec.WindowFrame;
import org.facetdb.sql.exec.WindowFrame.Bound;
import org.facetdb.sql.exec.WindowFrame.BoundKind;
import org.facetdb.sql.expr.VectorExpression;
import org.facetdb.sql.type.TypeMapping;
import org.jspecify.annotations.Nullable;

/**
 * Builds window operators, one per partition and order. The constants of Calcite's node become
 * columns behind the input's, and are dropped on top. Used by one thread.
 */
final class WindowBuilder {
  private final PhysicalBuilder builder;
  private final Expressions expressions;

  WindowBuilder(PhysicalBuilder builder, Expressions expressions) {
    this.builder = builder;
    this.expressions = expressions;
  }

  /** A call before its frame offsets are compiled for an execution. */
  private record Call(Window.RexWinAggCall call, WindowFrameParts frame, List<LogicalType> inputs) {
    WindowCall instantiate() {
      String name = call.getOperator().getName().toUpperCase(Locale.ROOT);
      List<Integer> arguments = new ArrayList<>();
      for (RexNode operand : call.getOperands()) {
        arguments.add(((RexInputRef) operand).getIndex());
      }
      Function function = function(name);
      LogicalType type = TypeMapping.toLogical(call.getType());
      if (function != Function.AGGREGATE) {
        return new WindowCall(function, null, arguments, type, frame.instantiate());
      }
      List<LogicalType> types = arguments.stream().map(inputs::get).toList();
      return new WindowCall(
          function, Aggregates.resolve(name, types), arguments, type, frame.instantiate());
    }

    private static Function function(String name) {
      for (Function function : Function.values()) {
        if (function.name().equals(name)) {
          return function;
        }
      }
      return Function.AGGREGATE;
    }
  }

  private record WindowFrameParts(
      boolean rows,
      BoundKind start,
      @Nullable Supplier<VectorExpression> startOffset,
      BoundKind end,
      @Nullable Supplier<VectorExpression> endOffset) {
    WindowFrame instantiate() {
      return new WindowFrame(
          rows,
          new Bound(start, startOffset == null ? null : startOffset.get()),
          new Bound(end, endOffset == null ? null : endOffset.get()));
    }
  }

  PlanNode window(Window window) {
    PlanNode input = builder.build(window.getInput());
    RelDataType row = window.getInput().getRowType();
    int width = row.getFieldCount();
    PlanNode node = withConstants(window, input, row);
    for (Window.Group group : window.groups) {
      node = group(window, group, node, width);
    }
    List<RexNode> output = new ArrayList<>();
    List<LogicalType> types = PhysicalBuilder.types(window.getRowType());
    for (int i = 0; i < types.size(); i++) {
      RelDataType type = window.getRowType().getFieldList().get(i).getType();
      output.add(new RexInputRef(i < width ? i : i + window.constants.size(), type));
    }
    return builder.project(node, output, types);
  }

  private PlanNode withConstants(Window window, PlanNode input, RelDataType row) {
    if (window.constants.isEmpty()) {
      return input;
    }
    List<RexNode> projects = new ArrayList<>();
    for (int i = 0; i < row.getFieldCount(); i++) {
      projects.add(RexInputRef.of(i, row));
    }
    List<LogicalType> types = new ArrayList<>(input.types());
    for (RexNode constant : window.constants) {
      projects.add(constant);
      types.add(TypeMapping.toLogical(constant.getType()));
    }
    return builder.project(input, projects, types);
  }

  private PlanNode group(Window window, Window.Group group, PlanNode input, int width) {
    int[] partition = group.keys.toArray();
    List<SortKey> order = PhysicalBuilder.sortKeys(group.orderKeys.getFieldCollations());
    WindowFrameParts frame =
        new WindowFrameParts(
            group.isRows,
            kind(group.lowerBound),
            offset(window, group.lowerBound, width),
            kind(group.upperBound),
            offset(window, group.upperBound, width));
    List<Call> calls = group.aggCalls.stream().map(c -> new Call(c, frame, input.types())).toList();
    List<LogicalType> types = new ArrayList<>(input.types());
    calls.forEach(call -> types.add(TypeMapping.toLogical(call.call().getType())));
    RexText text = builder.text(input.names());
    String over = over(window, group, order, text, width);
    List<String> shown = calls.stream().map(c -> text(c.call(), text)).toList();
    List<String> names = new ArrayList<>(input.names());
    shown.forEach(call -> names.add(call + over));
    return new PlanNode(
        "Window",
        List.of("Window: " + String.join(", ", shown) + over),
        types,
        List.of(input),
        input.rows(),
        List.of(),
        names,
        instances ->
            new org.facetdb.sql.exec.Window(
                instances.apply(input),
                partition,
                order,
                calls.stream().map(Call::instantiate).toList()));
  }

  private static String text(Window.RexWinAggCall call, RexText text) {
    boolean star = call.getOperands().isEmpty() && call.getKind() == SqlKind.COUNT;
    return call.getOperator().getName().toLowerCase(Locale.ROOT)
        + "("
        + (star ? "*" : text.of(call.getOperands()))
        + ")";
  }

  private static String over(
      Window window, Window.Group group, List<SortKey> order, RexText text, int width) {
    List<String> parts = new ArrayList<>();
    if (!group.keys.isEmpty()) {
      parts.add("PARTITION BY " + text.columns(group.keys));
    }
    if (!order.isEmpty()) {
      parts.add("ORDER BY " + text.sortKeys(order));
    }
    // The default frame; without an order, all rows of a partition are peers of the current one.
    boolean plain =
        !group.isRows
            && group.lowerBound.isUnbounded()
            && (group.upperBound.isCurrentRow()
                || order.isEmpty() && group.upperBound.isUnbounded());
    if (!plain) {
      parts.add(
          (group.isRows ? "ROWS BETWEEN " : "RANGE BETWEEN ")
              + text(window, group.lowerBound, width)
              + " AND "
              + text(window, group.upperBound, width));
    }
    return " OVER (" + String.join(" ", parts) + ")";
  }

  private static String text(Window window, RexWindowBound bound, int width) {
    RexNode offset = offsetNode(window, bound, width);
    return offset == null
        ? kind(bound).name().replace('_', ' ')
        : RexText.CONSTANT.of(offset) + " " + kind(bound).name();
  }

  private static BoundKind kind(RexWindowBound bound) {
    if (bound.isCurrentRow()) {
      return BoundKind.CURRENT_ROW;
    }
    if (bound.isUnbounded()) {
      return bound.isPreceding() ? BoundKind.UNBOUNDED_PRECEDING : BoundKind.UNBOUNDED_FOLLOWING;
    }
    return bound.isPreceding() ? BoundKind.PRECEDING : BoundKind.FOLLOWING;
  }

  private @Nullable Supplier<VectorExpression> offset(
      Window window, RexWindowBound bound, int width) {
    RexNode offset = offsetNode(window, bound, width);
    return offset == null ? null : expressions.expression(offset, List.of());
  }

  private static @Nullable RexNode offsetNode(Window window, RexWindowBound bound, int width) {
    return bound.getOffset() instanceof RexInputRef reference
        ? window.constants.get(reference.getIndex() - width)
        : bound.getOffset();
  }
}
