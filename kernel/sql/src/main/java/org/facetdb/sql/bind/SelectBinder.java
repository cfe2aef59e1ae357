package org.facetdb.sql.bind;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.calcite.rel.RelCollations;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.util.ImmutableBitSet;
import org.facetdb.sql.catalog.TableDefinition;
import org.jspecify.annotations.Nullable;

/**
 * Binds one SELECT with its ORDER BY and LIMIT: FROM, WHERE, grouping, aggregates, windows, select
 * list, DISTINCT, order. Used once.
 *
 * <p>Everything after WHERE is first bound over the FROM clause's row; where the query aggregates,
 * it is then rewritten over the aggregate's row.
 */
final class SelectBinder {
  private final Binder binder;
  private final Env env;
  private final @Nullable OuterLink outer;

  SelectBinder(Binder binder, Env env, @Nullable OuterLink outer) {
    this.binder = binder;
    this.env = env;
    this.outer = outer;
  }

  /** One output column before aggregation is applied. */
  private record Output(String name, @Nullable String table, SqlNode node, RexNode expression) {}

  /** What ORDER BY sorts by: an output column, or an expression of its own. */
  private record Key(OrderItem item, int output, @Nullable RexNode expression) {}

  Bound bind(SqlSelect select, @Nullable SqlOrderBy order) {
    Scope scope = binder.from().bind(select.getFrom(), env, outer).scope(outer);
    RelNode rel = where(select, scope);
    AggregateCollector aggregates =
        new AggregateCollector(binder, scope, select.getWindowList(), env);
    List<Output> outputs = new ArrayList<>();
    ExpressionBinder expressions = new ExpressionBinder(binder, scope, env, "SELECT", aggregates);
    for (SqlNode item : select.getSelectList()) {
      output(item, scope, expressions, outputs);
    }
    List<Key> keys = orderKeys(order, outputs, scope, aggregates);
    SqlNode havingNode = select.getHaving();
    RexNode having = null;
    if (havingNode != null) {
      ExpressionBinder inner = new ExpressionBinder(binder, scope, env, "HAVING", aggregates);
      aggregates.allowWindows(false);
      having = inner.bindCondition(havingNode, "HAVING");
      aggregates.allowWindows(true);
    }
    boolean aggregating =
        select.getGroup() != null || having != null || !aggregates.calls().isEmpty();
    List<RexNode> projects = new ArrayList<>(outputs.stream().map(Output::expression).toList());
    List<RexNode> extra =
        keys.stream()
            .filter(k -> k.output() < 0)
            .map(k -> Objects.requireNonNull(k.expression()))
            .toList();
    projects.addAll(extra);
    Scope after = scope;
    if (aggregating) {
      Grouping grouping = new Grouping(binder, scope);
      if (select.getGroup() != null) {
        group(select.getGroup(), grouping, outputs, scope);
      }
      AggregateRewriter rewriter = grouping.aggregate(rel, aggregates);
      List<RexNode> all = new ArrayList<>(projects);
      if (having != null) {
        all.add(having);
      }
      rewriter.addDependentKeys(all);
      projects = new ArrayList<>(rewriter.rewriteAll(projects));
      having = having == null ? null : rewriter.rewrite(having);
      rel = rewriter.build();
      after = rewriter.scope(rel);
      if (having != null) {
        rel = filter(rel, having, scope);
      }
    }
    return finish(select, order, rel, outputs, projects, keys, scope, after);
  }

  private RelNode where(SqlSelect select, Scope scope) {
    SqlNode where = select.getWhere();
    if (where == null) {
      return scope.input();
    }
    RexNode condition =
        new ExpressionBinder(binder, scope, env, "WHERE").bindCondition(where, "WHERE");
    // What all alternatives of an OR demand may join tables.
    return filter(scope.input(), RexUtil.pullFactors(binder.rex(), condition), scope);
  }

  private static RelNode filter(RelNode input, RexNode condition, Scope scope) {
    Set<CorrelationId> variables = Subqueries.variables(List.of(condition), scope);
    return LogicalFilter.create(
        input, condition, com.google.common.collect.ImmutableSet.copyOf(variables));
  }

  private void output(
      SqlNode item, Scope scope, ExpressionBinder expressions, List<Output> outputs) {
    if (item instanceof SqlIdentifier star && star.isStar()) {
      for (Scope.Column column : starColumns(star, scope)) {
        outputs.add(
            new Output(
                column.name(), table(column.expression(), scope), star, column.expression()));
      }
      return;
    }
    SqlNode node = item;
    String name = null;
    if (item.getKind() == SqlKind.AS) {
      node = ((SqlCall) item).operand(0);
      name = ((SqlIdentifier) ((SqlCall) item).operand(1)).getSimple();
    }
    RexNode bound = expressions.bind(node);
    String shown = name == null ? OutputNames.of(node) : name;
    outputs.add(new Output(shown, table(bound, scope), node, bound));
  }

  private List<Scope.Column> starColumns(SqlIdentifier star, Scope scope) {
    if (star.names.size() == 1) {
      if (scope.sources().isEmpty() && scope.visible().isEmpty()) {
        throw binder.text().error(star, "42601", "SELECT * with no tables specified is not valid");
      }
      return scope.star();
    }
    List<String> qualifier = star.names.subList(0, star.names.size() - 1);
    Scope.Source source = scope.source(qualifier, binder.text(), star);
    if (source == null) {
      throw binder
          .text()
          .error(
              star, "42P01", "missing FROM-clause entry for table \"" + qualifier.getLast() + "\"");
    }
    return source.columns().stream().filter(c -> !c.hidden()).toList();
  }

