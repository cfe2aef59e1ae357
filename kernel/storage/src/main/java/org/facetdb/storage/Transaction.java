package org.facetdb.storage;

import org.jspecify.annotations.Nullable;

/**
 * A transaction at snapshot isolation: it reads the snapshot taken at its begin overlaid with its
 * own writes, and commits only if no key that it wrote or guards changed since (first committer
 * wins).
 *
 * <p>Whoever locks what he writes, so that nobody else writes it before the transaction has ended,
 * may take a newer snapshot along the way, and so read what was committed meanwhile.
 *
 * <p>Used by one thread at a time. Ends with {@link #commit} or {@link #rollback}; closing an open
 * transaction rolls it back.
 */
public interface Transaction extends Reader, AutoCloseable {
  /** All columns changed, or the row is new. */
  long ALL_COLUMNS = -1L;

  /**
   * Stages a value.
   *
   * @param changedColumns bit i set: column i differs from the earlier version (columns from 63 on
   *     share bit 63); {@link #ALL_COLUMNS} for a new row
   */
  void put(int keySpace, byte[] key, byte[] value, long changedColumns);

  /** Stages a value of a new row, or one all of whose columns changed. */
  default void put(int keySpace, byte[] key, byte[] value) {
    put(keySpace, key, value, ALL_COLUMNS);
  }

  /** Stages the removal of a key; a key without a value is no error. */
  void delete(int keySpace, byte[] key);

  /** At commit the key must be as the snapshot of now sees it (also: still absent). */
  void guardKey(int keySpace, byte[] key);

  /** At commit no key in [from, to) may have been written since the snapshot of now. */
  void guardRange(int keySpace, byte[] from, byte[] to);

  /**
   * Takes the newest snapshot: what follows reads it, and written keys must not change after it.
   * Sound where each key that was written is locked against other writers, and was not changed when
   * it was. Guards go on to hold from the snapshot at which they were staged. Cursors that are open
   * go on to read the old one.
   */
  void refresh();

  /**
   * Takes the newest snapshot, and from then on notes what is read of other key spaces than the
   * catalog's: the transaction commits only if it and all others that note their reads could have
   * run one after another. Called before anything is read or written; the second call does nothing.
   * {@link #getNewest} is not noted: its caller has locked the key.
   *
   * @param readOnly whether nothing will be written; where no other such transaction that writes is
   *     open, nothing has to be noted then
   */
  void serialize(boolean readOnly);

  /**
   * Takes a snapshot that a transaction which writes nothing may read without noting it, and waits
   * for one: until the transactions that noted reads, and were open when it was taken, have ended.
   *
   * @param check runs every few milliseconds; what it throws ends the waiting
   */
  void awaitSafeSnapshot(Runnable check);

  /**
   * Notes that all keys of a key space were read by other means, if the transaction notes reads.
   */
  void noteRead(int keySpace);

  /** Whether a commit after this transaction's snapshot wrote or removed the key. */
  boolean isChanged(int keySpace, byte[] key);

  /**
   * The newest value of a key that the caller has locked against other writers: the staged one, or
   * the one committed last.
   *
   * @return {@code null} where it has none
   */
  byte @Nullable [] getNewest(int keySpace, byte[] key);

  /**
   * As {@link #scan}, but the newest values of a range that the caller has locked against other
   * writers.
   */
  Cursor scanNewest(int keySpace, byte @Nullable [] from, byte @Nullable [] to);

  /** A mark to which {@link #rollbackTo} returns; marks nest, in any number. */
  int savepoint();

  /** Forgets all writes and guards staged after the mark; the mark itself stays usable. */
  void rollbackTo(int savepoint);

  /** Whether a write of a key space is staged. */
  boolean hasOwnWrites(int keySpace);

  /**
   * Visits the staged writes of a key space in key order, the latest per key. The visitor must not
   * stage or roll back anything.
   */
  void visitOwnWrites(int keySpace, OwnWriteVisitor visitor);

  /**
   * Bytes of keys and values staged so far, those included that were replaced or taken back. Any
   * thread may ask.
   */
  long writtenBytes();

  /** Whether writes had to go to files, for want of memory. Any thread may ask. */
  boolean isSpilled();

  /** The timestamp of the present snapshot. Any thread may ask. */
  @Override
  long timestamp();

  /** True if nothing has been staged. */
  boolean isReadOnly();

  /**
   * Validates, logs and publishes the writes, and returns when they are as durable as asked.
   *
   * @return the commit timestamp; the snapshot's own for a transaction that wrote nothing
   * @throws StorageException SQLSTATE 40001 if a written or guarded key changed, or if the
   *     transaction and others cannot have run one after another: nothing was written, and what was
   *     read must not be relied on
   */
  long commit(Durability durability);

  void rollback();

  @Override
  void close();
}
