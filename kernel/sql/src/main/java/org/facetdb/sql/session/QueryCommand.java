package org.facetdb.sql.session;

import java.util.List;
import java.util.Map;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.Result;
import org.facetdb.sql.ResultColumn;
import org.facetdb.sql.exec.Operator;
import org.facetdb.sql.plan.QueryPlan;
import org.facetdb.storage.lock.LockMode;
import org.jspecify.annotations.Nullable;

/** A query. */
final class QueryCommand implements Command {
  private final QueryPlan plan;

  QueryCommand(QueryPlan plan) {
    this.plan = plan;
  }

  @Override
  public List<ResultColumn> columns() {
    return plan.columns();
  }

  @Override
  public List<LogicalType> parameterTypes() {
    return plan.parameterTypes();
  }

  @Override
  public boolean reusable() {
    return plan.reusable();
  }

  @Override
  public Map<Integer, LockMode> locks() {
    return plan.locks();
  }

  @Override
  public boolean writes() {
    return false;
  }

  @Override
  public String name() {
    return "SELECT";
  }

  @Override
  public String explain() {
    return plan.explain();
  }

  @Override
  public Result run(Execution execution) {
    Operator root = plan.instantiate();
    try {
      root.open(execution.context());
    } catch (Throwable e) {
      root.close();
      throw e;
    }
    return new Rows(plan.columns(), root, execution);
  }

  /** Runs the plan with every operator counted, and gives it as EXPLAIN ANALYZE shows it. */
  String analyze(Execution execution) {
    QueryPlan.Analysis analysis = plan.analyze();
    try (Operator root = analysis.operator()) {
      root.open(execution.context());
      while (root.next() != null) {
        execution.context().checkCancelled();
      }
    }
    return analysis.explain();
  }

  /**
   * Rows as the operators give them; closes operators and execution. Holds neither afterwards: a
   * client may keep a closed result for long, and operators refer to plug-ins.
   */
  private static final class Rows implements Result {
    private final List<ResultColumn> columns;
    private @Nullable Operator root;
    private @Nullable Execution execution;
    private long count;
    private boolean ended;

    Rows(List<ResultColumn> columns, Operator root, Execution execution) {
      this.columns = columns;
      this.root = root;
      this.execution = execution;
    }

    @Override
    public List<ResultColumn> columns() {
      return columns;
    }

    @Override
    public @Nullable Batch nextBatch() {
      Operator source = root;
      Execution running = execution;
      if (ended || source == null || running == null) {
        return null;
      }
      running.context().checkCancelled();
      Batch batch = source.next();
      if (batch == null) {
        ended = true;
      } else {
        count += batch.selectedCount();
      }
      return batch;
    }

    @Override
    public long updateCount() {
      return -1;
    }

    @Override
    public String commandTag() {
      return "SELECT " + count;
    }

    @Override
    public void close() {
      Operator source = root;
      Execution running = execution;
      if (source == null || running == null) {
        return;
      }
      ended = true;
      root = null;
      execution = null;
      try (running) {
        source.close();
      }
    }
  }
}
