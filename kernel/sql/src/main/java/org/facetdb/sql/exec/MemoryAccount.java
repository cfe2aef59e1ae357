package org.facetdb.sql.exec;

import org.facetdb.spi.DatabaseException;
import org.jspecify.annotations.Nullable;

/**
 * The memory that a statement may hold, counted cooperatively by the operators that keep rows.
 *
 * <p>Not thread-safe: one account belongs to one execution. Invariant: {@code 0 <= reserved <=
 * limit}.
 *
 * <p>Bound: operators do not spill to disk yet, so a statement that needs more than the limit fails
 * with SQLSTATE 53200 instead of slowing down.
 */
public final class MemoryAccount {
  private final long limitBytes;
  private final @Nullable MemoryAccount parent;
  private long reservedBytes;
  private long peakBytes;

  /** An account with a limit in bytes. */
  public MemoryAccount(long limitBytes) {
    this(limitBytes, null);
  }

  private MemoryAccount(long limitBytes, @Nullable MemoryAccount parent) {
    if (limitBytes < 0) {
      throw new IllegalArgumentException("limit must not be negative: limitBytes=" + limitBytes);
    }
    this.limitBytes = limitBytes;
    this.parent = parent;
  }

  /**
   * An account of one operator: what it reserves counts here too, and {@link #releaseAll} ends it.
   */
  public MemoryAccount child() {
    return new MemoryAccount(limitBytes, this);
  }

  /**
   * Takes bytes.
   *
   * @throws DatabaseException SQLSTATE 53200 where the limit would be passed; nothing is taken
   */
  public void reserve(long bytes) {
    if (bytes > limitBytes - reservedBytes) {
      throw ExecErrors.resource(
          "53200",
          "out of memory: the statement holds "
              + reservedBytes
              + " bytes, wants "
              + bytes
              + " more, may hold "
              + limitBytes);
    }
    if (parent != null) {
      parent.reserve(bytes);
    }
    reservedBytes += bytes;
    peakBytes = Math.max(peakBytes, reservedBytes);
  }

  /** Gives bytes back. */
  public void release(long bytes) {
    assert bytes <= reservedBytes : "released=" + bytes + " reserved=" + reservedBytes;
    reservedBytes -= bytes;
    if (parent != null) {
      parent.release(bytes);
    }
  }

  /** Gives back all that is still reserved. */
  public void releaseAll() {
    release(reservedBytes);
  }

  /** Bytes held now. */
  public long reservedBytes() {
    return reservedBytes;
  }

  /** The most bytes ever held at once. */
  public long peakBytes() {
    return peakBytes;
  }
}
