package org.facetdb.storage;

import java.util.SortedMap;

/**
 * A durable, ordered, multi-version key-value store over numbered key spaces, in one directory that
 * one process owns. Safe for use by any number of threads.
 *
 * <p>Every commit gets a unique hybrid timestamp and the next log sequence number, both ascending
 * in commit order and never reused, also not after a crash. Opened by {@link Stores}.
 */
public interface Store extends AutoCloseable {
  /** The key space that exists in every store, kept for ever: the catalog of the layer above. */
  int CATALOG_KEY_SPACE = 1;

  /** Begins a transaction on the latest committed state. */
  Transaction begin();

  /** The latest committed state. */
  Snapshot snapshot();

  /**
   * The state right after the last commit at or before a timestamp.
   *
   * @param timestamp hybrid clock value, see {@link HybridTime}
   * @throws StorageException SQLSTATE 22023 if it lies after the last commit's clock reading or
   *     before what the store keeps at all
   */
  Snapshot snapshotAt(long timestamp);

  /** The state right after the commit with this log sequence number, within retention. */
  Snapshot snapshotAtSequence(long sequence);

  /** The oldest timestamp at which a key space can be read in full. */
  long oldestReadable(int keySpace);

  /** The log sequence number of the last commit; 0 before the first. */
  long lastSequence();

  /** The timestamp of the last commit; 0 before the first. */
  long lastCommitTimestamp();

  /** Makes a new, empty key space; its id is durable when this returns, and never reused. */
  int createKeySpace(KeySpaceOptions options);

  /** Lets a key space go: its versions become unreadable once its retention has passed. */
  void dropKeySpace(int keySpace);

  /** The key spaces that exist and are not dropped, by id. */
  SortedMap<Integer, KeySpaceOptions> keySpaces();

  /** Writes all memtables that exist now to sstables, and returns when that is done. */
  void flush();

  /** Merges until the tree has its ideal shape, and returns when that is done. */
  void compact();

  /** Closes the store; what was committed with {@link Durability#NONE} is synced first. */
  @Override
  void close();
}
