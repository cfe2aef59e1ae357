package org.facetdb.storage.staged;

import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.PriorityQueue;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.staged.SpillRun.Place;
import org.jspecify.annotations.Nullable;

/**
 * Walks the latest writes of a range of keys as they stood when the cursor was opened, while others
 * are staged. Stands before the first when made. Used by the transaction's thread.
 */
public final class StagedCursor implements AutoCloseable {
  /** Where the walk through one run stands; a younger run comes first where keys are equal. */
  private record Source(SpillRun.Walk walk, int age) implements Comparable<Source> {
    @Override
    public int compareTo(Source other) {
      int order = walk.place().compareTo(other.walk.place());
      return order != 0 ? order : Integer.compare(age, other.age);
    }
  }

  private static final byte[] NONE = new byte[0];

  private final StagedWrites writes;
  private final int keySpace;
  private final byte[] from;
  private final byte @Nullable [] to;
  private final long stamp;
  private PriorityQueue<Source> sources = new PriorityQueue<>();
  private int generation;
  private byte @Nullable [] last;
  private byte[] key = NONE;
  private byte @Nullable [] value;
  private long changedColumns;
  private boolean closed;

  StagedCursor(StagedWrites writes, int keySpace, byte @Nullable [] from, byte @Nullable [] to) {
    this.writes = writes;
    this.keySpace = keySpace;
    this.from = from == null ? NONE : from.clone();
    this.to = to == null ? null : to.clone();
    this.stamp = writes.stamp();
    writes.cursorOpened();
    openSources();
  }

  /** Enters the runs at the first key that is not passed yet. */
  private void openSources() {
    generation = writes.generation();
    sources = new PriorityQueue<>();
    byte[] after = last;
    Place start = new Place(keySpace, after == null ? from : after);
    int age = 0;
    for (SpillRun run : writes.runs().reversed()) {
      if (run.mayHold(keySpace)) {
        SpillRun.Walk walk = run.from(start);
        while (after != null && isAt(walk, after)) {
          walk.next();
        }
        add(new Source(walk, age));
      }
      age++;
    }
  }

  private boolean isAt(SpillRun.Walk walk, byte[] ofKey) {
    return isInSpace(walk) && Arrays.equals(walk.place().key(), ofKey);
  }

  private boolean isInSpace(SpillRun.Walk walk) {
    return walk.isValid() && walk.place().keySpace() == keySpace;
  }

  private void add(Source source) {
    if (isInSpace(source.walk())) {
      sources.add(source);
    }
  }

  /**
   * Moves to the next key; false at the end.
   *
   * @throws StorageException SQLSTATE 25000 if the transaction has ended and had writes in files
   */
  public boolean next() {
    while (true) {
      if (generation != writes.generation()) {
        openSources();
      }
      Map.Entry<byte[], StagedWrite> inMemory = nextInMemory();
      byte[] next = smallest(inMemory);
      if (next == null || (to != null && Arrays.compareUnsigned(next, to) >= 0)) {
        return false;
      }
      StagedWrite found = null;
      if (inMemory != null && Arrays.equals(inMemory.getKey(), next)) {
        found = inMemory.getValue().asOf(stamp);
      }
      found = passInRuns(next, found);
      last = next;
      if (found != null) {
        key = next;
        value = found.value();
        changedColumns = found.changedColumns();
        return true;
      }
    }
  }

  private Map.@Nullable Entry<byte[], StagedWrite> nextInMemory() {
    NavigableMap<byte[], StagedWrite> map = writes.inMemory(keySpace);
    if (map == null) {
      return null;
    }
    byte[] after = last;
    return after == null ? map.ceilingEntry(from) : map.higherEntry(after);
  }

  private byte @Nullable [] smallest(Map.@Nullable Entry<byte[], StagedWrite> inMemory) {
    Source top = sources.peek();
    byte[] inRuns = top == null ? null : top.walk().place().key();
    if (inMemory == null) {
      return inRuns;
    }
    return inRuns == null || Arrays.compareUnsigned(inMemory.getKey(), inRuns) <= 0
        ? inMemory.getKey()
        : inRuns;
  }

  /** Moves all runs beyond a key, and finds the newest write of it unless one is known. */
  private @Nullable StagedWrite passInRuns(byte[] passed, @Nullable StagedWrite known) {
    StagedWrite found = known;
    Source top = sources.peek();
    while (top != null && isAt(top.walk(), passed)) {
      sources.poll();
      SpillRun.Walk walk = top.walk();
      while (isAt(walk, passed)) {
        if (found == null && walk.stamp() <= stamp && !writes.isUndone(walk.stamp())) {
          found = walk.write();
        }
        walk.next();
      }
      add(top);
      top = sources.peek();
    }
    return found;
  }

  /** The key; not to be written. */
  public byte[] key() {
    return key;
  }

  /** The value, null for a removal; not to be written. */
  public byte @Nullable [] value() {
    return value;
  }

  /** See {@link org.facetdb.storage.Transaction#put}. */
  public long changedColumns() {
    return changedColumns;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      writes.cursorClosed();
    }
  }
}
