package org.facetdb.storage;

import java.util.Arrays;

/**
 * Walks entries in ascending key order, without an allocation per entry.
 *
 * <p>Used by one thread. The arrays returned are the store's own: they must not be written, and are
 * valid until the next call of {@link #next()}; the bytes outside the given range mean nothing. The
 * value's array stays unchanged for as long as anything refers to it.
 */
public interface Cursor extends AutoCloseable {
  /**
   * Moves to the next entry.
   *
   * @return false at the end, after which no accessor may be called
   */
  boolean next();

  byte[] keyArray();

  int keyOffset();

  int keyLength();

  byte[] valueArray();

  int valueOffset();

  int valueLength();

  /** Commit timestamp of this version; {@link Long#MAX_VALUE} for a transaction's own writes. */
  long commitTimestamp();

  /** A copy of the key. */
  default byte[] key() {
    return Arrays.copyOfRange(keyArray(), keyOffset(), keyOffset() + keyLength());
  }

  /** A copy of the value. */
  default byte[] value() {
    return Arrays.copyOfRange(valueArray(), valueOffset(), valueOffset() + valueLength());
  }

  @Override
  void close();
}
