package org.facetdb.storage.tree;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreStatistics;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.log.WriteBatch;
import org.facetdb.storage.tree.entry.Bytes;
import org.facetdb.storage.tree.entry.EntryCursor;
import org.facetdb.storage.tree.entry.Lookup;
import org.facetdb.storage.tree.entry.MergeCursor;
import org.facetdb.storage.tree.manifest.Change;
import org.facetdb.storage.tree.manifest.KeySpaceState;
import org.facetdb.storage.tree.manifest.Manifest;
import org.facetdb.storage.tree.manifest.TreeState;
import org.facetdb.storage.tree.memtable.Memtable;
import org.facetdb.storage.tree.table.TableReader;
import org.jspecify.annotations.Nullable;

/**
 * The log-structured merge tree: memtables, sstables, history and the manifest that names them.
 *
 * <p>{@link #apply} is called by one thread at a time; everything else by any thread. Reads take no
 * lock: they use one immutable view, and the timestamps they pass must be pinned as {@link
 * TreeHost#oldestPinned} says. The newest version of each key lives in the current tree, superseded
 * ones in memtables or in the history tree. Owns its files and its manifest, not the file system.
 */
public final class LsmTree implements AutoCloseable {
  private static final long PARK_NANOS_MIN = 500_000;

  /** What a large commit is delayed at most: 0.6 seconds for 64 MB. */
  private static final double NANOS_PER_BYTE_MAX = 10;

  private final TreeContents contents;
  private final TreeOptions options;
  private final TreeHost host;
  private final Background background;
  private final Flusher flusher;
  private final ReentrantLock writing = new ReentrantLock();
  private long delayNanos;
  private volatile long lastSequence;
  private volatile long lastTimestamp;

  private LsmTree(TreeContents contents, TreeOptions options, TreeHost host) {
    this.contents = contents;
    this.options = options;
    this.host = host;
    this.flusher = new Flusher(contents, options, host);
    this.background = new Background(contents, options, host, flusher);
    TreeState state = contents.state();
    this.lastSequence = state.flushedSequence();
    this.lastTimestamp = state.lastTimestamp();
  }

  /**
   * Opens the tree in a file system, making it if absent, and starts it.
   *
   * @throws StorageException category {@code CORRUPTION} if the manifest or a table is damaged
   */
  public static LsmTree open(FileSystem files, TreeOptions options, TreeHost host) {
    LsmTree tree = recover(files, options, host);
    try {
      tree.start();
    } catch (Throwable t) {
      tree.close();
      throw t;
    }
    return tree;
  }

  /**
   * Reads what a file system has of a tree, and changes nothing: {@link #start} makes it usable.
   *
   * @throws StorageException category {@code CORRUPTION} if the manifest or a table is damaged
   */
  public static LsmTree recover(FileSystem files, TreeOptions options, TreeHost host) {
    TreeContents contents = TreeContents.recover(files, ifNew(), options);
    try {
      TreeCheck.verifyOnOpen(contents, options.verifyOnOpenBytes());
    } catch (Throwable t) {
      contents.close();
      throw t;
    }
    return new LsmTree(contents, options, host);
  }

  private static TreeState ifNew() {
    return TreeState.empty()
        .with(
            List.of(
                new Change.NextKeySpace(Store.CATALOG_KEY_SPACE + 1),
                new Change.PutKeySpace(
                    Store.CATALOG_KEY_SPACE,
                    new KeySpaceState(KeySpaceOptions.keepForEver(), 0, 0))));
  }

  /**
   * What the manifest in a file system says, or that of a new tree; changes nothing.
   *
   * @throws StorageException category {@code CORRUPTION} if the manifest is damaged
   */
  public static TreeState read(FileSystem files) {
    try (Manifest manifest = Manifest.recover(files, ifNew())) {
      return manifest.state();
    }
  }

  /** Begins a new manifest, sweeps files that nothing names, and lets work in the background go. */
  public void start() {
    contents.start();
    background.schedule();
  }

  /** What the manifest says. */
  public TreeState state() {
    return contents.state();
  }

  /** Records durably that a segment of the log came into use, at the latest with the next edit. */
  public void noteSegment(long number) {
    contents.noteSegment(number);
  }

  /** Every commit up to this sequence is in sstables: log replay starts at the next. */
  public long flushedSequence() {
    return contents.state().flushedSequence();
  }

