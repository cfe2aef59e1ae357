package org.facetdb.storage.staged;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.log.WriteBatch;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction has written and not committed, with the way back to its savepoints.
 *
 * <p>Used by one thread at a time. Each write carries a stamp, and those in memory are younger than
 * those in files, which are sorted runs, the youngest last. A cursor sees the writes staged before
 * it was opened and none after: while a cursor or a savepoint may ask for it, a write keeps the one
 * that it replaces. Owns its files and its share of the budget until it is closed.
 */
public final class StagedWrites implements AutoCloseable {
  /** What is taken from the budget at once; so many bytes of each transaction are not counted. */
  private static final long STEP_BYTES = 64 << 10;

  private static final long UNDO_HEAP_BYTES = 56;
  private static final long NEVER = -1;

  /** A key that was written after a savepoint. */
  private record Undo(int keySpace, byte[] key, long stamp) {}

  private final SpillSpace space;
  private final MemoryWrites memory = new MemoryWrites();
  private final List<Undo> undo = new ArrayList<>(0);
  private @Nullable SpilledWrites spilled;
  private long memoryBytes;
  private long encodedBytes;
  private long takenBytes;
  private long stamp;
  private long spilledStamp;
  private long markStamp = NEVER;
  private long cursorStamp = NEVER;
  private int openCursors;
  private final AtomicLong writtenBytes = new AtomicLong();
  private volatile boolean hasSpilled;
  private int generation;

  /** None. */
  public StagedWrites(SpillSpace space) {
    this.space = space;
  }

  /**
   * Bytes of all keys and values that were ever staged, whatever became of them. Any thread may
   * ask.
   */
  public long writtenBytes() {
    return writtenBytes.getAcquire();
  }

  /** Whether writes ever went to a file. Any thread may ask. */
  public boolean hasSpilled() {
    return hasSpilled;
  }

  /** Whether nothing was written, or all of it was undone in memory. */
  public boolean isEmpty() {
    return memory.isEmpty() && runs().isEmpty();
  }

  /** Whether there may be writes in a key space; quick. */
  public boolean mayHave(int keySpace) {
    SpilledWrites inFiles = spilled;
    return memory.has(keySpace) || (inFiles != null && inFiles.mayHave(keySpace));
  }

  /** Whether there are writes in a key space. */
  public boolean has(int keySpace) {
    if (!mayHave(keySpace)) {
      return false;
    }
    try (StagedCursor writes = cursor(keySpace, null, null)) {
      return writes.next();
    }
  }

  /** The latest write of a key, null if there is none. */
  public @Nullable StagedWrite find(int keySpace, byte[] key) {
    StagedWrite write = memory.get(keySpace, key);
    return write == null ? findSpilled(keySpace, key) : write;
  }

  private @Nullable StagedWrite findSpilled(int keySpace, byte[] key) {
    SpilledWrites inFiles = spilled;
    return inFiles == null ? null : inFiles.find(keySpace, key);
  }

  /**
   * The latest writes, as they are now, of keys in [from, to), in key order. The caller closes it.
   */
  public StagedCursor cursor(int keySpace, byte @Nullable [] from, byte @Nullable [] to) {
    return new StagedCursor(this, keySpace, from, to);
  }

