package org.facetdb.storage.tree;

import org.facetdb.storage.log.WriteBatch;

/**
 * The rows of one commit in batches, none of which has to be in memory: in order of key space and
 * key, within a batch and from each to the next, and no key twice.
 */
public interface SortedBatches {
  /** How many batches there are. */
  int parts();

  /** A batch by its number from 0 on; each call may read it anew. */
  WriteBatch part(int index);

  /** Bytes of all batches. */
  long byteLength();
}
