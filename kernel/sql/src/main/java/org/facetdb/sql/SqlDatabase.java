package org.facetdb.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.facetdb.sql.catalog.Catalog;
import org.facetdb.sql.catalog.InformationSchema;
import org.facetdb.sql.catalog.RowIds;
import org.facetdb.sql.catalog.SystemView;
import org.facetdb.sql.extension.Budget;
import org.facetdb.sql.extension.Extensions;
import org.facetdb.sql.index.IndexManager;
import org.facetdb.sql.plan.CalcitePlanner;
import org.facetdb.sql.session.Activities;
import org.facetdb.sql.session.Kernel;
import org.facetdb.sql.session.LockViews;
import org.facetdb.sql.session.PluginSystem;
import org.facetdb.sql.session.PluginViews;
import org.facetdb.sql.session.Session;
import org.facetdb.sql.session.StorageViews;
import org.facetdb.sql.session.TransactionViews;
import org.facetdb.sql.type.LogicalTypes;
import org.facetdb.storage.Store;
import org.facetdb.storage.lock.LockManager;

/**
 * SQL over a store: catalog, planner and sessions. Safe for any number of threads; each session is
 * for one. The store stays its owner's, who closes it after the database, and that after all
 * sessions.
 */
public final class SqlDatabase implements AutoCloseable {
  private final Kernel kernel;

  /** Bytes of the budget of statements for each thing that may be locked at once. */
  private static final long BYTES_PER_LOCK = 512;

  /** How much may be locked at once, however small the budget is. */
  private static final long LOCKS_MIN = 100_000;

  private SqlDatabase(Kernel kernel) {
    this.kernel = kernel;
  }

  /** Serves SQL on a store, without plug-ins. */
  public static SqlDatabase open(Store store, SqlOptions options) {
    return open(store, options, PluginSource.none("This database was opened without plug-ins."));
  }

  /**
   * Serves SQL on a store.
   *
   * @param plugins where extensions come from; closed with the database
   */
  public static SqlDatabase open(Store store, SqlOptions options, PluginSource plugins) {
    AtomicReference<PluginSystem> system = new AtomicReference<>();
    List<SystemView> views = new ArrayList<>(InformationSchema.views());
    views.addAll(StorageViews.views(store));
    views.addAll(PluginViews.views(() -> Objects.requireNonNull(system.get())));
    LockManager locks = new LockManager(locksMax(options));
    views.addAll(LockViews.views(locks));
    Activities activities = new Activities();
    views.addAll(TransactionViews.views(store, activities, options.clock()));
    Catalog catalog = new Catalog(store, LogicalTypes::byName, views);
    Budget budget = new Budget(options.statementMemoryBytes());
    PluginSystem opened =
        new PluginSystem(
            store,
            catalog,
            new Extensions(plugins, store, budget),
            new IndexManager(store, catalog.checkpointSpace(), options.indexes(), budget));
    system.set(opened);
    Kernel kernel =
        new Kernel(
            store,
            options,
            catalog,
            new RowIds(store),
            new CalcitePlanner(),
            locks,
            opened,
            activities);
    opened.open();
    return new SqlDatabase(kernel);
  }

  private static long locksMax(SqlOptions options) {
    return Math.max(LOCKS_MIN, options.statementMemoryBytes() / BYTES_PER_LOCK);
  }

  /** A new session outside any transaction, with default settings. */
  public SqlSession session(String principal) {
    return new Session(kernel, principal);
  }

  /** Ends the plug-ins and their indexes. All sessions are closed by then. */
  @Override
  public void close() {
    try {
      kernel.close();
    } finally {
      kernel.plugins().close();
    }
  }
}
