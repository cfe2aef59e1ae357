package org.facetdb.sql.bind;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.RelCollation;
import org.apache.calcite.rel.RelCollations;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.util.ImmutableBitSet;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.row.SearchColumns;
import org.jspecify.annotations.Nullable;

/**
 * Turns expressions over a FROM clause's row into expressions over the row of the aggregate above
 * it: group keys are matched, aggregates take their fields, and any other column is 42803. Columns
 * of a table whose whole primary key is grouped become further keys. Used once.
 */
final class AggregateRewriter {
  private final Binder binder;
  private final Scope scope;
  private final RelNode input;
  private final List<RexNode> keys;
  private final List<ImmutableBitSet> sets;
  private final AggregateCollector aggregates;
  private @Nullable RelNode built;

  AggregateRewriter(
      Binder binder,
      Scope scope,
      RelNode input,
      List<RexNode> keys,
      List<ImmutableBitSet> sets,
      AggregateCollector aggregates) {
    this.binder = binder;
    this.scope = scope;
    this.input = input;
    this.keys = new ArrayList<>(keys);
    this.sets = new ArrayList<>(sets);
    this.aggregates = aggregates;
  }

  List<RexNode> rewriteAll(List<RexNode> expressions) {
    return expressions.stream().map(this::rewrite).toList();
  }

  /**
   * Columns that the grouped primary key of their table decides are keys too. Called once, with all
   * expressions that will be rewritten, before any is.
   */
  void addDependentKeys(List<RexNode> expressions) {
    if (sets.size() != 1) {
      return;
    }
    List<RexNode> dependent = new ArrayList<>();
    for (Scope.Source source : scope.sources()) {
      if (source.relation() instanceof TableDefinition table
          && table.primaryKey() != null
          && table.keyColumns().stream()
              .allMatch(c -> keys.contains(source.columns().get(c).expression()))) {
        source.columns().forEach(c -> dependent.add(c.expression()));
      }
    }
    if (dependent.isEmpty()) {
      return;
    }
    RexShuttle finder =
        new RexShuttle() {
          @Override
          public RexNode visitInputRef(RexInputRef reference) {
            if (dependent.contains(reference) && !keys.contains(reference)) {
              keys.add(reference);
            }
            return reference;
          }
        };
    for (RexNode expression : expressions) {
      if (!keys.contains(expression)) {
        expression.accept(finder);
      }
    }
    sets.set(0, ImmutableBitSet.range(keys.size()));
  }

  RelNode build() {
    if (built == null) {
      built = buildAggregate();
    }
    return built;
  }

  /** The scope that HAVING and the select list have once the aggregate is built. */
  Scope scope(RelNode rel) {
    return new Scope(rel, List.of(), List.of(), scope.outer());
  }

  private RelNode buildAggregate() {
    List<RexNode> fields = new ArrayList<>(keys);
    List<AggregateCall> calls = new ArrayList<>();
    List<int[]> layout = new ArrayList<>();
    for (AggregateCollector.Call call : aggregates.calls()) {
      int[] positions = new int[call.arguments().size() + call.orderBy().size() + 1];
      int p = 0;
      for (RexNode argument : call.arguments()) {
        positions[p++] = field(fields, argument);
      }
      for (RexNode key : call.orderBy()) {
        positions[p++] = field(fields, key);
      }
      positions[p] = call.filter() == null ? -1 : field(fields, call.filter());
      layout.add(positions);
    }
    if (fields.isEmpty()) {
      // Rows without columns are legal for us, but not for the rules that trim fields.
      fields.add(input.getCluster().getRexBuilder().makeExactLiteral(java.math.BigDecimal.ZERO));
    }
    RelNode project =
        LogicalProject.create(
            input, List.of(), fields, (List<String>) null, Subqueries.variables(fields, scope));
    boolean emptySet = sets.stream().anyMatch(ImmutableBitSet::isEmpty);
    for (int i = 0; i < layout.size(); i++) {
      calls.add(call(aggregates.calls().get(i), layout.get(i), project, emptySet, "$agg" + i));
    }
    return LogicalAggregate.create(
        project,
        List.of(),
        ImmutableBitSet.range(keys.size()),
        sets.size() == 1 && sets.getFirst().cardinality() == keys.size() ? null : sorted(),
        calls);
  }

  private List<ImmutableBitSet> sorted() {
    return ImmutableBitSet.ORDERING.immutableSortedCopy(sets);
  }

  private static int field(List<RexNode> fields, RexNode expression) {
    int index = fields.indexOf(expression);
    if (index < 0) {
      index = fields.size();
      fields.add(expression);
    }
    return index;
  }