  private static @Nullable String table(RexNode expression, Scope scope) {
    if (!(expression instanceof RexInputRef)) {
      return null;
    }
    for (Scope.Source source : scope.sources()) {
      if (source.relation() instanceof TableDefinition table
          && source.columns().stream().anyMatch(c -> c.expression().equals(expression))) {
        return table.name();
      }
    }
    return null;
  }

  private List<Key> orderKeys(
      @Nullable SqlOrderBy order,
      List<Output> outputs,
      Scope scope,
      AggregateCollector aggregates) {
    List<Key> keys = new ArrayList<>();
    if (order == null) {
      return keys;
    }
    List<String> names = outputs.stream().map(Output::name).toList();
    ExpressionBinder expressions = new ExpressionBinder(binder, scope, env, "ORDER BY", aggregates);
    for (SqlNode node : order.orderList) {
      OrderItem item = OrderItem.of(node);
      int index = item.outputIndex(names, binder.text());
      if (index >= 0) {
        checkAmbiguous(item, index, outputs);
        keys.add(new Key(item, index, null));
        continue;
      }
      RexNode bound = expressions.bind(item.expression());
      int same = -1;
      for (int i = 0; i < outputs.size() && same < 0; i++) {
        same = outputs.get(i).expression().equals(bound) ? i : -1;
      }
      keys.add(new Key(item, same, bound));
    }
    return keys;
  }

  private void checkAmbiguous(OrderItem item, int index, List<Output> outputs) {
    if (!(item.expression() instanceof SqlIdentifier name)) {
      return;
    }
    for (int i = index + 1; i < outputs.size(); i++) {
      if (outputs.get(i).name().equals(name.getSimple())
          && !outputs.get(i).expression().equals(outputs.get(index).expression())) {
        throw binder
            .text()
            .error(name, "42702", "ORDER BY \"" + name.getSimple() + "\" is ambiguous");
      }
    }
  }

  private void group(SqlNodeList items, Grouping grouping, List<Output> outputs, Scope scope) {
    ExpressionBinder expressions = new ExpressionBinder(binder, scope, env, "GROUP BY");
    grouping.bind(items, node -> groupKey(node, outputs, scope, expressions));
  }

  private RexNode groupKey(
      SqlNode node, List<Output> outputs, Scope scope, ExpressionBinder expressions) {
    Integer ordinal = Binder.ordinal(node);
    if (ordinal != null) {
      if (ordinal < 1 || ordinal > outputs.size()) {
        throw binder
            .text()
            .error(node, "42P10", "GROUP BY position " + ordinal + " is not in select list");
      }
      return outputs.get(ordinal - 1).expression();
    }
    if (node instanceof SqlIdentifier name
        && name.isSimple()
        && scope.unqualified(name.getSimple(), binder.text(), name.getParserPosition()) == null) {
      List<RexNode> found =
          outputs.stream()
              .filter(o -> o.name().equals(name.getSimple()))
              .map(Output::expression)
              .distinct()
              .toList();
      if (found.size() > 1) {
        throw binder
            .text()
            .error(name, "42702", "GROUP BY \"" + name.getSimple() + "\" is ambiguous");
      }
      if (found.size() == 1) {
        return found.getFirst();
      }
    }
    return expressions.bind(node);
  }

  private Bound finish(
      SqlSelect select,
      @Nullable SqlOrderBy order,
      RelNode input,
      List<Output> outputs,
      List<RexNode> projects,
      List<Key> keys,
      Scope scope,
      Scope after) {
    int width = outputs.size();
    List<RelFieldCollation> collations = new ArrayList<>();
    Set<Integer> sorted = new HashSet<>();
    int next = width;
    for (Key key : keys) {
      int field = key.output() >= 0 ? key.output() : next++;
      if (sorted.add(field) && !(projects.get(field) instanceof RexLiteral)) {
        collations.add(key.item().collation(field));
      }
      if (key.output() < 0 && select.isDistinct()) {
        throw binder
            .text()
            .error(
                key.item().expression(),
                "42P10",
                "for SELECT DISTINCT, ORDER BY expressions must appear in select list");
      }
    }
    List<RexNode> settled = new ArrayList<>();
    for (int i = 0; i < projects.size(); i++) {
      RexNode cell = projects.get(i);
      boolean mustKnow = i >= width || sorted.contains(i) || select.isDistinct();
      settled.add(
          mustKnow && binder.coercion().isUnknown(cell) ? binder.coercion().asText(cell) : cell);
    }
    List<String> names = new ArrayList<>(outputs.stream().map(Output::name).toList());
    List<@Nullable String> tables = outputs.stream().map(Output::table).toList();
    List<String> fields = new ArrayList<>(names);
    fields.addAll(Collections.nCopies(projects.size() - width, "$order"));
    RelNode rel =
        LogicalProject.create(
            input, List.of(), settled, Binder.unique(fields), Subqueries.variables(settled, scope));
    if (select.isDistinct()) {
      rel = LogicalAggregate.create(rel, List.of(), ImmutableBitSet.range(width), null, List.of());
    }
    rel = binder.sort(rel, RelCollations.of(collations), order, env, outer);
    if (projects.size() > width) {
      List<RexNode> kept = new ArrayList<>();
      for (int i = 0; i < width; i++) {
        kept.add(RexInputRef.of(i, rel.getRowType()));
      }
      rel = LogicalProject.create(rel, List.of(), kept, Binder.unique(names), Set.of());
    }
    return new Bound(rel, names, tables);
  }
}
