package org.facetdb.spi.index;

import org.facetdb.spi.type.Batch;

/**
 * An open index. It holds entries: a row id and a span of time [begin, end) over which the row's
 * indexed values were the same; {@code end} is open for what holds now. Times are commit
 * timestamps, compared as signed numbers.
 *
 * <p>{@link #put}, {@link #end}, {@link #expire}, {@link #advance} and {@link #checkpoint} are
 * called by one thread at a time, the applier's, in commit order; {@link #view} and {@link
 * #prepare} by any thread at any time. Both {@code put} and {@code end} are idempotent: what was
 * given before changes nothing. After an exception from any of the applier's calls the kernel
 * closes the index and opens it again from its last checkpoint.
 */
public interface Index extends AutoCloseable {
  /**
   * A row has these values from a commit on.
   *
   * @param values the indexed columns in the shape's order
   * @param row of {@code values}; the batch is valid during the call alone
   */
  void put(long rowId, long begin, Batch values, int row);

  /**
   * A row's values ended: they were changed or the row was deleted.
   *
   * @param begin at or after the begin of the entry that ends, and before the begin of any later
   *     one: when the version that ended was committed
   * @param end when they ended, after {@code begin}
   */
  void end(long rowId, long begin, long end);

  /** Entries that ended at or before a time are asked for no more and may go. */
  void expire(long watermark);

  /**
   * All changes up to a position have been given. The index makes them visible to new views soon:
   * at once if that is cheap, and within some ten milliseconds of repeated calls in any case.
   */
  void advance(Position position);

  /** Makes what was given up to the last {@link #advance} visible to new views now. */
  void refresh();

  /** What the index contains now. The caller closes it. */
  IndexView view();

  /** Prepares one row for {@link Evaluator#evaluate}. */
  PreparedRow prepare(Batch values, int row);

  /** Writes what is needed to go on from the last {@link #advance} after a restart. */
  Checkpoint checkpoint();

  /**
   * Whether a checkpoint is worth its cost although nothing was given since the last one, because
   * the index has rearranged itself. Asked by the applier now and then; false unless overridden.
   */
  default boolean wantsCheckpoint() {
    return false;
  }

  /** Entries held, ended ones among them, as far as is known without a look at all of them. */
  long entryCount();

  /** Closes the index; views that are open stay usable until they are closed. */
  @Override
  void close();
}
