package org.facetdb.storage.tree.entry;

/**
 * Walks stored versions in the order key space, key, begin descending, without an allocation per
 * entry.
 *
 * <p>Used by one thread. Stands before the first entry when made. Arrays returned are the owner's
 * and must not be written; the key's is valid until the next move, the value's for ever where the
 * cursor's maker says nothing else.
 */
public interface EntryCursor extends AutoCloseable {
  /** End of a version that nothing is known to supersede. */
  long OPEN = Long.MAX_VALUE;

  /** Moves to the next version; false at the end, after which only {@link #close} may be called. */
  boolean next();

  /** Moves to the first version of the next key; false at the end. */
  boolean nextKey();

  /**
   * Moves past versions of the present key that begin after a timestamp, at least to the next
   * version, at most to the first of the next key; false at the end.
   */
  default boolean skipNewer(long timestamp) {
    return next();
  }

  int keySpace();

  byte[] keyArray();

  int keyOffset();

  int keyLength();

  /** {@link Bytes#head} of the key. */
  long keyHead();

  /** {@link Bytes#head} of what follows the first eight bytes of the key. */
  default long keyTail() {
    return Bytes.head(keyArray(), keyOffset() + 8, keyLength() - 8);
  }

  /** Compares the keys that two cursors of one key space stand on, whose heads are equal. */
  static int compareBehindHeads(EntryCursor left, EntryCursor right) {
    long tail = left.keyTail();
    long other = right.keyTail();
    if (tail != other) {
      return Long.compareUnsigned(tail, other);
    }
    int length = left.keyLength();
    int otherLength = right.keyLength();
    return length <= 16 || otherLength <= 16
        ? Integer.compare(length, otherLength)
        : compareKeys(left, right);
  }

  /** Compares the keys that two cursors of one key space stand on. */
  static int compareKeys(EntryCursor left, EntryCursor right) {
    return Bytes.compare(
        left.keyArray(),
        left.keyOffset(),
        left.keyLength(),
        right.keyArray(),
        right.keyOffset(),
        right.keyLength());
  }

  /** Commit timestamp of this version. */
  long begin();

  /** Commit timestamp of a version that superseded it, {@link #OPEN} if none is known. */
  long end();

  /** Whether this version began at or before a timestamp and ended after it, or has no end. */
  default boolean isInForce(long timestamp) {
    return begin() <= timestamp && timestamp < end();
  }

  /** Whether this version removes the key. */
  boolean deleted();

  byte[] valueArray();

  int valueOffset();

  int valueLength();

  @Override
  void close();
}
