package org.facetdb.storage.log;

import org.facetdb.storage.StorageException;

/**
 * Where commits are made durable. Used by the commit pipeline, one thread at a time. After an
 * exception only {@link #release} may be called, unless the method says otherwise.
 */
public interface CommitLog extends AutoCloseable {
  /**
   * Sees to it that a commit finds room, so that a full disk is known before the commit has a
   * sequence. To be called before each {@link #append}.
   *
   * @param bytes length of the commit's batch
   * @throws StorageException SQLSTATE 53100 where the disk has no room: the log is as before, and
   *     is used on
   */
  void makeRoom(int bytes);

  /**
   * Ends the active segment, if it has a record, and begins the next one. Not between {@link
   * #makeRoom} and the record that it made room for.
   *
   * @throws StorageException SQLSTATE 53100 if there is no room for the next one; nothing happened
   */
  void endSegment();

  /**
   * Takes a commit into the log's buffer.
   *
   * @param unsynced the committer does not wait for a sync
   * @param alone no other commit joins it: where no sync is due, it is handed to the operating
   *     system at once, and {@link #write} has nothing left to do
   * @return whether the log has to be synced all the same before the committer is told
   */
  boolean append(WriteBatch batch, long sequence, long timestamp, boolean unsynced, boolean alone);

  /**
   * Sees to it that a commit of several parts finds room, so that {@link #makeRoom} before each of
   * them cannot fail for want of room.
   *
   * @param bytes length of all batches
   * @param largest length of the largest one
   * @param parts how many there are
   * @throws StorageException SQLSTATE 53100 where the disk has no room: the log is as before, and
   *     is used on
   */
  void reserve(long bytes, int largest, int parts);

  /**
   * Takes a part of a commit, which none of the others may be without; {@link #makeRoom} comes
   * before each of them, and a {@link #sync} after the last one before anybody learns of the
   * commit.
   *
   * @param following how many parts follow
   */
  void appendPart(WriteBatch batch, long sequence, long timestamp, int following);

  /** Hands what was appended to the operating system. */
  void write();

  /** Returns when what was appended is on the device. */
  void sync();

  /** Syncs and ends the log properly. */
  @Override
  void close();

  /** Gives up what the log holds open, without writing. */
  void release();
}
