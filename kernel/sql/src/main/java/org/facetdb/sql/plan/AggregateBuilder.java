package org.facetdb.sql.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.ImmutableBitSet;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.exec.AggregateCall;
import org.facetdb.sql.exec.AggregateFunction;
import org.facetdb.sql.exec.Aggregates;
import org.facetdb.sql.exec.HashAggregate;
import org.facetdb.sql.exec.SortKey;

/** Builds grouping operators. Stateless but for its builder. */
final class AggregateBuilder {
  private static final double GROUP_RATIO = 0.1;

  private final PhysicalBuilder builder;

  AggregateBuilder(PhysicalBuilder builder) {
    this.builder = builder;
  }

  PlanNode aggregate(Aggregate aggregate) {
    PlanNode input = builder.build(aggregate.getInput());
    int[] keys = aggregate.getGroupSet().toArray();
    List<AggregateCall> calls = new ArrayList<>();
    RexText text = builder.text(input.names());
    List<String> shown = new ArrayList<>();
    List<String> names = new ArrayList<>();
    // Constant aggregates, which the subquery rules use as markers, are projected on top.
    List<RexNode> output = new ArrayList<>();
    List<LogicalType> types = new ArrayList<>();
    for (int key : keys) {
      output.add(reference(aggregate, types.size()));
      types.add(input.types().get(key));
      names.add(text.column(key));
    }
    for (org.apache.calcite.rel.core.AggregateCall call : aggregate.getAggCallList()) {
      if (call.getAggregation().getKind() == SqlKind.LITERAL_AGG) {
        output.add(call.rexList.getFirst());
        continue;
      }
      AggregateCall built = call(call, input);
      output.add(new RexInputRef(types.size(), call.getType()));
      types.add(built.function().resultType());
      calls.add(built);
      shown.add(text(call, text));
    }
    List<int[]> sets =
        aggregate.getGroupSets().stream().map(s -> positions(s, aggregate.getGroupSet())).toList();
    double rows = keys.length == 0 ? 1 : Math.max(1, input.rows() * GROUP_RATIO) * sets.size();
    List<String> details = new ArrayList<>();
    names.addAll(shown);
    if (sets.size() > 1) {
      details.add("Grouping Sets: " + sets(aggregate, text));
    } else if (keys.length > 0) {
      details.add("Group Key: " + text.columns(aggregate.getGroupSet()));
    }
    if (!shown.isEmpty()) {
      details.add("Aggregates: " + String.join(", ", shown));
    }
    PlanNode node =
        new PlanNode(
            keys.length == 0 ? "Aggregate" : "Hash Aggregate",
            details,
            types,
            List.of(input),
            rows,
            List.of(),
            names,
            instances -> new HashAggregate(instances.apply(input), keys, calls, sets));
    return builder.project(node, output, PhysicalBuilder.types(aggregate.getRowType()));
  }

  private static RexNode reference(Aggregate aggregate, int field) {
    RelDataType type = aggregate.getRowType().getFieldList().get(field).getType();
    return new RexInputRef(field, type);
  }

  private static String sets(Aggregate aggregate, RexText text) {
    return aggregate.getGroupSets().stream()
        .map(set -> "(" + text.columns(set) + ")")
        .collect(Collectors.joining(", "));
  }

  private static String text(org.apache.calcite.rel.core.AggregateCall call, RexText text) {
    List<SortKey> order = PhysicalBuilder.sortKeys(call.getCollation().getFieldCollations());
    boolean star = call.getArgList().isEmpty() && call.getAggregation().getKind() == SqlKind.COUNT;
    return call.getAggregation().getName().toLowerCase(Locale.ROOT)
        + "("
        + (call.isDistinct() ? "DISTINCT " : "")
        + (star ? "*" : text.columns(call.getArgList()))
        + (order.isEmpty() ? "" : " ORDER BY " + text.sortKeys(order))
        + ")"
        + (call.filterArg < 0 ? "" : " FILTER (WHERE " + text.column(call.filterArg) + ")");
  }

  private static int[] positions(ImmutableBitSet set, ImmutableBitSet all) {
    int[] result = new int[set.cardinality()];
    int n = 0;
    for (int bit : set) {
      result[n++] = all.indexOf(bit);
    }
    return result;
  }

  private static AggregateCall call(
      org.apache.calcite.rel.core.AggregateCall call, PlanNode input) {
    List<LogicalType> arguments =
        call.getArgList().stream().map(i -> input.types().get(i)).toList();
    String name = call.getAggregation().getName().toLowerCase(Locale.ROOT);
    AggregateFunction function = Aggregates.resolve(name, arguments);
    return new AggregateCall(
        function,
        call.getArgList(),
        call.isDistinct(),
        call.filterArg,
        PhysicalBuilder.sortKeys(call.getCollation().getFieldCollations()));
  }
}
