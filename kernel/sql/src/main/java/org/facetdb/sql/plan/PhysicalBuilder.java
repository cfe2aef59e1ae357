package org.facetdb.sql.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Intersect;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.Minus;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.core.Union;
import org.apache.calcite.rel.core.Values;
import org.apache.calcite.rel.core.Window;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.bind.Rows;
import org.facetdb.sql.exec.Distinct;
import org.facetdb.sql.exec.JoinKind;
import org.facetdb.sql.exec.Limit;
import org.facetdb.sql.exec.SetOperation;
import org.facetdb.sql.exec.SortKey;
import org.facetdb.sql.exec.TopN;
import org.facetdb.sql.exec.UnionAll;
import org.facetdb.sql.expr.VectorExpression;
import org.facetdb.sql.expr.VectorPredicate;
import org.facetdb.sql.type.TypeMapping;
import org.jspecify.annotations.Nullable;

/**
 * Builds the physical plan of an optimised tree: one node per operator, with access paths, join
 * methods and sorts chosen. Used once, by one thread.
 */
final class PhysicalBuilder {
  private static final double FILTER_SELECTIVITY = 0.25;
  private static final double GROUP_RATIO = 0.1;

  /** Rows that LIMIT with a parameter is taken to want. */
  private static final int ROWS_WANTED = 16;

  private final Expressions expressions;
  private final AccessPaths access;
  private final JoinBuilder joins;
  private final AggregateBuilder aggregates;
  private final Map<Integer, List<String>> outerNames = new HashMap<>();

  /**
   * @param root the tree; where it has more than one table, columns are shown with theirs
   */
  static PlanNode build(RelNode root, PlanContext context, Expressions expressions) {
    return new PhysicalBuilder(context, expressions, tables(root) > 1).build(root);
  }

  private static int tables(RelNode rel) {
    int count = rel instanceof TableScan ? 1 : 0;
    for (RelNode input : rel.getInputs()) {
      count += tables(input);
    }
    return count;
  }

  private PhysicalBuilder(PlanContext context, Expressions expressions, boolean qualified) {
    this.expressions = expressions;
    this.access = new AccessPaths(this, context, expressions, qualified);
    this.joins = new JoinBuilder(this, access, expressions);
    this.aggregates = new AggregateBuilder(this);
  }

  PlanNode build(RelNode rel) {
    PlanNode scan = access.build(rel);
    if (scan != null) {
      return scan;
    }
    return switch (rel) {
      case Project project -> project(project);
      case Filter filter -> filter(build(filter.getInput()), filter.getCondition());
      case Join join -> joins.join(join);
      case Correlate correlate -> correlate(correlate);
      case Aggregate aggregate -> aggregates.aggregate(aggregate);
      case Sort sort -> sort(sort);
      case Window window -> new WindowBuilder(this, expressions).window(window);
      case Union union -> union(union);
      case Intersect intersect ->
          setOperation(
              intersect,
              intersect.all ? SetOperation.Kind.INTERSECT_ALL : SetOperation.Kind.INTERSECT);
      case Minus minus ->
          setOperation(minus, minus.all ? SetOperation.Kind.EXCEPT_ALL : SetOperation.Kind.EXCEPT);
      case Rows rows -> rows(rows);
      case Values values -> values(values);
      case TableScan tableScan -> throw new IllegalStateException("unknown table: " + tableScan);
      default ->
          throw DatabaseException.unsupported(
              "no operator for " + rel.getRelTypeName().toLowerCase(Locale.ROOT));
    };
  }

  /** The text of expressions over an input's columns. */
  RexText text(List<String> names) {
    return new RexText(names, outerNames);
  }

  /** Names the columns of the rows that a lateral input is run for, before that is built. */
  void nameOuter(int correlation, PlanNode left) {
    outerNames.put(correlation, left.names());
  }

  static List<LogicalType> types(RelDataType row) {
    List<LogicalType> types = new ArrayList<>();
    for (RelDataTypeField field : row.getFieldList()) {
      types.add(TypeMapping.toLogical(field.getType()));
    }
    return types;
  }

  PlanNode filter(PlanNode input, RexNode condition) {
    if (condition.isAlwaysTrue()) {
      return input;
    }
    Supplier<VectorPredicate> predicate = expressions.predicate(condition, input.types());
    return new PlanNode(
        "Filter",
        List.of("Condition: " + text(input.names()).of(condition)),
        input.types(),
        List.of(input),
        input.rows() * FILTER_SELECTIVITY,
        input.order(),
        instances -> new org.facetdb.sql.exec.Filter(instances.apply(input), predicate.get()));
  }

  private PlanNode project(Project project) {
    PlanNode input = build(project.getInput());
    return project(input, project.getProjects(), types(project.getRowType()));
  }

