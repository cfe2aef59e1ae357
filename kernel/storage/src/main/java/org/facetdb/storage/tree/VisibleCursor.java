package org.facetdb.storage.tree;

import org.facetdb.storage.Cursor;
import org.facetdb.storage.tree.entry.Bytes;
import org.facetdb.storage.tree.entry.EntryCursor;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one key space that are visible at a timestamp. Used by one thread. Owns the cursor
 * below it and one use of the tables it reads.
 *
 * <p>Of a key's versions the first at or before the timestamp decides: it is the newest such one
 * wherever it lies, and if its end is not after the timestamp, a removal followed it.
 */
final class VisibleCursor implements Cursor {
  private final EntryCursor versions;
  private final Version held;
  private final byte @Nullable [] to;
  private final long toHead;
  private final long timestamp;
  private boolean started;
  private boolean ended;
  private boolean closed;

  VisibleCursor(EntryCursor versions, Version held, byte @Nullable [] to, long timestamp) {
    this.versions = versions;
    this.held = held;
    this.to = to;
    this.toHead = to == null ? -1L : Bytes.head(to, 0, to.length);
    this.timestamp = timestamp;
  }

  @Override
  public boolean next() {
    if (ended) {
      return false;
    }
    boolean more = started ? versions.nextKey() : versions.next();
    started = true;
    while (more) {
      if (to != null && isPast(to)) {
        break;
      }
      if (versions.isInForce(timestamp)) {
        if (!versions.deleted()) {
          return true;
        }
        more = versions.nextKey();
      } else if (versions.begin() > timestamp) {
        more = versions.skipNewer(timestamp);
      } else {
        more = versions.nextKey();
      }
    }
    ended = true;
    return false;
  }

  private boolean isPast(byte[] bound) {
    long head = versions.keyHead();
    if (head != toHead) {
      return Long.compareUnsigned(head, toHead) > 0;
    }
    return Bytes.compare(
            versions.keyArray(), versions.keyOffset(), versions.keyLength(), bound, 0, bound.length)
        >= 0;
  }

  @Override
  public byte[] keyArray() {
    return versions.keyArray();
  }

  @Override
  public int keyOffset() {
    return versions.keyOffset();
  }

  @Override
  public int keyLength() {
    return versions.keyLength();
  }

  @Override
  public byte[] valueArray() {
    return versions.valueArray();
  }

  @Override
  public int valueOffset() {
    return versions.valueOffset();
  }

  @Override
  public int valueLength() {
    return versions.valueLength();
  }

  @Override
  public long commitTimestamp() {
    return versions.begin();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      versions.close();
      held.release();
    }
  }
}
