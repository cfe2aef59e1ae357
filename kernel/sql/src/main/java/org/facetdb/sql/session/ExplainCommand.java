package org.facetdb.sql.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.Result;
import org.facetdb.sql.ResultColumn;
import org.facetdb.storage.lock.LockMode;

/** EXPLAIN: the plan's lines; with ANALYZE the statement is run and its rows and time added. */
final class ExplainCommand implements Command {
  private static final List<String> COLUMN = List.of("QUERY PLAN");

  private final String plan;
  private final Command explained;
  private final boolean analyze;

  ExplainCommand(String plan, Command explained, boolean analyze) {
    this.plan = plan;
    this.explained = explained;
    this.analyze = analyze;
  }

  @Override
  public List<ResultColumn> columns() {
    return Results.textColumns(COLUMN);
  }

  @Override
  public List<LogicalType> parameterTypes() {
    return explained.parameterTypes();
  }

  @Override
  public boolean reusable() {
    return explained.reusable();
  }

  @Override
  public Map<Integer, LockMode> locks() {
    return explained.locks();
  }

  @Override
  public boolean writes() {
    return analyze && explained.writes();
  }

  @Override
  public String name() {
    return "EXPLAIN";
  }

  @Override
  public Result run(Execution execution) {
    List<List<String>> lines = new ArrayList<>();
    if (analyze && explained instanceof QueryCommand query) {
      long begin = System.nanoTime();
      query.analyze(execution).lines().forEach(line -> lines.add(List.of(line)));
      lines.add(List.of(executionTime(begin)));
      execution.close();
      return Results.text("EXPLAIN", COLUMN, lines);
    }
    plan.lines().forEach(line -> lines.add(List.of(line)));
    if (analyze) {
      long begin = System.nanoTime();
      String tag;
      try (Result result = explained.run(execution)) {
        while (result.nextBatch() != null) {
          execution.context().checkCancelled();
        }
        tag = result.commandTag();
      }
      lines.add(List.of("Result: " + tag));
      lines.add(List.of(executionTime(begin)));
    }
    execution.close();
    return Results.text("EXPLAIN", COLUMN, lines);
  }

  private static String executionTime(long begin) {
    return String.format(Locale.ROOT, "Execution Time: %.3f ms", (System.nanoTime() - begin) / 1e6);
  }
}
