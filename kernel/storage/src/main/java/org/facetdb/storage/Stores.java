package org.facetdb.storage;

import java.nio.file.Path;
import org.facetdb.storage.backup.Restore;
import org.facetdb.storage.fs.DiskFileSystem;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.txn.FacetStore;
import org.facetdb.storage.txn.StoreThreads;

/** Opens stores. */
public final class Stores {
  /** Writing far ahead gains nothing where no device is behind the file. */
  private static final int MEMORY_SEGMENT_BYTES_MAX = 256 << 10;

  private Stores() {}

  /**
   * Opens a directory on disk, making it if absent, and recovers it.
   *
   * @throws StorageException SQLSTATE 55006 naming the holder if another owner has it; 55000 naming
   *     a file if the directory has files but no store, of which none is changed; 22023 if the
   *     archive's folder lies in the directory, 58030 if it cannot be made; category {@code
   *     CORRUPTION} with file, offset, expected and found if it is damaged
   */
  public static Store open(Path directory, StoreOptions options) {
    Path archive = options.archive();
    if (archive != null
        && archive
            .toAbsolutePath()
            .normalize()
            .startsWith(directory.toAbsolutePath().normalize())) {
      throw new StorageException(
          "22023",
          StorageException.Category.USER,
          "the archive lies in the store's directory: directory="
              + directory
              + " archive="
              + archive);
    }
    return FacetStore.open(
        new DiskFileSystem(directory), options, StoreThreads.background(options));
  }

  /** Whether a directory holds a store, sound or damaged. */
  public static boolean isIn(Path directory) {
    return FacetStore.isIn(new DiskFileSystem(directory));
  }

  /**
   * Verifies every checksum and structure of a store on disk, and changes nothing.
   *
   * @throws StorageException SQLSTATE 55006 if an owner has it, 58P01 if there is none, 55000 if a
   *     restore into it did not end
   */
  public static CheckReport check(Path directory) {
    return FacetStore.check(new DiskFileSystem(directory));
  }

  /**
   * Makes a store out of the newest complete backup of a folder; every byte is verified.
   *
   * @param from a folder that {@link Store#backup} has written
   * @param directory absent or empty
   * @throws StorageException SQLSTATE 58P01 if there is no complete backup, 55000 if the directory
   *     is not empty; category {@code CORRUPTION} with file, offset, expected and found if the
   *     backup is damaged
   */
  public static BackupReport restore(Path from, Path directory) {
    return Restore.run(new DiskFileSystem(from), new DiskFileSystem(directory));
  }

  /**
   * Makes a store out of a backup and the log archived since, exactly up to a moment. The newest
   * backup that does not lie after the moment is taken.
   *
   * @param from a folder that {@link Store#backup} has written
   * @param archive the folder of {@link StoreOptions#archive}
   * @param directory absent or empty
   * @throws StorageException as {@link #restore(Path, Path)}; SQLSTATE 58P01 also if the archive
   *     has no segment, 22023 if all backups lie after the moment, 55000 if the archive lacks a
   *     segment, ends before the moment or belongs to another store
   */
  public static BackupReport restore(Path from, Path archive, RestorePoint until, Path directory) {
    return Restore.run(
        new DiskFileSystem(from),
        new DiskFileSystem(archive),
        until,
        new DiskFileSystem(directory));
  }

  /**
   * Opens a new, empty store that lives in memory alone and is gone when it is closed; its log is
   * not archived.
   */
  public static Store openInMemory(StoreOptions options) {
    int segmentBytes = Math.min(options.segmentBytes(), MEMORY_SEGMENT_BYTES_MAX);
    long logBytesMax = Runtime.getRuntime().maxMemory() / 8;
    return FacetStore.open(
        MemoryFileSystem.unsynced(),
        options
            .withArchive(null)
            .withSegmentBytes(segmentBytes)
            .withChangeLogBytes(Math.min(options.changeLogBytes(), logBytesMax)),
        StoreThreads.background(options));
  }
}
