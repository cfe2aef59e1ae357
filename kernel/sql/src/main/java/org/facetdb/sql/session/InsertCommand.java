package org.facetdb.sql.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.facetdb.parser.Insert;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.Result;
import org.facetdb.sql.ddl.SourceText;
import org.facetdb.sql.dml.StatementWriter;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.exec.Operator;
import org.facetdb.sql.expr.VectorExpression;
import org.facetdb.sql.plan.PlanContext;
import org.facetdb.sql.plan.Planner;
import org.facetdb.sql.plan.QueryPlan;
import org.facetdb.storage.lock.LockMode;
import org.jspecify.annotations.Nullable;

/**
 * INSERT: rows of VALUES or a query, completed with defaults. A source that reads the target is
 * read to its end before the first row is written.
 */
final class InsertCommand implements Command {
  private static final Pattern ON_CONFLICT =
      Pattern.compile("\\bon\\s+conflict\\b", Pattern.CASE_INSENSITIVE);

  private final Target target;
  private final @Nullable QueryPlan source;
  private final int[] sourceOf;
  private final @Nullable VectorExpression[] defaults;
  private final boolean readsTarget;

  private InsertCommand(
      Target target,
      @Nullable QueryPlan source,
      int[] sourceOf,
      @Nullable VectorExpression[] defaults,
      boolean readsTarget) {
    this.target = target;
    this.source = source;
    this.sourceOf = sourceOf;
    this.defaults = defaults;
    this.readsTarget = readsTarget;
  }

  static InsertCommand bind(Execution execution, String sql, Insert insert) {
    if (insert.onConflict() != null) {
      throw DatabaseException.unsupported("INSERT ... ON CONFLICT is not supported")
          .withPosition(onConflict(sql, insert));
    }
    if (!insert.returning().isEmpty()) {
      throw SourceText.at(
          DatabaseException.unsupported("INSERT ... RETURNING is not supported"),
          sql,
          insert.returning().getFirst());
    }
    Target target = Target.of(execution, sql, insert.table());
    int width = target.table().columns().size();
    boolean named = !insert.columns().isEmpty();
    List<Integer> columns =
        named
            ? target.positions(insert.columns(), "column \"%s\" specified more than once")
            : IntStream.range(0, width).boxed().toList();
    PlanContext context = execution.planContext(sql);
    SqlNode query = insert.source();
    QueryPlan plan = null;
    int given = 0;
    if (query != null) {
      SqlNode resolved = resolveDefaults(target, columns, query, sql, named);
      List<@Nullable LogicalType> wanted = new ArrayList<>();
      columns.forEach(column -> wanted.add(target.wanted(column)));
      plan = execution.kernel().planner().planQuery(resolved, context.withTargetTypes(wanted));
      given = plan.columns().size();
      requireWidth(given, columns.size(), named, sql, query);
    }
    int[] sourceOf = new int[width];
    java.util.Arrays.fill(sourceOf, -1);
    for (int i = 0; i < given && plan != null; i++) {
      target.requireAssignable(plan.columns().get(i), columns.get(i));
      sourceOf[columns.get(i)] = i;
    }
    VectorExpression[] defaults = new VectorExpression[width];
    for (int column = 0; column < width; column++) {
      Planner.Scalar value = sourceOf[column] >= 0 ? null : target.compileDefault(column, context);
      if (value != null) {
        defaults[column] = value.expression();
      }
    }
    return new InsertCommand(
        target, plan, sourceOf, defaults, query != null && names(query, target));
  }

  /** Where ON CONFLICT begins, which the tree doesn't say: behind the rows. */
  private static int onConflict(String sql, Insert insert) {
    SqlNode before = insert.source() == null ? insert.table() : insert.source();
    int from = Math.max(0, SourceText.offset(sql, before.getParserPosition()) - 1);
    int found = 0;
    Matcher matcher = ON_CONFLICT.matcher(sql).region(from, sql.length());
    while (matcher.find()) {
      found = matcher.start() + 1; // the last one: a literal of the rows may hold the words, too
    }
    return found;
  }

