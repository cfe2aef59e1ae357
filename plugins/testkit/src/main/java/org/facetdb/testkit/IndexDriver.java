package org.facetdb.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.facetdb.spi.MemoryAccount;
import org.facetdb.spi.index.Checkpoint;
import org.facetdb.spi.index.Index;
import org.facetdb.spi.index.IndexContext;
import org.facetdb.spi.index.IndexMethod;
import org.facetdb.spi.index.IndexShape;
import org.facetdb.spi.index.IndexStore;
import org.facetdb.spi.index.IndexView;
import org.facetdb.spi.index.Position;
import org.facetdb.spi.index.PreparedRow;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.Vector;
import org.jspecify.annotations.Nullable;

/**
 * Plays the kernel for one index: opens it, gives it commits, commits its checkpoints, lets it
 * crash. The applier's methods are used by one thread at a time; {@link #view} and {@link #prepare}
 * by any. Owns the index and its store, and keeps what the last committed checkpoint was.
 */
public final class IndexDriver implements AutoCloseable {
  private static final int BATCH_ROWS = 8;

  private record Context(
      IndexShape shape, IndexStore store, @Nullable Restored checkpoint, MemoryAccount memory)
      implements IndexContext {}

  /** A committed checkpoint together with the store that holds its files. */
  public record Committed(IndexContext.@Nullable Restored restored, MemoryStore store) {}

  private final IndexShape shape;
  private final Random random;
  private final @Nullable Path root;
  private final List<String> violations = new ArrayList<>();
  private MemoryStore store;
  private IndexContext.@Nullable Restored committed;
  private CountingAccount memory = new CountingAccount(1L << 30);
  private volatile @Nullable Index index;
  private @Nullable IndexMethod method;
  private Position advanced = Position.START;
  private final Batch batch;
  private int directories;

  /**
   * A driver of a new index, not open yet.
   *
   * @param random decides what a kernel is free to do
   * @param root takes directories for local paths; null where files have none
   */
  public IndexDriver(IndexShape shape, Random random, @Nullable Path root) {
    this.shape = shape;
    this.random = random;
    this.root = root;
    store = new MemoryStore(newDirectory());
    batch = newBatch();
  }

