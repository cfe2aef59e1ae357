package org.facetdb.sql.ddl;

import java.time.Duration;
import org.facetdb.sql.catalog.CatalogEditor;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.facetdb.sql.catalog.RowIds;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.dml.Concurrency;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.plan.PlanContext;
import org.facetdb.sql.plan.Planner;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.lock.LockMode;

/**
 * What a change of the schema works with.
 *
 * @param sql the statement's text, from which default and check expressions are taken
 * @param catalog as the transaction sees it before the statement
 * @param concurrency by which tables are locked
 * @param retention of history, for tables that don't say
 */
public record DdlContext(
    String sql,
    CatalogSnapshot catalog,
    CatalogEditor editor,
    Transaction transaction,
    ExecutionContext execution,
    Planner planner,
    PlanContext planning,
    RowIds rowIds,
    Concurrency concurrency,
    Duration retention) {
  /** Locks a table, and reads it as those have left it who had it before. */
  void lock(TableDefinition table, LockMode mode) {
    concurrency.lockTable(table, mode);
    if (concurrency.readsCommitted()) {
      transaction.refresh();
    }
  }
}
