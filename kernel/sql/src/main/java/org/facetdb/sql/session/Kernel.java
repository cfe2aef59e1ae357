package org.facetdb.sql.session;

import org.facetdb.sql.SqlOptions;
import org.facetdb.sql.catalog.Catalog;
import org.facetdb.sql.catalog.RowIds;
import org.facetdb.sql.plan.Planner;
import org.facetdb.storage.Store;
import org.facetdb.storage.lock.LockManager;

/** What the sessions of a database share. Its parts are safe for any number of threads. */
public record Kernel(
    Store store,
    SqlOptions options,
    Catalog catalog,
    RowIds rowIds,
    Planner planner,
    RowCounts rowCounts,
    LockManager locks,
    PluginSystem plugins,
    Activities activities,
    IdleTimer idleTimer) {
  public Kernel(
      Store store,
      SqlOptions options,
      Catalog catalog,
      RowIds rowIds,
      Planner planner,
      LockManager locks,
      PluginSystem plugins,
      Activities activities) {
    this(
        store,
        options,
        catalog,
        rowIds,
        planner,
        new RowCounts(),
        locks,
        plugins,
        activities,
        new IdleTimer());
  }

  /** Ends what only the sessions use. */
  public void close() {
    idleTimer.close();
  }
}
