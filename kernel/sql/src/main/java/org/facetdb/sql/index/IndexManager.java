package org.facetdb.sql.index;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.MemoryAccount;
import org.facetdb.spi.index.Position;
import org.facetdb.sql.IndexOptions;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.facetdb.sql.catalog.MethodIndex;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.extension.Contributions;
import org.facetdb.sql.extension.Faults;
import org.facetdb.sql.extension.RegisteredMethod;
import org.facetdb.storage.Store;
import org.facetdb.storage.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * The indexes that plug-ins' methods keep: one handle for each index of the catalog, with what runs
 * for it. Safe for any number of threads; changes happen one at a time. Owns the appliers and the
 * tail of the log.
 */
public final class IndexManager implements AutoCloseable {
  static final System.Logger LOG = System.getLogger("org.facetdb.index");

  private static final int FAILURES_MAX = 3;
  private static final long THROTTLE_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

  private final Store store;
  private final Checkpoints checkpoints;
  private final IndexOptions options;
  private final IndexFactory factory;
  private final ChangeTail tail = new ChangeTail();
  private final Map<Integer, IndexHandle> handles = new ConcurrentHashMap<>();
  private final Map<Integer, Integer> followedTables = new ConcurrentHashMap<>();
  private final IndexWorkers workers = new IndexWorkers();
  private final Object retention = new Object();
  private volatile Contributions contributions = Contributions.builtin();
  private volatile boolean closed;

  /**
   * @param checkpointSpace key space of the checkpoints
   * @param memory budget of all indexes
   */
  public IndexManager(
      Store store, int checkpointSpace, IndexOptions options, MemoryAccount memory) {
    this.store = store;
    this.checkpoints = new Checkpoints(store, checkpointSpace);
    this.options = options;
    this.factory = new IndexFactory(store, tail, options, memory);
  }

  Checkpoints checkpoints() {
    return checkpoints;
  }

  IndexOptions options() {
    return options;
  }

  /** Begins with the indexes of a catalog; they open in the background, and nothing waits. */
  public synchronized void open(CatalogSnapshot catalog, Contributions present) {
    tail.start(new Position(store.lastSequence(), store.lastCommitTimestamp()));
    store.changes().listen(tail);
    IndexSweep.sweep(store, checkpoints, catalog);
    contributions = present;
    for (TableDefinition table : catalog.tables().values()) {
      table.methodIndexes().forEach(index -> add(table, index));
    }
    // Only now does anything start: whoever lets log go must know of every index that needs it.
    retainLog();
    for (IndexHandle handle : handles.values()) {
      RegisteredMethod method = present.method(handle.definition().method());
      if (method != null) {
        handle.setState(IndexState.OPENING, null);
        openInBackground(handle, () -> follow(handle, method, () -> start(handle, method, true)));
      } else {
        handle.setState(IndexState.ABSENT, absence(handle.definition()));
      }
    }
  }

  private static String absence(MethodIndex index) {
    return "extension \"" + index.extension() + "\" is not installed";
  }

  private IndexHandle add(TableDefinition table, MethodIndex index) {
    IndexHandle handle = new IndexHandle(this, index, table, checkpoints.load(index.id()));
    handles.put(index.id(), handle);
    follow(table);
    return handle;
  }

  private void follow(TableDefinition table) {
    followedTables.put(table.keySpace(), table.id());
    tail.follow(followedTables.keySet());
  }

  private void openInBackground(IndexHandle handle, Runnable body) {
    inBackground(
        handle,
        "open",
        () -> {
          try {
            body.run();
          } catch (Throwable e) {
            fail(handle, e);
          }
        });
  }

  /** Runs a part of an index's life in a thread of its own; the close waits for it. */
  void inBackground(IndexHandle handle, String part, Runnable body) {
    workers.run("facetdb-index-" + part + "-" + handle.name(), body);
  }

  boolean isDropped(IndexHandle handle) {
    return handles.get(handle.definition().id()) != handle;
  }

  private void fail(IndexHandle handle, Throwable cause) {
    if (!closed && !isDropped(handle)) {
      LOG.log(
          System.Logger.Level.ERROR,
          "index can't be opened: index=" + handle.name() + " cause=" + cause,
          cause);
      handle.setState(IndexState.FAILED, Faults.describe(cause));
    }
  }

  /**
   * Opens an index from its checkpoint, or builds it; returns when it is published.
   *
   * @param first whether no generation of it has been open since the database was
   */
  private void start(IndexHandle handle, RegisteredMethod method, boolean first) {
    IndexHandle.Running opened =
        first ? factory.open(handle, method) : factory.openClone(handle, method);
    if (opened == null) {
      rebuild(handle, method, handle.saved().current() != null);
      return;
    }
    publish(handle, opened);
  }

