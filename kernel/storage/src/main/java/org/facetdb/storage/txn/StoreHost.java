package org.facetdb.storage.txn;

import org.facetdb.storage.HybridTime;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.log.HybridClock;
import org.facetdb.storage.log.WriteAheadLog;
import org.facetdb.storage.tree.TreeHost;
import org.jspecify.annotations.Nullable;

/**
 * What the tree sees of the store; usable before the store is complete. Safe for use by any number
 * of threads; owns nothing.
 */
final class StoreHost implements TreeHost {
  private final Pins pins = new Pins();
  private final StoreOptions options;
  private volatile @Nullable Opened opened;
  private volatile @Nullable Throwable earlyFailure;

  /** What there is of a complete store. */
  private record Opened(
      FacetStore store, CommitPipeline pipeline, HybridClock clock, WriteAheadLog log) {}

  StoreHost(StoreOptions options) {
    this.options = options;
  }

  Pins pins() {
    return pins;
  }

  /** The store is complete. Returns what failed before, or null. */
  @Nullable Throwable complete(
      FacetStore store, CommitPipeline pipeline, HybridClock clock, WriteAheadLog log) {
    opened = new Opened(store, pipeline, clock, log);
    return earlyFailure;
  }

  @Override
  public long oldestPinned() {
    Opened found = opened;
    return found == null ? 0 : pins.oldest(found.pipeline().published().timestamp());
  }

  @Override
  public long now() {
    Opened found = opened;
    return found == null ? HybridTime.ofMillis(options.clock().millis()) : found.clock().now();
  }

  @Override
  public void awaitDurable(long sequence) {
    Opened found = opened;
    if (found != null) {
      found.log().syncThrough(sequence);
    }
  }

  @Override
  public void flushed(long sequence) {
    Opened found = opened;
    if (found != null) {
      found.store().flushed(sequence);
    }
  }

  @Override
  public boolean mayForget(long droppedAt) {
    Opened found = opened;
    return found == null ? options.archive() == null : found.store().mayForget(droppedAt);
  }

  @Override
  public void failed(Throwable cause) {
    Opened found = opened;
    if (found == null) {
      earlyFailure = cause;
    } else {
      found.pipeline().fail(cause);
    }
  }
}
