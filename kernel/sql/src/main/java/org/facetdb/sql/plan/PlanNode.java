package org.facetdb.sql.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.exec.Operator;
import org.facetdb.sql.exec.SortKey;

/**
 * A node of a physical plan: what EXPLAIN shows, and how its operator is made for one execution.
 * Immutable.
 *
 * @param label the operator's name with what it works on
 * @param details further lines, such as conditions
 * @param rows how many rows are expected
 * @param order columns by which its rows come sorted, empty for none
 * @param names what the text of the nodes above calls its columns; as many as types
 */
record PlanNode(
    String label,
    List<String> details,
    List<LogicalType> types,
    List<PlanNode> inputs,
    double rows,
    List<SortKey> order,
    List<String> names,
    Factory factory) {
  /** From so many characters on, the text of an expression is cut to name its column. */
  private static final int NAME_LENGTH_MAX = 100;

  /** Makes a node's operator. */
  @FunctionalInterface
  interface Factory {
    /**
     * @param instances makes the operator of an input; may be called again for a fresh one
     */
    Operator create(Function<PlanNode, Operator> instances);
  }

  PlanNode {
    details = List.copyOf(details);
    types = List.copyOf(types);
    inputs = List.copyOf(inputs);
    order = List.copyOf(order);
    names = names.stream().map(PlanNode::shortened).toList();
    if (names.size() != types.size()) {
      throw new IllegalArgumentException(
          "a column has one name: columns=" + types.size() + ", names=" + names.size());
    }
    rows = Math.max(0, rows);
  }

  /** A node whose columns are those of its inputs, one input after the other. */
  PlanNode(
      String label,
      List<String> details,
      List<LogicalType> types,
      List<PlanNode> inputs,
      double rows,
      List<SortKey> order,
      Factory factory) {
    this(label, details, types, inputs, rows, order, inherited(inputs, types.size()), factory);
  }

  private static List<String> inherited(List<PlanNode> inputs, int width) {
    List<String> names = new ArrayList<>();
    inputs.forEach(input -> names.addAll(input.names()));
    for (int i = names.size(); i < width; i++) {
      names.add("$" + i);
    }
    return names.subList(0, width);
  }

  /** Expressions over expressions would otherwise double with every level. */
  private static String shortened(String name) {
    return name.length() <= NAME_LENGTH_MAX ? name : name.substring(0, NAME_LENGTH_MAX - 3) + "...";
  }

  /** An operator tree of its own. */
  Operator instantiate() {
    return factory.create(PlanNode::instantiate);
  }

  PlanNode withOrder(List<SortKey> newOrder) {
    return new PlanNode(label, details, types, inputs, rows, newOrder, names, factory);
  }

  /** The tree as EXPLAIN prints it. */
  String explain() {
    StringBuilder out = new StringBuilder();
    explain(out, 0, node -> "");
    return out.toString();
  }

  /** Writes the tree, with something more behind each node. */
  void explain(StringBuilder out, int depth, Function<PlanNode, String> more) {
    out.append("  ".repeat(depth));
    if (depth > 0) {
      out.append("-> ");
    }
    out.append(label).append("  (rows=").append(Math.round(rows)).append(')');
    out.append(more.apply(this)).append('\n');
    for (String detail : details) {
      out.append("  ".repeat(depth + (depth > 0 ? 2 : 1))).append(detail).append('\n');
    }
    for (PlanNode input : inputs) {
      input.explain(out, depth + 1, more);
    }
  }
}
