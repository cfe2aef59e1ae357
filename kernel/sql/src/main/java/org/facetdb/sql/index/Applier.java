package org.facetdb.sql.index;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.facetdb.spi.index.Position;
import org.facetdb.sql.IndexOptions;
import org.facetdb.sql.row.ChangedRows;
import org.facetdb.storage.Store;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one generation of an index up with the log, in a thread of its own: reads from the log's
 * files what came before the tail, then follows the tail; expires and writes checkpoints on the
 * way. The thread alone touches the index's changing side.
 */
final class Applier {
  private static final int SLICE_ROWS = 512;

  /**
   * Nobody searches an index that catches up, so making rows visible early would be for nothing.
   */
  private static final int CATCH_UP_ROWS = 16_384;

  private static final long BUSY_PARK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long IDLE_PARK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long EXPIRE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final IndexGeneration generation;
  private final Store store;
  private final ChangeTail tail;
  private final IndexOptions options;
  private @Nullable TailNode node;
  private volatile boolean stopped;
  private volatile @Nullable Thread thread;
  private long lastCheckpoint = System.nanoTime();
  private long lastExpire = System.nanoTime();
  private long lastChange = System.nanoTime();

  Applier(IndexGeneration generation, Store store, ChangeTail tail, IndexOptions options) {
    this.generation = generation;
    this.store = store;
    this.tail = tail;
    this.options = options;
  }

  /**
   * Reads the log up to the tail and joins it. The caller's thread is the applier for so long.
   *
   * @return false where the log doesn't reach back to the index's position
   */
  boolean catchUp() {
    while (!stopped) {
      long after = generation.position().sequence();
      if (store.changes().oldestSequence() > after) {
        return false;
      }
      long through = store.lastSequence();
      if (through - after <= SLICE_ROWS) {
        break;
      }
      read(after, through);
    }
    TailNode joined = tail.attach();
    while (store.lastSequence() < joined.position().sequence()) {
      Thread.onSpinWait();
    }
    read(generation.position().sequence(), joined.position().sequence());
    node = joined;
    generation.advance(joined.position(), joined);
    generation.index().refresh();
    generation.advance(joined.position(), joined);
    return true;
  }

  private void read(long after, long through) {
    if (through <= after) {
      return;
    }
    int[] rows = {0};
    Position[] last = {generation.position()};
    store
        .changes()
        .read(
            after,
            through,
            batch -> {
              for (ChangedRows changes : generation.decoder().decode(batch)) {
                generation.apply(changes);
                rows[0] += changes.count();
              }
              last[0] = new Position(batch.sequence(), batch.timestamp());
              if (rows[0] >= CATCH_UP_ROWS) {
                rows[0] = 0;
                generation.advance(last[0]);
              }
              return !stopped;
            });
    // Commits that don't concern the table are behind the index too, or it would read them for
    // ever.
    if (last[0].sequence() > generation.position().sequence()) {
      generation.advance(last[0]);
    }
  }

  /** Begins to follow the tail. */
  void start() {
    thread =
        Thread.ofPlatform()
            .daemon()
            .name("facetdb-index-" + generation.handle().name())
            .start(this::run);
  }

  /** Ends the thread and waits for it; safe from any other thread. */
  void stop() {
    stopped = true;
    Thread running = thread;
    if (running == null || running == Thread.currentThread()) {
      return;
    }
    LockSupport.unpark(running);
    IndexWorkers.join(running);
  }

  private void run() {
    try {
      while (!stopped) {
        boolean moved = step();
        maintain();
        if (moved) {
          lastChange = System.nanoTime();
        } else {
          boolean busy = System.nanoTime() - lastChange < TimeUnit.SECONDS.toNanos(1);
          LockSupport.parkNanos(this, busy ? BUSY_PARK_NANOS : IDLE_PARK_NANOS);
        }
      }
    } catch (Throwable e) {
      if (!stopped) {
        generation.handle().failed(generation, e);
      }
    }
  }

  /** Applies what has come; false if nothing had. */
  private boolean step() {
    TailNode at = java.util.Objects.requireNonNull(node);
    int rows = 0;
    TailNode next = at.next();
    while (next != null && rows < SLICE_ROWS && !stopped) {
      for (ChangedRows changes : next.changes(generation.decoder())) {
        generation.apply(changes);
        rows += changes.count();
      }
      at = next;
      next = at.next();
    }
    boolean moved = at != node;
    node = at;
    generation.advance(tail.seenBy(at), at);
    return moved;
  }

  /** Bytes of commits in the tail that wait to be applied. */
  long lagBytes() {
    TailNode at = node;
    return at == null ? 0 : tail.last().totalBytes() - at.totalBytes();
  }

  private void maintain() {
    long now = System.nanoTime();
    if (now - lastExpire > EXPIRE_NANOS) {
      lastExpire = now;
      long watermark = store.watermark(generation.handle().table().keySpace());
      if (watermark > generation.coversFrom()) {
        generation.expire(watermark);
      }
      generation.handle().expireFormer(generation.position());
    }
    long changes = generation.changesSinceCheckpoint();
    boolean due =
        changes >= options.checkpointRows()
            || now - lastCheckpoint > options.checkpointInterval().toNanos()
                && (changes > 0 || generation.index().wantsCheckpoint())
            || generation.handle().isBehind(generation);
    if (due) {
      lastCheckpoint = now;
      generation.checkpoint();
    }
  }
}
