package org.facetdb.storage.txn;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.Durability;
import org.facetdb.storage.OwnWriteVisitor;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.serial.SerialTransaction;
import org.facetdb.storage.staged.StagedCursor;
import org.facetdb.storage.staged.StagedWrite;
import org.facetdb.storage.staged.StagedWrites;
import org.jspecify.annotations.Nullable;

/**
 * A transaction on a {@link FacetStore}.
 *
 * <p>Used by one thread at a time. Owns a pin of its present snapshot's timestamp, from
 * construction until it ends, its staged writes, and what is remembered of its reads.
 */
final class StoreTransaction implements Transaction {
  /** After all commits, and before the end of what has none. */
  private static final long NEWEST = Long.MAX_VALUE - 1;

  private record Mark(long stamp, int keyGuards, int rangeGuards) {}

  private final FacetStore store;
  private volatile View view;
  private final StagedWrites writes;
  private final List<CommitRequest.KeyGuard> keyGuards = new ArrayList<>();
  private final List<CommitRequest.RangeGuard> rangeGuards = new ArrayList<>();
  private final List<Mark> marks = new ArrayList<>();
  private final Set<NotedCursor> cursors = new HashSet<>();
  private @Nullable SerialTransaction serial;
  private int knownKeySpace = -1;
  private boolean ended;

  StoreTransaction(FacetStore store, View view) {
    this.store = store;
    this.view = view;
    this.writes = new StagedWrites(store.spillSpace());
  }

  private void checkOpen() {
    if (ended) {
      throw new StorageException(
          "25000", StorageException.Category.USER, "the transaction has ended");
    }
    store.checkOpen();
  }

  private void checkKeySpace(int keySpace) {
    if (keySpace != knownKeySpace) {
      store.checkKeySpace(keySpace);
      knownKeySpace = keySpace;
    }
  }

  @Override
  public long timestamp() {
    return view.timestamp();
  }

  @Override
  public byte @Nullable [] get(int keySpace, byte[] key) {
    SerialTransaction noting = serial;
    if (noting != null && keySpace != Store.CATALOG_KEY_SPACE) {
      noting.reads().add(keySpace, key);
    }
    return get(keySpace, key, view.timestamp());
  }

  private byte @Nullable [] get(int keySpace, byte[] key, long timestamp) {
    checkOpen();
    StagedWrite write = writes.find(keySpace, key);
    if (write != null) {
      byte[] value = write.value();
      return value == null ? null : value.clone();
    }
    return store.tree().get(keySpace, key, timestamp);
  }

  @Override
  public Cursor scan(int keySpace, byte @Nullable [] from, byte @Nullable [] to) {
    checkOpen();
    Cursor seen = scan(keySpace, from, to, view.timestamp());
    SerialTransaction noting = serial;
    return noting == null || keySpace == Store.CATALOG_KEY_SPACE
        ? seen
        : new NotedCursor(seen, cursors, noting.reads(), keySpace, from, to);
  }

  private Cursor scan(int keySpace, byte @Nullable [] from, byte @Nullable [] to, long timestamp) {
    Cursor stored = store.tree().scan(keySpace, from, to, timestamp);
    if (!writes.mayHave(keySpace)) {
      return stored;
    }
    try {
      return new MergedCursor(stored, writes.cursor(keySpace, from, to));
    } catch (Throwable e) {
      stored.close();
      throw e;
    }
  }

  @Override
  public void put(int keySpace, byte[] key, byte[] value, long changedColumns) {
    checkOpen();
    checkKeySpace(keySpace);
    writes.stage(keySpace, key, value, changedColumns);
  }

  @Override
  public void delete(int keySpace, byte[] key) {
    checkOpen();
    checkKeySpace(keySpace);
    writes.stage(keySpace, key, null, ALL_COLUMNS);
  }

  @Override
  public void guardKey(int keySpace, byte[] key) {
    checkOpen();
    checkKeySpace(keySpace);
    keyGuards.add(new CommitRequest.KeyGuard(keySpace, key.clone(), view.timestamp()));
  }

