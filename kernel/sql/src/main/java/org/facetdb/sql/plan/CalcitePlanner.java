package org.facetdb.sql.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelOptTable;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlNode;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.ResultColumn;
import org.facetdb.sql.bind.Binder;
import org.facetdb.sql.bind.Bound;
import org.facetdb.sql.bind.BoundTable;
import org.facetdb.sql.bind.FunctionBinder;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.exec.Operator;
import org.facetdb.sql.expr.ExpressionCompiler;
import org.facetdb.sql.function.FunctionRegistry;
import org.facetdb.sql.type.LogicalTypes;
import org.facetdb.sql.type.SqlType;
import org.facetdb.sql.type.TypeMapping;
import org.facetdb.storage.lock.LockMode;
import org.jspecify.annotations.Nullable;

/**
 * The planner: own binder, Calcite's rewriting rules, own operators. Thread-safe. Functions are
 * those that the statement's context contributes.
 */
public final class CalcitePlanner implements Planner {
  private static final class Library implements FunctionBinder.Library {
    private final FunctionRegistry functions;
    private final ExpressionCompiler compiler;

    Library(RexBuilder rex, PlanContext context) {
      this.functions = functions(context);
      this.compiler = new ExpressionCompiler(rex, functions);
    }

    @Override
    public FunctionRegistry scalars() {
      return functions;
    }

    @Override
    public @Nullable Object evaluate(RexNode expression, ExecutionContext context) {
      return compiler.evaluate(expression, context);
    }
  }

  private static FunctionRegistry functions(PlanContext context) {
    return context.plugins().contributions().functions();
  }

  @Override
  public QueryPlan planQuery(SqlNode query, PlanContext context) {
    try {
      RelOptCluster cluster = Optimizer.newCluster();
      RexBuilder rex = cluster.getRexBuilder();
      Binder binder = new Binder(context, cluster, new Library(rex, context));
      Bound bound = binder.bind(query);
      RelNode optimized = optimized(bound.rel());
      PlanNode root =
          PhysicalBuilder.build(optimized, context, new Expressions(rex, functions(context)));
      List<LogicalType> parameters = new ArrayList<>();
      for (int i = 0; i < binder.parameters().count(); i++) {
        RelDataType type = binder.parameters().type(i);
        parameters.add(type == null ? LogicalTypes.TEXT : TypeMapping.toLogical(type));
      }
      return new PhysicalPlan(
          columns(bound), parameters, root, locks(optimized), binder.reusable());
    } catch (StackOverflowError e) {
      throw new DatabaseException(
          "54001",
          DatabaseException.Category.RESOURCE,
          "stack depth limit exceeded",
          null,
          "The statement nests too deeply.",
          0,
          e);
    }
  }

  private static Map<Integer, LockMode> locks(RelNode plan) {
    Map<Integer, LockMode> locks = new HashMap<>();
    for (RelOptTable scanned : RelOptUtil.findAllTables(plan)) {
      BoundTable table = scanned.unwrap(BoundTable.class);
      if (table != null
          && table.asOfTimestamp() == null
          && table.relation() instanceof TableDefinition stored) {
        locks.put(stored.id(), LockMode.ACCESS_SHARE);
      }
    }
    return locks;
  }

  /** The rewritten tree; correlations that Calcite's rules stumble over are run as they are. */
  private static RelNode optimized(RelNode bound) {
    try {
      return Optimizer.optimize(bound);
    } catch (DatabaseException e) {
      throw e;
    } catch (RuntimeException | AssertionError e) {
      if (Boolean.getBoolean("facetdb.planner.strict")) {
        throw e;
      }
      return Optimizer.plain(bound);
    }
  }

  private static List<ResultColumn> columns(Bound bound) {
    List<ResultColumn> columns = new ArrayList<>();
    List<RelDataTypeField> fields = bound.rel().getRowType().getFieldList();
    for (int i = 0; i < fields.size(); i++) {
      RelDataType type = fields.get(i).getType();
      SqlType logical = TypeMapping.toLogical(type);
      columns.add(
          new ResultColumn(
              bound.names().get(i),
              logical,
              logical.precision(),
              logical.scale(),
              type.isNullable(),
              bound.tables().get(i)));
    }
    return columns;
  }

  /** The logical tree after rewriting, for tests and the curious. */
  String logicalPlan(SqlNode query, PlanContext context) {
    RelOptCluster cluster = Optimizer.newCluster();
    Bound bound =
        new Binder(context, cluster, new Library(cluster.getRexBuilder(), context)).bind(query);
    return RelOptUtil.toString(Optimizer.optimize(bound.rel()));
  }

  @Override
  public Scalar compileScalar(SqlNode expression, TableDefinition table, PlanContext context) {
    return scalar(expression, table, null, context);
  }

  @Override
  public Scalar compileConstant(SqlNode expression, LogicalType target, PlanContext context) {
    return scalar(expression, null, target, context);
  }

  private Scalar scalar(
      SqlNode expression,
      @Nullable TableDefinition table,
      @Nullable LogicalType target,
      PlanContext context) {
    RelOptCluster cluster = Optimizer.newCluster();
    Binder binder = new Binder(context, cluster, new Library(cluster.getRexBuilder(), context));
    RexNode bound = binder.bindScalar(expression, table, target);
    List<LogicalType> inputs =
        table == null ? List.of() : table.columns().stream().map(c -> c.type()).toList();
    return new Scalar(
        TypeMapping.toLogical(bound.getType()),
        RelOptUtil.InputFinder.bits(bound).asList(),
        new Expressions(cluster.getRexBuilder(), functions(context))
            .expression(bound, inputs)
            .get());
  }

  /** A finished plan. */
  private record PhysicalPlan(
      List<ResultColumn> columns,
      List<LogicalType> parameterTypes,
      PlanNode root,
      Map<Integer, LockMode> locks,
      boolean reusable)
      implements QueryPlan {
    PhysicalPlan {
      columns = List.copyOf(columns);
      parameterTypes = List.copyOf(parameterTypes);
      locks = Map.copyOf(locks);
    }

    @Override
    public Operator instantiate() {
      return root.instantiate();
    }

    @Override
    public Analysis analyze() {
      return new PlanAnalysis(root);
    }

    @Override
    public String explain() {
      return root.explain();
    }
  }
}
