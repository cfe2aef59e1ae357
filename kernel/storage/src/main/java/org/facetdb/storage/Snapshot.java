package org.facetdb.storage;

/**
 * A view that stays readable until it is closed: while open it holds back the removal of versions
 * that it can see. Any number of threads may read through it, each with cursors of its own.
 */
public interface Snapshot extends Reader, AutoCloseable {
  /** The log sequence number of the last commit that the view contains. */
  long sequence();

  @Override
  void close();
}
