package org.facetdb.storage;

import org.jspecify.annotations.Nullable;

/**
 * A consistent view of the store at one commit timestamp.
 *
 * <p>Keys are compared as unsigned bytes. A reader is used by one thread at a time. Arrays handed
 * in are not kept and not changed.
 */
public interface Reader {
  /** The commit timestamp of the view: versions committed at or before it are seen. */
  long timestamp();

  /**
   * The value of a key, as an array that the caller owns.
   *
   * @return {@code null} where the key has no value at this view's timestamp
   * @throws StorageException with category {@code CORRUPTION} if a block that is read is damaged
   */
  byte @Nullable [] get(int keySpace, byte[] key);

  /**
   * The entries of a key space in ascending key order.
   *
   * @param from inclusive lower bound, {@code null} for the first key
   * @param to exclusive upper bound, {@code null} for no bound
   * @return a cursor that stands before the first entry; the caller closes it
   */
  Cursor scan(int keySpace, byte @Nullable [] from, byte @Nullable [] to);
}
