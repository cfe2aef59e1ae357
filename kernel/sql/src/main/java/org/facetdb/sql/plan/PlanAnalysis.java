package org.facetdb.sql.plan;

import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.Map;
import org.facetdb.sql.exec.Operator;
import org.facetdb.sql.exec.OperatorStatistics;
import org.facetdb.sql.exec.Profiled;

/** One counted run of a plan. Used by one thread. */
final class PlanAnalysis implements QueryPlan.Analysis {
  private final PlanNode root;
  private final Map<PlanNode, OperatorStatistics> statistics = new IdentityHashMap<>();

  PlanAnalysis(PlanNode root) {
    this.root = root;
  }

  @Override
  public Operator operator() {
    return profiled(root);
  }

  private Operator profiled(PlanNode node) {
    return new Profiled(
        node.factory().create(this::profiled),
        statistics.computeIfAbsent(node, n -> new OperatorStatistics()));
  }

  @Override
  public String explain() {
    StringBuilder out = new StringBuilder();
    root.explain(out, 0, this::counted);
    return out.toString();
  }

  private String counted(PlanNode node) {
    OperatorStatistics counted = statistics.get(node);
    return counted == null
        ? " (never executed)"
        : String.format(
            Locale.ROOT, " (actual rows=%d time=%.3f ms)", counted.rows(), counted.nanos() / 1e6);
  }
}