  private AggregateCall call(
      AggregateCollector.Call call,
      int[] positions,
      RelNode project,
      boolean emptySet,
      String name) {
    List<Integer> arguments = new ArrayList<>();
    for (int i = 0; i < call.arguments().size(); i++) {
      arguments.add(positions[i]);
    }
    List<RelFieldCollation> order = new ArrayList<>();
    for (int i = 0; i < call.order().size(); i++) {
      order.add(call.order().get(i).withFieldIndex(positions[call.arguments().size() + i]));
    }
    RelCollation collation = order.isEmpty() ? RelCollations.EMPTY : RelCollations.of(order);
    return AggregateCall.create(
        SqlParserPos.ZERO,
        call.function(),
        call.distinct(),
        false,
        false,
        List.of(),
        arguments,
        positions[positions.length - 1],
        null,
        collation,
        emptySet || keys.isEmpty(),
        project,
        null,
        name);
  }

  RexNode rewrite(RexNode expression) {
    return expression.accept(new Shuttle());
  }

  private RexNode keyReference(int key) {
    RelDataType type = build().getRowType().getFieldList().get(key).getType();
    return new RexInputRef(key, type);
  }

  private final class Shuttle extends RexShuttle {
    @Override
    public RexNode visitInputRef(RexInputRef reference) {
      int key = keys.indexOf(reference);
      if (key >= 0) {
        return keyReference(key);
      }
      int call = aggregates.callOf(reference);
      if (call >= 0) {
        int field = keys.size() + call;
        return new RexInputRef(field, build().getRowType().getFieldList().get(field).getType());
      }
      throw ungrouped(reference, false);
    }

    @Override
    public RexNode visitCall(RexCall call) {
      int key = keys.indexOf(call);
      if (key >= 0) {
        return keyReference(key);
      }
      RexNode visited = super.visitCall(call);
      return visited instanceof RexCall changed ? widen(call, changed) : visited;
    }

    @Override
    public RexNode visitSubQuery(RexSubQuery subquery) {
      RexSubQuery visited = (RexSubQuery) super.visitSubQuery(subquery);
      return visited.clone(correlated(visited.rel));
    }
  }

  /** A call whose operands became nullable, as with grouping sets, may itself be null. */
  private RexNode widen(RexCall before, RexCall after) {
    if (before == after || after.getType().isNullable()) {
      return after;
    }
    for (int i = 0; i < before.getOperands().size(); i++) {
      if (after.getOperands().get(i).getType().isNullable()
          && !before.getOperands().get(i).getType().isNullable()) {
        RelDataType type = binder.types().createTypeWithNullability(after.getType(), true);
        return after.clone(type, after.getOperands());
      }
    }
    return after;
  }

  /** A subquery whose outer row was the FROM clause's now takes the aggregate's. */
  private RelNode correlated(RelNode rel) {
    Set<CorrelationId> own = scope.correlations();
    RexShuttle fields =
        new RexShuttle() {
          @Override
          public RexNode visitFieldAccess(RexFieldAccess access) {
            if (access.getReferenceExpr() instanceof RexCorrelVariable variable
                && own.contains(variable.id)) {
              return field(variable, access);
            }
            return super.visitFieldAccess(access);
          }

          private RexNode field(RexCorrelVariable variable, RexFieldAccess access) {
            RexInputRef outer = new RexInputRef(access.getField().getIndex(), access.getType());
            int key = keys.indexOf(outer);
            if (key < 0) {
              throw ungrouped(outer, true);
            }
            return binder
                .rex()
                .makeFieldAccess(binder.rex().makeCorrel(build().getRowType(), variable.id), key);
          }

          @Override
          public RexNode visitSubQuery(RexSubQuery subquery) {
            RexSubQuery visited = (RexSubQuery) super.visitSubQuery(subquery);
            return visited.clone(correlated(visited.rel));
          }
        };
    return rel.accept(
        new RelHomogeneousShuttle() {
          @Override
          public RelNode visit(RelNode other) {
            return super.visit(other).accept(fields);
          }
        });
  }

  private RuntimeException ungrouped(RexInputRef reference, boolean subquery) {
    String what = "expression";
    for (Scope.Source source : scope.sources()) {
      for (Scope.Column column : source.columns()) {
        if (column.expression().equals(reference)) {
          what =
              column.hidden() && SearchColumns.isName(column.name())
                  ? "score or highlight of \"" + source.alias() + "\""
                  : "column \"" + source.alias() + "." + column.name() + "\"";
        }
      }
    }
    return binder
        .text()
        .error(
            binder.position(reference),
            "42803",
            subquery
                ? "subquery uses ungrouped " + what + " from outer query"
                : what + " must appear in the GROUP BY clause or be used in an aggregate function");
  }
}