  /** Sequence of the last commit applied; right after open that of the last one flushed. */
  public long lastSequence() {
    return lastSequence;
  }

  /** Timestamp of the last commit applied; right after open that of the last one flushed. */
  public long lastTimestamp() {
    return lastTimestamp;
  }

  // ---- writing

  /**
   * Adds a commit's rows to the memtable. Sequences ascend from call to call, and so do timestamps,
   * but for parts of one commit, which write different keys. The rows are visible to readers at
   * timestamps from {@code commitTimestamp} on as soon as this returns; the batch is not kept.
   * Waits, smoothly, when flushes or compactions lag.
   */
  public void apply(WriteBatch batch, long commitTimestamp, long sequence) {
    writing.lock();
    try {
      Memtable active = contents.view().active();
      active.apply(batch, commitTimestamp, sequence);
      lastSequence = sequence;
      lastTimestamp = commitTimestamp;
      if (active.bytes() >= options.memtableBytes()) {
        contents.rotate();
        background.schedule();
        awaitRoom();
      }
    } finally {
      writing.unlock();
    }
    slowDown(batch.byteLength());
  }

  /**
   * Adds a commit that is durable in the log straight to tables, if it is larger than a memtable;
   * what {@link #apply} took before goes to tables first. Its rows are visible to readers at the
   * commit's timestamp as soon as this returns.
   *
   * @param sequence the last of the commit
   * @return false if it is smaller, or the disk has no room for tables now: nothing happened, and
   *     its parts are to be applied one after another
   */
  public boolean ingest(SortedBatches batches, long commitTimestamp, long sequence) {
    if (batches.byteLength() < options.memtableBytes()) {
      return false;
    }
    slowDownForAll(batches.byteLength());
    writing.lock();
    try {
      freeze();
      background.awaitFlushed();
      if (!flusher.ingest(batches, commitTimestamp, sequence)) {
        return false;
      }
      lastSequence = sequence;
      lastTimestamp = commitTimestamp;
      background.schedule();
      return true;
    } catch (StorageException e) {
      if (e.isDiskFull()) {
        return false;
      }
      throw e;
    } finally {
      writing.unlock();
    }
  }

  /** Tells the host again how far the commits are in tables, when it knows more of them itself. */
  public void noteFlushed() {
    host.flushed(flushedSequence());
  }

  /** Sees to it that the active memtable is empty; the caller keeps writers out. */
  private void freeze() {
    if (contents.view().active().lastSequence() != 0) {
      contents.rotate();
    }
  }

  /**
   * Refuses a write where memory is used up and a full disk keeps it from being flushed. To be
   * called before {@link #apply}, which has no way back.
   *
   * @throws StorageException SQLSTATE 53100
   */
  public void requireRoom() {
    background.requireRoom();
  }

  /**
   * Waits while too many memtables are frozen: memory is bounded. A full disk keeps a commit that
   * is durable already from going on only where it would take as much memory again.
   */
  private void awaitRoom() {
    contents.lock().lock();
    try {
      while (contents.failure() == null && !contents.isClosing()) {
        int most = contents.full() == null ? options.memtablesMax() : 2 * options.memtablesMax();
        if (contents.view().frozen().size() < most) {
          return;
        }
        contents.awaitChange();
      }
    } finally {
      contents.lock().unlock();
    }
  }

  /** Delays a writer in proportion to what it wrote and to how far the background is behind. */
  private void slowDown(int bytes) {
    double nanosPerByte = Debt.of(contents.view(), options).nanosPerByte(options);
    if (nanosPerByte > 0) {
      delayNanos += (long) (nanosPerByte * bytes);
      if (delayNanos >= PARK_NANOS_MIN) {
        LockSupport.parkNanos(Math.min(delayNanos, 20 * PARK_NANOS_MIN));
        delayNanos = 0;
      }
    }
  }

  /** As the parts of a large commit would be delayed one after another. */
  private void slowDownForAll(long bytes) {
    double nanosPerByte = Debt.of(contents.view(), options).nanosPerByte(options);
    long end = System.nanoTime() + (long) (Math.min(nanosPerByte, NANOS_PER_BYTE_MAX) * bytes);
    long left = end - System.nanoTime();
    while (left > 0 && !contents.isClosing()) {
      LockSupport.parkNanos(Math.min(left, 20 * PARK_NANOS_MIN));
      left = end - System.nanoTime();
    }
  }

