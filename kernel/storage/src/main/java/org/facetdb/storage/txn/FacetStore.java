package org.facetdb.storage.txn;

import java.nio.file.Path;
import java.time.Duration;
import java.util.SortedMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.facetdb.storage.BackupReport;
import org.facetdb.storage.ChangeLog;
import org.facetdb.storage.CheckReport;
import org.facetdb.storage.HybridTime;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.SideFiles;
import org.facetdb.storage.Snapshot;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.StoreStatistics;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.backup.Backup;
import org.facetdb.storage.backup.BackupSource;
import org.facetdb.storage.backup.LogArchiver;
import org.facetdb.storage.backup.Restore;
import org.facetdb.storage.fs.DirectoryLock;
import org.facetdb.storage.fs.DiskFileSystem;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.log.HybridClock;
import org.facetdb.storage.log.LogRecovery;
import org.facetdb.storage.log.Timeline;
import org.facetdb.storage.log.WriteAheadLog;
import org.facetdb.storage.serial.SerialTransactions;
import org.facetdb.storage.side.StoreSideFiles;
import org.facetdb.storage.staged.SpillSpace;
import org.facetdb.storage.staged.WriteBudget;
import org.facetdb.storage.tree.LsmTree;
import org.facetdb.storage.tree.TreeOptions;
import org.jspecify.annotations.Nullable;

/**
 * The store: log, tree and transactions on one file system.
 *
 * <p>Safe for use by any number of threads. Owns the directory lock, the log, the tree, the
 * timeline and its threads, and closes them in that order reversed.
 */
public final class FacetStore implements Store {
  private static final String LOG_DIRECTORY = StoreRecovery.LOG_DIRECTORY;
  private static final int FULL_SEGMENTS_AT_OPEN_MAX = 3;

  private final DirectoryLock lock;
  private final StoreThreads threads;
  private final LsmTree tree;
  private final StoreHost host;
  private final Timeline timeline;
  private final WriteAheadLog log;
  private final HybridClock clock;
  private final StoreOptions options;
  private final CommitPipeline pipeline;
  private final StoreSideFiles sideFiles;
  private final SpillSpace spillSpace;
  private final SerialTransactions serials = new SerialTransactions();
  private final Snapshots snapshots;
  private final FileSystem files;
  private final @Nullable LogArchiver archiver;
  private final ReentrantLock backups = new ReentrantLock();
  private final ChangeLog changes;
  private final AtomicBoolean closed = new AtomicBoolean();

  private FacetStore(
      DirectoryLock lock,
      StoreThreads threads,
      StoreOptions options,
      StoreHost host,
      LsmTree tree,
      Timeline timeline,
      FileSystem files,
      @Nullable FileSystem archive,
      LogRecovery recovery) {
    this.lock = lock;
    this.threads = threads;
    this.options = options;
    this.tree = tree;
    this.timeline = timeline;
    this.files = files;
    recovery.problems().forEach(FacetStore::warn);
    long committed = recovery.lastSequence();
    long committedAt = Math.max(recovery.lastTimestamp(), tree.lastTimestamp());
    long floor = Math.max(recovery.sequenceCeiling(), committed);
    long timestampFloor = Math.max(recovery.timestampCeiling(), committedAt);
    this.clock = new HybridClock(options.clock(), timestampFloor);
    this.log =
        new WriteAheadLog(
            files, LOG_DIRECTORY, options, recovery, timeline, committed, floor, timestampFloor);
    this.archiver = archive == null ? null : new LogArchiver(archive, log, timeline, tree);
    log.onRotate(
        () ->
            housekeep(
                () -> {
                  noteSegment();
                  log.prepareSpare();
                  archiveLog();
                }));
    this.pipeline =
        new CommitPipeline(
            log,
            tree,
            clock,
            timeline,
            serials,
            new CommitPipeline.Published(committed, committedAt),
            floor);
    this.changes = new StoreChangeLog(this, log, pipeline);
    this.sideFiles = new StoreSideFiles(files, this::checkOpen);
    this.spillSpace =
        new SpillSpace(files, new WriteBudget(options.writesBytes()), options.spillBytes());
    this.snapshots = new Snapshots(this, host.pins(), pipeline, timeline, options.clock());
    this.host = host;
    Throwable early = host.complete(this, pipeline, clock, log);
    if (early != null) {
      pipeline.fail(early);
    }
  }

  /**
   * Opens the store in a file system, making it if absent, and recovers it.
   *
   * @throws StorageException see {@link org.facetdb.storage.Stores#open}
   */
  public static FacetStore open(FileSystem files, StoreOptions options, StoreThreads threads) {
    return open(files, options, TreeOptions.of(options, threads.tree()), threads);
  }

