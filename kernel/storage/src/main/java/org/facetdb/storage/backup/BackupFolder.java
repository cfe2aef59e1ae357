package org.facetdb.storage.backup;

import java.util.HashSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.fs.SyncSite;

/**
 * A folder of backups: a pool of files in {@code files}, and one descriptor for each backup, {@code
 * backup-NUMBER}, which is written last. Whoever writes has locked the folder. Owns nothing.
 */
final class BackupFolder {
  private static final String POOL = "files";
  private static final String PREFIX = "backup-";
  private static final String TEMPORARY = "backup.tmp";

  private final FileSystem files;

  BackupFolder(FileSystem files) {
    this.files = files;
  }

  static String copyPath(String copy) {
    return POOL + "/" + copy;
  }

  FileSystem files() {
    return files;
  }

  /** The complete backups by number. */
  SortedMap<Long, Descriptor> backups() {
    SortedMap<Long, Descriptor> found = new TreeMap<>();
    for (String name : files.list(FileSystem.ROOT)) {
      if (name.startsWith(PREFIX)) {
        found.put(number(name), read(name));
      }
    }
    return found;
  }

  /**
   * The complete backups by number, of which there must be one.
   *
   * @throws StorageException SQLSTATE 58P01 if there is no backup, or none that is complete
   */
  SortedMap<Long, Descriptor> complete() {
    SortedMap<Long, Descriptor> found = backups();
    if (found.isEmpty()) {
      boolean begun = files.exists(POOL);
      throw new StorageException(
          "58P01",
          StorageException.Category.USER,
          (begun ? "the backup is incomplete, its descriptor is missing" : "there is no backup")
              + ": directory="
              + files.describe(FileSystem.ROOT));
    }
    return found;
  }

  private long number(String name) {
    try {
      return Long.parseLong(name.substring(PREFIX.length()));
    } catch (NumberFormatException e) {
      throw StorageException.corruption(
          files.describe(name), 0, "a descriptor named by its number", name);
    }
  }

  private Descriptor read(String name) {
    try (StorageFile file = files.open(name, FileSystem.Mode.READ)) {
      byte[] bytes = new byte[Math.toIntExact(file.size())];
      file.readFully(0, bytes, 0, bytes.length);
      return Descriptor.decode(files.describe(name), bytes);
    }
  }

  /** Makes the pool, and deletes what a backup that failed has left in it. */
  void prepare(Iterable<Descriptor> backups) {
    files.createDirectories(POOL);
    Set<String> named = new HashSet<>();
    backups.forEach(backup -> backup.files().forEach(file -> named.add(file.copy())));
    for (String name : files.list(POOL)) {
      if (!named.contains(name)) {
        files.delete(copyPath(name));
      }
    }
  }

  /** Makes a backup complete, all of whose files are synced. */
  void complete(long number, Descriptor descriptor) {
    files.syncDirectory(POOL, SyncSite.BACKUP_DIRECTORY);
    files.syncDirectory(FileSystem.ROOT, SyncSite.BACKUP_DIRECTORY);
    files.delete(TEMPORARY);
    try (StorageFile file = files.open(TEMPORARY, FileSystem.Mode.CREATE)) {
      byte[] bytes = descriptor.encode();
      file.write(0, bytes, 0, bytes.length);
      file.sync(SyncSite.BACKUP_DESCRIPTOR);
    }
    files.rename(TEMPORARY, PREFIX + "%010d".formatted(number));
    files.syncDirectory(FileSystem.ROOT, SyncSite.BACKUP_NAME);
  }
}
