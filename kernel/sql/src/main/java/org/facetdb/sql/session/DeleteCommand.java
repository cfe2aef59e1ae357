package org.facetdb.sql.session;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.calcite.sql.SqlNode;
import org.facetdb.parser.Delete;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.Result;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.facetdb.sql.catalog.IndexDefinition;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.ddl.SourceText;
import org.facetdb.sql.dml.StatementWriter;
import org.facetdb.sql.plan.QueryPlan;
import org.facetdb.storage.lock.LockMode;

/**
 * DELETE: a query gives each row's key and the columns that are indexed or referred to; all are
 * read before the first row is taken out.
 */
final class DeleteCommand implements Command {
  private final Target target;
  private final QueryPlan source;
  private final int[] columns;
  private final boolean mayRepeat;

  private DeleteCommand(Target target, QueryPlan source, int[] columns, boolean mayRepeat) {
    this.target = target;
    this.source = source;
    this.columns = columns;
    this.mayRepeat = mayRepeat;
  }

  static DeleteCommand bind(Execution execution, String sql, Delete delete) {
    if (!delete.returning().isEmpty()) {
      throw SourceText.at(
          DatabaseException.unsupported("DELETE ... RETURNING is not supported"),
          sql,
          delete.returning().getFirst());
    }
    Target target = Target.of(execution, sql, delete.table());
    TableDefinition table = target.table();
    SortedSet<Integer> needed = new TreeSet<>();
    for (IndexDefinition index : table.indexes()) {
      index.columns().forEach(part -> needed.add(part.column()));
    }
    for (CatalogSnapshot.Reference reference : execution.catalog().referencing(table.id())) {
      needed.addAll(reference.key().parentColumns());
    }
    List<SqlNode> select = new ArrayList<>();
    select.add(TargetQuery.column(delete.table(), delete.alias(), TableDefinition.ROW_KEY_NAME));
    for (int column : needed) {
      select.add(
          TargetQuery.column(delete.table(), delete.alias(), table.columns().get(column).name()));
    }
    SqlNode query =
        TargetQuery.of(delete.table(), delete.alias(), delete.using(), delete.where(), select);
    QueryPlan plan =
        execution
            .kernel()
            .planner()
            .planQuery(query, execution.planContext(sql).withRowKeys(Set.of(table.id())));
    int[] columns = needed.stream().mapToInt(Integer::intValue).toArray();
    return new DeleteCommand(target, plan, columns, delete.using() != null);
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
    return "DELETE";
  }

  @Override
  public String explain() {
    return "Delete on " + target.table().name() + "\n" + source.explain().stripTrailing().indent(2);
  }

  @Override
  public Result run(Execution execution) {
    List<Batch> found =
        RowsToChange.find(execution, target.table(), source, LockMode.ACCESS_EXCLUSIVE);
    if (mayRepeat) {
      RowSets.distinctKeys(found);
    }
    StatementWriter writer = target.open(execution);
    long count = 0;
    for (Batch batch : found) {
      Vector[] row = sparseRow(batch);
      int[] positions = Arrays.copyOf(batch.rows(), batch.selectedCount());
      writer.delete(target.table(), (BytesVector) batch.column(0), row, positions);
      count += positions.length;
    }
    writer.finish();
    execution.kernel().rowCounts().add(target.table(), -count);
    return Results.counted("DELETE " + count, count);
  }

  /** The columns that were read at their places in the table; nobody asks for the others. */
  @SuppressWarnings("NullAway")
  private Vector[] sparseRow(Batch batch) {
    Vector[] row = new Vector[target.table().columns().size()];
    for (int i = 0; i < columns.length; i++) {
      row[columns[i]] = batch.column(1 + i);
    }
    return row;
  }
}