  /** A projection, left out where it changes nothing. */
  PlanNode project(PlanNode input, List<RexNode> projects, List<LogicalType> types) {
    boolean identity = projects.size() == input.types().size();
    for (int i = 0; identity && i < projects.size(); i++) {
      identity = projects.get(i) instanceof RexInputRef reference && reference.getIndex() == i;
    }
    if (identity) {
      return input;
    }
    List<Supplier<VectorExpression>> compiled =
        projects.stream().map(p -> expressions.expression(p, input.types())).toList();
    RexText text = text(input.names());
    List<String> names = projects.stream().map(text::of).toList();
    return new PlanNode(
        "Project",
        List.of("Output: " + String.join(", ", names)),
        types,
        List.of(input),
        input.rows(),
        projectedOrder(input.order(), projects),
        names,
        instances ->
            new org.facetdb.sql.exec.Project(
                instances.apply(input), compiled.stream().map(Supplier::get).toList(), types));
  }

  private static List<SortKey> projectedOrder(List<SortKey> order, List<RexNode> projects) {
    List<SortKey> result = new ArrayList<>();
    for (SortKey key : order) {
      int to = -1;
      for (int i = 0; i < projects.size() && to < 0; i++) {
        to = projects.get(i) instanceof RexInputRef r && r.getIndex() == key.column() ? i : -1;
      }
      if (to < 0) {
        break;
      }
      result.add(new SortKey(to, key.descending(), key.nullsFirst()));
    }
    return result;
  }

  private PlanNode correlate(Correlate correlate) {
    PlanNode left = build(correlate.getLeft());
    nameOuter(correlate.getCorrelationId().getId(), left);
    PlanNode right = build(correlate.getRight());
    JoinKind kind =
        switch (correlate.getJoinType()) {
          case INNER -> JoinKind.INNER;
          case LEFT -> JoinKind.LEFT;
          case SEMI -> JoinKind.SEMI;
          case ANTI -> JoinKind.ANTI;
          default ->
              throw DatabaseException.unsupported("no lateral join " + correlate.getJoinType());
        };
    return joins.correlate(
        left,
        right,
        correlate.getCorrelationId().getId(),
        correlate.getRequiredColumns().toArray(),
        kind);
  }

  static List<SortKey> sortKeys(List<RelFieldCollation> collations) {
    List<SortKey> keys = new ArrayList<>();
    for (RelFieldCollation collation : collations) {
      boolean descending = collation.direction.isDescending();
      boolean nullsFirst =
          switch (collation.nullDirection) {
            case FIRST -> true;
            case LAST -> false;
            case UNSPECIFIED -> descending;
          };
      keys.add(new SortKey(collation.getFieldIndex(), descending, nullsFirst));
    }
    return keys;
  }

  private PlanNode sort(Sort sort) {
    List<SortKey> keys = sortKeys(sort.getCollation().getFieldCollations());
    PlanNode input =
        keys.size() == 1 ? access.bestFirst(sort.getInput(), keys.getFirst(), wanted(sort)) : null;
    if (input == null) {
      input = build(sort.getInput());
    }
    return sort(sort, keys, input);
  }

  /** How many rows a sort gives at most, as far as the statement says it. */
  private static int wanted(Sort sort) {
    long offset = sort.offset == null ? 0 : number(sort.offset, 0);
    long fetch = sort.fetch == null ? Integer.MAX_VALUE : number(sort.fetch, ROWS_WANTED);
    return Math.clamp(offset + fetch, 1, Integer.MAX_VALUE);
  }

  private static long number(RexNode node, long otherwise) {
    return node instanceof RexLiteral literal
            && literal.getValue() instanceof java.math.BigDecimal value
        ? value.longValue()
        : otherwise;
  }

  private PlanNode sort(Sort sort, List<SortKey> keys, PlanNode input) {
    Supplier<VectorExpression> offset = count(sort.offset);
    Supplier<VectorExpression> fetch = count(sort.fetch);
    boolean sorted =
        keys.size() <= input.order().size() && input.order().subList(0, keys.size()).equals(keys);
    double rows = rowsAfter(input.rows(), sort);
    if (sorted) {
      return offset == null && fetch == null
          ? input
          : new PlanNode(
              "Limit",
              limitDetails(sort),
              input.types(),
              List.of(input),
              rows,
              input.order(),
              instances -> new Limit(instances.apply(input), get(offset), get(fetch)));
    }
    List<String> details =
        new ArrayList<>(List.of("Sort Key: " + text(input.names()).sortKeys(keys)));
    details.addAll(limitDetails(sort));
    if (fetch != null) {
      return new PlanNode(
          "Top-N",
          details,
          input.types(),
          List.of(input),
          rows,
          keys,
          instances -> new TopN(instances.apply(input), keys, get(offset), get(fetch)));
    }
    PlanNode all =
        new PlanNode(
            "Sort",
            List.of("Sort Key: " + text(input.names()).sortKeys(keys)),
            input.types(),
            List.of(input),
            input.rows(),
            keys,
            instances -> new org.facetdb.sql.exec.Sort(instances.apply(input), keys));
    return offset == null
        ? all
        : new PlanNode(
            "Limit",
            limitDetails(sort),
            all.types(),
            List.of(all),
            rows,
            keys,
            instances -> new Limit(instances.apply(all), get(offset), null));
  }