  private static void requireWidth(
      int given, int columns, boolean named, String sql, SqlNode query) {
    if (given > columns) {
      throw SourceText.at(
          DatabaseException.user("42601", "INSERT has more expressions than target columns"),
          sql,
          query);
    }
    if (named && given < columns) {
      throw SourceText.at(
          DatabaseException.user("42601", "INSERT has more target columns than expressions"),
          sql,
          query);
    }
  }

  private static SqlNode resolveDefaults(
      Target target, List<Integer> columns, SqlNode query, String sql, boolean named) {
    if (query.getKind() != SqlKind.VALUES) {
      return query;
    }
    SqlCall values = (SqlCall) query;
    List<SqlNode> rows = new ArrayList<>();
    for (SqlNode row : values.getOperandList()) {
      SqlCall cells = (SqlCall) row;
      requireWidth(cells.operandCount(), columns.size(), named, sql, query);
      SqlNode[] resolved = new SqlNode[cells.operandCount()];
      for (int i = 0; i < resolved.length; i++) {
        resolved[i] = target.resolveDefault(cells.operand(i), columns.get(i));
      }
      rows.add(cells.getOperator().createCall(row.getParserPosition(), resolved));
    }
    return values.getOperator().createCall(query.getParserPosition(), rows);
  }

  /** Whether the target's name occurs in a query at all. */
  private static boolean names(SqlNode query, Target target) {
    boolean[] found = {false};
    query.accept(
        new SqlBasicVisitor<@Nullable Void>() {
          @Override
          public @Nullable Void visit(SqlIdentifier identifier) {
            found[0] |= identifier.names.getLast().equals(target.table().name());
            return null;
          }
        });
    return found[0];
  }

  @Override
  public List<LogicalType> parameterTypes() {
    return source == null ? List.of() : source.parameterTypes();
  }

  @Override
  public boolean reusable() {
    return source == null || source.reusable();
  }

  @Override
  public Map<Integer, LockMode> locks() {
    return target.locks();
  }

  @Override
  public boolean writes() {
    return true;
  }

  @Override
  public String name() {
    return "INSERT";
  }

  @Override
  public String explain() {
    String below = source == null ? "Values rows=1" : source.explain().stripTrailing();
    return "Insert on " + target.table().name() + "\n" + below.indent(2);
  }

  @Override
  public Result run(Execution execution) {
    StatementWriter writer = target.open(execution);
    long count = 0;
    if (source == null) {
      write(writer, new Batch(new Vector[0], 1), execution.context());
      count = 1;
    } else {
      try (Operator rows = source.instantiate()) {
        rows.open(execution.context());
        if (readsTarget) {
          for (Batch batch : RowSets.readAll(rows)) {
            write(writer, batch, execution.context());
            count += batch.selectedCount();
          }
        } else {
          for (Batch batch = rows.next(); batch != null; batch = rows.next()) {
            execution.context().checkCancelled();
            write(writer, batch, execution.context());
            count += batch.selectedCount();
          }
        }
      }
    }
    writer.finish();
    execution.kernel().rowCounts().add(target.table(), count);
    return Results.counted("INSERT 0 " + count, count);
  }

  private void write(StatementWriter writer, Batch source, ExecutionContext context) {
    Vector[] columns = new Vector[sourceOf.length];
    int[] rows = source.rows();
    int count = source.selectedCount();
    for (int column = 0; column < columns.length; column++) {
      Vector values;
      VectorExpression fallback = defaults[column];
      if (sourceOf[column] >= 0) {
        values = source.column(sourceOf[column]);
      } else if (fallback != null) {
        values = fallback.evaluate(source, context);
      } else {
        values = RowSets.nulls(target.table().columns().get(column).type(), source.rowCount());
      }
      columns[column] = target.assign(values, column, rows, count);
    }
    Batch complete = new Batch(columns, source.rowCount());
    int[] selection = source.selection();
    if (selection != null) {
      complete.setSelection(selection, count);
    }
    writer.insert(target.table(), complete);
  }
}