  /**
   * Makes an index serve in the background. Where its extension was changed meanwhile, goes on
   * until the version that is installed serves: a replaced one must not stay in use.
   */
  private void follow(IndexHandle handle, RegisteredMethod first, Runnable serving) {
    RegisteredMethod method = first;
    Runnable body = serving;
    while (true) {
      Throwable failure = null;
      try {
        body.run();
      } catch (RuntimeException | LinkageError e) {
        failure = e;
      }
      RegisteredMethod now = contributions.method(handle.definition().method());
      if (now == method || closed) {
        if (failure != null) {
          fail(handle, failure);
        }
        return;
      }
      if (now == null) {
        handle.withdraw(IndexState.ABSENT, absence(handle.definition()), true);
        return;
      }
      method = now;
      body = () -> replace(handle, now);
    }
  }

  /** Makes an index serve by another version than the one that serves, if one does. */
  private void replace(IndexHandle handle, RegisteredMethod method) {
    IndexHandle.Running running = handle.running();
    if (running == null) {
      start(handle, method, false);
    } else if (running.generation().method() != method) {
      publish(handle, prepare(handle, method));
    }
  }

  private void rebuild(IndexHandle handle, RegisteredMethod method, boolean again) {
    handle.setState(IndexState.BUILDING, null);
    if (again) {
      handle.rebuilds.incrementAndGet();
    }
    publish(handle, factory.build(handle, method, () -> closed));
  }

  private void publish(IndexHandle handle, IndexHandle.Running opened) {
    if (closed || isDropped(handle)) {
      IndexFactory.discard(handle, opened);
      return;
    }
    handle.publish(opened);
    factory.retireEvaluator(handle.definition().id());
    handle.readsLogAfter(Long.MAX_VALUE);
  }

  /**
   * Follows the catalog and the plug-ins after a change was committed: new indexes are built before
   * this returns, indexes that are gone end, those whose extension came back catch up.
   *
   * @throws DatabaseException if a new index can't be built; the caller takes it back
   */
  public synchronized void settle(CatalogSnapshot catalog, Contributions present) {
    contributions = present;
    Map<Integer, TableDefinition> wanted = new HashMap<>();
    for (TableDefinition table : catalog.tables().values()) {
      table.methodIndexes().forEach(i -> wanted.put(i.id(), table));
    }
    for (IndexHandle handle : List.copyOf(handles.values())) {
      if (!wanted.containsKey(handle.definition().id())) {
        remove(handle);
      }
    }
    for (Map.Entry<Integer, TableDefinition> entry : new TreeMap<>(wanted).entrySet()) {
      TableDefinition table = entry.getValue();
      MethodIndex index = java.util.Objects.requireNonNull(table.methodIndex(entry.getKey()));
      IndexHandle handle = handles.get(index.id());
      boolean isNew = handle == null;
      if (handle == null) {
        handle = add(table, index);
      }
      settle(handle, present.method(index.method()), isNew);
    }
    retainLog();
  }

  private void settle(IndexHandle handle, @Nullable RegisteredMethod method, boolean isNew) {
    if (method == null) {
      if (handle.state() != IndexState.ABSENT) {
        handle.withdraw(IndexState.ABSENT, absence(handle.definition()), true);
      }
      return;
    }
    if (isNew) {
      try {
        start(handle, method, true);
      } catch (RuntimeException e) {
        remove(handle);
        throw e;
      }
      return;
    }
    IndexHandle.Running running = handle.running();
    boolean stale =
        running == null
            ? handle.state() == IndexState.ABSENT || handle.state() == IndexState.FAILED
            : running.generation().method() != method;
    if (!stale) {
      return;
    }
    if (running == null) {
      handle.setState(IndexState.OPENING, null);
    }
    IndexHandle.Running opened;
    try {
      opened = factory.openClone(handle, method);
    } catch (RuntimeException | LinkageError e) {
      handle.withdraw(IndexState.FAILED, Faults.describe(e), false);
      fail(handle, e);
      return;
    }
    if (opened != null) {
      publish(handle, opened);
    } else {
      openInBackground(handle, () -> follow(handle, method, () -> rebuild(handle, method, true)));
    }
  }

  private void remove(IndexHandle handle) {
    handles.remove(handle.definition().id());
    handle.withdraw(IndexState.ABSENT, "the index was dropped", false);
    factory.retireEvaluator(handle.definition().id());
    handle.forget();
    boolean others =
        handles.values().stream().anyMatch(h -> h.table().keySpace() == handle.table().keySpace());
    if (!others) {
      followedTables.remove(handle.table().keySpace());
      tail.follow(followedTables.keySet());
    }
    for (String generation : store.sideFiles().directories("index/" + handle.definition().id())) {
      handle.removeDirectory(Integer.parseInt(generation));
    }
  }

  void removeDirectory(int indexId, int generation) {
    try {
      store.sideFiles().deleteDirectory(IndexDirectory.path(indexId, generation));
    } catch (RuntimeException e) {
      // What stays behind is swept when the database is opened next.
      LOG.log(System.Logger.Level.DEBUG, "index directory stays behind", e);
    }
  }