  // ---- reading

  /** The value at a timestamp, as an array that the caller owns; null where there is none. */
  public byte @Nullable [] get(int keySpace, byte[] key, long timestamp) {
    Lookup lookup = new Lookup(timestamp);
    View view = contents.acquire();
    try {
      long hash = Bytes.hash(keySpace, key, 0, key.length);
      // What memtables hold is newer than anything in tables, history included.
      if (!findInMemory(view, keySpace, key, hash, lookup)) {
        if (!view.version().find(keySpace, key, hash, lookup) || lookup.sawNewer) {
          view.version().findHistory(keySpace, key, hash, lookup);
        }
      }
      return lookup.copy();
    } finally {
      view.version().release();
    }
  }

  private static boolean findInMemory(
      View view, int keySpace, byte[] key, long hash, Lookup lookup) {
    boolean found = view.active().find(keySpace, key, hash, lookup);
    for (int i = 0; !found && i < view.frozen().size(); i++) {
      found = view.frozen().get(i).find(keySpace, key, hash, lookup);
    }
    return found;
  }

  /** The entries visible at a timestamp, in key order; see {@link org.facetdb.storage.Reader}. */
  public Cursor scan(int keySpace, byte @Nullable [] from, byte @Nullable [] to, long timestamp) {
    View view = contents.acquire();
    try {
      List<EntryCursor> cursors = new ArrayList<>();
      addCursorAt(timestamp, view.active(), keySpace, from, cursors);
      for (Memtable memtable : view.frozen()) {
        addCursorAt(timestamp, memtable, keySpace, from, cursors);
      }
      view.version().addCursors(keySpace, from, to, timestamp, cursors);
      view.version().addHistoryCursors(keySpace, from, to, timestamp, cursors);
      return new VisibleCursor(MergeCursor.ofKeySpace(cursors), view.version(), to, timestamp);
    } catch (Throwable t) {
      view.version().release();
      throw t;
    }
  }

  private static void addCursorAt(
      long timestamp,
      Memtable memtable,
      int keySpace,
      byte @Nullable [] from,
      List<EntryCursor> cursors) {
    if (!memtable.isAfter(timestamp)) {
      addCursor(memtable, keySpace, from, cursors);
    }
  }

  private static void addCursor(
      Memtable memtable, int keySpace, byte @Nullable [] from, List<EntryCursor> cursors) {
    EntryCursor cursor = memtable.cursor(keySpace, from);
    if (cursor != null) {
      cursors.add(cursor);
    }
  }

  /**
   * Timestamp of a key's newest version, a removal included; 0 if there is none. A removal may be
   * forgotten once it is at or below {@link TreeHost#oldestPinned}.
   */
  public long latestVersion(int keySpace, byte[] key) {
    View view = contents.acquire();
    try {
      long hash = Bytes.hash(keySpace, key, 0, key.length);
      long begin = view.active().newestBegin(keySpace, key, hash);
      for (int i = 0; begin == 0 && i < view.frozen().size(); i++) {
        begin = view.frozen().get(i).newestBegin(keySpace, key, hash);
      }
      return begin != 0 ? begin : view.version().newestBegin(keySpace, key, hash);
    } finally {
      view.version().release();
    }
  }

  /** Whether any key in [from, to) has a version, or a removal, newer than the timestamp. */
  public boolean changedSince(
      int keySpace, byte @Nullable [] from, byte @Nullable [] to, long timestamp) {
    View view = contents.acquire();
    try {
      List<EntryCursor> cursors = new ArrayList<>();
      List<Memtable> memtables = new ArrayList<>(view.frozen());
      memtables.add(view.active());
      for (Memtable memtable : memtables) {
        if (memtable.lastTimestamp() > timestamp) {
          addCursor(memtable, keySpace, from, cursors);
        }
      }
      for (TableReader table : view.version().changedAfter(keySpace, from, to, timestamp)) {
        cursors.add(table.cursor(keySpace, from, to, Long.MAX_VALUE));
      }
      for (EntryCursor cursor : cursors) {
        if (hasNewer(cursor, to, timestamp)) {
          return true;
        }
      }
      return false;
    } finally {
      view.version().release();
    }
  }

