package org.facetdb.sql.plan;

import java.util.List;
import org.apache.calcite.plan.Contexts;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelOptRule;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.plan.hep.HepMatchOrder;
import org.apache.calcite.plan.hep.HepPlanner;
import org.apache.calcite.plan.hep.HepProgram;
import org.apache.calcite.plan.hep.HepProgramBuilder;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.RelFactories;
import org.apache.calcite.rel.metadata.DefaultRelMetadataProvider;
import org.apache.calcite.rel.metadata.JaninoRelMetadataProvider;
import org.apache.calcite.rel.metadata.RelMetadataQuery;
import org.apache.calcite.rel.metadata.RelMetadataQueryBase;
import org.apache.calcite.rel.rules.CoreRules;
import org.apache.calcite.rel.rules.PruneEmptyRules;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.sql2rel.RelDecorrelator;
import org.apache.calcite.sql2rel.RelFieldTrimmer;
import org.apache.calcite.tools.RelBuilder;
import org.apache.calcite.tools.RuleSets;
import org.apache.calcite.util.Util;
import org.facetdb.sql.bind.LiteralBuilder;
import org.facetdb.sql.bind.PostgresTypeSystem;
import org.facetdb.sql.type.TypeMapping;

/**
 * Rewrites a bound tree by fixed programs: subqueries become correlations and those become joins
 * where possible, filters and projections move down, joins are ordered by estimated rows. Never a
 * cost-based search over all trees. Stateless; a tree belongs to one thread.
 */
final class Optimizer {
  private static final JaninoRelMetadataProvider METADATA =
      JaninoRelMetadataProvider.of(DefaultRelMetadataProvider.INSTANCE);

  /** Joins that are worth ordering. */
  private static final int MIN_JOINS_TO_ORDER = 1;

  private static final HepProgram SUBQUERIES =
      rules(
          CoreRules.FILTER_SUB_QUERY_TO_CORRELATE,
          CoreRules.PROJECT_SUB_QUERY_TO_CORRELATE,
          CoreRules.JOIN_SUB_QUERY_TO_CORRELATE);

  private static final List<RelOptRule> PUSH_DOWN =
      List.of(
          CoreRules.FILTER_INTO_JOIN,
          CoreRules.JOIN_CONDITION_PUSH,
          CoreRules.FILTER_PROJECT_TRANSPOSE,
          CoreRules.FILTER_AGGREGATE_TRANSPOSE,
          CoreRules.FILTER_SET_OP_TRANSPOSE,
          CoreRules.FILTER_CORRELATE,
          CoreRules.FILTER_MERGE,
          CoreRules.PROJECT_MERGE,
          CoreRules.PROJECT_REMOVE,
          CoreRules.JOIN_PUSH_EXPRESSIONS,
          PruneEmptyRules.FILTER_INSTANCE,
          PruneEmptyRules.PROJECT_INSTANCE,
          PruneEmptyRules.SORT_INSTANCE,
          PruneEmptyRules.JOIN_LEFT_INSTANCE,
          PruneEmptyRules.JOIN_RIGHT_INSTANCE,
          PruneEmptyRules.UNION_INSTANCE);

  private static final HepProgram NORMALIZE = rules(PUSH_DOWN.toArray(RelOptRule[]::new));

  private static final HepProgram SEMI_JOINS =
      rules(CoreRules.PROJECT_TO_SEMI_JOIN, CoreRules.JOIN_TO_SEMI_JOIN);

  private static final HepProgram GATHER_JOINS =
      new HepProgramBuilder()
          .addMatchOrder(HepMatchOrder.BOTTOM_UP)
          .addRuleInstance(CoreRules.JOIN_TO_MULTI_JOIN)
          .build();

  private static final HepProgram ORDER_JOINS = rules(CoreRules.MULTI_JOIN_OPTIMIZE);

  private static final HepProgram WINDOWS = rules(CoreRules.PROJECT_TO_LOGICAL_PROJECT_AND_WINDOW);

  private Optimizer() {}

  private static HepProgram rules(RelOptRule... rules) {
    return new HepProgramBuilder().addRuleCollection(List.of(rules)).build();
  }

  /** A cluster for one statement. */
  static RelOptCluster newCluster() {
    HepPlanner planner = new HepPlanner(HepProgram.builder().build(), Contexts.empty());
    RelOptCluster cluster =
        RelOptCluster.create(
            planner, new LiteralBuilder(new TypeMapping.Factory(PostgresTypeSystem.INSTANCE)));
    RelMetadataQueryBase.THREAD_PROVIDERS.set(METADATA);
    cluster.setMetadataQuerySupplier(RelMetadataQuery::instance);
    return cluster;
  }

  static RelNode optimize(RelNode bound) {
    RelBuilder builder = RelFactories.LOGICAL_BUILDER.create(bound.getCluster(), null);
    RelNode rel = bound;
    if (containsSubquery(rel)) {
      rel = run(SUBQUERIES, rel);
    }
    // Without the rules for scalar aggregates, which lose the nullability of an outer count.
    rel = RelDecorrelator.decorrelateQuery(rel, builder, RuleSets.ofList());
    rel = run(NORMALIZE, rel);
    int joins = RelOptUtil.countJoins(rel);
    if (joins > 0) {
      rel = run(SEMI_JOINS, rel);
    }
    rel = trim(rel, builder);
    if (joins > MIN_JOINS_TO_ORDER) {
      rel = run(ORDER_JOINS, run(GATHER_JOINS, rel));
      rel = run(NORMALIZE, rel);
      rel = trim(rel, builder);
    }
    return run(WINDOWS, rel);
  }

  /** The least that makes a tree executable: for one that the rules cannot take further. */
  static RelNode plain(RelNode bound) {
    return run(WINDOWS, run(SUBQUERIES, bound));
  }

  private static RelNode trim(RelNode rel, RelBuilder builder) {
    return new RelFieldTrimmer(null, builder).trim(rel);
  }

  private static RelNode run(HepProgram program, RelNode rel) {
    HepPlanner planner = new HepPlanner(program, Contexts.empty());
    planner.setRoot(rel);
    return planner.findBestExp();
  }

  private static boolean containsSubquery(RelNode rel) {
    try {
      rel.accept(
          new org.apache.calcite.rel.RelHomogeneousShuttle() {
            @Override
            public RelNode visit(RelNode other) {
              other.accept(FINDER);
              return super.visit(other);
            }
          });
      return false;
    } catch (Util.FoundOne e) {
      return true;
    }
  }

  private static final org.apache.calcite.rex.RexShuttle FINDER =
      new org.apache.calcite.rex.RexShuttle() {
        @Override
        public org.apache.calcite.rex.RexNode visitSubQuery(RexSubQuery subquery) {
          throw Util.FoundOne.NULL;
        }
      };
}
