package org.facetdb.storage.fs;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files of one store: all file access of the module goes through here, so that tests can lose
 * unsynced bytes and fail at any operation.
 *
 * <p>Safe for use by any number of threads. Names are relative to the store's directory, with '/'
 * between parts. What was written is durable once the file was synced, and the file's name (after a
 * create, a rename or a delete) once its directory was synced. Every failure is a {@link
 * org.facetdb.storage.StorageException} of category {@code RESOURCE} that names the file.
 */
public interface FileSystem {
  /** The store's own directory. */
  String ROOT = "";

  /** How a file is opened. */
  enum Mode {
    /** The file must exist; it can only be read. */
    READ,
    /** As READ, and the file may be deleted while it is open: it keeps its handle. */
    HOLD,
    /** Reads and writes; the file must exist. */
    WRITE,
    /** Reads and writes; the file must not exist and is made, empty. */
    CREATE
  }

  /** Opens a file; the caller closes it. */
  StorageFile open(String name, Mode mode);

  boolean exists(String name);

  /** Names (without the directory) of the entries of a directory, sorted; empty if it is absent. */
  List<String> list(String directory);

  /** Whether there is a directory of this name. */
  boolean isDirectory(String name);

  /** Makes a directory and its parents; one that exists is no error. */
  void createDirectories(String directory);

  /** Gives a file another name, replacing a file of that name as one step. */
  void rename(String from, String to);

  /** Deletes a file; one that is absent is no error. */
  void delete(String name);

  /** Deletes a directory, which must be empty; one that is absent is no error. */
  void deleteDirectory(String name);

  /**
   * Gives a file a second name, which must not exist: the same bytes where the disk can do that,
   * else a copy of them, which has to be synced itself.
   */
  void link(String from, String to);

  /** Makes all creates, renames, links and deletes in a directory durable. */
  void syncDirectory(String directory, SyncSite site);

  /**
   * Takes the lock of the store's directory.
   *
   * @throws org.facetdb.storage.StorageException SQLSTATE 55006 that names the holder
   */
  DirectoryLock lockDirectory();

  /** Where the operating system has a file, or null for one in memory. */
  @Nullable Path localPath(String name);

  /** What messages call the place of a file, such as its full path. */
  String describe(String name);
}