  @Override
  public void guardRange(int keySpace, byte[] from, byte[] to) {
    checkOpen();
    checkKeySpace(keySpace);
    rangeGuards.add(
        new CommitRequest.RangeGuard(keySpace, from.clone(), to.clone(), view.timestamp()));
  }

  @Override
  public void refresh() {
    checkOpen();
    long timestamp = takeSnapshot();
    SerialTransaction noting = serial;
    if (noting != null) {
      noting.reads(timestamp);
    }
  }

  private long takeSnapshot() {
    View newest = store.pinLatest();
    view.release();
    view = newest;
    return newest.timestamp();
  }

  @Override
  public void serialize(boolean readOnly) {
    checkOpen();
    if (serial == null) {
      serial = store.serials().begin(readOnly, this::takeSnapshot);
    }
  }

  @Override
  public void awaitSafeSnapshot(Runnable check) {
    checkOpen();
    store.serials().awaitSafe(this::takeSnapshot, check);
  }

  @Override
  public void noteRead(int keySpace) {
    SerialTransaction noting = serial;
    if (noting != null) {
      noting.reads().addAll(keySpace);
    }
  }

  @Override
  public boolean isChanged(int keySpace, byte[] key) {
    checkOpen();
    return store.tree().latestVersion(keySpace, key) > view.timestamp();
  }

  @Override
  public byte @Nullable [] getNewest(int keySpace, byte[] key) {
    return get(keySpace, key, NEWEST);
  }

  @Override
  public Cursor scanNewest(int keySpace, byte @Nullable [] from, byte @Nullable [] to) {
    checkOpen();
    return scan(keySpace, from, to, NEWEST);
  }

  @Override
  public int savepoint() {
    checkOpen();
    marks.add(new Mark(writes.mark(), keyGuards.size(), rangeGuards.size()));
    return marks.size() - 1;
  }

  @Override
  public void rollbackTo(int savepoint) {
    checkOpen();
    if (savepoint < 0 || savepoint >= marks.size()) {
      throw new StorageException(
          "3B001", StorageException.Category.USER, "savepoint does not exist: " + savepoint);
    }
    Mark mark = marks.get(savepoint);
    writes.rollbackTo(mark.stamp());
    keyGuards.subList(mark.keyGuards(), keyGuards.size()).clear();
    rangeGuards.subList(mark.rangeGuards(), rangeGuards.size()).clear();
    marks.subList(savepoint + 1, marks.size()).clear();
  }

  @Override
  public boolean hasOwnWrites(int keySpace) {
    checkOpen();
    return writes.has(keySpace);
  }

  @Override
  public void visitOwnWrites(int keySpace, OwnWriteVisitor visitor) {
    checkOpen();
    if (!writes.mayHave(keySpace)) {
      return;
    }
    try (StagedCursor staged = writes.cursor(keySpace, null, null)) {
      while (staged.next() && visitor.visit(staged.key(), staged.value())) {
        // the visitor says whether to go on
      }
    }
  }

  @Override
  public long writtenBytes() {
    return writes.writtenBytes();
  }

  @Override
  public boolean isSpilled() {
    return writes.hasSpilled();
  }

  @Override
  public boolean isReadOnly() {
    return writes.isEmpty() && keyGuards.isEmpty() && rangeGuards.isEmpty();
  }

  @Override
  public long commit(Durability durability) {
    checkOpen();
    try {
      SerialTransaction noting = serial;
      if (noting != null) {
        cursors.forEach(NotedCursor::note);
        // Others look at what was read from now on, so that it must not change any more.
        cursors.clear();
      }
      if (writes.isEmpty()) {
        if (noting != null) {
          store.serials().commitReads(noting);
        }
        return view.timestamp();
      }
      try (CommitRequest request =
          new CommitRequest(writes, keyGuards, rangeGuards, view.timestamp(), noting, durability)) {
        return store.commit(request);
      }
    } finally {
      end();
    }
  }

  private void end() {
    if (!ended) {
      ended = true;
      view.release();
      writes.close();
      SerialTransaction noting = serial;
      if (noting != null) {
        store.serials().end(noting);
      }
    }
  }

  @Override
  public void rollback() {
    end();
  }

  @Override
  public void close() {
    end();
  }
}
