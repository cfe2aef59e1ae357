package org.facetdb.sql.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.index.SearchFunction;
import org.facetdb.spi.index.SearchRequest;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.catalog.MethodIndex;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.exec.Operator;
import org.facetdb.sql.exec.SortKey;
import org.facetdb.sql.expr.SearchOperators;
import org.facetdb.sql.extension.RegisteredMethod;
import org.facetdb.sql.index.IndexManager;
import org.facetdb.sql.index.SearchPlan;
import org.facetdb.sql.index.SearchScan;
import org.facetdb.sql.row.KeyRange;
import org.facetdb.sql.row.SearchColumns;
import org.facetdb.sql.row.TableAccess;
import org.facetdb.sql.row.TableScan;
import org.facetdb.sql.type.TypeMapping;
import org.jspecify.annotations.Nullable;

/** Finds the conditions that a plug-in's index answers and plans the search. Used by one thread. */
final class SearchPaths {
  private static final double SEARCH_SELECTIVITY = 0.02;

  private final PhysicalBuilder builder;
  private final PlanContext context;
  private final Expressions expressions;

  SearchPaths(PhysicalBuilder builder, PlanContext context, Expressions expressions) {
    this.builder = builder;
    this.context = context;
    this.expressions = expressions;
  }

  /**
   * An index with the conditions that it answers.
   *
   * @param used those conditions
   * @param rest all others
   * @param descending whether its best rows have the largest scores
   */
  record Found(
      MethodIndex index,
      List<SearchPlan.Condition> conditions,
      List<RexNode> used,
      List<RexNode> rest,
      boolean descending) {}

  /** The first index that answers a condition, with all that it answers. */
  @Nullable Found find(TableDefinition table, AccessPaths.Source source, List<RexNode> conjuncts) {
    TableDefinition now = context.catalog().table(table.id());
    if (context.plugins().indexes() == null || now == null) {
      return null;
    }
    MethodIndex index = null;
    List<SearchPlan.Condition> conditions = new ArrayList<>();
    List<RexNode> used = new ArrayList<>();
    List<RexNode> rest = new ArrayList<>();
    for (RexNode conjunct : conjuncts) {
      MethodIndex answering = answering(now, source, conjunct);
      if (answering == null || index != null && answering.id() != index.id()) {
        rest.add(conjunct);
        continue;
      }
      index = answering;
      RexCall call = (RexCall) conjunct;
      SearchOperators.Match match = (SearchOperators.Match) call.getOperator();
      RexNode argument = call.getOperands().getLast();
      LogicalType type = TypeMapping.toLogical(argument.getType());
      conditions.add(
          new SearchPlan.Condition(
              match.column(), match.symbol(), expressions.keyValue(argument, type), match.place()));
      used.add(conjunct);
    }
    if (index == null) {
      return null;
    }
    for (RexNode conjunct : rest) {
      MethodIndex second = answering(now, source, conjunct);
      if (second != null) {
        refuseScores(second, source, conjunct);
      }
    }
    return new Found(index, conditions, used, rest, descending(index));
  }

  /** One index is searched; the others only decide about its rows and score none. */
  private static void refuseScores(
      MethodIndex second, AccessPaths.Source source, RexNode conjunct) {
    for (int position : source.projection()) {
      if (SearchColumns.isSearchColumn(position)
          && SearchColumns.indexId(position) == second.id()) {
        SearchOperators.Match match = (SearchOperators.Match) ((RexCall) conjunct).getOperator();
        throw DatabaseException.unsupported(
                "scores and highlights of a second index in one search: index=" + second.name())
            .withHint("Put the columns that are searched together into one index.")
            .withPosition(match.place());
      }
    }
  }

  /**
   * What a search column is called in plans: the method's score or rendering with the index that
   * gives it.
   */
  String name(int column, TableDefinition table) {
    TableDefinition now = context.catalog().table(table.id());
    MethodIndex index = now == null ? null : now.methodIndex(SearchColumns.indexId(column));
    if (index == null) {
      return "?";
    }
    RegisteredMethod method = context.plugins().contributions().method(index.method());
    if (SearchColumns.isScore(column) && method != null) {
      for (SearchFunction function : method.functions()) {
        if (function instanceof SearchFunction.Score score) {
          return score.name() + "(" + index.name() + ")";
        }
      }
    }
    return "search(" + index.name() + ")";
  }

  private boolean descending(MethodIndex index) {
    RegisteredMethod method = context.plugins().contributions().method(index.method());
    if (method != null) {
      for (SearchFunction function : method.functions()) {
        if (function instanceof SearchFunction.Score score) {
          return score.descending();
        }
      }
    }
    return true;
  }

  private static @Nullable MethodIndex answering(
      TableDefinition now, AccessPaths.Source source, RexNode conjunct) {
    if (!(conjunct instanceof RexCall call
        && call.getOperator() instanceof SearchOperators.Match match)) {
      return null;
    }
    RexNode argument = call.getOperands().getLast();
    MethodIndex index = now.methodIndex(match.indexId());
    boolean constant =
        RelOptUtil.InputFinder.bits(argument).isEmpty() && RexUtil.isDeterministic(argument);
    if (index == null || !constant || !index.fits((TableDefinition) source.table().relation())) {
      return null;
    }
    int[] positions = index.positions((TableDefinition) source.table().relation());
    for (int i = 0; i < positions.length; i++) {
      boolean same =
          call.getOperands().get(i) instanceof RexInputRef reference
              && source.projection()[reference.getIndex()] == positions[i];
      if (!same) {
        return null;
      }
    }
    return index;
  }

  /** The plan of a search, with the conditions that it doesn't answer above it. */
  PlanNode plan(
      AccessPaths paths,
      Found found,
      TableDefinition table,
      AccessPaths.Source source,
      List<SortKey> order,
      int wanted) {
    IndexManager indexes = java.util.Objects.requireNonNull(context.plugins().indexes());
    Long asOf = source.table().asOfTimestamp();
    long time = asOf == null ? TableAccess.CURRENT : asOf;
    TableAccess access = TableAccess.of(table, source.projection(), time);
    int[] positions = found.index().positions(table);
    int[] keyed = new int[positions.length + 1];
    keyed[0] = TableDefinition.ROW_KEY;
    System.arraycopy(positions, 0, keyed, 1, positions.length);
    TableAccess indexed = TableAccess.of(table, keyed, time);
    Supplier<Operator> filter =
        paths.selected(
            table,
            source,
            found.rest(),
            TableAccess.of(table, new int[] {TableDefinition.ROW_KEY}, time));
    SearchPlan search =
        new SearchPlan(
            access,
            found.index(),
            found.conditions(),
            order.isEmpty() ? SearchRequest.Order.ANY : SearchRequest.Order.BEST_FIRST,
            found.descending(),
            wanted,
            () -> new TableScan(indexed, KeyRange.ALL),
            filter);
    List<String> details = new ArrayList<>();
    details.add("Search Cond: " + builder.text(paths.names(source)).allOf(found.used()));
    if (!order.isEmpty()) {
      details.add("Order: best first");
    }
    double rows = Math.max(1, source.table().getRowCount() * SEARCH_SELECTIVITY);
    PlanNode scan =
        new PlanNode(
            "Index Search using "
                + found.index().name()
                + " on "
                + AccessPaths.shown(table, source),
            details,
            access.types(),
            List.of(),
            Math.min(rows, wanted),
            order,
            paths.names(source),
            instances -> new SearchScan(search, indexes));
    return paths.filtered(scan, found.rest(), source);
  }
}
