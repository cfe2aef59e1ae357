package org.facetdb;

import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.facetdb.storage.BackupReport;
import org.facetdb.storage.HybridTime;
import org.facetdb.storage.RestorePoint;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Stores;
import org.jspecify.annotations.Nullable;

/**
 * Backs up and restores a database that nobody has open; one that is open is backed up by the
 * statement {@code BACKUP TO}. Works below SQL, so that no plug-in is needed. Stateless.
 */
public final class DatabaseBackup {
  private static final Pattern SEQUENCE =
      Pattern.compile("(?:SEQUENCE\\s+)?([0-9]+)", Pattern.CASE_INSENSITIVE);

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

  /**
   * Makes a database out of a backup and the log archived since, exactly up to a moment.
   *
   * @param archive the folder that {@link DatabaseOptions#archive} named
   * @param until {@code SEQUENCE n} or the number alone, or a time with an offset such as {@code
   *     2026-01-31T12:00:00.5Z}, up to the end of whose millisecond commits belong; null for all
   *     that is archived
   * @param directory absent or empty
   * @throws StorageException SQLSTATE 22007 for a moment of another form; else see {@link
   *     Stores#restore(Path, Path, RestorePoint, Path)}
   */
  public static Report restore(Path folder, Path archive, @Nullable String until, Path directory) {
    RestorePoint point = until == null ? new RestorePoint.Latest() : point(until);
    return new Report(Stores.restore(folder, archive, point, directory));
  }

  private static RestorePoint point(String text) {
    Matcher sequence = SEQUENCE.matcher(text.strip());
    try {
      if (sequence.matches()) {
        return new RestorePoint.Sequence(Long.parseLong(sequence.group(1)));
      }
      long millis = OffsetDateTime.parse(text.strip().replace(' ', 'T')).toInstant().toEpochMilli();
      return new RestorePoint.Timestamp(HybridTime.lastOfMillis(millis));
    } catch (NumberFormatException | DateTimeParseException e) {
      throw new StorageException(
          "22007",
          StorageException.Category.USER,
          "a moment is SEQUENCE n or a time like 2026-01-31T12:00:00Z: until=" + text,
          e);
    }
  }
}