  /**
   * Takes a write of the caller's arrays, which are copied.
   *
   * @param value null for a removal
   * @throws StorageException SQLSTATE 53200 or 53100 if there is neither memory nor room on the
   *     disk for it; it is not taken then
   */
  public void stage(int keySpace, byte[] key, byte @Nullable [] value, long changedColumns) {
    long bytes = StagedWrite.heapBytes(key, value) + UNDO_HEAP_BYTES;
    if (memoryBytes + bytes > space.spillBytes()) {
      spill();
    }
    reserve(bytes);
    StagedWrite before = memory.get(keySpace, key);
    StagedWrite known = before == null ? findSpilled(keySpace, key) : before;
    long mask = changedColumns;
    if (known != null) {
      mask = known.value() == null ? Transaction.ALL_COLUMNS : known.changedColumns() | mask;
    }
    byte[] ownKey = key.clone();
    byte[] ownValue = value == null ? null : value.clone();
    StagedWrite older = before == null ? null : before.asOf(oldestAsked());
    memory.put(keySpace, ownKey, new StagedWrite(ownValue, mask, ++stamp, older));
    if (markStamp != NEVER && (before == null || before.stamp() <= markStamp)) {
      undo.add(new Undo(keySpace, ownKey, stamp));
    }
    memoryBytes += bytes;
    if (before != null && before != older) {
      memoryBytes -= StagedWrite.heapBytes(key, before.value());
    }
    long ownBytes = ownKey.length + (ownValue == null ? 0L : ownValue.length);
    encodedBytes += ownBytes + WriteBatch.ROW_OVERHEAD_MAX;
    writtenBytes.setRelease(writtenBytes.getPlain() + ownBytes);
  }

  /** Writes up to this stamp are asked for by a savepoint or a cursor. */
  private long oldestAsked() {
    return Math.max(markStamp, openCursors > 0 ? cursorStamp : NEVER);
  }

  private void reserve(long bytes) {
    long wanted = wanted(bytes);
    if (wanted <= 0) {
      return;
    }
    long step = Math.max(wanted, STEP_BYTES);
    if (space.budget().tryTake(step)) {
      takenBytes += step;
      return;
    }
    spill();
    wanted = wanted(bytes);
    if (wanted > 0) {
      space.budget().take(wanted);
      takenBytes += wanted;
    }
  }

  /** What more has to be taken for so many bytes more. */
  private long wanted(long bytes) {
    SpilledWrites inFiles = spilled;
    long held = memoryBytes + (inFiles == null ? 0 : inFiles.heapBytes());
    return held + bytes - STEP_BYTES - takenBytes;
  }

  private void giveBack() {
    long excess = Math.min(takenBytes, -wanted(0) - STEP_BYTES);
    if (excess > 0) {
      space.budget().give(excess);
      takenBytes -= excess;
    }
  }

  /** Moves what is in memory to a file. */
  private void spill() {
    if (memory.isEmpty()) {
      return;
    }
    SpilledWrites inFiles = spilled;
    if (inFiles == null) {
      inFiles = new SpilledWrites(space);
    }
    inFiles.add(memory);
    spilled = inFiles;
    hasSpilled = true;
    spilledStamp = stamp;
    forgetMemory();
    giveBack();
  }

  private void forgetMemory() {
    memory.clear();
    undo.clear();
    memoryBytes = 0;
    encodedBytes = 0;
    generation++;
  }

  // ---- savepoints

  /** A point to come back to. */
  public long mark() {
    markStamp = stamp;
    return stamp;
  }

  /** Takes back all writes after a mark; marks after it are gone. */
  public void rollbackTo(long mark) {
    SpilledWrites inFiles = spilled;
    if (inFiles != null && mark < spilledStamp) {
      forgetMemory();
      inFiles.rollbackTo(mark, stamp);
    } else {
      undoInMemory(mark);
    }
    markStamp = mark;
    giveBack();
  }

  private void undoInMemory(long mark) {
    while (!undo.isEmpty() && undo.getLast().stamp() > mark) {
      Undo last = undo.removeLast();
      StagedWrite newest = memory.get(last.keySpace(), last.key());
      if (newest == null) {
        continue;
      }
      StagedWrite kept = newest.asOf(mark);
      for (StagedWrite gone = newest; gone != null && gone != kept; gone = gone.older()) {
        memoryBytes -= StagedWrite.heapBytes(last.key(), gone.value());
      }
      if (kept == null) {
        memory.remove(last.keySpace(), last.key());
      } else {
        memory.put(last.keySpace(), last.key(), kept);
      }
    }
  }

  // ---- for cursors

