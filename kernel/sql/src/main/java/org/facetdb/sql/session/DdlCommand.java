package org.facetdb.sql.session;

import org.facetdb.parser.CreateIndex;
import org.facetdb.parser.CreateTable;
import org.facetdb.parser.DropIndex;
import org.facetdb.parser.DropTable;
import org.facetdb.parser.Statement;
import org.facetdb.parser.Truncate;
import org.facetdb.sql.Result;
import org.facetdb.sql.ddl.DdlContext;
import org.facetdb.sql.ddl.SchemaChanges;

/** A change of the schema. */
final class DdlCommand implements Command {
  private final String sql;
  private final Statement statement;

  DdlCommand(String sql, Statement statement) {
    this.sql = sql;
    this.statement = statement;
  }

  static boolean handles(Statement statement) {
    return statement instanceof CreateTable
        || statement instanceof DropTable
        || statement instanceof CreateIndex
        || statement instanceof DropIndex
        || statement instanceof Truncate;
  }

  @Override
  public boolean writes() {
    return true;
  }

  @Override
  public String name() {
    return statement instanceof Truncate ? "TRUNCATE TABLE" : statement.command();
  }

  @Override
  public Result run(Execution execution) {
    TransactionState transaction = execution.transaction();
    Kernel kernel = execution.kernel();
    SchemaChanges changes =
        new SchemaChanges(
            new DdlContext(
                sql,
                execution.catalog(),
                transaction.edit(),
                transaction.transaction(),
                execution.context(),
                kernel.planner(),
                execution.planContext(sql),
                kernel.rowIds(),
                transaction,
                kernel.options().retention()));
    switch (statement) {
      case CreateTable create -> changes.createTable(create);
      case DropTable drop -> changes.dropTables(drop);
      case CreateIndex create -> changes.createIndex(create);
      case DropIndex drop -> changes.dropIndexes(drop);
      case Truncate truncate -> changes.truncate(truncate);
      default -> throw new IllegalStateException("not a schema change: " + statement.command());
    }
    transaction.catalogChanged();
    return Results.done(name(), changes.notices());
  }
}
