package org.facetdb.storage;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Files beside the log and the tree, in directories of their own: written once, never changed. Safe
 * for use by any number of threads; an output or an input is used by one at a time.
 *
 * <p>Directories are named by one or more parts with '/' between them, files by one part; a part
 * consists of ASCII letters, digits, '.', '_' and '-', and does not start with '.'. The empty name
 * is the directory that holds all others; it holds no files.
 *
 * <p>A file is durable once {@link #sync} has returned for it. What was not synced, a deletion
 * included, may or may not survive a crash, in part: who relies on a file commits its name and
 * checksum afterwards, and sweeps what no commit names. A failure here is the caller's alone: the
 * store goes on. An open file must not be deleted.
 *
 * <p>Failures are {@link StorageException}s of category {@code RESOURCE}, with SQLSTATE 58030, or
 * 53100 for a full disk; an impossible name is 22023.
 */
public interface SideFiles {
  /** A file that is being written, front to back. Owned by whoever created it. */
  interface Output extends AutoCloseable {
    void write(byte[] bytes, int offset, int length);

    /** How many bytes were written so far. */
    long position();

    /** CRC32C of all bytes written so far. */
    int checksum();

    /** Hands the rest to the operating system; to make it durable is for {@link #sync}. */
    @Override
    void close();
  }

  /** A file that is read at any position. Owned by whoever opened it. */
  interface Input extends AutoCloseable {
    /** Bytes of the file. */
    long length();

    /**
     * Reads exactly {@code length} bytes from a position.
     *
     * @throws StorageException category {@code CORRUPTION} if the file ends before
     */
    void read(long position, byte[] target, int offset, int length);

    @Override
    void close();
  }

  /** Makes a directory and its parents, durable on return; one that exists is no error. */
  void createDirectory(String directory);

  /** Names of the directories right below a directory, sorted; empty if it is absent. */
  List<String> directories(String parent);

  /** Names of the files in a directory, sorted; empty if it is absent. */
  List<String> files(String directory);

  /** Deletes a directory with all that is in it; one that is absent is no error. */
  void deleteDirectory(String directory);

  /** Makes a file, which must not exist, in a directory, which must. */
  Output create(String directory, String name);

  Input open(String directory, String name);

  /** Bytes of a file. */
  long length(String directory, String name);

  /** Deletes a file; one that is absent is no error. */
  void delete(String directory, String name);

  /**
   * Gives a closed file a second name, which must not exist: a hard link where the disk has them, a
   * copy otherwise. The new name is durable after a {@link #sync} of its own.
   */
  void link(String fromDirectory, String name, String toDirectory);

  /** Returns when these files, which are closed, and their names are on the device. */
  void sync(String directory, Collection<String> names);

  /** CRC32C of the whole file, read now. */
  int checksum(String directory, String name);

  /** Where the operating system has the file, for a memory mapping; {@code null} in memory. */
  @Nullable Path localPath(String directory, String name);
}
