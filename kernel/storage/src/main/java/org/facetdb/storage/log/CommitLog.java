package org.facetdb.storage.log;

/**
 * Where commits are made durable. Used by the commit pipeline, one thread at a time. After an
 * exception only {@link #release} may be called.
 */
public interface CommitLog extends AutoCloseable {
  /**
   * Takes a commit into the log's buffer.
   *
   * @param unsynced the committer does not wait for a sync
   * @return whether the log has to be synced all the same before the committer is told
   */
  boolean append(WriteBatch batch, long sequence, long timestamp, boolean unsynced);

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
