package org.facetdb.sql.bind;

import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.jspecify.annotations.Nullable;

/**
 * Ties one subquery to the scope around it. Every subquery has a link of its own, so that each
 * becomes a correlation of its own. Used while one statement is bound, by one thread.
 *
 * <p>Invariant: the correlation has an id once an inner expression used a column of the scope.
 */
final class OuterLink {
  private final Scope scope;
  private final RelOptCluster cluster;
  private @Nullable CorrelationId id;

  OuterLink(Scope scope, RelOptCluster cluster) {
    this.scope = scope;
    this.cluster = cluster;
  }

  Scope scope() {
    return scope;
  }

  /** The correlation's id, {@code null} while no inner expression used the scope. */
  @Nullable CorrelationId id() {
    return id;
  }

  /** An expression over the outer row as the inner query sees it. */
  RexNode correlate(RexNode expression) {
    CorrelationId correlation = id;
    if (correlation == null) {
      correlation = cluster.createCorrel();
      id = correlation;
    }
    RexBuilder builder = cluster.getRexBuilder();
    RexNode row = builder.makeCorrel(scope.input().getRowType(), correlation);
    return expression.accept(
        new RexShuttle() {
          @Override
          public RexNode visitInputRef(RexInputRef reference) {
            return builder.makeFieldAccess(row, reference.getIndex());
          }
        });
  }
}