  /** The next generations of an extension's indexes, caught up and not yet published. */
  public final class Switch {
    private final Map<IndexHandle, IndexHandle.Running> next;

    private Switch(Map<IndexHandle, IndexHandle.Running> next) {
      this.next = next;
    }

    /** Makes them the ones that are searched. */
    public void publish() {
      next.forEach(IndexManager.this::publish);
    }

    /** Gives them up. */
    public void discard() {
      next.forEach(
          (handle, running) -> {
            IndexFactory.discard(handle, running);
            handle.readsLogAfter(Long.MAX_VALUE);
          });
    }
  }

  /**
   * Opens clones of the last checkpoints with the methods of another version, and has them catch up
   * beside those that serve.
   *
   * @throws DatabaseException if one can't be opened; none is left behind
   */
  public Switch prepare(Collection<RegisteredMethod> methods) {
    Map<IndexHandle, IndexHandle.Running> next = new HashMap<>();
    Switch prepared = new Switch(next);
    try {
      for (RegisteredMethod method : methods) {
        for (IndexHandle handle : handles.values()) {
          boolean concerned =
              handle.definition().method().equals(method.name()) && handle.running() != null;
          if (concerned) {
            next.put(handle, prepare(handle, method));
          }
        }
      }
      return prepared;
    } catch (Throwable e) {
      prepared.discard();
      throw e;
    }
  }

  private IndexHandle.Running prepare(IndexHandle handle, RegisteredMethod method) {
    method.method().validate(handle.definition().shape(handle.table()));
    IndexHandle.Running opened = factory.openClone(handle, method);
    if (opened == null) {
      handle.rebuilds.incrementAndGet();
      opened = factory.build(handle, method, () -> closed);
    }
    return opened;
  }

  /** Lets go what else is open of methods whose version is about to be retired. */
  public void retire(Collection<RegisteredMethod> methods) {
    methods.forEach(factory::retireEvaluators);
  }

  /** Opens an index again whose applier failed, or gives it up after repeated failures. */
  void recover(IndexHandle handle, IndexGeneration generation, Throwable cause, int failures) {
    LOG.log(
        System.Logger.Level.WARNING,
        "index applier failed and starts again from the last checkpoint: index="
            + handle.name()
            + " cause="
            + cause,
        cause);
    openInBackground(
        handle,
        () -> {
          synchronized (this) {
            IndexHandle.Running now = handle.running();
            if (closed || now == null || now.generation() != generation) {
              return;
            }
            boolean again = failures < FAILURES_MAX;
            handle.withdraw(
                again ? IndexState.OPENING : IndexState.FAILED, Faults.describe(cause), false);
            RegisteredMethod method = contributions.method(handle.definition().method());
            if (again && method != null) {
              start(handle, method, false);
            }
          }
        });
  }

  /** What runs for an index; null where the catalog that is settled has none with the id. */
  @Nullable IndexHandle handle(int indexId) {
    return handles.get(indexId);
  }

  /** True if something runs, or could run, for an index. */
  public boolean knows(int indexId) {
    return handles.containsKey(indexId);
  }

  /** What is known of all indexes, by name. */
  public List<IndexStatistics> statistics() {
    List<IndexStatistics> all = new ArrayList<>();
    handles.values().forEach(handle -> all.add(handle.statistics()));
    all.sort(java.util.Comparator.comparing(IndexStatistics::name));
    return all;
  }

  Store store() {
    return store;
  }

  IndexFactory factory() {
    return factory;
  }

  @Nullable RegisteredMethod method(String name) {
    return contributions.method(name);
  }

  /** Lets the log go that no checkpoint needs. */
  void retainLog() {
    // In turn, so that the last one to say how much is kept knows what all others need.
    synchronized (retention) {
      long after = Long.MAX_VALUE;
      for (IndexHandle handle : handles.values()) {
        after = Math.min(after, handle.needsLogAfter());
      }
      store.changes().retainAfter(after);
    }
  }

  /** Slows a writer whose tables' indexes are far behind. */
  public void beforeCommit(Transaction transaction) {
    if (handles.isEmpty() || transaction.isReadOnly()) {
      return;
    }
    long deadline = 0;
    for (IndexHandle handle : handles.values()) {
      IndexHandle.Running running = handle.running();
      if (running == null || !transaction.hasOwnWrites(handle.table().keySpace())) {
        continue;
      }
      while (running.applier().lagBytes() > options.tailBytes() && handle.running() == running) {
        long now = System.nanoTime();
        deadline = deadline == 0 ? now + THROTTLE_NANOS_MAX : deadline;
        if (now > deadline) {
          break;
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
      }
    }
  }

  /** Ends all indexes, each with a last checkpoint. */
  @Override
  public void close() {
    closed = true;
    workers.await();
    synchronized (this) {
      store.changes().listen(null);
      for (IndexHandle handle : handles.values()) {
        handle.withdraw(IndexState.ABSENT, "the database is closed", true);
      }
      handles.clear();
    }
    factory.close();
    workers.await();
  }
}