  /**
   * As the other, with sizes of the tree that store options leave to defaults.
   *
   * @throws StorageException see {@link org.facetdb.storage.Stores#open}
   */
  public static FacetStore open(
      FileSystem files, StoreOptions options, TreeOptions treeOptions, StoreThreads threads) {
    Path folder = options.archive();
    FileSystem archive = folder == null ? null : new DiskFileSystem(folder);
    return open(files, archive, options, treeOptions, threads);
  }

  /**
   * As the other.
   *
   * @param archive what the options' folder for the archive stands for, null if they name none
   */
  public static FacetStore open(
      FileSystem files,
      @Nullable FileSystem archive,
      StoreOptions options,
      TreeOptions treeOptions,
      StoreThreads threads) {
    Restore.requireComplete(files);
    StoreDirectory.requireStoreOrRoom(files);
    if (archive != null) {
      archive.createDirectories(FileSystem.ROOT);
    }
    files.createDirectories(FileSystem.ROOT);
    DirectoryLock lock = files.lockDirectory();
    LsmTree tree = null;
    Timeline timeline = null;
    FacetStore store = null;
    try {
      Restore.requireComplete(files);
      StoreDirectory.requireManifest(files);
      StoreHost host = new StoreHost(options);
      tree = LsmTree.recover(files, treeOptions, host);
      timeline = Timeline.open(files, LOG_DIRECTORY);
      LogRecovery.Needs needs = StoreRecovery.needs(tree.state(), timeline);
      LogRecovery found = StoreRecovery.inspect(files, needs, tree.state().nextKeySpace());
      // All that is needed has been read and is good; from here on files change.
      StoreSideFiles.sweep(files);
      SpillSpace.sweep(files);
      files.createDirectories(LOG_DIRECTORY);
      // Its name is durable with the tree's first manifest, which lies beside it.
      tree.start();
      timeline.start();
      LogRecovery recovery = recover(files, needs, found.lastSequence(), tree, timeline);
      store =
          new FacetStore(lock, threads, options, host, tree, timeline, files, archive, recovery);
      store.settleIn();
      return store;
    } catch (Throwable e) {
      closeAfterFailure(store, tree, timeline, lock, threads, e);
      throw e;
    }
  }

  /**
   * Verifies every checksum and structure of a store, and changes nothing; damage goes into the
   * report.
   *
   * @throws StorageException see {@link org.facetdb.storage.Stores#check}
   */
  public static CheckReport check(FileSystem files) {
    Restore.requireComplete(files);
    return StoreRecovery.check(files);
  }

  /** Whether there is a store, sound or damaged. */
  public static boolean isIn(FileSystem files) {
    return StoreDirectory.holdsStore(files);
  }

  private static LogRecovery recover(
      FileSystem files,
      LogRecovery.Needs needs,
      long completeThrough,
      LsmTree tree,
      Timeline timeline) {
    return LogRecovery.run(
        files,
        LOG_DIRECTORY,
        needs,
        completeThrough,
        (batch, timestamp, sequence, following) -> {
          if (following == 0) {
            timeline.add(sequence, timestamp);
          }
          if (sequence > needs.flushedSequence()) {
            tree.apply(batch, timestamp, sequence);
          }
        });
  }

  private static void warn(String problem) {
    System.getLogger(FacetStore.class.getName()).log(System.Logger.Level.WARNING, problem);
  }

  /** From then on a log that lost its newest segments is noticed. */
  private void noteSegment() {
    tree.noteSegment(log.newestSegment());
  }

  private void archiveLog() {
    LogArchiver copies = archiver;
    if (copies != null) {
      run(threads.archive(), copies::run);
    }
  }

  void flushed(long sequence) {
    housekeep(() -> recycle(sequence));
  }

  boolean mayForget(long droppedAt) {
    return archiver == null || archiver.hasNoted(droppedAt);
  }

  private void settleIn() {
    if (log.fullSegments() > FULL_SEGMENTS_AT_OPEN_MAX) {
      tree.flush();
    }
    housekeep(
        () -> {
          noteSegment();
          archiveLog();
          recycle(tree.flushedSequence());
        });
  }

  private static void closeAfterFailure(
      @Nullable FacetStore store,
      @Nullable LsmTree tree,
      @Nullable Timeline timeline,
      DirectoryLock lock,
      StoreThreads threads,
      Throwable failure) {
    try {
      if (store != null) {
        store.pipeline.fail(failure);
        store.close();
        return;
      }
      if (tree != null) {
        tree.close();
      }
      if (timeline != null) {
        timeline.close();
      }
      threads.close();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    } finally {
      lock.close();
    }
  }

  void housekeep(Runnable task) {
    run(threads.housekeeping(), task);
  }

  private void run(Executor executor, Runnable task) {
    try {
      executor.execute(
          () -> {
            try {
              task.run();
            } catch (Throwable e) {
              // What a full disk prevents is done after the next flush or rotation.
              if (!(e instanceof StorageException full && full.isDiskFull())) {
                pipeline.fail(e);
              }
            }
          });
    } catch (RejectedExecutionException e) {
      // Closing: what was not recycled is recycled by the next open.
      return;
    }
  }

