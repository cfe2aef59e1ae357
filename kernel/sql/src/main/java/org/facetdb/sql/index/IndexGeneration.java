package org.facetdb.sql.index;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.MemoryAccount;
import org.facetdb.spi.index.Checkpoint;
import org.facetdb.spi.index.Index;
import org.facetdb.spi.index.IndexContext;
import org.facetdb.spi.index.IndexShape;
import org.facetdb.spi.index.IndexStore;
import org.facetdb.spi.index.IndexView;
import org.facetdb.spi.index.Position;
import org.facetdb.spi.index.PreparedRow;
import org.facetdb.spi.type.Batch;
import org.facetdb.sql.extension.Leases;
import org.facetdb.sql.extension.RegisteredMethod;
import org.facetdb.sql.row.ChangeDecoder;
import org.facetdb.sql.row.ChangedRows;
import org.jspecify.annotations.Nullable;

/**
 * One opened form of an index: a plug-in's version, a directory, and how far in the log it is. The
 * applier's thread changes it; any thread searches it under a lease. It ends when it was retired
 * and the last search is over: then the plug-in's index is closed in a thread of its own, so that
 * no search waits for that, and with it goes the lease on the plug-in's version.
 */
final class IndexGeneration {
  /** A position that the index was told, and the last node that it contains. */
  private record Advance(long sequence, TailNode node) {}

  private final IndexHandle handle;
  private final RegisteredMethod method;
  private final int number;
  private final IndexDirectory directory;
  private final ChangeDecoder decoder;
  private final int[] positions;
  private final long mask;
  private final Index index;
  private final Leases leases = new Leases(this::beginEnd);
  private final Map<ChangedRows, PreparedRow[]> prepared =
      Collections.synchronizedMap(new WeakHashMap<>());
  private volatile Advance[] advances = {};
  private volatile Position position;
  private volatile long coversFrom;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private boolean discarded;
  private boolean closed;
  private long changesSinceCheckpoint;

  private IndexGeneration(
      IndexHandle handle,
      RegisteredMethod method,
      int number,
      IndexDirectory directory,
      MemoryAccount memory,
      @Nullable CheckpointRecord from) {
    this.handle = handle;
    this.method = method;
    this.number = number;
    this.directory = directory;
    this.decoder = new ChangeDecoder(handle.table());
    this.positions = handle.definition().positions(handle.table());
    this.mask = ChangedRows.mask(positions);
    this.position = from == null ? Position.START : from.position();
    this.coversFrom = from == null ? Long.MAX_VALUE : from.coversFrom();
    IndexShape shape = handle.definition().shape(handle.table());
    this.index =
        method
            .method()
            .open(
                new IndexContext() {
                  @Override
                  public IndexShape shape() {
                    return shape;
                  }

                  @Override
                  public IndexStore store() {
                    return directory;
                  }

                  @Override
                  public @Nullable Restored checkpoint() {
                    return from == null ? null : from.restored();
                  }

                  @Override
                  public MemoryAccount memory() {
                    return memory;
                  }
                });
  }

  /**
   * Opens an index.
   *
   * @param from null for an empty one
   * @throws DatabaseException as the method does; 55000 where the version was retired meanwhile
   */
  static IndexGeneration open(
      IndexHandle handle,
      RegisteredMethod method,
      int number,
      IndexDirectory directory,
      MemoryAccount memory,
      @Nullable CheckpointRecord from) {
    if (!method.owner().leases().enter()) {
      throw DatabaseException.user(
          "55000", "extension \"" + method.owner().name() + "\" was changed meanwhile");
    }
    try {
      IndexGeneration opened = new IndexGeneration(handle, method, number, directory, memory, from);
      handle.opened(opened);
      return opened;
    } catch (Throwable e) {
      method.owner().leases().leave();
      throw e;
    }
  }

  RegisteredMethod method() {
    return method;
  }

  int number() {
    return number;
  }

  Index index() {
    return index;
  }

  IndexHandle handle() {
    return handle;
  }

  ChangeDecoder decoder() {
    return decoder;
  }

  /** Positions of the indexed columns in the table. */
  int[] positions() {
    return positions;
  }

  /** The indexed columns, as {@link ChangedRows#touches} takes them. */
  long mask() {
    return mask;
  }

  Leases leases() {
    return leases;
  }

  /** All changes up to here were given to the index. */
  Position position() {
    return position;
  }

  /** A snapshot before this time can't be answered. */
  long coversFrom() {
    return coversFrom;
  }

  /** Gives the index rows of one commit. Applier only. */
  void apply(ChangedRows rows) {
    Batch batch = rows.batch(positions);
    long timestamp = rows.timestamp();
    for (int i = 0; i < rows.count(); i++) {
      if (!rows.touches(i, mask)) {
        continue;
      }
      long previous = rows.previousTimestamp(i);
      if (previous != 0) {
        index.end(rows.rowId(i), previous, timestamp);
      }
      if (!rows.isDelete(i)) {
        index.put(rows.rowId(i), timestamp, batch, rows.valueRow(i));
      }
      changesSinceCheckpoint++;
    }
  }

