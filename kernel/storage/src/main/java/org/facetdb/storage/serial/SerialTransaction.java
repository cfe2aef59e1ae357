package org.facetdb.storage.serial;

/**
 * What is remembered of one serializable transaction: what it read and wrote, and the earliest
 * commit that it did not see.
 *
 * <p>Filled by the transaction's thread; what {@link SerialTransactions} keeps of it is guarded by
 * its lock.
 */
public final class SerialTransaction {
  /** No commit. */
  static final long NEVER = Long.MAX_VALUE;

  private final boolean readOnly;
  private final KeyRanges reads = new KeyRanges();
  private final KeyRanges writes = new KeyRanges();

  /** Snapshots it reads are not older than this. */
  long since;

  /** Timestamp of the snapshot that it reads. */
  long snapshot;

  /** Timestamp of its commit, or of the newest commit when it ended without one. */
  long end = NEVER;

  /** The earliest commit of another that overwrote what this one read, {@link #NEVER} if none. */
  long earliestOut = NEVER;

  SerialTransaction(boolean readOnly, long since) {
    this.readOnly = readOnly;
    this.since = since;
    this.snapshot = since;
  }

  boolean isDeclaredReadOnly() {
    return readOnly;
  }

  boolean hasWritten() {
    return !writes.isEmpty();
  }

  /** What it read. */
  public KeyRanges reads() {
    return reads;
  }

  /** What it wrote, to be complete before it commits. */
  public KeyRanges writes() {
    return writes;
  }

  /** The snapshot that all reads from now on see. */
  public void reads(long timestamp) {
    snapshot = timestamp;
  }
}
