package org.facetdb.storage;

import java.nio.file.Path;
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

  /**
   * No reader asks, or will ask, a key space for a time before this, unless the state of that time
   * lasted until here: the smallest of what open snapshots and transactions read at, the last
   * commit, and the present less the key space's retention; 0 if it is kept for ever. Versions that
   * ended at or before it may be dropped.
   *
   * <p>Asking moves {@link #oldestReadable} up to it. It does not fall while the store is open,
   * except that a reader that was let in at an earlier time in between holds it back. After a
   * reopen earlier times may be readable again: who drops something records how far.
   *
   * @throws StorageException SQLSTATE 42704 if nothing is left of the key space
   */
  long watermark(int keySpace);

  /**
   * The smallest timestamp that open snapshots and transactions read at, the last commit's if they
   * read nothing older. Whatever retention says, what is seen there is not removed.
   */
  long oldestPinned();

  /** The commits of this store, in commit order. */
  ChangeLog changes();

  /** Files beside the log and the tree, for state that is derived from what is committed. */
  SideFiles sideFiles();

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

  /**
   * Writes all memtables that exist now to sstables, and returns when that is done. With an
   * archive, ends the log's active segment first, which is archived in the background.
   */
  void flush();

  /**
   * Merges what was committed before into its ideal shape, prunes history that nobody may read, and
   * returns when that is done. Reads and commits go on.
   */
  void compact();

  /**
   * As {@link #compact()}, for one key space.
   *
   * @throws StorageException SQLSTATE 42704 if there is no such key space
   */
  void compact(int keySpace);

  /**
   * Writes a backup: exactly the commits up to the last one when it began, with all side files of
   * that moment. Reads and commits go on. What a folder has from an earlier backup is not copied
   * again, and stays as it is; a backup is complete, and replaces the earlier one as that which
   * {@link Stores#restore} takes, when this returns.
   *
   * @param directory a folder for backups of this store, made if absent
   * @throws StorageException SQLSTATE 55006 if another backup is being written there, 53100 if the
   *     disk is full; store and earlier backups are then as before
   */
  BackupReport backup(Path directory);

  /** Sizes, and what was done since the store was opened. */
  StoreStatistics statistics();

  /** Closes the store; what was committed with {@link Durability#NONE} is synced first. */
  @Override
  void close();
}
