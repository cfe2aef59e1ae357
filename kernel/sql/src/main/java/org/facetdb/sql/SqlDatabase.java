package org.facetdb.sql;

import org.facetdb.sql.catalog.Catalog;
import org.facetdb.sql.catalog.InformationSchema;
import org.facetdb.sql.catalog.RowIds;
import org.facetdb.sql.function.FunctionRegistry;
import org.facetdb.sql.plan.CalcitePlanner;
import org.facetdb.sql.plan.Planner;
import org.facetdb.sql.session.Kernel;
import org.facetdb.sql.session.Session;
import org.facetdb.sql.type.LogicalTypes;
import org.facetdb.storage.Store;

/**
 * SQL over a store: catalog, planner and sessions. Safe for any number of threads; each session is
 * for one. The store stays its owner's, who closes it after all sessions.
 */
public final class SqlDatabase {
  private final Kernel kernel;

  private SqlDatabase(Kernel kernel) {
    this.kernel = kernel;
  }

  /** Serves SQL on a store. */
  public static SqlDatabase open(Store store, SqlOptions options) {
    return open(store, options, new CalcitePlanner(FunctionRegistry.builtin()));
  }

  static SqlDatabase open(Store store, SqlOptions options, Planner planner) {
    Catalog catalog = new Catalog(store, LogicalTypes::byName, InformationSchema.views());
    return new SqlDatabase(new Kernel(store, options, catalog, new RowIds(store), planner));
  }

  /** A new session outside any transaction, with default settings. */
  public SqlSession session(String principal) {
    return new Session(kernel, principal);
  }
}
