package org.facetdb.sql.bind;

import java.util.List;
import org.apache.calcite.plan.Convention;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelOptCost;
import org.apache.calcite.plan.RelOptPlanner;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.AbstractRelNode;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelShuttle;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.metadata.RelMetadataQuery;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;

/**
 * Rows of expressions that refer to no input: a VALUES list, and with one row of no columns the
 * input of a SELECT without FROM. A leaf, so that an INSERT of a thousand rows is one node.
 */
public final class Rows extends AbstractRelNode {
  private final List<List<RexNode>> tuples;

  public Rows(
      RelOptCluster cluster, RelTraitSet traits, RelDataType rowType, List<List<RexNode>> tuples) {
    super(cluster, traits);
    this.rowType = rowType;
    this.tuples = tuples.stream().map(List::copyOf).toList();
  }

  static Rows create(RelOptCluster cluster, RelDataType rowType, List<List<RexNode>> tuples) {
    return new Rows(cluster, cluster.traitSetOf(Convention.NONE), rowType, tuples);
  }

  /** The rows, each with an expression per column. */
  public List<List<RexNode>> tuples() {
    return tuples;
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return new Rows(getCluster(), traits, getRowType(), tuples);
  }

  @Override
  public RelNode accept(RexShuttle shuttle) {
    List<List<RexNode>> rewritten =
        tuples.stream().map(tuple -> List.copyOf(shuttle.apply(tuple))).toList();
    return rewritten.equals(tuples)
        ? this
        : new Rows(getCluster(), traitSet, getRowType(), rewritten);
  }

  @Override
  public RelNode accept(RelShuttle shuttle) {
    return shuttle.visit(this);
  }

  @Override
  public RelWriter explainTerms(RelWriter writer) {
    return super.explainTerms(writer).item("tuples", tuples);
  }

  @Override
  public double estimateRowCount(RelMetadataQuery metadata) {
    return tuples.size();
  }

  @Override
  public RelOptCost computeSelfCost(RelOptPlanner planner, RelMetadataQuery metadata) {
    return planner.getCostFactory().makeCost(tuples.size(), tuples.size(), 0);
  }
}
