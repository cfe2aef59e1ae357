package org.facetdb.sql.session;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.facetdb.parser.Assignment;
import org.facetdb.parser.Update;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.Result;
import org.facetdb.sql.catalog.ColumnDefinition;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.ddl.SourceText;
import org.facetdb.sql.dml.StatementWriter;
import org.facetdb.sql.dml.TableWriter;
import org.facetdb.sql.plan.QueryPlan;
import org.facetdb.storage.lock.LockMode;
import org.jspecify.annotations.Nullable;

/**
 * UPDATE: a query gives each row's key, its columns and the new values; all are read before the
 * first row is written.
 */
final class UpdateCommand implements Command {
  private final Target target;
  private final QueryPlan source;
  private final int[] assigned;
  private final boolean mayRepeat;
  private final LockMode lock;

  private UpdateCommand(Target target, QueryPlan source, int[] assigned, boolean mayRepeat) {
    this.target = target;
    this.source = source;
    this.assigned = assigned;
    this.mayRepeat = mayRepeat;
    this.lock = target.lockForUpdate(assigned);
  }

  static UpdateCommand bind(Execution execution, String sql, Update update) {
    if (!update.returning().isEmpty()) {
      throw SourceText.at(
          DatabaseException.unsupported("UPDATE ... RETURNING is not supported"),
          sql,
          update.returning().getFirst());
    }
    Target target = Target.of(execution, sql, update.table());
    TableDefinition table = target.table();
    List<SqlIdentifier> names = new ArrayList<>();
    List<SqlNode> values = new ArrayList<>();
    for (Assignment assignment : update.assignments()) {
      names.addAll(assignment.columns());
      values.addAll(split(sql, assignment));
    }
    List<Integer> columns = target.positions(names, "multiple assignments to same column \"%s\"");
    List<SqlNode> select = new ArrayList<>();
    List<@Nullable LogicalType> wanted = new ArrayList<>();
    select.add(TargetQuery.column(update.table(), update.alias(), TableDefinition.ROW_KEY_NAME));
    wanted.add(null);
    for (ColumnDefinition column : table.columns()) {
      select.add(TargetQuery.column(update.table(), update.alias(), column.name()));
      wanted.add(null);
    }
    for (int i = 0; i < columns.size(); i++) {
      select.add(target.resolveDefault(values.get(i), columns.get(i)));
      wanted.add(target.wanted(columns.get(i)));
    }
    SqlNode query =
        TargetQuery.of(update.table(), update.alias(), update.from(), update.where(), select);
    QueryPlan plan =
        execution
            .kernel()
            .planner()
            .planQuery(
                query,
                execution.planContext(sql).withRowKeys(Set.of(table.id())).withTargetTypes(wanted));
    int first = 1 + table.columns().size();
    for (int i = 0; i < columns.size(); i++) {
      target.requireAssignable(plan.columns().get(first + i), columns.get(i));
    }
    int[] assigned = columns.stream().mapToInt(Integer::intValue).toArray();
    return new UpdateCommand(target, plan, assigned, update.from() != null);
  }

  /** The value of each column of an assignment. */
  private static List<SqlNode> split(String sql, Assignment assignment) {
    if (assignment.columns().size() == 1) {
      return List.of(assignment.value());
    }
    if (assignment.value().getKind() != SqlKind.ROW) {
      throw SourceText.at(
          DatabaseException.unsupported(
              "assigning several columns from one query is not supported"),
          sql,
          assignment.value());
    }
    List<SqlNode> values = ((SqlCall) assignment.value()).getOperandList();
    if (values.size() != assignment.columns().size()) {
      throw SourceText.at(
          DatabaseException.user("42601", "number of columns does not match number of values"),
          sql,
          values.getFirst());
    }
    return values;
  }

  @Override
  public List<LogicalType> parameterTypes() {
    return source.parameterTypes();
  }

  @Override
  public boolean reusable() {
    return source.reusable();
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
    return "UPDATE";
  }

  @Override
  public String explain() {
    return "Update on " + target.table().name() + "\n" + source.explain().stripTrailing().indent(2);
  }

  @Override
  public Result run(Execution execution) {
    List<Batch> found = RowsToChange.find(execution, target.table(), source, lock);
    if (mayRepeat) {
      RowSets.distinctKeys(found);
    }
    List<Batch> newRows = new ArrayList<>();
    List<TableWriter.Change> changes = new ArrayList<>();
    for (Batch batch : found) {
      if (batch.selectedCount() > 0) {
        newRows.add(change(batch, changes));
      }
    }
    StatementWriter writer = target.open(execution);
    writer.update(target.table(), newRows, changes);
    writer.finish();
    return Results.counted("UPDATE " + changes.size(), changes.size());
  }

  /** Collects the changes of a batch, and gives its new rows. */
  private Batch change(Batch batch, List<TableWriter.Change> changes) {
    int width = target.table().columns().size();
    Vector[] oldRow = Arrays.copyOfRange(batch.columns(), 1, 1 + width);
    Vector[] newRow = oldRow.clone();
    for (int i = 0; i < assigned.length; i++) {
      newRow[assigned[i]] =
          target.assign(
              batch.column(1 + width + i), assigned[i], batch.rows(), batch.selectedCount());
    }
    BytesVector keys = (BytesVector) batch.column(0);
    for (int k = 0; k < batch.selectedCount(); k++) {
      int row = batch.row(k);
      long mask = 0;
      for (int column : assigned) {
        if (!Objects.deepEquals(oldRow[column].valueAt(row), newRow[column].valueAt(row))) {
          mask |= TableWriter.columnBit(column);
        }
      }
      changes.add(new TableWriter.Change(keys.getBytes(row), oldRow, row, newRow, row, mask));
    }
    Batch result = new Batch(newRow, batch.rowCount());
    int[] selection = batch.selection();
    if (selection != null) {
      result.setSelection(selection, batch.selectedCount());
    }
    return result;
  }
}
