package org.facetdb.storage.tree.entry;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where the search for one key at one timestamp stands. Used by one thread, for one search; {@code
 * array} must not be written.
 */
public final class Lookup {
  /** The timestamp that is read at. */
  public final long timestamp;

  /** Begin of the newest version found at or before the timestamp, 0 if there is none yet. */
  public long begin;

  /** Its end. */
  public long end;

  /** Whether it removes the key. */
  public boolean deleted;

  /** Whether a version after the timestamp was met, so that history must be asked. */
  public boolean sawNewer;

  public byte @Nullable [] array;
  public int offset;
  public int length;

  public Lookup(long timestamp) {
    this.timestamp = timestamp;
  }

  public boolean found() {
    return begin != 0;
  }

  /** Takes a version as the newest one found. */
  public void take(
      long newBegin, long newEnd, boolean isDeleted, byte[] bytes, int start, int count) {
    begin = newBegin;
    end = newEnd;
    deleted = isDeleted;
    array = bytes;
    offset = start;
    length = count;
  }

  /** A copy of the value, null if nothing lives at the timestamp. */
  public byte @Nullable [] copy() {
    byte[] bytes = array;
    if (bytes == null || deleted || end <= timestamp) {
      return null;
    }
    return Arrays.copyOfRange(bytes, offset, offset + length);
  }
}
