package org.facetdb.storage.tree;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.SyncSite;
import org.facetdb.storage.tree.manifest.Change;
import org.facetdb.storage.tree.manifest.KeySpaceState;
import org.facetdb.storage.tree.manifest.Manifest;
import org.facetdb.storage.tree.manifest.TreeState;
import org.facetdb.storage.tree.memtable.Memtable;
import org.facetdb.storage.tree.table.BlockCache;
import org.facetdb.storage.tree.table.TableFormat;
import org.facetdb.storage.tree.table.TableInfo;
import org.facetdb.storage.tree.table.TableKind;
import org.facetdb.storage.tree.table.TableReader;
import org.jspecify.annotations.Nullable;

/**
 * The state of an open tree: the manifest, the open tables, and the view that readers take.
 *
 * <p>Changed under its lock; the view is replaced as a whole and read without the lock. Owns the
 * manifest and one reference to each open table and to the published version.
 */
final class TreeContents implements AutoCloseable {
  private final FileSystem files;
  private final TreeOptions options;
  private final BlockCache cache;
  private final Manifest manifest;
  private final Map<Long, TableReader> open = new HashMap<>();
  private final Map<Integer, Long> published = new ConcurrentHashMap<>();
  private final TreeCounters counters = new TreeCounters();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile View view;
  private volatile SortedMap<Integer, KeySpaceOptions> keySpaces;
  private volatile @Nullable Throwable failure;
  private volatile @Nullable StorageException full;
  private volatile int timesFull;
  private volatile boolean closing;

  private TreeContents(FileSystem files, Manifest manifest, TreeOptions options) {
    this.files = files;
    this.options = options;
    this.manifest = manifest;
    this.cache = new BlockCache(options.cacheBytes());
    manifest.state().keySpaces().forEach((id, space) -> published.put(id, space.watermark()));
    try {
      for (TableInfo info : manifest.state().tables()) {
        open.put(info.number(), TableReader.open(files, info, cache, options.tables().mapped()));
      }
    } catch (Throwable t) {
      open.values().forEach(TableReader::release);
      manifest.close();
      throw t;
    }
    this.view = new View(new Memtable(options.memtableBytes()), List.of(), version());
    this.keySpaces = alive(manifest.state());
  }

  /** Reads the manifest and opens the tables that it names, and changes nothing. */
  static TreeContents recover(FileSystem files, TreeState ifNew, TreeOptions options) {
    return new TreeContents(files, Manifest.recover(files, ifNew), options);
  }

  /** Begins a new manifest, and sweeps what nothing names; edits are possible from now on. */
  void start() {
    files.createDirectories(TableFormat.TABLES);
    manifest.start();
    sweep();
  }

  /** Deletes what a crash left behind: tables and manifests that nothing names. */
  private void sweep() {
    Set<String> named = new HashSet<>();
    open.keySet().forEach(number -> named.add(TableFormat.fileName(number)));
    for (String name : files.list(TableFormat.TABLES)) {
      String path = TableFormat.TABLES + "/" + name;
      if (name.endsWith(TableFormat.SUFFIX) && !named.contains(path)) {
        files.delete(path);
      }
    }
    for (String name : files.list(FileSystem.ROOT)) {
      if (name.startsWith(Manifest.PREFIX) && !name.equals(manifest.fileName())) {
        files.delete(name);
      }
    }
  }

  private static SortedMap<Integer, KeySpaceOptions> alive(TreeState state) {
    SortedMap<Integer, KeySpaceOptions> alive = new TreeMap<>();
    state
        .keySpaces()
        .forEach(
            (id, space) -> {
              if (space.droppedAt() == 0) {
                alive.put(id, space.options());
              }
            });
    return Collections.unmodifiableSortedMap(alive);
  }

  private Version version() {
    TreeState state = manifest.state();
    return new Version(readers(state.current()), readers(List.copyOf(state.history().values())));
  }

  private TableReader[][] readers(List<List<TableInfo>> levels) {
    TableReader[][] readers = new TableReader[levels.size()][];
    for (int level = 0; level < readers.length; level++) {
      List<TableInfo> tables = levels.get(level);
      readers[level] = new TableReader[tables.size()];
      for (int i = 0; i < tables.size(); i++) {
        readers[level][i] = reader(tables.get(i).number());
      }
    }
    return readers;
  }

  private TableReader reader(long number) {
    TableReader reader = open.get(number);
    if (reader == null) {
      throw new IllegalStateException("table is not open: number=" + number);
    }
    return reader;
  }

  FileSystem files() {
    return files;
  }

  BlockCache cache() {
    return cache;
  }

  TreeCounters counters() {
    return counters;
  }

  TreeState state() {
    lock.lock();
    try {
      return manifest.state();
    } finally {
      lock.unlock();
    }
  }

  /** The key spaces that are not dropped. */
  SortedMap<Integer, KeySpaceOptions> keySpaces() {
    return keySpaces;
  }

  /** Timestamps below which versions of a key space may be gone; shared, updated by cuts. */
  Map<Integer, Long> published() {
    return published;
  }

