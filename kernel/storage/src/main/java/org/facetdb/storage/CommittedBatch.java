package org.facetdb.storage;

/**
 * One commit as consumers of the log read it, or a part of one that is too large for one record of
 * the log; the parts follow each other. Immutable, safe for use by any number of threads, and kept
 * for as long as anything refers to it.
 */
public interface CommittedBatch {
  /** Log sequence number; ascending from batch to batch, not without gaps. */
  long sequence();

  /** Hybrid timestamp of the commit, see {@link HybridTime}; the same for all its parts. */
  long timestamp();

  /** Whether the commit ends with these rows; false for a part that others follow. */
  boolean endsCommit();

  /** Number of rows that the commit wrote, removals included. */
  int rowCount();

  /** Bytes of all rows in the log, without the record's header. */
  int byteLength();

  /** A new walk over the rows, before the first. */
  ChangeCursor changes();
}
