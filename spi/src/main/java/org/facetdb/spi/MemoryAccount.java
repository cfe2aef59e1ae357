package org.facetdb.spi;

/** A budget in bytes, kept cooperatively: reserve before allocating. Thread-safe. */
public interface MemoryAccount {
  /**
   * Takes bytes from the budget.
   *
   * @throws DatabaseException 53200 if so much isn't left; nothing is taken
   */
  void reserve(long bytes);

  /** Gives back bytes that were reserved. */
  void release(long bytes);
}
