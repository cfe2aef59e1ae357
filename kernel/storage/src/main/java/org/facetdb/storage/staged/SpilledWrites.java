package org.facetdb.storage.staged;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The files of one transaction's writes, the youngest last. Used by the transaction's thread. Owns
 * the files until it is closed.
 */
final class SpilledWrites implements AutoCloseable {
  private final SpillSpace space;
  private final List<SpillRun> runs = new ArrayList<>();
  private final NavigableSet<Integer> keySpaces = new TreeSet<>();
  private final SpillRun.LastBlock lastBlock = new SpillRun.LastBlock();
  private final UndoneStamps undone = new UndoneStamps();
  private long heapBytes;

  SpilledWrites(SpillSpace space) {
    this.space = space;
  }

  /** Writes a file with the writes of a transaction, of which there is at least one. */
  void add(MemoryWrites writes) {
    try (SpillWriter out = new SpillWriter(space)) {
      writes.forEach(out::add);
      SpillRun run = out.finish(lastBlock);
      runs.add(run);
      heapBytes += run.heapBytes();
      writes.addSpaces(keySpaces);
    }
  }

  /** Oldest first. */
  List<SpillRun> runs() {
    return runs;
  }

  /** The key spaces of all writes there ever were. */
  NavigableSet<Integer> keySpaces() {
    return keySpaces;
  }

  /** Of what is kept on the heap to find writes. */
  long heapBytes() {
    return heapBytes;
  }

  boolean mayHave(int keySpace) {
    for (SpillRun run : runs) {
      if (run.mayHold(keySpace)) {
        return true;
      }
    }
    return false;
  }

  @Nullable StagedWrite find(int keySpace, byte[] key) {
    for (int i = runs.size() - 1; i >= 0; i--) {
      StagedWrite write = runs.get(i).find(keySpace, key, undone);
      if (write != null) {
        return write;
      }
    }
    return null;
  }

  boolean isUndone(long stamp) {
    return undone.contains(stamp);
  }

  /** Takes back what was written after a mark and up to a stamp, which is the last one. */
  void rollbackTo(long mark, long last) {
    while (!runs.isEmpty() && runs.getLast().minStamp() > mark) {
      SpillRun gone = runs.removeLast();
      heapBytes -= gone.heapBytes();
      gone.close();
    }
    if (!runs.isEmpty() && runs.getLast().maxStamp() > mark) {
      undone.add(mark, last);
    }
  }

  @Override
  public void close() {
    runs.forEach(SpillRun::close);
  }
}
