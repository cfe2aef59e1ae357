package org.facetdb;

import java.nio.file.Path;
import org.facetdb.storage.BackupReport;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Stores;

/**
 * Backs up and restores a database that nobody has open; one that is open is backed up by the
 * statement {@code BACKUP TO}. Works below SQL, so that no plug-in is needed. Stateless.
 */
public final class DatabaseBackup {
  private DatabaseBackup() {}

  /**
   * What a backup holds.
   *
   * @param sequence of the last commit in it
   * @param files how many files make it up
   * @param bytes size of them
   * @param copiedBytes size of those that were copied and not there from an earlier backup
   */
  public record Report(long sequence, int files, long bytes, long copiedBytes) {
    private Report(BackupReport report) {
      this(report.sequence(), report.files(), report.bytes(), report.copiedBytes());
    }
  }

  /**
   * Writes a backup, complete on return, into a folder that may hold earlier ones.
   *
   * @throws StorageException 55006 naming the owner if one has the database or the folder, 58P01 if
   *     there is no database
   */
  public static Report backup(Path directory, Path folder) {
    Path database = directory.toAbsolutePath().normalize();
    if (!Stores.isIn(database)) {
      throw new StorageException(
          "58P01", StorageException.Category.USER, "there is no database: directory=" + database);
    }
    // Whoever copies a store takes nothing from the consumers of its log.
    StoreOptions options =
        StoreOptions.defaults().withChangeLog(true).withChangeLogBytes(Long.MAX_VALUE);
    try (Store store = Stores.open(database, options)) {
      return new Report(store.backup(folder));
    }
  }

  /**
   * Makes a database out of the newest complete backup of a folder.
   *
   * @param directory absent or empty
   * @throws StorageException see {@link Stores#restore}
   */
  public static Report restore(Path folder, Path directory) {
    return new Report(Stores.restore(folder, directory));
  }
}
