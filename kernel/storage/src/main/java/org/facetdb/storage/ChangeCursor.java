package org.facetdb.storage;

import java.util.Arrays;

/**
 * Walks the rows of one commit, in ascending order of key space and within it of key; no key occurs
 * twice. Used by one thread. Arrays are the store's own and must not be written; they stay as they
 * are for as long as anything refers to them.
 */
public interface ChangeCursor {
  /**
   * Moves to the next row.
   *
   * @return false at the end, after which no accessor may be called
   */
  boolean next();

  int keySpace();

  /** Whether the row removes its key; it has no value then. */
  boolean isDelete();

  /** Bit i set: column i differs from the earlier version; see {@link Transaction#put}. */
  long changedColumns();

  /** Commit timestamp of the version that this row supersedes; 0 if there is none. */
  long previousTimestamp();

  /** Where the change was made first; 0 for this store. */
  int origin();

  /** The array that both key and value lie in. */
  byte[] array();

  int keyOffset();

  int keyLength();

  int valueOffset();

  /** Length of the value in bytes; 0 for a removal. */
  int valueLength();

  /** A copy of the key. */
  default byte[] key() {
    return Arrays.copyOfRange(array(), keyOffset(), keyOffset() + keyLength());
  }

  /** A copy of the value; empty for a removal. */
  default byte[] value() {
    return Arrays.copyOfRange(array(), valueOffset(), valueOffset() + valueLength());
  }
}
