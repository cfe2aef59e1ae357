package org.facetdb.sql.ddl;

import java.time.Duration;
import org.facetdb.sql.catalog.CatalogEditor;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.facetdb.sql.catalog.RowIds;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.plan.PlanContext;
import org.facetdb.sql.plan.Planner;
import org.facetdb.storage.Transaction;

/**
 * What a change of the schema works with.
 *
 * @param sql the statement's text, from which default and check expressions are taken
 * @param catalog as the transaction sees it before the statement
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
    Duration retention) {}