  private void recycle(long flushedSequence) {
    log.recycle(flushedSequence);
    long millis = options.timelineRetention().toMillis();
    for (var keySpace : tree.keySpaces().entrySet()) {
      Duration retention = keySpace.getValue().retention();
      if (keySpace.getKey() == CATALOG_KEY_SPACE) {
        continue;
      }
      if (retention == null) {
        return;
      }
      millis = Math.max(millis, retention.toMillis());
    }
    timeline.prune(HybridTime.ofMillis(Math.max(0, HybridTime.millis(clock.now()) - millis)));
  }

  LsmTree tree() {
    return tree;
  }

  SpillSpace spillSpace() {
    return spillSpace;
  }

  void checkOpen() {
    if (closed.get()) {
      throw CommitPipeline.closedException();
    }
  }

  void checkKeySpace(int keySpace) {
    if (!tree.keySpaces().containsKey(keySpace)) {
      throw new StorageException(
          "42704",
          StorageException.Category.USER,
          "key space does not exist: keySpace=" + keySpace);
    }
  }

  /** Pins the latest state, for who releases it. */
  View pinLatest() {
    return snapshots.pinLatest().view();
  }

  SerialTransactions serials() {
    return serials;
  }

  long commit(CommitRequest request) {
    return pipeline.commit(request);
  }

  @Override
  public Transaction begin() {
    checkOpen();
    return new StoreTransaction(this, pinLatest());
  }

  @Override
  public Snapshot snapshot() {
    checkOpen();
    return snapshots.latest();
  }

  @Override
  public Snapshot snapshotAt(long timestamp) {
    checkOpen();
    return snapshots.at(timestamp);
  }

  @Override
  public Snapshot snapshotAtSequence(long sequence) {
    checkOpen();
    return snapshots.atSequence(sequence);
  }

  @Override
  public long oldestReadable(int keySpace) {
    checkOpen();
    return tree.oldestReadable(keySpace);
  }

  @Override
  public long watermark(int keySpace) {
    checkOpen();
    return tree.watermark(keySpace);
  }

  @Override
  public long oldestPinned() {
    checkOpen();
    return host.oldestPinned();
  }

  @Override
  public ChangeLog changes() {
    return changes;
  }

  @Override
  public SideFiles sideFiles() {
    return sideFiles;
  }

  @Override
  public long lastSequence() {
    return pipeline.published().sequence();
  }

  @Override
  public long lastCommitTimestamp() {
    return pipeline.published().timestamp();
  }

  @Override
  public int createKeySpace(KeySpaceOptions keySpaceOptions) {
    checkOpen();
    return tree.createKeySpace(keySpaceOptions);
  }

  @Override
  public void dropKeySpace(int keySpace) {
    checkOpen();
    checkKeySpace(keySpace);
    if (keySpace == CATALOG_KEY_SPACE) {
      throw new StorageException(
          "42501", StorageException.Category.USER, "the catalog's key space cannot be dropped");
    }
    tree.dropKeySpace(keySpace, clock.now());
  }

  @Override
  public SortedMap<Integer, KeySpaceOptions> keySpaces() {
    return tree.keySpaces();
  }

  @Override
  public void flush() {
    checkOpen();
    if (archiver != null) {
      pipeline.endSegment();
    }
    tree.flush();
    archiveLog();
  }

  @Override
  public void compact() {
    checkOpen();
    tree.compact(null);
  }

  @Override
  public void compact(int keySpace) {
    checkOpen();
    checkKeySpace(keySpace);
    tree.compact(keySpace);
  }

  @Override
  public BackupReport backup(Path directory) {
    return backup(new DiskFileSystem(directory));
  }

  /** As {@link #backup(Path)}, into any file system. */
  public BackupReport backup(FileSystem target) {
    backups.lock();
    try {
      checkOpen();
      long lost = log.lostThrough();
      BackupReport report =
          Backup.run(
              new BackupSource(
                  files,
                  log,
                  timeline,
                  tree,
                  sideFiles,
                  this::checkOpen,
                  pipeline::settle,
                  () -> pipeline.published().commit()),
              target);
      if (archiver != null) {
        archiver.backedUp(lost);
      }
      return report;
    } finally {
      backups.unlock();
    }
  }

  @Override
  public StoreStatistics statistics() {
    checkOpen();
    StoreStatistics found = tree.statistics(log.segments(), log.bytes());
    return archiver == null ? found : found.with(archiver.statistics());
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    // A backup in progress notices, and lets go of what it holds.
    backups.lock();
    try (lock;
        timeline) {
      try {
        pipeline.close();
        archiveLog();
      } finally {
        try {
          tree.close();
        } finally {
          threads.close();
        }
      }
    } finally {
      backups.unlock();
    }
  }
}
