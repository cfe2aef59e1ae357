package org.facetdb.sql.bind;

import java.util.List;
import org.apache.calcite.plan.Convention;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.core.TableScan;

/**
 * A table read under the name that the statement gives it, so that plans can be shown in the
 * statement's words. Immutable.
 *
 * <p>The name is part of the node's identity: rewriting would otherwise merge the two sides of a
 * self-join into one node with one name. It is no part of the table's, by which self-joins on a key
 * are found superfluous.
 */
public final class NamedScan extends TableScan {
  private final String alias;

  NamedScan(RelOptCluster cluster, BoundTable table, String alias) {
    super(cluster, cluster.traitSetOf(Convention.NONE), List.of(), table);
    this.alias = alias;
  }

  /** The alias, or the table's name where it has none. */
  public String alias() {
    return alias;
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return this;
  }

  @Override
  public RelWriter explainTerms(RelWriter writer) {
    return super.explainTerms(writer).item("alias", alias);
  }
}
