package org.facetdb.spi.index;

/** A set of row ids. Not changed while a search uses it; read by any thread. */
public interface RowIdSet {
  boolean contains(long rowId);

  /** How many ids it has. */
  long size();
}
