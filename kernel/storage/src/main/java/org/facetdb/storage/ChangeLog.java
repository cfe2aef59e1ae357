package org.facetdb.storage;

import org.jspecify.annotations.Nullable;

/**
 * The committed batches of a store in commit order, read from its log. Safe for use by any number
 * of threads.
 *
 * <p>Consumers keep their own position, the sequence of the last commit that they took. A consumer
 * that must miss nothing calls {@link #listen} first, then reads up to {@link Store#lastSequence},
 * and passes over what it meets twice.
 */
public interface ChangeLog {
  /** Takes the batches of {@link #read}. */
  @FunctionalInterface
  interface Visitor {
    /**
     * Takes the next commit; may keep it.
     *
     * @return false to stop
     */
    boolean visit(CommittedBatch batch);
  }

  /**
   * Commits after this sequence can be read; those up to it are gone. Never falls while the store
   * is open; a crash may bring some back.
   */
  long oldestSequence();

  /**
   * Keeps all commits after a sequence readable from now on, within the limit of {@link
   * StoreOptions#changeLogBytes}. Until the first call all that is there is kept if {@link
   * StoreOptions#changeLog} is set, and else only what recovery needs. Commits that nobody needs go
   * some time later, a segment at a time.
   *
   * @param sequence position of the slowest consumer; {@link Long#MAX_VALUE}: nobody needs any
   */
  void retainAfter(long sequence);

  /**
   * Reads the commits with {@code afterSequence < sequence <= throughSequence} in commit order.
   * Their segments stay until the visitor is past them; commits, rotation and flushes go on.
   *
   * @param throughSequence at most {@link Store#lastSequence}
   * @return false if the visitor stopped
   * @throws StorageException SQLSTATE 72000 if a commit of the range is no longer in the log: the
   *     consumer has to rebuild; 22023 if the range ends after the last commit; category {@code
   *     CORRUPTION} if the log is damaged there
   */
  boolean read(long afterSequence, long throughSequence, Visitor visitor);

  /**
   * Sets the listener, at most one; {@code null} removes it. When this returns, the earlier one is
   * not called any more, and each commit that the new one will not hear of can be read: its
   * sequence is at most {@link Store#lastSequence}. Waits for the commit in progress.
   */
  void listen(@Nullable CommitListener listener);
}
