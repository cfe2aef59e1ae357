package org.facetdb.storage;

/**
 * One commit as consumers of the log read it. Immutable, safe for use by any number of threads, and
 * kept for as long as anything refers to it.
 */
public interface CommittedBatch {
  /** Log sequence number of the commit; ascending from commit to commit, not without gaps. */
  long sequence();

  /** Hybrid timestamp of the commit, see {@link HybridTime}. */
  long timestamp();

  /** Number of rows that the commit wrote, removals included. */
  int rowCount();

  /** Bytes of all rows in the log, without the record's header. */
  int byteLength();

  /** A new walk over the rows, before the first. */
  ChangeCursor changes();
}
