package org.facetdb.storage.staged;

import java.util.concurrent.atomic.AtomicLong;
import org.facetdb.storage.StorageException;

/**
 * The heap that the writes of all open transactions may take together. Safe for use by any number
 * of threads.
 */
public final class WriteBudget {
  private final long limitBytes;
  private final AtomicLong taken = new AtomicLong();

  /** A budget of which nothing is taken. */
  public WriteBudget(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  /** Takes bytes, and says whether there were so many. */
  boolean tryTake(long bytes) {
    if (taken.addAndGet(bytes) <= limitBytes) {
      return true;
    }
    taken.addAndGet(-bytes);
    return false;
  }

  /**
   * Takes bytes.
   *
   * @throws StorageException SQLSTATE 53200 if there are not so many; none is taken then
   */
  void take(long bytes) {
    if (!tryTake(bytes)) {
      throw new StorageException(
          "53200",
          StorageException.Category.RESOURCE,
          "out of memory for the writes of open transactions: wanted="
              + bytes
              + " taken="
              + taken.get()
              + " limit="
              + limitBytes);
    }
  }

  /** Gives bytes back. */
  void give(long bytes) {
    taken.addAndGet(-bytes);
  }

  /** What may be taken at most. */
  long mostBytes() {
    return limitBytes;
  }

  /** What is taken now. */
  long takenBytes() {
    return taken.get();
  }
}