  private static boolean hasNewer(EntryCursor at, byte @Nullable [] to, long timestamp) {
    try (at) {
      while (at.nextKey()) {
        if (to != null
            && Bytes.compare(at.keyArray(), at.keyOffset(), at.keyLength(), to, 0, to.length)
                >= 0) {
          return false;
        }
        if (at.begin() > timestamp) {
          return true;
        }
      }
      return false;
    }
  }

  // ---- key spaces

  /** Makes a key space; durable on return. */
  public int createKeySpace(KeySpaceOptions keySpaceOptions) {
    Objects.requireNonNull(keySpaceOptions);
    contents.lock().lock();
    try {
      int id = contents.state().nextKeySpace();
      contents.commitKeySpace(
          List.of(
              new Change.NextKeySpace(id + 1),
              new Change.PutKeySpace(id, new KeySpaceState(keySpaceOptions, 0, 0))));
      return id;
    } finally {
      contents.lock().unlock();
    }
  }

  /** Marks a key space as dropped at a timestamp; durable on return. */
  public void dropKeySpace(int keySpace, long timestamp) {
    contents.lock().lock();
    try {
      KeySpaceState space = contents.state().keySpaces().get(keySpace);
      if (space == null || space.droppedAt() != 0) {
        throw new StorageException(
            "42704",
            StorageException.Category.USER,
            "key space does not exist: keySpace=" + keySpace);
      }
      contents.commitKeySpace(
          List.of(
              new Change.PutKeySpace(
                  keySpace,
                  new KeySpaceState(space.options(), Math.max(1, timestamp), space.watermark()))));
    } finally {
      contents.lock().unlock();
    }
  }

  /** The key spaces that are not dropped, by id; an immutable snapshot. */
  public SortedMap<Integer, KeySpaceOptions> keySpaces() {
    return contents.keySpaces();
  }

  /** The published watermark: versions that only readers below it could see may be gone. */
  public long oldestReadable(int keySpace) {
    Long watermark = contents.published().get(keySpace);
    return watermark == null ? 0 : watermark;
  }

  /**
   * Publishes and returns how far a key space may be cut: the smallest of what is pinned and the
   * present less its retention; 0 if it is kept for ever.
   *
   * @throws StorageException SQLSTATE 42704 if nothing is left of the key space
   */
  public long watermark(int keySpace) {
    KeySpaceState space = contents.state().keySpaces().get(keySpace);
    if (space == null) {
      throw new StorageException(
          "42704",
          StorageException.Category.USER,
          "key space does not exist: keySpace=" + keySpace);
    }
    return Retention.cut(keySpace, space.options().retention(), contents.published(), host);
  }

  // ---- maintenance

  /** Writes everything applied so far to sstables, and returns when that is done. */
  public void flush() {
    writing.lock();
    try {
      freeze();
    } finally {
      writing.unlock();
    }
    background.awaitFlushed();
  }

  /**
   * Merges what was applied before until every tree is one sorted level and history is pruned, and
   * returns then. Reads and writes go on.
   *
   * @param keySpace the one key space to do this for, null for all
   */
  public void compact(@Nullable Integer keySpace) {
    flush();
    background.compactFully(keySpace);
  }

  /** Keeps the tables of this moment, for a copy of the store. */
  public TreeHold hold() {
    contents.lock().lock();
    try {
      return new TreeHold(contents.state(), contents.acquire().version());
    } finally {
      contents.lock().unlock();
    }
  }

  /** Verifies every checksum, order, index and filter of every file; empty if all is well. */
  public List<String> check() {
    View view = contents.acquire();
    try {
      return TreeCheck.check(contents, view.version());
    } finally {
      view.version().release();
    }
  }

  /** As {@link #check()}, of the files alone that a state names; changes nothing. */
  public static List<String> check(FileSystem files, TreeState state) {
    return TreeCheck.check(files, state);
  }

  /** Sizes, and what was done since the tree was opened; the log's are given. */
  public StoreStatistics statistics(int logSegments, long logBytes) {
    return TreeStatistics.of(contents, options, logSegments, logBytes);
  }

  /** Bytes of blocks in the cache. */
  public long cachedBytes() {
    return contents.cache().usedBytes();
  }

  /** Stops background work and closes files. What is only in memtables stays in the log. */
  @Override
  public void close() {
    if (!contents.isClosing()) {
      contents.setClosing();
      background.awaitIdle();
      contents.close();
    }
  }
}
