package org.facetdb.storage;

import org.jspecify.annotations.Nullable;

/** Takes the staged writes of a transaction; see {@link Transaction#visitOwnWrites}. */
@FunctionalInterface
public interface OwnWriteVisitor {
  /**
   * Takes the latest write of a key. The arrays are the transaction's own and must not be written.
   *
   * @param value {@code null} where the key is removed
   * @return false to stop
   */
  boolean visit(byte[] key, byte @Nullable [] value);
}
