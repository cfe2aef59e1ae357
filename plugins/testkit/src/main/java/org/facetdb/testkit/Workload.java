package org.facetdb.testkit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.facetdb.spi.index.Position;
import org.jspecify.annotations.Nullable;

/**
 * Makes random commits: rows inserted, updated, deleted, inserted again, and updates that change no
 * indexed value. Of the last kind, some are told to the index as an end and a put of the same
 * values; of the others it only notices that a later end names a later begin. Keeps the log and the
 * model of what it made. Used by one thread; the model by any.
 */
public final class Workload {
  private static final long FAR_ROW = 1L << 40;

  private record Row(@Nullable Object[] values, long begin) {}

  private final IndexFixture fixture;
  private final Random random;
  private final Model model = new Model();
  private final List<Commit> log = new ArrayList<>();
  private final TreeMap<Long, Row> live = new TreeMap<>();
  private final List<Long> deleted = new ArrayList<>();
  private Position position;
  private long nextRow = 1;

  public Workload(IndexFixture fixture, Random random) {
    this.fixture = fixture;
    this.random = random;
    position = new Position(0, 1 + random.nextInt(1000));
  }

  /** All versions of all rows so far. */
  public Model model() {
    return model;
  }

  /** All commits so far. */
  public List<Commit> log() {
    return Collections.unmodifiableList(log);
  }

  /** Right after the last commit. */
  public Position position() {
    return position;
  }

  /** How many rows there are. */
  public int liveRows() {
    return live.size();
  }

  /** The next commit, of one to six rows; it is in the log and in the model. */
  public Commit next() {
    return commit(1 + random.nextInt(6), random.nextInt(20) == 0 ? 90 : 25);
  }

  /** A commit that deletes up to so many rows. */
  public Commit delete(int rows) {
    return commit(Math.min(rows, Math.max(1, live.size())), 100);
  }

  private Commit commit(int rows, int deletePercent) {
    position = new Position(position.sequence() + 1, position.timestamp() + 1 + random.nextInt(50));
    List<Commit.Change> changes = new ArrayList<>();
    Set<Long> touched = new HashSet<>();
    for (int i = 0; i < rows; i++) {
      boolean existing = !live.isEmpty() && (deletePercent == 100 || random.nextInt(5) > 1);
      long rowId = existing ? liveRow() : newRow(touched);
      if (touched.add(rowId)) {
        change(rowId, deletePercent, changes);
      }
    }
    if (random.nextBoolean()) {
      Collections.shuffle(changes, random);
    }
    Commit commit = new Commit(position, changes);
    log.add(commit);
    model.apply(commit);
    return commit;
  }

  private void change(long rowId, int deletePercent, List<Commit.Change> changes) {
    long now = position.timestamp();
    Row row = live.get(rowId);
    if (row == null) {
      put(rowId, fixture.randomValues(random), changes);
      return;
    }
    if (random.nextInt(100) < deletePercent) {
      changes.add(new Commit.End(rowId, row.begin));
      live.remove(rowId);
      deleted.add(rowId);
      return;
    }
    switch (random.nextInt(4)) {
      case 0 -> live.put(rowId, new Row(row.values, now));
      case 1 -> {
        changes.add(new Commit.End(rowId, row.begin));
        put(rowId, row.values, changes);
      }
      default -> {
        changes.add(new Commit.End(rowId, row.begin));
        put(rowId, fixture.randomValues(random), changes);
      }
    }
  }

  private void put(long rowId, @Nullable Object[] values, List<Commit.Change> changes) {
    changes.add(new Commit.Put(rowId, values));
    live.put(rowId, new Row(values, position.timestamp()));
  }

  private long liveRow() {
    Long from = live.floorKey(live.firstKey() + random.nextLong(nextRow + 1));
    if (random.nextInt(8) == 0 || from == null) {
      return live.lastKey();
    }
    return from;
  }

  private long newRow(Set<Long> touched) {
    if (!deleted.isEmpty() && random.nextInt(3) == 0) {
      long again = deleted.remove(random.nextInt(deleted.size()));
      if (!touched.contains(again)) {
        return again;
      }
      deleted.add(again);
    }
    long rowId = nextRow;
    nextRow += 1 + random.nextInt(3);
    return random.nextInt(10) == 0 ? FAR_ROW + rowId : rowId;
  }
}