  private @Nullable Path newDirectory() {
    if (root == null) {
      return null;
    }
    try {
      return Files.createDirectories(root.resolve("store-" + directories++));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Batch newBatch() {
    Vector[] columns =
        shape.columns().stream()
            .map(column -> Vector.create(column.type(), BATCH_ROWS))
            .toArray(Vector[]::new);
    return new Batch(columns, BATCH_ROWS);
  }

  /** The store of the index that is open, to make it fail. */
  public MemoryStore store() {
    return store;
  }

  /** What the last committed checkpoint contains, {@link Position#START} if there is none. */
  public Position committedPosition() {
    return committed == null ? Position.START : committed.position();
  }

  /** The format of the last committed checkpoint, -1 if there is none. */
  public int committedFormat() {
    return committed == null ? -1 : committed.format();
  }

  /** Up to where the open index was told to have everything. */
  public Position advanced() {
    return advanced;
  }

  /** Opens the index from the last committed checkpoint. */
  public void open(IndexMethod newMethod) {
    IndexContext.Restored restored = committed;
    if (restored != null && !newMethod.reads(restored.format())) {
      throw new IllegalArgumentException(
          "a checkpoint is only given to a method that reads it: format=" + restored.format());
    }
    method = newMethod;
    advanced = committedPosition();
    IndexContext.Restored own =
        restored == null
            ? null
            : new IndexContext.Restored(
                restored.format(), restored.position(), restored.state().clone());
    index = newMethod.open(new Context(shape, store, own, memory));
  }

  private Index index() {
    return Objects.requireNonNull(index, "the index is open");
  }

  /** Gives the changes of a commit; {@link #advance} has to follow. */
  public void apply(Commit commit) {
    long now = commit.position().timestamp();
    for (Commit.Change change : commit.changes()) {
      switch (change) {
        case Commit.Put put -> {
          int row = random.nextInt(BATCH_ROWS);
          fill(batch, row, put.values());
          index().put(put.rowId(), now, batch, row);
        }
        case Commit.End end -> index().end(end.rowId(), end.begin(), now);
      }
    }
  }

  private static void fill(Batch target, int row, @Nullable Object[] values) {
    for (int c = 0; c < values.length; c++) {
      target.column(c).reset();
      for (int i = 0; i < BATCH_ROWS; i++) {
        if (i == row) {
          target.column(c).set(row, values[c]);
        } else {
          target.column(c).setNull(i);
        }
      }
    }
  }

  /** All commits up to a position were given; never goes back. */
  public void advance(Position position) {
    if (position.sequence() > advanced.sequence()) {
      advanced = position;
      index().advance(position);
    }
  }

  /** Tells the last position again, as a kernel does while nothing else happens. */
  public void advanceAgain() {
    index().advance(advanced);
  }

  /** Gives a part of the log and advances to its end. */
  public void replay(List<Commit> commits) {
    for (Commit commit : commits) {
      apply(commit);
      if (random.nextInt(4) == 0) {
        advance(commit.position());
      }
    }
    if (!commits.isEmpty()) {
      advance(commits.getLast().position());
    }
  }

  /** Gives what follows the last committed checkpoint in a log. */
  public void catchUp(List<Commit> log) {
    Position from = committedPosition();
    replay(log.stream().filter(c -> c.position().sequence() > from.sequence()).toList());
  }

  public void expire(long watermark) {
    index().expire(watermark);
  }

  public void refresh() {
    index().refresh();
  }

  /** Takes a checkpoint and commits it. */
  public void checkpoint() {
    commit(takeCheckpoint());
  }

  /** Takes a checkpoint that isn't committed yet. */
  public Checkpoint takeCheckpoint() {
    return index().checkpoint();
  }

  /** Syncs and commits a checkpoint that was just taken. */
  public void commit(Checkpoint checkpoint) {
    store.commit(checkpoint.files());
    committed =
        new IndexContext.Restored(
            Objects.requireNonNull(method).formatVersion(), advanced, checkpoint.state().clone());
  }

  public long entryCount() {
    return index().entryCount();
  }

  /** A new view; the caller closes it. */
  public IndexView view() {
    return index().view();
  }

  /** Prepares a row of values. */
  public PreparedRow prepare(@Nullable Object[] values) {
    Batch own = newBatch();
    fill(own, 3, values);
    return index().prepare(own, 3);
  }

  /** The last committed checkpoint, to go back to with {@link #restore}. */
  public Committed committed() {
    return new Committed(committed, store.restart(newDirectory()));
  }

  /** Goes back to a checkpoint; the index isn't open. */
  public void restore(Committed earlier) {
    committed = earlier.restored;
    store = earlier.store.restart(newDirectory());
  }

  /** Closes the index but not its views. */
  public void closeIndex() {
    Index open = index;
    index = null;
    if (open != null) {
      open.close();
    }
  }

  /**
   * Ends the index as a crash or a restart would: what no committed checkpoint names is gone. All
   * views are closed.
   */
  public void restart() {
    try {
      closeIndex();
    } catch (RuntimeException e) {
      if (!store.failed()) {
        throw e;
      }
    }
    settle();
    store = store.restart(newDirectory());
    memory = new CountingAccount(1L << 30);
  }

  private void settle() {
    store.retire();
    violations.addAll(store.violations());
    if (memory.reserved() != 0 || memory.overdrawn()) {
      violations.add("memory is given back with the index: bytes=" + memory.reserved());
    }
  }

  /** Closes the index, whose views are closed, and raises what it did against the rules. */
  @Override
  public void close() {
    restart();
    if (!violations.isEmpty()) {
      throw new AssertionError("the index broke rules: " + violations);
    }
  }
}