  long allocateFile() {
    lock.lock();
    try {
      return manifest.allocateFile();
    } finally {
      lock.unlock();
    }
  }

  // ---- views

  /** The view, without a hold on its tables: for memtables alone. */
  View view() {
    return view;
  }

  /** The view; the caller releases its version. */
  View acquire() {
    while (true) {
      View seen = view;
      if (seen.version().tryRetain()) {
        return seen;
      }
      if (closing) {
        throw new StorageException("55000", StorageException.Category.USER, "the store is closed");
      }
      Thread.onSpinWait();
    }
  }

  /** Freezes the active memtable. The caller keeps writers out. */
  void rotate() {
    lock.lock();
    try {
      List<Memtable> frozen = new ArrayList<>();
      frozen.add(view.active());
      frozen.addAll(view.frozen());
      view = new View(new Memtable(options.memtableBytes()), List.copyOf(frozen), view.version());
    } finally {
      lock.unlock();
    }
  }

  /** The frozen memtable that is flushed next, null if there is none. */
  @Nullable Memtable oldestFrozen() {
    List<Memtable> frozen = view.frozen();
    return frozen.isEmpty() ? null : frozen.get(frozen.size() - 1);
  }

  /**
   * Makes an edit durable and publishes it: tables it adds are opened, and those it removes go with
   * their last reader.
   *
   * @param watermarks what was acted on, by key space
   * @param flushed a memtable whose rows are in tables now, null if none is
   */
  void commit(List<Change> edit, Map<Integer, Long> watermarks, @Nullable Memtable flushed) {
    lock.lock();
    try {
      List<Change> whole = new ArrayList<>(edit);
      watermarks.forEach(
          (id, watermark) -> {
            KeySpaceState space = manifest.state().keySpaces().get(id);
            if (space != null && space.watermark() < watermark) {
              whole.add(
                  new Change.PutKeySpace(
                      id, new KeySpaceState(space.options(), space.droppedAt(), watermark)));
            }
          });
      Set<Long> removed = new HashSet<>();
      Map<Long, TableReader> added = new HashMap<>();
      try {
        for (Change change : whole) {
          if (change instanceof Change.RemoveTable(TableKind kind, long number)) {
            removed.add(number);
          } else if (change instanceof Change.AddTable(int level, TableInfo table)) {
            removed.remove(table.number());
            if (!open.containsKey(table.number())) {
              added.put(
                  table.number(), TableReader.open(files, table, cache, options.tables().mapped()));
            }
          }
        }
        if (!added.isEmpty()) {
          files.syncDirectory(TableFormat.TABLES, SyncSite.SSTABLE_DIRECTORY);
        }
        manifest.append(whole);
      } catch (Throwable t) {
        added.values().forEach(TableReader::release);
        throw t;
      }
      open.putAll(added);
      publish(removed, flushed);
    } finally {
      lock.unlock();
    }
  }

  private void publish(Set<Long> removed, @Nullable Memtable flushed) {
    View old = view;
    List<Memtable> frozen = new ArrayList<>(old.frozen());
    frozen.remove(flushed);
    List<TableReader> gone = new ArrayList<>();
    for (long number : removed) {
      gone.add(reader(number));
      open.remove(number);
    }
    view = new View(old.active(), List.copyOf(frozen), version());
    old.version().release();
    for (TableReader table : gone) {
      table.markObsolete();
      table.release();
    }
    changed.signalAll();
  }

  /** Makes a change of a key space durable. */
  void commitKeySpace(List<Change> edit) {
    lock.lock();
    try {
      manifest.append(edit);
      keySpaces = alive(manifest.state());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Records that a segment of the log came into use; where the disk is full, the next edit does.
   */
  void noteSegment(long number) {
    lock.lock();
    try {
      manifest.noteSegment(number);
      if (!closing && number > manifest.state().newestSegment()) {
        manifest.append(List.of());
      }
    } catch (StorageException e) {
      if (!e.isDiskFull()) {
        throw e;
      }
    } finally {
      lock.unlock();
    }
  }

  ReentrantLock lock() {
    return lock;
  }

  // ---- waiting and failing

  /** Waits until something was published, failed or closes; the lock is held. */
  void awaitChange() {
    changed.awaitUninterruptibly();
  }

  void signal() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Nullable Throwable failure() {
    return failure;
  }

  void fail(Throwable cause) {
    lock.lock();
    try {
      if (failure == null) {
        failure = cause;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Why memtables cannot be flushed at present, null if they can: the disk is full. */
  @Nullable StorageException full() {
    return full;
  }

  /** How many flushes failed because the disk was full. */
  int timesFull() {
    return timesFull;
  }

  void setFull(@Nullable StorageException reason) {
    lock.lock();
    try {
      full = reason;
      timesFull += reason == null ? 0 : 1;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isClosing() {
    return closing;
  }

  void setClosing() {
    closing = true;
    signal();
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      view.version().release();
      open.values().forEach(TableReader::release);
      open.clear();
      manifest.close();
    } finally {
      lock.unlock();
    }
  }
}
