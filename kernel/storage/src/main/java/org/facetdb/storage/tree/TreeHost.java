package org.facetdb.storage.tree;

/**
 * What the tree asks of, and tells, the store around it. Called from any thread; implementations
 * must be quick and must not call back into the tree.
 */
public interface TreeHost {
  /**
   * The smallest timestamp that a current or future reader may use without asking first: the
   * minimum over all open snapshots and transactions and the last published commit.
   *
   * <p>The tree publishes a watermark (see {@link LsmTree#oldestReadable}) before it calls this,
   * and drops nothing that a reader at the returned timestamp can see. An opener of a snapshot
   * registers its timestamp first and compares it with {@link LsmTree#oldestReadable} afterwards:
   * if it lies below, it takes the registration back and retries with a newer one, or refuses.
   */
  long oldestPinned();

  /** Reading of the hybrid clock, which retention is counted back from. */
  long now();

  /**
   * Returns when every commit up to this log sequence is durable in the log, which a flush waits
   * for: sstables never know more than the log. May take the time of a sync.
   */
  void awaitDurable(long sequence);

  /** Every commit up to this log sequence is in sstables: older log segments may be recycled. */
  void flushed(long sequence);

  /**
   * Whether the manifest may forget a key space that was dropped at this timestamp: the archive of
   * the log, if there is one, has taken note of the drop.
   */
  boolean mayForget(long droppedAt);

  /** Background work failed: no further write may be acknowledged. */
  void failed(Throwable cause);
}
