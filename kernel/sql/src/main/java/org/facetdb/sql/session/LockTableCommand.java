package org.facetdb.sql.session;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.facetdb.parser.LockTable;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.Result;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.ddl.SourceText;
import org.facetdb.storage.lock.LockMode;

/** LOCK TABLE: one table after the other, until the transaction ends. */
final class LockTableCommand implements Command {
  private final List<TableDefinition> tables;
  private final LockMode mode;
  private final boolean waits;

  private LockTableCommand(List<TableDefinition> tables, LockMode mode, boolean waits) {
    this.tables = tables;
    this.mode = mode;
    this.waits = waits;
  }

  static LockTableCommand bind(Execution execution, String sql, LockTable statement) {
    List<TableDefinition> tables = new ArrayList<>();
    for (SqlIdentifier name : statement.tables()) {
      if (!(Target.find(execution, sql, name) instanceof TableDefinition table)) {
        throw SourceText.at(
            DatabaseException.user("42809", "\"" + name.names.getLast() + "\" is not a table"),
            sql,
            name);
      }
      tables.add(table);
    }
    return new LockTableCommand(
        tables, LockMode.valueOf(statement.mode().name()), !statement.noWait());
  }

  @Override
  public boolean writes() {
    return false;
  }

  @Override
  public String name() {
    return "LOCK TABLE";
  }

  @Override
  public Result run(Execution execution) {
    try (execution) {
      if (!execution.isInBlock()) {
        throw DatabaseException.user("25P01", "LOCK TABLE can only be used in transaction blocks");
      }
      for (TableDefinition table : tables) {
        if (waits) {
          execution.transaction().lockTable(table, mode);
        } else {
          execution.transaction().lockTableNow(table, mode);
        }
      }
      return Results.done("LOCK TABLE");
    }
  }
}