  void cursorOpened() {
    openCursors++;
    cursorStamp = stamp;
  }

  void cursorClosed() {
    openCursors--;
  }

  long stamp() {
    return stamp;
  }

  /** Changes when writes went from memory to files, or files went. */
  int generation() {
    return generation;
  }

  @Nullable NavigableMap<byte[], StagedWrite> inMemory(int keySpace) {
    return memory.ofSpace(keySpace);
  }

  /** Oldest first. */
  List<SpillRun> runs() {
    SpilledWrites inFiles = spilled;
    return inFiles == null ? List.of() : inFiles.runs();
  }

  boolean isUndone(long ofWrite) {
    SpilledWrites inFiles = spilled;
    return inFiles != null && inFiles.isUndone(ofWrite);
  }

  // ---- the end

  /** Whether some writes are in files, so that all of them may be more than memory holds. */
  public boolean isSpilled() {
    return !runs().isEmpty();
  }

  /**
   * All writes, none of them spilled, encoded in order of key space and key.
   *
   * @throws StorageException SQLSTATE 54000 if they take more than 2 GB
   */
  public WriteBatch encode() {
    WriteBatch batch = new WriteBatch(Math.clamp(encodedBytes, 64, 64 << 20));
    memory.forEach(
        (keySpace, key, write) -> add(batch, keySpace, key, write.value(), write.changedColumns()));
    return batch;
  }

  /**
   * All writes, in order of key space and key, encoded in batches that go to a file. The caller
   * closes it.
   *
   * @param complete does to a batch what there is to do before it is written
   * @throws StorageException SQLSTATE 53200 if there is no memory, 53100 if there is no room on the
   *     disk, 54000 if there are too many batches for one commit
   */
  public StagedBatches encode(Consumer<WriteBatch> complete) {
    int batchBytes = space.batchBytes();
    spill();
    take(batchBytes);
    StagedBatches batches = new StagedBatches(space);
    try {
      WriteBatch batch = new WriteBatch(batchBytes);
      for (int keySpace : Objects.requireNonNull(spilled).keySpaces()) {
        try (StagedCursor writes = cursor(keySpace, null, null)) {
          while (writes.next()) {
            byte[] value = writes.value();
            int bytes =
                writes.key().length
                    + (value == null ? 0 : value.length)
                    + WriteBatch.ROW_OVERHEAD_MAX;
            if (batch.count() > 0 && batch.byteLength() + bytes > batchBytes) {
              add(batches, batch, complete);
              batch = new WriteBatch(batchBytes);
            }
            add(batch, keySpace, writes.key(), value, writes.changedColumns());
          }
        }
      }
      if (batch.count() > 0) {
        add(batches, batch, complete);
      }
      return batches;
    } catch (Throwable e) {
      batches.close();
      throw e;
    }
  }

  private void take(long bytes) {
    space.budget().take(bytes);
    takenBytes += bytes;
  }

  private void add(StagedBatches batches, WriteBatch batch, Consumer<WriteBatch> complete) {
    if (batches.size() == WriteBatch.PARTS_MAX) {
      throw new StorageException(
          "54000",
          StorageException.Category.USER,
          "a commit holds at most "
              + WriteBatch.PARTS_MAX
              + " log records: bytes="
              + batches.bytes()
              + " in each="
              + space.batchBytes());
    }
    // What a committer remembers of each row until the commit is done.
    take(2L * batch.count());
    complete.accept(batch);
    batches.add(batch);
  }

  private static void add(
      WriteBatch batch, int keySpace, byte[] key, byte @Nullable [] value, long changedColumns) {
    if (value == null) {
      batch.delete(keySpace, key, 0);
    } else {
      batch.put(keySpace, key, value, changedColumns, 0);
    }
  }

  @Override
  public void close() {
    space.budget().give(takenBytes);
    takenBytes = 0;
    SpilledWrites inFiles = spilled;
    if (inFiles != null) {
      inFiles.close();
    }
  }
}