  /** Says that all up to a position was given. Applier only. */
  void advance(Position to) {
    position = to;
    index.advance(to);
  }

  /** As {@link #advance}, with the tail's node that goes with it. Applier only. */
  void advance(Position to, TailNode node) {
    Advance[] known = advances;
    boolean same = known.length > 0 && known[known.length - 1].sequence() == to.sequence();
    List<Advance> next = new ArrayList<>(known.length + 1);
    Collections.addAll(next, known);
    if (!same) {
      next.add(new Advance(to.sequence(), node));
      // Before the index is told: a view may show the position at once.
      advances = next.toArray(Advance[]::new);
    }
    advance(to);
    if (next.size() > 1) {
      long shown;
      try (IndexView view = index.view()) {
        shown = view.position().sequence();
      }
      if (next.removeIf(a -> a.sequence() < shown)) {
        advances = next.toArray(Advance[]::new);
      }
    }
  }

  /** Sets what the index covers after it was built at a time. */
  void covers(long from) {
    coversFrom = from;
  }

  /** Lets ended entries go. Applier only. */
  void expire(long watermark) {
    coversFrom = Math.max(coversFrom, watermark);
    index.expire(watermark);
  }

  /** Rows that were given since the last checkpoint. Applier only. */
  long changesSinceCheckpoint() {
    return changesSinceCheckpoint;
  }

  /** Writes and commits a checkpoint; false where another generation took over. Applier only. */
  boolean checkpoint() {
    Checkpoint written = index.checkpoint();
    List<CheckpointRecord.StoredFile> files = directory.sync(written.files());
    CheckpointRecord record =
        new CheckpointRecord(
            number,
            method.format(),
            method.owner().version(),
            position,
            coversFrom,
            written.state(),
            files);
    if (!handle.commit(this, record)) {
      return false;
    }
    directory.committed(written.files());
    changesSinceCheckpoint = 0;
    return true;
  }

  /** A view for a statement; null where the generation was retired. */
  @Nullable IndexSearch search() {
    if (!leases.enter()) {
      return null;
    }
    try {
      while (true) {
        Advance[] before = advances;
        IndexView view = index.view();
        TailNode node = find(before, view.position().sequence());
        if (node == null) {
          node = find(advances, view.position().sequence());
        }
        if (node != null) {
          return new IndexSearch(this, view, node);
        }
        view.close();
        Thread.onSpinWait();
      }
    } catch (Throwable e) {
      leases.leave();
      throw e;
    }
  }

  private static @Nullable TailNode find(Advance[] among, long sequence) {
    for (int i = among.length - 1; i >= 0; i--) {
      if (among[i].sequence() == sequence) {
        return among[i].node();
      }
    }
    return null;
  }

  /** A row of the tail in the index's form, made at most once while it is in the tail. */
  PreparedRow prepared(ChangedRows rows, int row) {
    PreparedRow[] all = prepared.computeIfAbsent(rows, r -> new PreparedRow[r.count()]);
    synchronized (all) {
      PreparedRow known = all[row];
      if (known == null) {
        known = index.prepare(rows.batch(positions), rows.valueRow(row));
        all[row] = known;
      }
      return known;
    }
  }

  /** Entries that the index holds, 0 where it ended meanwhile. */
  long entries() {
    if (!leases.enter()) {
      return 0;
    }
    try {
      return index.entryCount();
    } finally {
      leases.leave();
    }
  }

  /** The commit up to which a search finds all in the index itself; null where it ended. */
  @Nullable Long shownSequence() {
    try (IndexSearch search = search()) {
      return search == null ? null : (Long) search.view().position().sequence();
    }
  }

  /** Ends the generation when its last search is over; its directory goes with it if asked. */
  void retire(boolean discardDirectory) {
    if (discardDirectory) {
      discardDirectory();
    }
    leases.retire();
  }

  /** As {@link #retire}; returns when it has ended, unless a search still uses it. */
  void retireNow(boolean discardDirectory) {
    retire(discardDirectory);
    awaitEnd();
  }

  /** Waits for the end if it has begun. */
  void awaitEnd() {
    if (leases.isEnded()) {
      ended.join();
    }
  }

  /** Removes the directory when the index is closed: before, the plug-in may write files there. */
  void discardDirectory() {
    boolean now;
    synchronized (this) {
      discarded = true;
      now = closed;
    }
    if (now) {
      removeDirectory();
    }
  }

  private synchronized void removeDirectory() {
    try {
      directory.remove();
    } catch (RuntimeException e) {
      // What stays behind is swept when the database is opened next.
      IndexManager.LOG.log(System.Logger.Level.DEBUG, "index directory stays behind", e);
    }
  }

  private void beginEnd() {
    handle.inBackground("end", this::end);
  }

  private void end() {
    try {
      index.close();
    } catch (RuntimeException | LinkageError e) {
      IndexManager.LOG.log(
          System.Logger.Level.WARNING, "index failed to close: index=" + handle.name(), e);
    } finally {
      boolean remove;
      synchronized (this) {
        closed = true;
        remove = discarded;
      }
      handle.ended(this);
      if (remove) {
        removeDirectory();
      }
      method.owner().leases().leave();
      ended.complete(null);
    }
  }
}
