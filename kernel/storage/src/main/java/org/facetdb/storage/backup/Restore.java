package org.facetdb.storage.backup;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import org.facetdb.storage.BackupReport;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.DirectoryLock;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.fs.SyncSite;

/**
 * Makes a store out of a backup. Used by one thread. Every byte is verified on its way. A directory
 * in which a restore was cut short carries a mark, and does not open.
 */
public final class Restore {
  /** Stands in a directory from before the first restored file until after the last one. */
  private static final String MARK = "RESTORING";

  private static final String LOCK = "LOCK";
  private static final int BUFFER_BYTES = 256 << 10;

  private final BackupFolder folder;
  private final FileSystem target;
  private final byte[] buffer = new byte[BUFFER_BYTES];

  private Restore(BackupFolder folder, FileSystem target) {
    this.folder = folder;
    this.target = target;
  }

  /**
   * Restores the newest backup of a folder, and returns when all is synced.
   *
   * @throws StorageException SQLSTATE 58P01 if there is no complete backup, 55000 if the target is
   *     not empty; category {@code CORRUPTION} with file, offset, expected and found if a file of
   *     the backup is damaged or missing
   */
  public static BackupReport run(FileSystem from, FileSystem target) {
    BackupFolder folder = new BackupFolder(from);
    Descriptor descriptor = folder.complete().lastEntry().getValue();
    requireEmpty(target);
    target.createDirectories(FileSystem.ROOT);
    DirectoryLock lock = target.lockDirectory();
    try {
      requireEmpty(target);
      new Restore(folder, target).restore(descriptor);
    } finally {
      lock.close();
    }
    return Backup.report(
        descriptor,
        descriptor.files().size(),
        descriptor.files().stream().mapToLong(Descriptor.Entry::length).sum());
  }

  private static void requireEmpty(FileSystem target) {
    List<String> names = new ArrayList<>(target.list(FileSystem.ROOT));
    names.remove(LOCK);
    if (!names.isEmpty()) {
      throw new StorageException(
          "55000",
          StorageException.Category.USER,
          "a restore needs an empty directory: directory="
              + target.describe(FileSystem.ROOT)
              + " found="
              + names.getFirst());
    }
  }

  /**
   * Refuses a directory in which a restore did not come to its end.
   *
   * @throws StorageException SQLSTATE 55000
   */
  public static void requireComplete(FileSystem files) {
    if (files.exists(MARK)) {
      throw new StorageException(
          "55000",
          StorageException.Category.USER,
          "a restore into this directory did not end, empty it and restore again: directory="
              + files.describe(FileSystem.ROOT));
    }
  }

  private void restore(Descriptor descriptor) {
    target.open(MARK, FileSystem.Mode.CREATE).close();
    target.syncDirectory(FileSystem.ROOT, SyncSite.RESTORE_BEGIN);
    TreeSet<String> directories = new TreeSet<>(List.of(FileSystem.ROOT));
    descriptor.directories().forEach(directory -> make(directory, directories));
    for (Descriptor.Entry entry : descriptor.files()) {
      make(parent(entry.path()), directories);
      copy(entry);
    }
    directories.forEach(name -> target.syncDirectory(name, SyncSite.RESTORE_DIRECTORY));
    target.delete(MARK);
    target.syncDirectory(FileSystem.ROOT, SyncSite.RESTORE_END);
  }

  private void make(String directory, TreeSet<String> made) {
    if (made.add(directory)) {
      make(parent(directory), made);
      target.createDirectories(directory);
    }
  }

  private static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? FileSystem.ROOT : path.substring(0, slash);
  }

  private void copy(Descriptor.Entry entry) {
    String name = BackupFolder.copyPath(entry.copy());
    String place = folder.files().describe(name);
    if (!folder.files().exists(name)) {
      throw StorageException.corruption(place, 0, entry.length() + " bytes", "no file");
    }
    CRC32C crc = new CRC32C();
    try (StorageFile file = folder.files().open(name, FileSystem.Mode.READ);
        StorageFile restored = target.open(entry.path(), FileSystem.Mode.CREATE)) {
      if (file.size() != entry.length()) {
        throw StorageException.corruption(
            place, 0, entry.length() + " bytes", file.size() + " bytes");
      }
      long position = 0;
      while (position < entry.length()) {
        int count = (int) Math.min(buffer.length, entry.length() - position);
        file.readFully(position, buffer, 0, count);
        crc.update(buffer, 0, count);
        restored.write(position, buffer, 0, count);
        position += count;
      }
      if ((int) crc.getValue() != entry.checksum()) {
        throw StorageException.corruption(
            place,
            0,
            "crc32c " + Descriptor.hex(entry.checksum()),
            "crc32c " + Descriptor.hex((int) crc.getValue()));
      }
      restored.sync(SyncSite.RESTORE_FILE);
    }
  }
}
