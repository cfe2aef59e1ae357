package org.facetdb.sql.bind;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.rex.RexVisitorImpl;

/** Questions about the subqueries inside expressions. Stateless. */
final class Subqueries {
  private Subqueries() {}

  /** True if a subquery stands anywhere in an expression. */
  static boolean contains(RexNode expression) {
    return RexUtil.SubQueryFinder.find(expression) != null;
  }

  /** The correlations of a scope's own row that the subqueries in some expressions use. */
  static Set<CorrelationId> variables(List<? extends RexNode> expressions, Scope scope) {
    Set<CorrelationId> used = new HashSet<>();
    for (RexNode expression : expressions) {
      expression.accept(
          new RexVisitorImpl<Void>(true) {
            @Override
            public Void visitSubQuery(RexSubQuery subquery) {
              used.addAll(RelOptUtil.getVariablesUsed(subquery.rel));
              return super.visitSubQuery(subquery);
            }
          });
    }
    used.retainAll(scope.correlations());
    return used;
  }
}
