package org.facetdb.storage.staged;

import org.facetdb.storage.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a file of spilled writes, in the order key space, key, stamp descending. Stateless.
 * Little-endian; v = unsigned LEB128.
 *
 * <pre>
 *  file  = block ...
 *  block = CRC32C of the rest:4 | length of the writes:4 | write ...
 *  write = keySpace:v | stamp:v | flags:1 | [mask:8] | key:v | [value:v] | key | value
 *  flags   1 = value, else a removal; 2 = mask, else all columns changed
 *  key:v   length of the key; value:v length of the value
 * </pre>
 *
 * <p>The file is read by the process that wrote it, so it has no version.
 */
final class SpillFormat {
  static final int BLOCK_HEADER_BYTES = 8;

  /** A write takes at most so many bytes beside its key and value. */
  static final int OVERHEAD_MAX = 5 + 10 + 1 + 8 + 5 + 5;

  static final int HAS_VALUE = 1;
  static final int HAS_MASK = 2;

  private SpillFormat() {}

  static int flags(byte @Nullable [] value, long mask) {
    return (value == null ? 0 : HAS_VALUE) | (mask == Transaction.ALL_COLUMNS ? 0 : HAS_MASK);
  }
}
