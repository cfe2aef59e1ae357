package org.facetdb.storage.tree;

import java.util.List;
import java.util.SortedMap;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.log.WriteBatch;
import org.jspecify.annotations.Nullable;

/**
 * The log-structured merge tree: memtables, sstables, history and the manifest that names them.
 *
 * <p>{@link #apply} is called by one thread at a time; everything else by any thread. Owns its
 * files and its manifest, not the file system.
 */
public final class LsmTree implements AutoCloseable {
  private LsmTree() {}

  /**
   * Opens the tree in a file system, making it if absent, and sweeps files that nothing names.
   *
   * @throws org.facetdb.storage.StorageException category {@code CORRUPTION} if the manifest or a
   *     file's footer, index or filter is damaged
   */
  public static LsmTree open(FileSystem files, TreeOptions options, TreeHost host) {
    throw new IllegalStateException();
  }

  /** Every commit up to this sequence is in sstables: log replay starts at the next. */
  public long flushedSequence() {
    throw new IllegalStateException();
  }

  /** Sequence of the last commit applied; right after open that of the last one flushed. */
  public long lastSequence() {
    throw new IllegalStateException();
  }

  /** Timestamp of the last commit applied; right after open that of the last one flushed. */
  public long lastTimestamp() {
    throw new IllegalStateException();
  }

  /**
   * Adds a commit's rows to the memtable. Timestamps and sequences ascend from call to call. The
   * rows are visible to readers at timestamps from {@code commitTimestamp} on as soon as this
   * returns; the batch is not kept. Waits, smoothly, when flushes or compactions lag.
   */
  public void apply(WriteBatch batch, long commitTimestamp, long sequence) {
    throw new IllegalStateException();
  }

  /** The value at a timestamp, as an array that the caller owns; null where there is none. */
  public byte @Nullable [] get(int keySpace, byte[] key, long timestamp) {
    throw new IllegalStateException();
  }

  /** The entries visible at a timestamp, in key order; see {@link org.facetdb.storage.Reader}. */
  public Cursor scan(int keySpace, byte @Nullable [] from, byte @Nullable [] to, long timestamp) {
    throw new IllegalStateException();
  }

  /**
   * Timestamp of a key's newest version, a removal included; 0 if there is none. A removal may be
   * forgotten once it is at or below {@link TreeHost#oldestPinned}.
   */
  public long latestVersion(int keySpace, byte[] key) {
    throw new IllegalStateException();
  }

  /** Whether any key in [from, to) has a version, or a removal, newer than the timestamp. */
  public boolean changedSince(
      int keySpace, byte @Nullable [] from, byte @Nullable [] to, long timestamp) {
    throw new IllegalStateException();
  }

  /** Makes a key space; durable on return. */
  public int createKeySpace(KeySpaceOptions options) {
    throw new IllegalStateException();
  }

  /** Marks a key space as dropped at a timestamp; durable on return. */
  public void dropKeySpace(int keySpace, long timestamp) {
    throw new IllegalStateException();
  }

  /** The key spaces that are not dropped, by id; an immutable snapshot. */
  public SortedMap<Integer, KeySpaceOptions> keySpaces() {
    throw new IllegalStateException();
  }

  /** The published watermark: versions that only readers below it could see may be gone. */
  public long oldestReadable(int keySpace) {
    throw new IllegalStateException();
  }

  /** Writes everything applied so far to sstables, and returns when that is done. */
  public void flush() {
    throw new IllegalStateException();
  }

  /** Merges until no level is over its size and history is pruned, and returns then. */
  public void compact() {
    throw new IllegalStateException();
  }

  /** Verifies every checksum, order, index and filter of every file; empty if all is well. */
  public List<String> check() {
    throw new IllegalStateException();
  }

  /** Stops background work and closes files. What is only in memtables stays in the log. */
  @Override
  public void close() {
    throw new IllegalStateException();
  }
}