  private static <T> @Nullable T get(@Nullable Supplier<T> supplier) {
    return supplier == null ? null : supplier.get();
  }

  private @Nullable Supplier<VectorExpression> count(@Nullable RexNode node) {
    return node == null ? null : expressions.expression(node, List.of());
  }

  private static double rowsAfter(double rows, Sort sort) {
    return sort.fetch instanceof RexLiteral literal
        ? Math.min(rows, RexLiteral.intValue(literal))
        : rows;
  }

  private static List<String> limitDetails(Sort sort) {
    List<String> details = new ArrayList<>();
    if (sort.fetch != null) {
      details.add("Limit: " + RexText.CONSTANT.of(sort.fetch));
    }
    if (sort.offset != null) {
      details.add("Offset: " + RexText.CONSTANT.of(sort.offset));
    }
    return details;
  }

  private PlanNode union(Union union) {
    List<LogicalType> types = types(union.getRowType());
    List<PlanNode> inputs =
        union.getInputs().stream().map(i -> as(build(i), i.getRowType(), types)).toList();
    double rows = inputs.stream().mapToDouble(PlanNode::rows).sum();
    PlanNode all =
        new PlanNode(
            "Union All",
            List.of(),
            types,
            inputs,
            rows,
            List.of(),
            instances -> new UnionAll(inputs.stream().map(instances).toList()));
    return union.all ? all : distinct(all);
  }

  /** Inputs of a set operation may differ in nullability or length; their lanes are the same. */
  private PlanNode as(PlanNode input, RelDataType row, List<LogicalType> types) {
    if (input.types().equals(types)) {
      return input;
    }
    List<RexNode> references = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      references.add(RexInputRef.of(i, row));
    }
    return forcedProject(input, references, types);
  }

  private PlanNode forcedProject(PlanNode input, List<RexNode> projects, List<LogicalType> types) {
    List<Supplier<VectorExpression>> compiled =
        projects.stream().map(p -> expressions.expression(p, input.types())).toList();
    return new PlanNode(
        "Project",
        List.of(),
        types,
        List.of(input),
        input.rows(),
        input.order(),
        instances ->
            new org.facetdb.sql.exec.Project(
                instances.apply(input), compiled.stream().map(Supplier::get).toList(), types));
  }

  PlanNode distinct(PlanNode input) {
    return new PlanNode(
        "Distinct",
        List.of(),
        input.types(),
        List.of(input),
        Math.max(1, input.rows() * GROUP_RATIO),
        input.order(),
        instances -> new Distinct(instances.apply(input)));
  }

  private PlanNode setOperation(RelNode rel, SetOperation.Kind kind) {
    List<LogicalType> types = types(rel.getRowType());
    PlanNode left = as(build(rel.getInput(0)), rel.getInput(0).getRowType(), types);
    for (int i = 1; i < rel.getInputs().size(); i++) {
      PlanNode first = left;
      PlanNode second = as(build(rel.getInput(i)), rel.getInput(i).getRowType(), types);
      left =
          new PlanNode(
              kind.name().charAt(0)
                  + kind.name().substring(1).toLowerCase(Locale.ROOT).replace('_', ' '),
              List.of(),
              types,
              List.of(first, second),
              first.rows() / 2,
              List.of(),
              instances -> new SetOperation(instances.apply(first), instances.apply(second), kind));
    }
    return left;
  }

  private PlanNode rows(Rows rows) {
    return tuples(rows.tuples(), types(rows.getRowType()));
  }

  private PlanNode values(Values values) {
    List<List<RexNode>> tuples = new ArrayList<>();
    values.getTuples().forEach(t -> tuples.add(List.copyOf(t)));
    return tuples(tuples, types(values.getRowType()));
  }

  private PlanNode tuples(List<List<RexNode>> tuples, List<LogicalType> types) {
    List<List<Supplier<VectorExpression>>> compiled = new ArrayList<>();
    for (List<RexNode> tuple : tuples) {
      compiled.add(tuple.stream().map(e -> expressions.expression(e, List.of())).toList());
    }
    return new PlanNode(
        types.isEmpty() ? "Result" : "Values",
        List.of(),
        types,
        List.of(),
        tuples.size(),
        List.of(),
        IntStream.rangeClosed(1, types.size()).mapToObj(i -> "column" + i).toList(),
        instances ->
            new org.facetdb.sql.exec.Values(
                types,
                compiled.stream().map(t -> t.stream().map(Supplier::get).toList()).toList()));
  }
}
